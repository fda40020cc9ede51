#pragma once

// The two timers behind a mixture. They hide each other in a fit of all losses, so the second one
// is looked for in what the first one leaves.

#include <span>
#include <vector>

#include "analysis/rhythm/readings.h"

namespace dropscope::rhythm {

/// Whether two lengths in seconds are so near to each other that they are one timer's. 0 is none.
[[nodiscard]] bool is_one_timer(double a, double b);

/// First the timer whose length is the measure of class `by`, of an idle timer and an age the
/// clearer one. Second the clearest timer of another length in the losses that the first does not
/// explain; none where those hold no evidence of one. Nothing without a measure.
[[nodiscard]] std::vector<Component> two_timers(const Prepared& prepared, const Findings& found,
                                                Class by, std::span<const double> usual);

}  // namespace dropscope::rhythm
