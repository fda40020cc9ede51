#pragma once

// How long timers are: half the time the defaults of products, else anything from three minutes to
// a day.

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "people.h"

namespace dropscope::eighth_world {

// Defaults of products, in seconds.
inline constexpr std::array<double, 17> kIdleDefaults{
    180, 240, 300, 350, 360, 600, 660, 720, 900, 1080, 1800, 3600, 3605, 7200, 9000, 10800, 86400};
inline constexpr std::array<double, 6> kAgeDefaults{300, 1800, 3600, 10800, 28800, 86400};
inline constexpr std::array<double, 8> kPeriodDefaults{900,   1800,  3600,  5400,
                                                       28800, 36000, 43200, 86400};
inline constexpr std::array<double, 10> kSchedules{
    15 * kMinute, 20 * kMinute, 30 * kMinute, kHour,     2 * kHour,
    3 * kHour,    4 * kHour,    6 * kHour,    8 * kHour, 12 * kHour};

inline constexpr double kShortest = 3 * kMinute;
inline constexpr double kLongestWatch = 450 * kDay;  ///< Nobody keeps a log much longer.

[[nodiscard]] inline double free_length(Random& random, double longest) {
  const double length = random.log_between(kShortest, std::max(2 * kShortest, longest));
  return random.chance(0.5) ? std::round(length / kMinute) * kMinute : std::round(length);
}

[[nodiscard]] inline double draw_length(Random& random, std::span<const double> defaults,
                                        double longest) {
  if (random.chance(0.5)) {
    const double length = defaults[random.below(defaults.size())];
    if (length <= longest) return length;
  }
  return free_length(random, std::min(longest, kDay));
}

}  // namespace dropscope::eighth_world
