#pragma once

// An event log cut down to the records that matter, written anew: what the diagnosis rests on,
// errors near a loss, and the first and last record of each computer's channel, which say what span
// the log covers.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "present/redact/redactor.h"

namespace dropscope::package {

struct CutLog {
  std::string evtx;
  std::string xml;  ///< The same records.
  std::uint64_t records = 0;
  std::uint64_t kept = 0;
  std::uint64_t errors = 0;     ///< Kept records of level Critical and Error.
  std::uint64_t unwritten = 0;  ///< Records that no log of ours can hold: larger than a chunk.
};

/// `wanted`: offsets of records in the log that are kept in any case. `losses`: ascending; records
/// of level Critical or Error within kNearLoss of one are kept too. With a redactor, texts,
/// identifiers and addresses are replaced, and binary data is left out, as nobody can tell what it
/// holds. UserData becomes EventData with the names of its elements. Errors: as LogReader::open().
[[nodiscard]] Result<CutLog> cut_log(Bytes log, const std::set<std::uint64_t>& wanted,
                                     const std::vector<Instant>& losses,
                                     redact::Redactor* redactor);

/// Adds the names that fields and data of those records hold.
void collect_names(Bytes log, const std::set<std::uint64_t>& wanted,
                   const std::vector<Instant>& losses, redact::Names& names);

}  // namespace dropscope::package
