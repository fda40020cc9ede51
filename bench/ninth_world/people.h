#pragma once

// Who sits at the computer, in which time zone, and when: working days by the wall clock.

#include <array>
#include <cmath>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "base/timezone.h"
#include "ninth_world/random.h"

namespace dropscope::ninth_world {

inline constexpr double kHour = 3600;
inline constexpr double kDay = 24 * kHour;

/// Half of the zones keep daylight saving time, as a firm's offices do.
inline constexpr std::array<std::string_view, 10> kZones = {
    "Europe/Berlin", "Europe/London", "America/New_York", "America/Los_Angeles", "Australia/Sydney",
    "Asia/Tokyo",    "Asia/Kolkata",  "Asia/Singapore",   "America/Bogota",      "UTC"};

[[nodiscard]] inline TimeZone draw_zone(Random& random) {
  return TimeZone::find(random.pick(kZones)).value_or(TimeZone{});
}

[[nodiscard]] inline double offset_at(const TimeZone& zone, double unix_seconds) {
  return zone.offset_seconds(
      instant_from_unix(static_cast<std::int64_t>(std::floor(unix_seconds))));
}

[[nodiscard]] inline double local_of(const TimeZone& zone, double unix_seconds) {
  return unix_seconds + offset_at(zone, unix_seconds);
}

/// Of a wall clock; within the hour that is skipped or repeated, one of the two readings.
[[nodiscard]] inline double unix_of(const TimeZone& zone, double local) {
  const double guess = local - offset_at(zone, local);
  return local - offset_at(zone, guess);
}

/// One day at work, in Unix seconds.
struct Shift {
  double begin = 0;
  double lunch = 0;  ///< Back from it.
  double end = 0;
};

struct Person {
  TimeZone zone;
  double from = 8 * kHour;
  double until = 17 * kHour;
  double lunch = 12.75 * kHour;
  double loose = 900;  ///< Standard deviation of coming, in seconds.
  bool weekends = false;
  std::uint64_t key = 0;  ///< Makes each day's deviation the same whenever it is asked for.

  [[nodiscard]] Shift shift_on(std::int64_t day) const {
    Random random(mix(key, static_cast<std::uint64_t>(day)));
    const double midnight = static_cast<double>(day) * kDay;
    const double begin = midnight + from + loose * random.normal();
    const double back = midnight + lunch + loose * random.normal();
    const double end = midnight + until + 900 * random.normal();
    return {unix_of(zone, begin), unix_of(zone, back), unix_of(zone, end)};
  }

  /// The shift that has not ended at `unix_seconds`, or the next one.
  [[nodiscard]] Shift shift_after(double unix_seconds) const {
    auto day = static_cast<std::int64_t>(std::floor(local_of(zone, unix_seconds) / kDay)) - 1;
    for (;; ++day) {
      const bool weekend = (day + 3) % 7 >= 5;  // Day 0 of the epoch was a Thursday.
      if (weekend && !weekends) continue;
      const Shift shift = shift_on(day);
      if (shift.end > unix_seconds) return shift;
    }
  }
};

/// From eight to five give or take an hour or two: the night lasts 15 hours give or take one.
[[nodiscard]] inline Person draw_person(const TimeZone& zone, Random& random) {
  Person person;
  person.zone = zone;
  person.from = kHour * random.uniform(7, 9.5);
  person.until = person.from + kHour * random.uniform(8, 10);
  person.lunch = person.from + kHour * random.uniform(4, 5.5);
  person.loose = random.log_uniform(240, 2'400);
  person.weekends = random.chance(0.15);
  person.key = random.bits();
  return person;
}

/// Where, when and for whom connections live.
struct Place {
  TimeZone zone;
  Person person;
  double start = 0;
  double jitter = 0;  ///< Of a length.
};

}  // namespace dropscope::ninth_world
