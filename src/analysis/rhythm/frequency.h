#pragma once

// The frequency of a free-running cycle near a guess.

#include <vector>

namespace dropscope::rhythm {

/// The period, in seconds, whose two first harmonics have the most power near `period`, followed
/// through ever longer stretches of `times` (seconds, ascending), each of which tells it better.
/// The best three are kept on the way, because few losses with strays among them often prefer a
/// wrong one. `error` in seconds: how far it may be off. After Fogel & Gavish 1988.
[[nodiscard]] double refine_period(const std::vector<double>& times, double period, double error);

}  // namespace dropscope::rhythm
