#pragma once

// What a result in JSON says (FORMAT.md). The bytes may be anybody's: they are checked.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace dropscope::diagnosis_json {

struct Rate {
  std::uint64_t losses = 0;
  double watched_hours = 0;
  double per_day = 0;  ///< Per 24 hours of observation.
  double per_day_low = 0;
  double per_day_high = 0;  ///< 95 % interval.
};

struct Cause {
  std::string cause;
  std::string title;
  double probability = 0;
  std::uint64_t losses = 0;
};

struct ComputerRate {
  std::string name;
  Rate rate;
};

struct Document {
  std::string version;
  std::string zone;
  std::string application;
  std::string cause;
  std::string title;
  std::string summary;
  std::string headline;
  std::string outcome;
  double probability = 0;
  std::optional<double> interval_s, interval_lo, interval_hi;
  std::string rhythm;  ///< Empty where nothing was found.
  std::string device;
  std::string scope;
  std::string owner;
  std::string next_step;
  std::string next_command;
  std::vector<Cause> causes;
  std::vector<std::string> impacted;
  Rate rate;
  std::uint64_t computers_with_losses = 0;
  std::vector<ComputerRate> computers;
  std::string first, last;  ///< "2025-09-01T05:55:08.0000000Z"; empty when nothing was observed.
};

/// Whether the bytes begin like such a result; cheap, for a look at a file.
[[nodiscard]] bool is_document(Bytes bytes);

/// Errors: Corrupt (no JSON, or a member is not what it should be; says which), Unsupported (a
/// schema of another number).
[[nodiscard]] Result<Document> read(std::string_view json);

}  // namespace dropscope::diagnosis_json
