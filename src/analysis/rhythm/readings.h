#pragma once

// What the findings may mean: which timers are among them, whose length is told, and multiples and
// parts of it.

#include <array>
#include <vector>

#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {

/// A timer among the findings.
struct Component {
  Class kind = Class::Age;
  Measure measure;
  double evidence = -30;      ///< ln Bayes factor.
  std::vector<double> times;  ///< Of a clock, as in Reading.
};

/// Seconds of the cycle at which a clock has its losses, ascending.
[[nodiscard]] std::vector<double> times_of(const PhaseFit& clock);

/// An age, an idle timer, a second age, a clock and a period; those not found have no length.
[[nodiscard]] std::array<Component, 5> components_of(const Findings& found);

/// An interval that explains the losses nearly as well.
struct Multiple {
  double factor = 1;  ///< 2, 3, 1/2, 1/3 …
  double odds = 0;    ///< Against the interval itself; at most 1.
};

/// The multiples and parts of the interval of `kind` that are not ruled out, most probable first.
/// A part is ruled out by enough losses in each of its longer cycle's turns, a multiple by losses
/// that it would not explain.
[[nodiscard]] std::vector<Multiple> plausible_multiples(Class kind, const Prepared& prepared,
                                                        const Findings& found);

}  // namespace dropscope::rhythm
