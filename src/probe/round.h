#pragma once

// One round: connections that idle for given times, and the controls beside them.

#include <functional>
#include <string>
#include <vector>

#include "probe/observation.h"
#include "probe/wire.h"

namespace dropscope::probe {

/// Looked at often while a round runs.
struct Watch {
  std::function<bool()> stop;  ///< True when the user wants no more.
  /// Idle connections still open, and the seconds since the round began and until its last try.
  std::function<void(int open, double passed, double total)> progress;
};

/// Runs the round and adds what it sees to `seen`, also when it is stopped: then what is not known
/// yet is left out. False when it was stopped. `host` goes into requests of HTTP (http_host()).
[[nodiscard]] Result<bool> run_round(Wire& wire, const Options& options, const std::string& host,
                                     const std::vector<double>& times, const Watch& watch,
                                     Observations& seen);

}  // namespace dropscope::probe
