#pragma once

// The tables of names and templates in a chunk's header, checked against the chunk. The reader
// needs neither; other readers do, and fail on what they point to.

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "formats/evtx/chunk.h"

namespace dropscope::evtx {

/// A pointer that leads to no name or template. At most one for each bucket, as nothing behind it
/// in the chain can be known.
struct TableFault {
  bool is_template = false;
  std::uint32_t bucket = 0;
  std::uint32_t at = 0;     ///< Where the pointer stands; chunk offset.
  std::uint32_t value = 0;  ///< What it says.
  const char* what = "";
};

struct TableCheck {
  std::vector<TableFault> faults;  ///< In the order of the tables.
  /// Chunk offsets of the entries that the tables lead to, in increasing order.
  std::vector<std::uint32_t> names;
  std::vector<std::uint32_t> templates;
};

/// Of a chunk that is cut short, pointers into what is missing are not judged.
[[nodiscard]] TableCheck check_tables(Bytes chunk, const ChunkHeader& header);

}  // namespace dropscope::evtx
