#pragma once

// Draws what clients have in common: which timers, which habits, which incidents.

#include "dirt.h"
#include "lengths.h"

namespace dropscope::eighth_world {

// Lateness of schedules and leases has little to do with their length, so it has a limit.
inline constexpr double kLatestSchedule = kMinute;
inline constexpr double kLatestLease = 10 * kMinute;

[[nodiscard]] inline Shape draw_shape(Random& random) {
  return random.pick(std::array{Shape::Normal, Shape::Even, Shape::Late, Shape::Seldom});
}

/// `share` of the timer's length, and at most `latest` seconds.
inline void draw_jitter(Timer& timer, double share, double latest, Random& random) {
  timer.jitter = std::min(latest, share * timer.length);
  timer.shape = draw_shape(random);
}

[[nodiscard]] inline Timer draw_idle(double longest, double jitter, Random& random) {
  Timer timer;
  timer.kind = Class::Idle;
  timer.use = random.log_between(0.08, 2.1);
  timer.quiet_use = random.chance(0.5) ? random.between(0.05, 0.4) : 1;
  timer.length = draw_length(
      random, kIdleDefaults,
      longest / mean_life({.kind = Class::Idle, .length = 1, .use = timer.use, .phases = {}}));
  draw_jitter(timer, jitter, kNever, random);
  return timer;
}

[[nodiscard]] inline Timer draw_age(double longest, double jitter, Random& random) {
  Timer timer;
  timer.kind = Class::Age;
  timer.length = draw_length(random, kAgeDefaults, longest);
  draw_jitter(timer, jitter, kNever, random);
  return timer;
}

[[nodiscard]] inline Timer draw_period(double longest, double jitter, Random& random) {
  Timer timer;
  timer.kind = Class::Period;
  timer.length = draw_length(random, kPeriodDefaults, longest);
  // Each renewal may start from the answer to the one before.
  if (random.chance(0.5)) timer.length += random.between(0.05, 1.5);
  draw_jitter(timer, jitter, kLatestLease, random);
  return timer;
}

[[nodiscard]] inline double draw_cycle(double longest, Random& random) {
  double length = kDay;
  const double kind = random.uniform();
  if (kind < 0.06) length = kWeek;
  if (kind > 0.45) length = random.pick(kSchedules);
  while (length > longest) length = random.pick(kSchedules) / 2;
  return std::max(15 * kMinute, length);
}

[[nodiscard]] inline Timer draw_clock(double longest, double jitter, Random& random) {
  Timer timer;
  timer.kind = Class::Clock;
  timer.length = draw_cycle(longest, random);
  timer.jitter = std::min(kLatestSchedule, jitter * timer.length);
  timer.shape = random.chance(0.5) ? Shape::Even : Shape::Late;
  timer.round_phase = random.chance(0.7);
  const double grain = timer.round_phase ? 5 * kMinute : 1;
  const auto phase = [&] { return std::floor(random.uniform() * timer.length / grain) * grain; };
  timer.phases = {phase()};
  if (timer.length == kDay) {
    // Nightly jobs are more usual than others.
    if (random.chance(0.6)) timer.phases[0] = std::fmod(timer.phases[0] / 4 + 22 * kHour, kDay);
    if (timer.round_phase) timer.phases[0] = std::floor(timer.phases[0] / grain) * grain;
    timer.workdays_only = random.chance(0.15);
    if (random.chance(0.2)) timer.phases.push_back(phase());
  }
  return timer;
}

/// Two timers of which each has its turn.
inline void draw_mixed(Plan& plan, double longest, Random& random) {
  const double jitter = plan.dirt.jitter;
  const double second_longest = std::min(longest, kDay);
  const std::size_t kind = random.below(5);
  if (kind < 2) {  // Schedules and a shorter timer.
    plan.timers = {draw_clock(second_longest, jitter, random)};
    const double turn = plan.timers[0].length / static_cast<double>(plan.timers[0].phases.size());
    const double shorter = std::max(kShortest, turn / random.log_between(1.3, 5));
    plan.timers.push_back(kind == 0 ? draw_age(longest, jitter, random)
                                    : draw_idle(longest, jitter, random));
    plan.timers[1].length = std::round(shorter);
  } else if (kind == 2) {  // An age that ends what use has kept alive.
    plan.timers = {draw_idle(second_longest / 2, jitter, random)};
    plan.timers[0].use = random.log_between(0.7, 2.5);
    plan.timers.push_back(draw_age(longest, jitter, random));
    plan.timers[1].length = std::round(plan.timers[0].length * random.log_between(1.4, 4));
  } else {
    plan.timers = {draw_period(second_longest, jitter, random)};
    const double shorter = std::max(kShortest, plan.timers[0].length / random.log_between(1.3, 4));
    plan.timers.push_back(kind == 3 ? draw_age(longest, jitter, random)
                                    : draw_idle(longest, jitter, random));
    plan.timers[1].length = std::round(shorter);
  }
  plan.timers[1].jitter = jitter * plan.timers[1].length;
}

inline void draw_habit(Plan& plan, double longest, Random& random) {
  Habit& habit = plan.habit;
  habit.mean = random.log_between(5 * kMinute, std::min(longest, 1.5 * kDay));
  if (plan.truth == Class::Burst) {
    plan.null = Null::Clusters;
    habit.cluster_size = random.between(2.5, 8);
    habit.mean = random.log_between(kHour, std::min(longest * habit.cluster_size, 3 * kDay));
    habit.cluster_gap = habit.mean / random.log_between(30, 600);
  } else if (plan.truth == Class::Random) {
    plan.null = Null::Plain;
  } else if (random.chance(0.5)) {
    plan.null = Null::Resume;
    habit.extra = random.chance(0.3) ? random.between(0.05, 0.4) : 0;
  } else if (random.chance(0.25)) {
    plan.null = Null::Lunch;
    habit.lunch = random.between(12.25, 13.75) * kHour;
    habit.spread = random.between(5, 25) * kMinute;
    habit.extra = random.chance(0.3) ? random.between(0.05, 0.4) : 0;
  } else {
    plan.null = Null::WorkingHours;
    habit.mean = random.log_between(5 * kMinute, std::min(longest / 4, 8 * kHour));
    habit.by_sleep = random.chance(0.4);
  }
}

inline void draw_incidents(Plan& plan, double start, std::size_t count, double longest,
                           Random& random) {
  plan.hit = random.between(0.6, 1);
  plan.habit.mean = random.log_between(20 * kMinute, std::min(longest, 4 * kDay));
  double now = start;
  for (std::size_t i = 0; i < count; ++i) {
    now += 2 * kMinute + random.exponential(plan.habit.mean);
    plan.incidents.push_back(now);
  }
}

[[nodiscard]] inline Downtime draw_downtime_kind(double shortest, Random& random) {
  Downtime down;
  down.typical = std::min(random.log_between(3, 240), 0.1 * shortest);
  down.spread = random.chance(0.25) ? random.between(0, 0.03) : random.between(0.2, 0.8);
  down.hangs = random.chance(0.4) ? random.between(0.01, 0.08) : 0;
  down.longest = std::max(4 * down.typical, std::min(3000.0, 0.4 * shortest));
  return down;
}

/// Timers that are much longer than a day's work never end anything on a computer that sleeps.
inline void draw_sleep(Plan& plan, Random& random) {
  double longest = 0;
  for (const Timer& timer : plan.timers) longest = std::max(longest, mean_life(timer));
  if (plan.timers.empty() || longest > 2 * kHour) return;
  plan.sleeps = random.chance(0.3);
  plan.tells_wakes = random.chance(0.5);
  const bool told = plan.dirt.stray > 0 && random.chance(0.25);
  plan.loss_on_wake = told ? random.between(0.3, 1) : 0;
}

/// `longest`: seconds that the mean life of a connection may have; `dirt` is drawn before.
inline void draw_causes(Plan& plan, double longest, Random& random) {
  const double jitter = plan.dirt.jitter;
  if (plan.truth == Class::Idle) plan.timers = {draw_idle(longest, jitter, random)};
  if (plan.truth == Class::Age) plan.timers = {draw_age(longest, jitter, random)};
  if (plan.truth == Class::Clock) plan.timers = {draw_clock(longest, jitter, random)};
  if (plan.truth == Class::Period) plan.timers = {draw_period(longest, jitter, random)};
  if (plan.truth == Class::Mixed) draw_mixed(plan, longest, random);
  if (plan.timers.empty() && plan.truth != Class::Outage) draw_habit(plan, longest, random);
}

[[nodiscard]] inline std::vector<double> intervals_of(const Plan& plan) {
  std::vector<double> all;
  for (const Timer& timer : plan.timers) all.push_back(timer.length);
  return all;
}

}  // namespace dropscope::eighth_world
