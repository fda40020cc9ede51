#pragma once

// Clocks and free-running periods: losses at one phase of a cycle.
//
// Unlike an age, a phase survives unrecorded losses and strays. A clock's cycle is a length that
// schedules have (a quarter of an hour … a week), counted on the wall clock; a free period is any
// length, counted in elapsed time.

#include <array>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "analysis/rhythm/prepare.h"

namespace dropscope::rhythm {

/// Times of one cycle that a schedule may have.
inline constexpr std::size_t kMostTimes = 4;

struct PhaseFit {
  double period = 0;                        ///< Seconds; 0 if nothing was found.
  double error = 0;                         ///< Standard error of the period; 0 for a clock.
  std::array<double, kMostTimes> phases{};  ///< Seconds into the cycle, the clearest one first.
  std::size_t spikes = 0;                   ///< How many; 0 if nothing was found.
  double sigma = 0;                         ///< Width of the spike in seconds.
  double share = 0;                         ///< Weight of the spike among the losses.
  double hits = 0;                          ///< Losses in the spike.
  double cycles = 0;                        ///< Different cycles that they hit.
  double evidence = -30;  ///< ln Bayes factor against the profile of the day, prices paid.
  /// ln likelihood that this profile gives its losses over an even day: what the evidence is short
  /// of where one clock is weighed against another, neither of which is people's hours.
  double hours = 0;

  [[nodiscard]] double phase() const { return phases[0]; }

  /// Whether a loss is in a spike, to three widths of it. `time` counts as the phases do.
  [[nodiscard]] bool holds(double time) const {
    for (std::size_t i = 0; i < spikes; ++i) {
      const double turns = (time - phases[i]) / period;
      if (std::abs(turns - std::round(turns)) * period < 3 * sigma) return true;
    }
    return false;
  }
};

/// The best clock of the list, with up to kMostTimes times of its cycle. Phases are those of
/// `prepared.local`. `one_client` leaves out losses that are retries of the one before; in a pool
/// of clients those are losses of others.
[[nodiscard]] PhaseFit fit_clock(const Prepared& prepared, bool one_client = true);

/// What a hit costs that a longer cycle calls a stray, which one in twenty is: ln of their odds.
inline constexpr double kPriceOfStray = 3;

/// ln Bayes factor, about, of a cycle `multiple` times as long that keeps `kept` of `hits`: each
/// hit in the one place of `multiple` that it may have is so many times more probable.
[[nodiscard]] double lift_evidence(double multiple, double kept, double hits);

/// The cycles that clocks are looked for with, in seconds, ascending.
[[nodiscard]] std::span<const double> clock_cycles();

/// The cycle of the list that `seconds` is within 0.3 % of; 0 if there is none.
[[nodiscard]] double listed_cycle(double seconds);

/// The best free period. `seeds` are lengths in seconds near which it may lie, such as ages.
[[nodiscard]] PhaseFit fit_period(const Prepared& prepared, const std::vector<double>& seeds,
                                  std::span<const double> usual);

}  // namespace dropscope::rhythm
