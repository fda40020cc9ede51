#pragma once

// One spike in the phases of losses on the circle of a cycle.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/rhythm/background.h"
#include "analysis/rhythm/phase.h"

namespace dropscope::rhythm {

/// Widths of a spike in seconds: a cron job, a job that works through a list, a start delay.
inline constexpr std::array kSpikeWidths = {1.5, 5.0, 15.0, 45.0, 100.0};

/// Losses whose phases are looked at; of more, evenly spaced ones, so that the time stays bounded.
inline constexpr std::size_t kMostPhases = 128;

/// The whole number below `turns`, which is within ±2^62; the library's needs a call.
[[nodiscard]] inline double whole_below(double turns) {
  const auto cut = static_cast<double>(static_cast<std::int64_t>(turns));
  return cut > turns ? cut - 1 : cut;
}

/// `value` in [0, period].
[[nodiscard]] inline double cyclic(double value, double period) {
  return std::clamp(value - period * whole_below(value / period), 0.0, period);
}

/// Shortest way from `b` to `a` on the circle of `period`.
[[nodiscard]] inline double distance(double a, double b, double period) {
  const double d = a - b;
  return d - period * whole_below(d / period + 0.5);
}

/// The best spike on the circle of `period`, of the widths up to `widest`, which ascend. The null
/// is `profile` folded onto the circle, or even without one. The price of the phase is paid, that
/// of the period is not. `times` in seconds, ascending.
[[nodiscard]] PhaseFit fit_spike(const std::vector<double>& times, double period,
                                 const DayProfile* profile, std::span<const double> widths,
                                 double widest);

}  // namespace dropscope::rhythm
