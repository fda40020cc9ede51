#pragma once

// People and their computers: the wall clock they live by, their working hours, and how long the
// way back to the server takes them.

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

#include "base/timezone.h"
#include "sixth_world/random.h"

namespace dropscope::sixth_world {

inline constexpr double kMinute = 60, kHour = 3600, kDay = 86400, kWeek = 7 * kDay;

/// Wall-clock time of instants in Unix seconds. It remembers the offset of a whole day, as most
/// questions come in ascending order.
class WallClock {
 public:
  explicit WallClock(const TimeZone& zone) : zone_(&zone) {}

  double offset(double t) {
    if (t < from_ || t >= to_) remember(t);
    return offset_;
  }
  double local(double t) { return t + offset(t); }

  /// Of a time in the gap of spring: an instant that has another wall-clock time.
  double instant(double local_time) { return local_time - offset(local_time - offset(local_time)); }

 private:
  double look_up(double t) const {
    const auto whole = static_cast<std::int64_t>(std::floor(t));
    return zone_->offset_seconds(instant_from_unix(whole));
  }
  void remember(double t) {
    from_ = std::floor(t / kDay) * kDay;
    to_ = from_ + kDay;
    offset_ = look_up(from_);
    if (offset_ == look_up(to_ - 1)) return;
    offset_ = look_up(t);
    to_ = from_;  // The clocks change on this day: remember nothing.
  }

  const TimeZone* zone_;
  double from_ = 0, to_ = 0, offset_ = 0;
};

struct Person {
  TimeZone zone;
  double arrives = 8 * kHour, leaves = 17 * kHour;  ///< On the wall clock of a working day.
  bool sleeps = false;                              ///< The computer, outside working hours.
  double downtime = 20;                             ///< Median seconds from loss to restore …
  double downtime_spread = 0.5;  ///< … and standard deviation of its logarithm.
  bool retry_grid = false;       ///< Back at a retry every 15 minutes (Outlook while Disconnected).

  double draw_downtime(Random& random) const {
    if (retry_grid) {
      double tries = 1;
      while (tries < 3 && random.chance(0.4)) ++tries;
      return tries * 15 * kMinute + random.uniform(2, 30);
    }
    return std::clamp(downtime * std::exp(downtime_spread * random.normal()), 1.0, kHour);
  }
};

inline bool is_working_day(double local_day) {
  return std::fmod(local_day + 3, 7) < 5;  // 1970-01-01 was a Thursday.
}

inline bool at_work(const Person& person, WallClock& clock, double t) {
  const double local = clock.local(t), day = std::floor(local / kDay);
  const double time = local - day * kDay;
  return is_working_day(day) && time >= person.arrives && time < person.leaves;
}

/// The first arrival at work after `t`.
inline double next_morning(const Person& person, WallClock& clock, double t) {
  double day = std::floor(clock.local(t) / kDay);
  for (;; ++day) {
    const double morning = clock.instant(day * kDay + person.arrives);
    if (is_working_day(day) && morning > t) return morning;
  }
}

inline TimeZone draw_zone(Random& random) {
  static const std::vector<TimeZone> zones = [] {
    constexpr std::array<std::string_view, 10> names = {"Europe/Berlin",       "Europe/Berlin",
                                                        "Europe/London",       "America/New_York",
                                                        "America/Los_Angeles", "Asia/Tokyo",
                                                        "Asia/Kolkata",        "Australia/Sydney",
                                                        "America/Sao_Paulo",   "UTC"};
    std::vector<TimeZone> found;
    for (const auto name : names) found.push_back(TimeZone::find(name).value_or(TimeZone()));
    return found;
  }();
  return random.pick(zones);
}

/// `longest_downtime` limits the median; a client with the grid of retries is back later than that.
inline Person draw_person(Random& random, double longest_downtime, bool may_use_grid) {
  Person person;
  person.zone = draw_zone(random);
  person.arrives = random.uniform(7, 9.5) * kHour;
  person.leaves = person.arrives + random.uniform(7.5, 10) * kHour;
  person.downtime = std::min(random.log_uniform(3, 10 * kMinute), longest_downtime);
  person.downtime_spread = random.chance(0.3) ? 0.01 : random.uniform(0.1, 1);
  person.retry_grid = may_use_grid && random.chance(0.2);
  return person;
}

}  // namespace dropscope::sixth_world
