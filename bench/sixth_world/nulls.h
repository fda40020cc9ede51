#pragma once

// Losses without a timer: instants in ascending order, from which a record is made.

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "rhythm_cases.h"
#include "sixth_world/timers.h"

namespace dropscope::sixth_world {

using rhythm_cases::Null;

inline constexpr double kLongestLog = 400 * kDay;

inline double draw_mean_gap(Random& random, double shortest, double longest, std::size_t count) {
  const double limit = kLongestLog / static_cast<double>(count);
  return random.log_uniform(shortest, std::max(2 * shortest, std::min(longest, limit)));
}

/// Memoryless, at a constant rate or one that swings slowly.
inline std::vector<double> plain_losses(Random& random, double start, std::size_t count) {
  const double mean = draw_mean_gap(random, 10 * kMinute, 3 * kDay, count);
  const double swing = random.chance(0.4) ? random.uniform(0.2, 0.8) : 0;
  const double turns = random.uniform(0.5, 2), phase = random.uniform();
  std::vector<double> times;
  double t = start;
  for (std::size_t i = 0; i < count; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(count);
    const double angle = 2 * std::numbers::pi * (phase + turns * part);
    t += random.exponential(mean) * std::exp(swing * std::sin(angle));
    times.push_back(t);
  }
  return times;
}

/// How people without a timer lose connections on a working day.
struct Habit {
  double resume = 0;        ///< Probability of a loss when the computer wakes on arrival …
  double lunch = 0;         ///< … around noon …
  double evening = 0;       ///< … and on leaving.
  double spread = 0;        ///< Of these moments: a standard deviation in seconds.
  double others = 0;        ///< Other losses in working hours, per day.
  double out_of_hours = 0;  ///< Losses at night, per day, and by day at weekends.
};

/// The null's 15 hours of night come from those who lose on leaving as well as on arriving.
inline Habit draw_habit(Random& random, Null kind, std::size_t count) {
  Habit habit;
  const double fewest = static_cast<double>(count) / 300;  // Per day, or the log gets too long.
  habit.spread = random.log_uniform(10 * kMinute, 45 * kMinute);
  habit.out_of_hours = random.chance(0.5) ? random.uniform(0, 0.1) : 0;
  if (kind == Null::WorkingHours) {
    habit.others = random.log_uniform(std::max(0.5, fewest), std::max(12.0, 2 * fewest));
    return habit;
  }
  habit.others = fewest + (random.chance(0.5) ? random.uniform(0, 1.5) : 0);
  if (kind == Null::Lunch) habit.lunch = random.uniform(0.5, 0.95);
  if (kind == Null::Resume) habit.resume = random.uniform(0.6, 0.95);
  if (kind == Null::Resume && random.chance(0.5)) habit.evening = random.uniform(0.2, 0.9);
  return habit;
}

inline std::vector<double> habitual_losses(Random& random, const Person& person, const Habit& habit,
                                           double start, std::size_t count) {
  constexpr double kNoon = 12.5 * kHour;
  WallClock clock(person.zone);
  std::vector<double> times;
  for (double day = std::floor(clock.local(start) / kDay) + 1; times.size() < count; ++day) {
    std::vector<double> today;
    const auto maybe = [&](double probability, double time) {
      if (random.chance(probability)) today.push_back(time + habit.spread * random.normal());
    };
    if (is_working_day(day)) {
      maybe(habit.resume, person.arrives);
      maybe(habit.lunch, kNoon);
      maybe(habit.evening, person.leaves);
      const double gap = (person.leaves - person.arrives) / habit.others;
      for (double t = person.arrives; (t += random.exponential(gap)) < person.leaves;) {
        today.push_back(t);
      }
    }
    if (random.chance(habit.out_of_hours)) {
      today.push_back(is_working_day(day) ? random.uniform(0, person.arrives)
                                          : random.uniform(0, kDay));
    }
    for (const double time : today) times.push_back(clock.instant(day * kDay + time));
  }
  std::sort(times.begin(), times.end());
  times.resize(count);
  return times;
}

/// A bad link: clusters of a geometric size, or losses that bring about further ones.
inline std::vector<double> clustered_losses(Random& random, double start, std::size_t count) {
  const bool exciting = random.chance(0.5);
  const double within = random.log_uniform(15, 4 * kMinute);
  const double most = std::min(12.0, static_cast<double>(count) / 2);
  const double size = random.uniform(2, std::max(2.5, most));
  const double calm = size * draw_mean_gap(random, kHour, 2 * kDay, count);
  std::vector<double> times;
  for (double t = start; times.size() < count; t += random.exponential(calm)) {
    std::size_t parent = times.size();
    times.push_back(t);
    if (exciting) {
      for (; parent < times.size() && times.size() < 2 * count; ++parent) {
        for (auto n = random.poisson(1 - 1 / size); n > 0; --n) {
          times.push_back(times[parent] + random.exponential(within));
        }
      }
      continue;
    }
    while (random.chance(1 - 1 / size)) times.push_back(times.back() + random.exponential(within));
  }
  std::sort(times.begin(), times.end());
  times.resize(count);
  return times;
}

/// When a server or a line fails for everybody; `person` gives the hours if it happens under load.
inline std::vector<double> outage_instants(Random& random, const Person* person, double start,
                                           std::size_t count) {
  const double mean = draw_mean_gap(random, 2 * kHour, 4 * kDay, count);
  std::vector<double> times;
  TimeZone zone = person != nullptr ? person->zone : TimeZone();
  WallClock clock(zone);
  for (double t = start; times.size() < count;) {
    t += random.exponential(person != nullptr ? mean / 4 : mean);
    if (person == nullptr || at_work(*person, clock, t)) times.push_back(t);
  }
  return times;
}

/// Instants as losses of a client that is always back before the next.
inline std::vector<Event> as_events(Random& random, const Person& person,
                                    const std::vector<double>& times) {
  std::vector<Event> events;
  for (std::size_t i = 0; i < times.size(); ++i) {
    Event event;
    event.lost = times[i];
    event.serial = static_cast<int>(i);
    double down = person.draw_downtime(random);
    if (i + 1 < times.size()) down = std::min(down, 0.7 * (times[i + 1] - times[i]));
    event.restored = event.lost + down;
    events.push_back(event);
  }
  return events;
}

}  // namespace dropscope::sixth_world
