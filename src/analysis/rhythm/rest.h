#pragma once

// What the clearest finding leaves unexplained, and whether there is a second timer in it. Two
// timers hide each other in a fit of all losses: of the second one the first one's losses are
// strays.

#include <array>
#include <span>

#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {

/// The losses that the finding of `kind` does not explain: those off its times, or whose uptimes
/// are not of its length. A class without a measure of its own explains none.
[[nodiscard]] Prepared left_by(Class kind, const Prepared& prepared, const Findings& found);

/// Numbers for the fitted layer; finite whatever was found.
[[nodiscard]] std::array<double, kRests> rest_of(const Prepared& prepared, const Findings& found,
                                                 std::span<const double> usual);

}  // namespace dropscope::rhythm
