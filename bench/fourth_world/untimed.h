#pragma once

// Fourth world: losses that no timer makes.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "fourth_world/engine.h"
#include "fourth_world/people.h"
#include "rhythm_cases.h"

namespace dropscope::fourth_world {

using rhythm_cases::Null;

inline double at_most(Random& dice, double low, double high, std::size_t events) {
  const double room = kLongest / 2 / static_cast<double>(events);
  return log_uniform(dice, low, std::max(low * 1.5, std::min(high, room)));
}

/// In order, none while the connection is down; `squeeze` shortens the way back instead.
inline std::vector<Event> tidy(std::vector<Event> events, bool squeeze = false) {
  std::sort(events.begin(), events.end(),
            [](const Event& a, const Event& b) { return a.lost < b.lost; });
  std::vector<Event> result;
  for (const Event& event : events) {
    if (!result.empty() && event.lost <= result.back().restored) {
      Event& before = result.back();
      if (!squeeze || event.lost < before.lost + 3) continue;
      before.restored = before.lost + (event.lost - before.lost) * 0.4;
    }
    result.push_back(event);
  }
  return result;
}

struct Person {
  Habits habits;
  Downtime down;
  double start = 0;

  Event loss(double t, Random& dice) const { return {t, t + down.draw(dice), kStray, false}; }
};

inline std::vector<Event> memoryless(const Person& person, double mean, std::size_t want,
                                     Random& dice) {
  std::vector<Event> events;
  double t = person.start;
  while (events.size() < want) {
    events.push_back(person.loss(t + mean * dice.exponential(), dice));
    t = events.back().restored;
  }
  return events;
}

/// Poisson while at work; `mean` counts working time.
inline std::vector<double> working(Habits& habits, double t, double mean, std::size_t want,
                                   Random& dice) {
  std::vector<double> times;
  for (double number = habits.number(t); times.size() < want; number += 1) {
    const Day plan = habits.day(number);
    if (!plan.works) continue;
    for (double at = plan.on + mean * dice.exponential(); at < plan.off && times.size() < want;
         at += mean * dice.exponential()) {
      times.push_back(at);
    }
  }
  return times;
}

struct Modulation {
  Null null = Null::Resume;
  double share = 1;   // Of the days on which it happens.
  double lunch = 0;   // Also after lunch, so often.
  double second = 0;  // Resumes once more on a day, so often.
  double delay = 10;
  double other = 0;  // Losses at work by chance, a day.
  bool leaving = false;
  double mean = kHour;
};

inline Modulation draw_modulation(Random& dice, std::size_t events) {
  Modulation how;
  const double kind = dice.uniform();
  how.null = kind < 0.55 ? Null::Resume : kind < 0.8 ? Null::WorkingHours : Null::Lunch;
  how.share = dice.uniform(0.55, 1);
  how.lunch = dice.chance(0.35) ? dice.uniform(0.2, 0.9) : 0;
  how.second = dice.chance(0.3) ? dice.uniform(0.1, 0.8) : 0;
  how.delay = log_uniform(dice, 2, 120);
  how.other = dice.chance(0.5) ? dice.uniform(0, 0.3) : 0;
  how.leaving = dice.chance(0.4);
  how.mean = at_most(dice, 10 * kMinute, 24 * kHour, events * 5);
  return how;
}

inline std::vector<Event> modulated(Person& person, const Modulation& how, std::size_t want,
                                    Random& dice) {
  std::vector<Event> events;
  Habits& habits = person.habits;
  if (how.null == Null::WorkingHours) {
    for (const double t : working(habits, person.start, how.mean, want, dice)) {
      events.push_back(person.loss(t, dice));
    }
    return tidy(std::move(events));
  }
  for (double number = habits.number(person.start); events.size() < want; number += 1) {
    const Day plan = habits.day(number);
    if (!plan.works) continue;
    const auto add = [&](double chance, double t) {
      if (dice.chance(chance)) {
        events.push_back(person.loss(t + how.delay * dice.uniform(0.7, 1.3), dice));
      }
    };
    if (how.null == Null::Lunch) {
      add(how.share, how.leaving ? plan.lunch : plan.back);
    } else {
      add(how.share, plan.on);
      add(how.lunch, plan.back);
      add(how.second, dice.uniform(plan.on + kHour, plan.off));
    }
    add(how.other, dice.uniform(plan.on, plan.off));
  }
  return tidy(std::move(events));
}

struct Bursting {
  bool retries = false;
  bool wall_grid = false;  // The 15 minutes are those of the clock on the wall.
  bool holds = false;      // A retry holds until the next one is due.
  double gap = 30;
  double size = 4;
  double pause = kDay;
};

inline Bursting draw_bursting(Random& dice, std::size_t events) {
  Bursting how;
  how.retries = dice.chance(0.45);
  how.wall_grid = dice.chance(0.4);
  how.holds = dice.chance(0.4);
  how.gap = log_uniform(dice, 5, 6 * kMinute);
  how.size = std::min(log_uniform(dice, 2.2, 12), std::max(2., static_cast<double>(events) / 3));
  how.pause = at_most(dice, 3 * kHour, 6 * kDay, events / 2 + 1);
  return how;
}

inline std::vector<Event> bursts(const Person& person, const Bursting& how, std::size_t want,
                                 Random& dice) {
  std::vector<Event> events;
  double t = person.start;
  while (events.size() < want) {
    t += 20 * kMinute + how.pause * dice.exponential();
    std::size_t count = 1;
    while (count < 40 && dice.chance(1 - 1 / how.size)) ++count;
    double grid = t + 300;
    if (how.wall_grid) grid = std::floor(t / 900) * 900;
    for (std::size_t k = 0; k < count; ++k) {
      Event event = person.loss(t, dice);
      if (how.retries) {
        const double retry = k == 0 ? t + 300 : grid + 900;
        if (k > 0) grid = retry;
        while (how.wall_grid && grid <= t + 300) grid += 900;
        if (!how.holds) event.restored = retry + dice.uniform(0.5, 4);
        t = std::max(retry, event.lost) + dice.uniform(3, how.holds ? 12 : 40);
        if (how.holds) event.restored = std::min(event.restored, t - 3);
      } else {
        t += 3 + how.gap * dice.exponential();
      }
      events.push_back(event);
    }
  }
  return tidy(std::move(events), true);
}

inline std::vector<double> random_times(Random& dice, double from, double to, std::size_t count) {
  std::vector<double> times;
  for (std::size_t k = 0; k < count; ++k) times.push_back(dice.uniform(from, to));
  std::sort(times.begin(), times.end());
  return times;
}

/// Outages that many share.
struct Shared {
  std::vector<double> instants;
  double spread = 10;
  double mean = kHour;
};

inline Shared draw_shared(Person& person, std::size_t count, Random& dice) {
  Shared shared;
  shared.spread = log_uniform(dice, 1, 30);
  shared.mean = at_most(dice, 20 * kMinute, 7 * kDay, count);
  if (dice.chance(0.35)) {
    shared.instants = working(person.habits, person.start, shared.mean / 4, count, dice);
    return shared;
  }
  double t = person.start;
  while (shared.instants.size() < count) {
    shared.instants.push_back(t += kMinute + shared.mean * dice.exponential());
  }
  return shared;
}

/// The losses of one who is hit by a share `joins` of the outages, and `own` of whose are not such.
inline std::vector<Event> hit_by(const Shared& shared, const Person& person, double joins,
                                 double own, Random& dice) {
  std::vector<Event> events;
  for (const double t : shared.instants) {
    if (!dice.chance(joins)) continue;
    events.push_back(person.loss(t + dice.uniform(0, shared.spread), dice));
    events.back().cause = 0;
  }
  const double count = static_cast<double>(events.size()) * own / (1 - own) + dice.uniform();
  for (const double t :
       random_times(dice, person.start, shared.instants.back(), static_cast<std::size_t>(count))) {
    events.push_back(person.loss(t, dice));
  }
  return tidy(std::move(events));
}

/// Strays among losses that have no timer; a timer's meet it in the engine.
inline std::vector<Event> with_strays(std::vector<Event> events, const Person& person, double stray,
                                      Random& dice) {
  const double count = static_cast<double>(events.size()) * stray / (1 - stray);
  for (const double t : random_times(dice, person.start, events.back().lost,
                                     static_cast<std::size_t>(count + dice.uniform()))) {
    events.push_back(person.loss(t, dice));
  }
  return tidy(std::move(events), true);
}

}  // namespace dropscope::fourth_world
