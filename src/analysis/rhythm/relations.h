#pragma once

// How the findings of one client stand to each other and to the lengths that they were found in:
// whether two of them are one timer, how precise each is, and where the lengths lie about it.

#include <array>
#include <cstddef>
#include <span>

#include "analysis/rhythm/features.h"

namespace dropscope::rhythm {

/// Numbers for the fitted layer; finite whatever was found. `usual`: lengths that timers are known
/// to have, in seconds.
[[nodiscard]] std::array<double, kRelations> relations_of(const Prepared& prepared,
                                                          const Findings& found,
                                                          std::span<const double> usual);

}  // namespace dropscope::rhythm
