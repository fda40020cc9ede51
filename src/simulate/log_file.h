#pragma once

// One event-log file as it would lie on a disk: selected, wrapped, preallocated, damaged.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "simulate/records.h"
#include "simulate/scenario.h"

namespace dropscope::simulation {

struct LogFile {
  std::vector<std::byte> bytes;
  std::uint64_t first_record_id = 0;
  std::size_t first = 0, last = 0;  ///< The records [first, last) of those given are in the file.
  bool wrapped = false;
};

/// Writes the records that the log would still hold. `application` = false for another log, which
/// the scenario's clearing does not concern.
[[nodiscard]] Result<LogFile> make_log(const Scenario& scenario, Renderer& renderer,
                                       const std::vector<Record>& records, bool clock_was_wrong,
                                       std::uint64_t first_record_id, bool application);

/// Damages the file's bytes and says what was done: "cut at byte 81920 of 135168".
[[nodiscard]] std::string damage_log(std::vector<std::byte>& bytes, DamageKind kind);

/// Which records are in a log that starts, ends or was cleared at the scenario's times: [first,
/// last).
[[nodiscard]] std::pair<std::size_t, std::size_t> kept_records(const Scenario& scenario,
                                                               bool clock_was_wrong,
                                                               const std::vector<Record>& records,
                                                               bool application);

}  // namespace dropscope::simulation
