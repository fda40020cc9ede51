#pragma once

// People, where they live, when they work, and when their computers sleep.

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/timezone.h"
#include "random.h"

namespace dropscope::eighth_world {

inline constexpr double kMinute = 60;
inline constexpr double kHour = 3600;
inline constexpr double kDay = 86400;
inline constexpr double kWeek = 7 * kDay;
inline constexpr double kNever = std::numeric_limits<double>::infinity();

[[nodiscard]] inline const TimeZone& zone_number(std::size_t number) {
  static const auto zones = [] {
    std::array<TimeZone, 10> found;
    const std::array names{"Europe/Berlin",       "Europe/London",    "America/New_York",
                           "America/Chicago",     "Asia/Tokyo",       "Asia/Kolkata",
                           "America/Los_Angeles", "Australia/Sydney", "America/Sao_Paulo",
                           "Europe/Helsinki"};
    for (std::size_t i = 0; i < names.size(); ++i) {
      found[i] = TimeZone::find(names[i]).value_or(TimeZone{});
    }
    return found;
  }();
  return zones[number % zones.size()];
}
inline constexpr std::size_t kZones = 10;

struct Person {
  TimeZone zone;
  double begins = 8 * kHour;  ///< Of the working day, local time.
  double ends = 17 * kHour;
  double lateness = 10 * kMinute;  ///< Standard deviation of a day's begin.
  double lingers = kHour;          ///< From the end of work until the computer sleeps.
  bool weekends = false;           ///< Works seven days.
  std::uint64_t diary = 0;         ///< What differs from day to day.

  [[nodiscard]] double local(double utc) const {
    return utc + zone.offset_seconds(instant_from_unix(static_cast<std::int64_t>(utc)));
  }

  [[nodiscard]] double utc(double wall) const {
    const auto offset = [&](double t) {
      return double(zone.offset_seconds(instant_from_unix(static_cast<std::int64_t>(t))));
    };
    return wall - offset(wall - offset(wall));
  }

  [[nodiscard]] bool works_on(double day) const {
    const double weekday = std::fmod(day + 3, 7);  // The first day of 1970 was a Thursday.
    return weekends || weekday < 5;
  }

  /// Normal deviate of that day; `purpose` tells several of one day apart.
  [[nodiscard]] double whim(double day, std::uint64_t purpose) const {
    return Random(diary + purpose, static_cast<std::uint64_t>(day)).normal();
  }

  [[nodiscard]] bool at_work(double utc_time) const {
    const double wall = local(utc_time);
    const double day = std::floor(wall / kDay);
    const double of_day = wall - day * kDay;
    return works_on(day) && of_day >= begins && of_day < ends;
  }

  /// Next morning on which the computer wakes, after `utc_time`.
  [[nodiscard]] double next_wake(double utc_time) const {
    double day = std::floor(local(utc_time) / kDay);
    for (;; ++day) {
      if (!works_on(day)) continue;
      const double wake = utc(day * kDay + begins + lateness * whim(day, 1));
      if (wake > utc_time) return wake;
    }
  }

  /// When the computer falls asleep after `utc_time`; that time itself if it sleeps then.
  [[nodiscard]] double next_sleep(double utc_time) const {
    const double day = std::floor(local(utc_time) / kDay);
    if (!works_on(day)) return utc_time;
    const double wake = utc(day * kDay + begins + lateness * whim(day, 1));
    if (utc_time < wake) return utc_time;
    const double sleep = utc(day * kDay + ends + lingers + 2 * lateness * whim(day, 2));
    return std::fmax(utc_time, sleep);
  }
};

[[nodiscard]] inline Person draw_person(Random& random, std::size_t zone) {
  Person person;
  person.zone = zone_number(zone);
  person.begins = random.between(6.75, 9.5) * kHour;
  person.ends = person.begins + random.between(7.5, 9.5) * kHour;
  person.lateness = random.log_between(3, 35) * kMinute;
  person.lingers = random.between(0.1, 2) * kHour;
  person.weekends = random.chance(0.15);
  person.diary = random.bits();
  return person;
}

}  // namespace dropscope::eighth_world
