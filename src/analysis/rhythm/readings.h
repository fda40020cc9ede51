#pragma once

// What else an answer may mean: multiples and parts of its interval.

#include <vector>

#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {

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
