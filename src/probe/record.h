#pragma once

// The result of a probe as JSON (docs/schemas/probe.schema.json). It holds all samples, so the same
// document is what a stopped search is resumed from.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "probe/finding.h"
#include "probe/observation.h"

namespace dropscope::probe {

struct Record {
  std::string host;  ///< As named by the user.
  std::uint16_t port = 0;
  std::string address;  ///< What it was resolved to, and the only one that was connected to.
  Options options;
  Observations seen;
  /// Where it was measured and when, by the clock of that computer; nothing in results of versions
  /// that did not tell. One that was stopped and gone on with began when it first did.
  std::string computer = {};
  std::optional<Instant> began = {};
  std::optional<Instant> ended = {};
};

/// `version` is that of the program.
[[nodiscard]] std::string to_json(const Record& record, const Finding& finding,
                                  std::string_view version);

/// Reads what to_json() wrote, of this and the earlier schema; the finding is not read, as it
/// follows from the samples. Corrupt, with what was expected, for anything else.
[[nodiscard]] Result<Record> read_record(std::string_view json);

}  // namespace dropscope::probe
