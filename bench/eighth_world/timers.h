#pragma once

// When a timer ends a connection that was made at a given time.

#include <algorithm>
#include <cmath>

#include "plan.h"

namespace dropscope::eighth_world {

/// Deviation with a mean of zero, so that the length stays the true one.
[[nodiscard]] inline double deviation(const Timer& timer, Random& random) {
  switch (timer.shape) {
    case Shape::Normal:
      return timer.jitter * random.normal();
    case Shape::Even:
      return timer.jitter * random.between(-1.732, 1.732);
    case Shape::Late:
      return random.exponential(timer.jitter) - timer.jitter;
    case Shape::Seldom:
      return random.chance(kSeldom) ? timer.jitter * random.normal() : 0;
  }
  return 0;
}

/// Delay of a device that looks at its table now and then: never early.
[[nodiscard]] inline double delay(const Timer& timer, Random& random) {
  switch (timer.shape) {
    case Shape::Normal:
      return std::abs(timer.jitter * random.normal());
    case Shape::Even:
      return 2 * timer.jitter * random.uniform();
    case Shape::Late:
      return random.exponential(timer.jitter);
    case Shape::Seldom:
      return random.chance(kSeldom) ? random.exponential(timer.jitter) : 0;
  }
  return 0;
}

/// Uses come at random, more of them in working hours where `quiet_use` is less than one.
[[nodiscard]] inline double idle_end(const Timer& timer, const Subject& subject, double made,
                                     Random& random) {
  const double mean_gap = timer.length / std::max(1e-6, timer.use * subject.use_factor);
  double last = made;
  double next = made + random.exponential(mean_gap);
  while (next - last < timer.length) {
    const bool used =
        timer.quiet_use >= 1 || subject.person.at_work(next) || random.chance(timer.quiet_use);
    if (used) last = next;
    next += random.exponential(mean_gap);
  }
  return last + timer.length + delay(timer, random);
}

[[nodiscard]] inline double clock_end(const Timer& timer, const Person& person, double made,
                                      Random& random) {
  // Weeks begin on Monday; the first day of 1970 was a Thursday.
  const double origin = timer.length == kWeek ? -3 * kDay : 0;
  // What divides the hour goes on through a time change; the rest waits for its time of day.
  const bool within_hour = std::fmod(kHour, timer.length) == 0;
  const double offset = person.local(made) - made;
  double cycle = std::floor((person.local(made) - origin) / timer.length) - 1;
  for (;; ++cycle) {
    double best = kNever;
    for (const double phase : timer.phases) {
      const double wall = origin + cycle * timer.length + phase;
      const double day = std::floor(wall / kDay);
      if (timer.workdays_only && std::fmod(day + 3, 7) >= 5) continue;
      const double instant = within_hour ? wall - offset : person.utc(wall);
      if (instant > made) best = std::min(best, instant);
    }
    if (best < kNever) return best + delay(timer, random);
  }
}

[[nodiscard]] inline double period_end(const Timer& timer, double start, double made,
                                       Random& random) {
  const double cycle = std::floor((made - start) / timer.length) + 1;
  return start + cycle * timer.length + delay(timer, random);
}

[[nodiscard]] inline double timer_end(const Plan& plan, std::size_t which, const Subject& subject,
                                      double made, Random& random) {
  const Timer& timer = plan.timers[which];
  if (timer.kind == Class::Idle) return idle_end(timer, subject, made, random);
  if (timer.kind == Class::Clock) return clock_end(timer, subject.person, made, random);
  if (timer.kind == Class::Period) return period_end(timer, subject.starts[which], made, random);
  return made + std::max(1.0, timer.length + deviation(timer, random));
}

/// Mean life that the timer alone gives to a connection.
[[nodiscard]] inline double mean_life(const Timer& timer) {
  if (timer.kind == Class::Idle) {
    const double busy = std::expm1(timer.use) / timer.use;
    return timer.length * (timer.quiet_use < 1 ? (1 + busy) / 2 : busy);
  }
  if (timer.kind == Class::Clock) {
    return timer.length / static_cast<double>(timer.phases.size()) *
           (timer.workdays_only ? 1.4 : 1);
  }
  return timer.length;
}

}  // namespace dropscope::eighth_world
