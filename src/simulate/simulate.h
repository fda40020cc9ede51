#pragma once

// Makes evidence with known truth: a scenario (TOML) becomes a folder of event logs as the client
// computers would have them, and a truth file.
//
// A small discrete-event world: people work, Outlook exchanges traffic, devices forget connections.
// The analysis shares no code and no statistics with it.

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/progress.h"
#include "base/result.h"

namespace dropscope {

struct SimulateOptions {
  std::filesystem::path scenario;  ///< TOML (docs/simulate.md)
  std::filesystem::path output;    ///< Folder; made if it does not exist; must be empty otherwise.
  bool overwrite = false;
  /// Overrides of the scenario, when not 0 / not empty.
  std::uint64_t seed = 0;
  unsigned computers = 0;
  unsigned threads = 0;  ///< 0 = as many as cores. The files do not depend on it.
};

struct SimulateResult {
  std::uint64_t computers = 0;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t losses = 0;
};

/// Writes OUTPUT/evidence/COMPUTER/{Application,System}.evtx, OUTPUT/evidence/clients.csv (if the
/// scenario says so) and OUTPUT/truth.json.
[[nodiscard]] Result<SimulateResult> simulate(const SimulateOptions& options,
                                              ProgressSink* progress = nullptr);

}  // namespace dropscope
