#pragma once

// The length of a timer on connections, told by the shape of the scatter about it: where jitter
// makes lives shorter as often as longer, it is their middle; where what ends them is noticed late,
// it is their lower edge.

#include <vector>

#include "analysis/rhythm/rhythm.h"
#include "analysis/rhythm/spike.h"

namespace dropscope::rhythm {

/// A scatter of less is one of whole seconds, which tells nothing of its shape.
inline constexpr double kSharpSeconds = 3;

/// Whether lives scatter about a length so little.
[[nodiscard]] bool is_sharp(const SpikeFit& fit);

/// T in seconds with bounds of 95 %. `uptimes` in seconds, in any order; `kind` is Idle or Age;
/// `about` is the spike of a fixed age among them, which lies at their middle and is not sharp. T
/// is where the most probability is near, within 0.8 %, over all shapes, places and widths.
[[nodiscard]] Interval length_about(const std::vector<double>& uptimes, const SpikeFit& about,
                                    Class kind);

}  // namespace dropscope::rhythm
