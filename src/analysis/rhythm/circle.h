#pragma once

// One spike in the phases of losses on the circle of a cycle.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "analysis/rhythm/background.h"
#include "analysis/rhythm/phase.h"

namespace dropscope::rhythm {

/// Widths of a spike in seconds: a cron job, a job that works through a list, a start delay.
inline constexpr std::array kSpikeWidths = {1.5, 5.0, 15.0, 45.0, 100.0};

/// Losses whose phases are looked at; of more, evenly spaced ones, so that the time stays bounded.
inline constexpr std::size_t kMostPhases = 128;

/// The best spike on the circle of `period`, of the widths up to `widest`, which ascend. The null
/// is `profile` folded onto the circle, or even without one. The price of the phase is paid, that
/// of the period is not. `times` in seconds, ascending.
[[nodiscard]] PhaseFit fit_spike(const std::vector<double>& times, double period,
                                 const DayProfile* profile, std::span<const double> widths,
                                 double widest);

}  // namespace dropscope::rhythm
