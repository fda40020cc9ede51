#pragma once

// The scales on which numbers are given to the fitted layer.

#include <algorithm>
#include <cmath>

namespace dropscope::rhythm {

/// Evidence grows with the number of losses; what decides is its order of magnitude.
[[nodiscard]] inline double squash(double evidence) {
  return std::asinh(evidence / 2);
}

/// ln(a/b), told up to a ratio of e⁵ = 148; 0 where one of them was not found, which a ratio hardly
/// ever is.
[[nodiscard]] inline double log_ratio(double a, double b) {
  constexpr double kMost = 5;
  return a > 0 && b > 0 ? std::clamp(std::log(a / b), -kMost, kMost) : 0;
}

}  // namespace dropscope::rhythm
