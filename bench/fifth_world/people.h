#pragma once

// When somebody is there and when the connection is used.
//
// What a client does on a day is a function of the client's key and the day, not of what was asked
// before: presences may be looked up in any order, and a client is the same however often.

#include <algorithm>
#include <vector>

#include "base/time.h"
#include "base/timezone.h"
#include "fifth_world/random.h"

namespace dropscope::fifth_world {

inline constexpr double kMinute = 60;
inline constexpr double kHour = 3600;
inline constexpr double kDay = 86400;
inline constexpr double kNever = 1e12;

/// The wall clock of a zone. Keeps the stretch of blocks in which the offset is known to be
/// constant.
class Wall {
 public:
  explicit Wall(TimeZone zone) : zone_(std::move(zone)) {}

  double offset(double t) {
    if (from_ <= t && t < to_) return offset_;
    const double block = std::floor(t / kBlock) * kBlock;
    const double first = ask(block);
    if (first != ask(block + kBlock)) return ask(t);
    if (block != to_ || first != offset_) from_ = block;
    to_ = block + kBlock;
    offset_ = first;
    return first;
  }
  double to_local(double t) { return t + offset(t); }
  double to_utc(double local) {
    const double before = offset(local - kDay);
    if (before == offset(local + kDay)) return local - before;
    const double whole = std::floor(local);
    const Instant shown = instant_from_unix(static_cast<std::int64_t>(whole));
    const Instant instant = zone_.from_local(to_civil_utc(shown)).value_or(shown);
    return static_cast<double>(to_unix(instant)) + (local - whole);
  }
  [[nodiscard]] const TimeZone& zone() const { return zone_; }

 private:
  [[nodiscard]] double ask(double t) const {
    return zone_.offset_seconds(instant_from_unix(static_cast<std::int64_t>(std::floor(t))));
  }

  static constexpr double kBlock = 16 * kDay;  // No zone of ours changes twice in so few days.

  TimeZone zone_;
  double from_ = 0, to_ = 0, offset_ = 0;
};

/// 0 = Monday; day 0 is 1970-01-01, a Thursday.
inline std::size_t weekday_of(double day) {
  return static_cast<std::size_t>(static_cast<std::int64_t>(day) + 3) % 7;
}

struct Presence {
  double from = 0;
  double to = 0;
  std::size_t order = 0;  ///< 0 = the first of its day.
};

enum class Profile : std::uint8_t { Office, Shifts, PartTime, Night, Breaks, Freelance, Kiosk };

/// A working day as drawn: spans of presence of `every` seconds less a `pause` each.
struct Workday {
  bool works = false;
  double begin = 0;
  double length = 0;
  double every = kDay;
  double pause = 0;
};

class Habits {
 public:
  Habits(Random& random, const TimeZone& zone, Profile profile)
      : wall(zone), profile_(profile), key_(random.bits()) {
    spread = random.log_between(2 * kMinute, 2 * kHour);
    break_spread_ = random.log_between(kMinute, 20 * kMinute);
    away_ = random.chance(0.5) ? random.between(0, 0.3) : 0;
    late_only_ = random.chance(0.3);
    draw_week(random);
  }

  /// The presence that `t` lies in, else the next one.
  Presence find(double t) {
    if (always_there()) return {0, kNever, 0};
    if (known_from_ <= t && t < known_.to) return known_;
    const double today = std::floor(wall.to_local(t) / kDay);
    for (double day = today - 1; day < today + 90; ++day) {
      for (const Presence& one : on_day(day)) {
        if (one.to <= t) continue;
        known_from_ = t;
        return known_ = one;
      }
    }
    return {kNever, kNever, 0};
  }
  bool present(double t) { return find(t).from <= t; }
  [[nodiscard]] bool always_there() const { return profile_ == Profile::Kiosk; }
  /// The same rules of the house for somebody else.
  [[nodiscard]] Habits colleague(std::uint64_t key) const {
    Habits other = *this;
    other.key_ = key;
    other.known_ = {};
    other.days_ = {};
    return other;
  }

  Wall wall;
  double spread = 0;  ///< Seconds by which arrivals differ.

 private:
  void draw_week(Random& random) {
    Workday usual;
    usual.begin = random.between(6.5, 10) * kHour;
    usual.length = random.between(6, 10) * kHour;
    usual.every = random.between(3, 5) * kHour;
    usual.pause = random.chance(0.8) ? random.between(20, 90) * kMinute : 0;
    double days = 5;
    if (profile_ == Profile::Shifts) {
      usual.begin = std::floor(random.between(4, 8)) * kHour;
      usual.length = 8 * kHour;
      days = random.between(4, 7);
    } else if (profile_ == Profile::PartTime) {
      usual.length = random.between(2, 5) * kHour;
      days = random.between(1.5, 4);
    } else if (profile_ == Profile::Night) {
      usual.begin = random.between(18, 23.5) * kHour;
    } else if (profile_ == Profile::Breaks) {  // A call centre, or meetings on the hour.
      usual.begin = std::floor(random.between(7, 10)) * kHour;
      usual.every = random.chance(0.4) ? kHour : 2 * kHour;
      usual.pause = random.between(5, 25) * kMinute;
      spread = std::min(spread, 20 * kMinute);
    }
    const bool any_day = profile_ != Profile::Office && profile_ != Profile::Breaks;
    const bool varies = random.chance(0.2);
    for (std::size_t day = 0; day < 7; ++day) {
      week_[day] = usual;
      week_[day].works = any_day ? random.chance(days / 7) : day < 5;
      if (varies) week_[day].begin += random.between(-2, 3) * kHour;
    }
    week_[1].works = true;  // Nobody never works.
  }

  /// The days around the last one asked for are kept: most questions are about them.
  const std::vector<Presence>& on_day(double day) {
    const auto slot = static_cast<std::size_t>(day) % days_.size();
    if (days_[slot].day != day) {
      days_[slot].day = day;
      fill(days_[slot].presences, day);
    }
    return days_[slot].presences;
  }

  void fill(std::vector<Presence>& found, double day) {
    found.clear();
    Random noise(key_, static_cast<std::uint64_t>(day));
    Workday work = week_[weekday_of(day)];
    if (!work.works || noise.chance(away_)) return;
    if (profile_ == Profile::Shifts) {
      work.begin += static_cast<double>(static_cast<int>((day + 3) / 7) % 3) * 8 * kHour;
    } else if (profile_ == Profile::Freelance) {  // Other blocks of work every day.
      work.begin = noise.between(5, 18) * kHour;
      work.length = noise.between(1, 9) * kHour;
      work.every = noise.between(1, 6) * kHour;
    }
    double free_from = 0;
    for (double at = 0; at < work.length; at += work.every) {
      const double late = noise.normal() * (found.empty() ? spread : break_spread_);
      const double begin = day * kDay + work.begin + at + (late_only_ ? std::abs(late) : late);
      const double end = day * kDay + work.begin + std::min(at + work.every, work.length);
      const double from = std::max(free_from, wall.to_utc(begin));
      const double to = std::max(from + 10 * kMinute, wall.to_utc(end) - work.pause);
      found.push_back({from, to, found.size()});
      free_from = to + kMinute;
    }
  }

  struct KnownDay {
    double day = 0;
    std::vector<Presence> presences;
  };

  Profile profile_;
  std::uint64_t key_;
  std::array<Workday, 7> week_{};
  double break_spread_ = 0;
  double away_ = 0;
  bool late_only_ = false;
  double known_from_ = 0;
  Presence known_;
  std::array<KnownDay, 16> days_;
};

enum class UseLaw : std::uint8_t { Poisson, HeavyTail, Sessions, Polling, MachineOnly };

/// How a connection is used.
struct Uses {
  UseLaw law = UseLaw::Poisson;
  double mean = kHour;     ///< Seconds between two uses while somebody is there.
  double after_hours = 0;  ///< Rate when nobody is there, as a share.
  double tail = 1.5;       ///< Of heavy-tailed gaps.
  bool on_arrival = true;  ///< Whoever comes in uses it at once.
};

inline double draw_use_gap(const Uses& uses, double mean, Random& random) {
  switch (uses.law) {
    case UseLaw::HeavyTail:
      return random.pareto(mean, uses.tail);
    case UseLaw::Sessions:
      return random.exponential(random.chance(0.2) ? 4.2 * mean : 0.2 * mean);
    case UseLaw::Polling:
      return mean * random.between(0.99, 1.01);
    case UseLaw::Poisson:
    case UseLaw::MachineOnly:
      break;
  }
  return random.exponential(mean);
}

/// The first use after `t`; any later instant if there is none before `until`.
inline double next_use(const Uses& uses, Habits& habits, Random& random, double t, double until) {
  if (uses.law == UseLaw::MachineOnly) return t + random.exponential(uses.mean);
  while (t < std::min(until, kNever)) {
    const Presence there = habits.find(t);
    const bool open = there.from <= t;
    const double rate = open ? 1 : uses.after_hours;
    const double change = open ? there.to : there.from;
    const double at = rate > 0 ? t + draw_use_gap(uses, uses.mean / rate, random) : kNever;
    if (at < change) return at;
    if (!open && uses.on_arrival) return there.from;
    t = change;
  }
  return kNever;
}

}  // namespace dropscope::fifth_world
