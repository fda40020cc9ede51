#pragma once

// What really happened, for tests to compare with: truth.json (docs/simulate.md has its fields).

#include <cstdint>
#include <string>
#include <vector>

#include "simulate/client.h"
#include "simulate/records.h"
#include "simulate/scenario.h"
#include "simulate/world.h"

namespace dropscope::simulation {

/// What one computer contributes. A fleet's worth of these is held until the end, so they are
/// small.
struct ClientTruth {
  std::string json;      ///< The client's object.
  std::string csv_line;  ///< Its line of clients.csv.
  std::uint64_t losses = 0;
  std::uint64_t visible_losses = 0;  ///< With a record in the log as written, before damage.
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  std::vector<std::uint64_t> by_cause;  ///< Last = noise.
  std::vector<bool> concerned;
};

struct ClientLogFacts {
  std::uint64_t application_records = 0;
  std::uint64_t first_record_id = 0;
  bool wrapped = false;
  std::string damage;
};

/// `kept` is the range of application records that are in the log.
[[nodiscard]] ClientTruth client_truth(const Scenario& scenario, const Client& client,
                                       const ClientHistory& history, const ClientRecords& records,
                                       std::size_t kept_first, std::size_t kept_last,
                                       const ClientLogFacts& facts);

[[nodiscard]] std::string truth_json(const Scenario& scenario,
                                     const std::vector<ClientTruth>& clients);

}  // namespace dropscope::simulation
