#pragma once

// Where in a cycle a time is: of a quarter of an hour, a day, a timer.

#include <algorithm>
#include <cstdint>

namespace dropscope::rhythm {

inline constexpr double kDay = 86'400;  ///< Seconds.

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

}  // namespace dropscope::rhythm
