#pragma once

// Transaction logs of hives (NTUSER.DAT.LOG1, …LOG2): what Windows had written down and not yet put
// into the hive. A hive copied from a running computer is nearly always in that state, and what
// somebody changed last is then only in the logs.

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace dropscope::registry {

/// Whether the bytes are a transaction log of a hive, of whichever kind.
[[nodiscard]] bool is_hive_log(Bytes bytes);

struct Recovery {
  std::vector<std::byte> hive;     ///< With the logs applied; empty when nothing was to be applied.
  std::uint64_t entries = 0;       ///< Applied.
  std::uint64_t pages = 0;         ///< Written by them.
  std::vector<std::string> notes;  ///< Why a log, or the rest of it, was not applied.
};

/// Applies what continues the hive without a gap, in the order of the sequence numbers, whatever
/// the order of `logs`. Entries whose checksums are wrong end it, as they do for Windows. Logs of
/// the format before Windows 8.1 are not applied, and the notes say so.
[[nodiscard]] Recovery apply_logs(Bytes hive, const std::vector<Bytes>& logs);

}  // namespace dropscope::registry
