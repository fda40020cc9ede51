#pragma once

// Rounds until the time-out is known well enough, or there is none.

#include <string>
#include <vector>

#include "base/result.h"
#include "probe/observation.h"
#include "probe/round.h"
#include "probe/wire.h"

namespace dropscope::probe {

/// Goes on from what `seen` holds and adds to it. True when nothing is left to try, false when it
/// was stopped; calling it again with the same `seen` then goes on.
[[nodiscard]] Result<bool> search(Wire& wire, const Options& options, const std::string& host,
                                  const std::vector<double>& known, const Watch& watch,
                                  Observations& seen);

}  // namespace dropscope::probe
