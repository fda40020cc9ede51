#pragma once

// The second timer of a fleet: what shows in the losses that the clearest one leaves unexplained.

#include <span>

#include "analysis/rhythm/fleet_timer.h"

namespace dropscope::rhythm {

/// ln Bayes factor from which a second timer is believed.
inline constexpr double kSecondGate = 12;

/// The clearer of a clock and a length in what `first` leaves unexplained; no evidence if it is not
/// clear enough, or if it is made of the first one's lives, of nights or of tries to connect.
[[nodiscard]] Candidate second_timer(const Pool& pool, const Candidate& first,
                                     std::span<const double> usual);

/// The first timer looked at once more without the lives of the second, which may have passed for
/// its late ones.
[[nodiscard]] Candidate without(const Candidate& second, const Candidate& first, const Pool& pool,
                                std::span<const double> usual);

}  // namespace dropscope::rhythm
