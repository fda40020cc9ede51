#pragma once

// What is drawn of the causes: lengths of timers, schedules, and the laws of what has no timer.

#include "fifth_world/log.h"
#include "rhythm_cases.h"

namespace dropscope::fifth_world {

using rhythm::Class;
using rhythm_cases::Null;

inline constexpr double kWindow = 800 * kDay;  ///< No log goes back further.

/// Lengths that people and makers like: data/timers.toml and round numbers of the clock.
inline constexpr std::array<double, 40> kUsual{
    60,    75,    120,   180,    240,    300,    350,    360,    480,    600,
    660,   720,   900,   1080,   1200,   1500,   1800,   2400,   2700,   3600,
    3605,  4500,  5400,  7200,   9000,   10800,  14400,  18000,  21600,  28800,
    36000, 43200, 86400, 100800, 172800, 259200, 432000, 604800, 691200, 2592000};

inline constexpr std::array<double, 11> kSchedules{
    15 * kMinute, 20 * kMinute, 30 * kMinute, kHour,      2 * kHour, 3 * kHour,
    4 * kHour,    6 * kHour,    8 * kHour,    12 * kHour, kDay};
inline constexpr double kWeek = 7 * kDay;

struct Cause {
  Class truth = Class::Random;
  Null null = Null::Timer;
  std::vector<Timer> timers;
  std::vector<double> instants;  ///< Of what has no timer.
  double down_most = kHour;
  std::vector<Class> face;  ///< Of outages: what their instants look like.
};

/// Jitter of the grades, as shares of the length: the heaviest of the description is 3 %.
inline constexpr std::array<double, 4> kJitter{0.0005, 0.005, 0.015, 0.03};

inline double draw_length(Random& random, double low, double high) {
  high = std::max(high, low);
  const double free = random.log_between(low, high);
  const double arbitrary = random.chance(0.8) ? std::floor(free) : free;
  const double roll = random.uniform();
  if (roll > 0.65) return arbitrary;
  for (int step = 0; step < 12; ++step) {
    const double usual = random.pick(kUsual);
    if (usual < low || usual > high) continue;
    if (roll < 0.53) return usual;
    const double off = random.between(0.015, 0.06);  // A near miss, such as 3,480 s.
    return std::floor(usual * (random.chance(0.5) ? 1 + off : 1 - off));
  }
  return arbitrary;
}

inline double draw_schedule(Random& random, double high) {
  if (high >= kWeek && random.chance(0.12)) return kWeek;
  std::size_t fitting = 0;
  while (fitting < kSchedules.size() && kSchedules[fitting] <= high) ++fitting;
  return kSchedules[random.below(std::max<std::size_t>(fitting, 1))];
}

/// Whether the phases repeat within the length, which would be that of a shorter schedule then.
inline bool repeats(const std::vector<double>& phases, double length) {
  const auto same_after = [&](double shift) {
    return std::all_of(phases.begin(), phases.end(), [&](double phase) {
      const double moved = std::fmod(phase + shift, length);
      return std::any_of(phases.begin(), phases.end(),
                         [&](double other) { return std::abs(other - moved) < 0.02 * length; });
    });
  };
  return same_after(length / 2) || same_after(length / 3) || same_after(length / 4);
}

inline Timer draw_timer(Random& random, Class kind, double length, unsigned grade,
                        const Wall& wall) {
  Timer timer;
  timer.kind = kind;
  timer.length = length;
  timer.wall = wall;
  const bool ticks = kind == Class::Clock || kind == Class::Period;
  // A scheduler that is ten minutes late is no clock any more.
  const double most = kind == Class::Clock ? 10 * kMinute : kDay;
  timer.jitter = draw_jitter(random, std::min(most, kJitter[grade] * length));
  timer.acts = !ticks || random.chance(0.6) ? 1 : random.between(0.3, 1);
  timer.origin = length * random.uniform();
  if (kind != Class::Clock) return timer;
  const std::size_t phases = random.chance(0.7) ? 1 : 2 + random.below(3);
  const double grain = random.pick(std::array{1.0, 60.0, 300.0, 300.0, 900.0, 1800.0, 3600.0});
  for (std::size_t i = 0; i < phases; ++i) {
    const double phase = std::floor(length * random.uniform() / grain) * grain;
    const bool apart = std::all_of(timer.phases.begin(), timer.phases.end(), [&](double other) {
      const double distance = std::abs(other - phase) / length;
      return std::min(distance, 1 - distance) > 0.06;
    });
    if (apart) timer.phases.push_back(phase);
  }
  std::sort(timer.phases.begin(), timer.phases.end());
  if (repeats(timer.phases, length)) timer.phases.resize(1);
  timer.workdays_only = length <= kDay && random.chance(0.2);
  return timer;
}

/// The usual length next to `length`, if one is near, half of the time.
inline double snap(Random& random, double length) {
  if (random.chance(0.5)) return std::floor(length);
  double best = length;
  for (const double usual : kUsual) {
    const bool nearer = best == length || std::abs(usual - length) < std::abs(best - length);
    if (std::abs(usual / length - 1) < 0.25 && nearer) best = usual;
  }
  return best;
}

/// Two timers that can both act: of two of which one is restarted by every loss, that one is the
/// shorter.
inline std::vector<Timer> draw_mixture(Random& random, double high, unsigned grade,
                                       const Wall& wall) {
  constexpr std::array<std::array<Class, 2>, 7> kPairs{{{Class::Idle, Class::Age},
                                                        {Class::Idle, Class::Clock},
                                                        {Class::Idle, Class::Period},
                                                        {Class::Age, Class::Clock},
                                                        {Class::Age, Class::Period},
                                                        {Class::Clock, Class::Period},
                                                        {Class::Period, Class::Period}}};
  const auto& kinds = random.pick(kPairs);
  double first = draw_length(random, 60, std::max(120.0, high / 3));
  double second = snap(random, first * random.log_between(1.3, 6));
  if (kinds[1] == Class::Clock) {
    second = draw_schedule(random, high);
    first = snap(random, second / random.log_between(1.3, 8));
  } else if (kinds[0] == Class::Clock) {
    first = draw_schedule(random, high);
    // Nearly equal lengths would be one timer to any judge.
    const double ratio = random.log_between(0.35, 3);
    second = snap(random, first * (ratio > 0.75 && ratio < 1.3 ? 1.6 : ratio));
  }
  std::vector<Timer> timers;
  timers.push_back(draw_timer(random, kinds[0], first, grade, wall));
  timers.push_back(draw_timer(random, kinds[1], second, grade, wall));
  return timers;
}

inline std::vector<Timer> draw_timers(Random& random, Class truth, unsigned grade,
                                      std::size_t asked, const Wall& wall) {
  const double high = 0.75 * kWindow / static_cast<double>(asked + 4);
  if (truth == Class::Mixed) return draw_mixture(random, std::min(high, 2 * kDay), grade, wall);
  double length = 0;
  if (truth == Class::Clock) {
    length = draw_schedule(random, high);
  } else if (truth == Class::Period) {
    length = draw_length(random, 300, std::min(high, 30 * kDay));
  } else if (truth == Class::Age) {
    length = draw_length(random, 60, std::min(high, 8 * kDay));
  } else {
    length = draw_length(random, 60, std::min(high, random.chance(0.9) ? kDay : 5 * kDay));
  }
  return {draw_timer(random, truth, length, grade, wall)};
}

inline void draw_modulated(Random& random, Cause& cause, Habits& habits, double start, double gap,
                           std::size_t count) {
  if (random.chance(0.5)) {
    cause.null = Null::Resume;
    cause.instants = resume_instants(random, habits, start, count);
  } else if (random.chance(0.7)) {
    cause.null = Null::WorkingHours;
    cause.instants = working_instants(random, habits, start, 0.3 * gap, count);
  } else {
    cause.null = Null::Lunch;
    cause.instants = lunch_instants(random, habits, start, count);
  }
}

inline void draw_outages(Random& random, Cause& cause, Habits& habits, double start, double gap,
                         std::size_t count) {
  const std::size_t shape = random.below(3);
  if (shape == 0) {
    cause.instants = plain_instants(random, start, gap, 0, count);
    cause.face = {Class::Random};
  } else if (shape == 1) {
    cause.instants = cluster_instants(random, start, 3 * gap, count);
    cause.face = {Class::Burst, Class::Random};
  } else {
    cause.instants = working_instants(random, habits, start, 0.3 * gap, count);
    cause.face = {Class::Modulated, Class::Random};
  }
}

/// A cause that gives about `asked` losses after `start`, with room for the unrecorded ones.
inline Cause draw_cause(Random& random, Class truth, unsigned grade, std::size_t asked,
                        double start, Habits& habits) {
  Cause cause;
  cause.truth = truth;
  const std::size_t count = 3 * asked + 10;
  const double longest = std::min(10 * kDay, 0.5 * kWindow / static_cast<double>(asked + 4));
  const double gap = random.log_between(10 * kMinute, longest);
  cause.down_most = std::min(kHour, 0.2 * gap);
  if (truth == Class::Modulated) {
    draw_modulated(random, cause, habits, start, gap, count);
  } else if (truth == Class::Outage) {
    draw_outages(random, cause, habits, start, gap, count);
  } else if (truth == Class::Random) {
    cause.null = Null::Plain;
    const double drift = random.chance(0.6) ? 0 : random.between(-2, 2);
    cause.instants = plain_instants(random, start, gap, drift, count);
  } else if (truth == Class::Burst) {
    cause.null = Null::Clusters;
    cause.instants = cluster_instants(random, start, 4 * gap, count);
    cause.down_most = std::min(kHour, 0.002 * gap);  // Longer ones would swallow the clusters.
  } else {
    cause.timers = draw_timers(random, truth, grade, asked, habits.wall);
    for (const Timer& timer : cause.timers) {
      const bool ticks = timer.kind == Class::Clock || timer.kind == Class::Period;
      cause.down_most = std::min(cause.down_most, (ticks ? 0.4 : 3) * timer.length);
    }
  }
  return cause;
}

}  // namespace dropscope::fifth_world
