#pragma once

// The lengths that timers of products are known to have, as a prior for an interval.

#include <vector>

#include "evidence/catalogue/catalogue.h"

namespace dropscope::rhythm {

/// Seconds of the catalogue's timers, ascending, each once.
[[nodiscard]] std::vector<double> usual_seconds(const Catalogue& catalogue);

}  // namespace dropscope::rhythm
