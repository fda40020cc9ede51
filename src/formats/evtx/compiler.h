#pragma once

// Compiling BinXML (MS-EVEN6 2.2.12) into programs.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "formats/evtx/program.h"

namespace dropscope::evtx {

/// A place in a template's definition whose bytes differ from chunk to chunk although the template
/// is the same: the size of an element counts the names that stand in it, and names are offsets.
struct Landmark {
  std::uint32_t at = 0;     ///< Offset in the chunk.
  bool name = false;        ///< An offset of a name, and the name where it stands in place.
  std::uint8_t bytes = 0;   ///< How many are passed over; 4 for a name, without one in place.
  std::uint16_t units = 0;  ///< Name: its length.
  std::uint32_t text = 0;   ///< Name: offset of its characters in the chunk.
};

/// What a template's definition looks like, for those who want to know it again.
struct Landscape {
  std::vector<Landmark> marks;  ///< In order.
  std::size_t end = 0;          ///< Offset in the chunk where the compiler stopped.
  bool has_end_token = false;   ///< There is an end-of-fragment token; without it, bytes ended.
};

/// Compiles the fragment at [pos, end) of the chunk; `out` then refers to the chunk. False, with
/// `error` set, when it is damaged; `out` is in no particular state then. `landscape` is filled if
/// it is not null.
[[nodiscard]] bool compile(Bytes chunk, std::size_t pos, std::size_t end, bool in_template,
                           Program& out, BinXmlError& error, Landscape* landscape = nullptr);

}  // namespace dropscope::evtx
