#pragma once

// Clocks and free-running periods: losses at one phase of a cycle.
//
// Unlike an age, a phase survives unrecorded losses and strays. A clock's cycle is a length that
// schedules have (a quarter of an hour … a week), counted on the wall clock; a free period is any
// length, counted in elapsed time.

#include <span>
#include <vector>

#include "analysis/rhythm/prepare.h"

namespace dropscope::rhythm {

struct PhaseFit {
  double period = 0;      ///< Seconds; 0 if nothing was found.
  double error = 0;       ///< Standard error of the period; 0 for a clock.
  double phase = 0;       ///< Seconds into the cycle.
  double sigma = 0;       ///< Width of the spike in seconds.
  double share = 0;       ///< Weight of the spike among the losses.
  double hits = 0;        ///< Losses in the spike.
  double cycles = 0;      ///< Different cycles that they hit.
  double evidence = -30;  ///< ln Bayes factor against the profile of the day, prices paid.
};

/// The best clock of the list. Phases are those of `prepared.local`. `one_client` leaves out losses
/// that are retries of the one before; in a pool of clients those are losses of others.
[[nodiscard]] PhaseFit fit_clock(const Prepared& prepared, bool one_client = true);

/// The best free period. `seeds` are lengths in seconds near which it may lie, such as ages.
[[nodiscard]] PhaseFit fit_period(const Prepared& prepared, const std::vector<double>& seeds,
                                  std::span<const double> usual);

}  // namespace dropscope::rhythm
