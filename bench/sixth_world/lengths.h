#pragma once

// Which timers there are: their lengths, phases and jitter.

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "sixth_world/dirt.h"

namespace dropscope::sixth_world {

/// The sketch's list of schedules; the first four divide an hour.
inline constexpr std::array kSchedules = {15 * kMinute, 20 * kMinute, 30 * kMinute, kHour,
                                          2 * kHour,    3 * kHour,    4 * kHour,    6 * kHour,
                                          8 * kHour,    12 * kHour,   kDay,         kWeek};

/// From data/timers.toml, and what people like to enter.
inline constexpr std::array<double, 38> kHumanLengths = {
    60,    120,    180,    240,    300,    350,    360,    480,    600,   660,
    720,   900,    1080,   1200,   1500,   1800,   2400,   2700,   3600,  4500,
    5400,  7200,   9000,   10800,  14400,  18000,  21600,  28800,  36000, 43200,
    86400, 100800, 172800, 259200, 345600, 432000, 604800, 2592000};

template <typename List>
std::vector<double> within(const List& list, double low, double high) {
  std::vector<double> found;
  for (const double one : list) {
    if (one >= low && one <= high) found.push_back(one);
  }
  return found;
}

/// Half of the lengths are human, one in ten is near such a one, the others are arbitrary.
inline double draw_length(Random& random, double low, double high) {
  const auto human = within(kHumanLengths, low, high);
  const double kind = random.uniform();
  if (kind < 0.6 && !human.empty()) {
    const double one = random.pick(human);
    if (kind < 0.5) return one;
    const double part = random.uniform(0.01, 0.05) * (random.chance(0.5) ? 1 : -1);
    return std::clamp(std::round(one * (1 + part)), low, high);
  }
  return std::round(random.log_uniform(low, high));
}

/// Three in four phases are a multiple of 5 minutes, as people enter them.
inline double draw_phase(Random& random, double length) {
  const double unit = random.chance(0.75) ? 5 * kMinute : 1;
  return unit * std::floor(random.uniform() * length / unit);
}

/// Two to four times a day, not evenly spread, or it would be a shorter schedule.
inline std::vector<double> draw_times_of_day(Random& random) {
  std::vector<double> times;
  for (auto count = random.between(2, 4); count > 0; --count) {
    times.push_back(draw_phase(random, kDay));
  }
  std::sort(times.begin(), times.end());
  bool even = true;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double next = i + 1 < times.size() ? times[i + 1] : times[0] + kDay;
    if (next - times[i] < kHour) return draw_times_of_day(random);
    even = even && next - times[i] == kDay / static_cast<double>(times.size());
  }
  return even ? draw_times_of_day(random) : times;
}

/// Nothing if no schedule is between the bounds.
inline std::optional<Timer> draw_timer(Random& random, const Dirt& dirt, Class kind, double low,
                                       double high) {
  Timer timer;
  timer.kind = kind;
  timer.late_only = dirt.late_only;
  if (kind == Class::Clock) {
    const auto fitting = within(kSchedules, low, high);
    if (fitting.empty()) return std::nullopt;
    timer.seconds = random.pick(fitting);
    timer.phases = {draw_phase(random, timer.seconds)};
    timer.jitter = std::min(dirt.clock_jitter, 0.03 * timer.seconds);
    return timer;
  }
  if (kind == Class::Idle) {
    // The sketch's x, and those who hardly ever use the connection.
    timer.uses = random.chance(0.12) ? random.log_uniform(0.02, 0.3) : random.log_uniform(0.4, 3);
    timer.working_hours = random.chance(0.5);
    high /= std::expm1(timer.uses) / timer.uses;  // The mean life, in lengths.
  }
  if (high <= low) return std::nullopt;
  timer.seconds = draw_length(random, low, high);
  timer.jitter = dirt.jitter * timer.seconds;
  return timer;
}

/// The second can only be met by a client that the first leaves alone for long enough, so one that
/// counts from the restore comes first and is shorter.
inline std::vector<Timer> draw_pair(Random& random, const Dirt& dirt, double longest) {
  constexpr std::array<std::pair<Class, Class>, 8> kPairs = {{{Class::Idle, Class::Age},
                                                              {Class::Idle, Class::Clock},
                                                              {Class::Idle, Class::Period},
                                                              {Class::Age, Class::Clock},
                                                              {Class::Age, Class::Period},
                                                              {Class::Period, Class::Clock},
                                                              {Class::Clock, Class::Period},
                                                              {Class::Period, Class::Period}}};
  const auto& [first, second] = random.pick(kPairs);
  const auto other = draw_timer(random, dirt, second, 10 * kMinute, std::min(longest, kWeek));
  if (!other) return {};
  const auto one =
      draw_timer(random, dirt, first, std::max(kMinute, other->seconds / 6), other->seconds / 1.2);
  if (!one) return {};
  return {*one, *other};
}

/// The timers of a class; none if it did not work out. `longest` is the longest mean life.
inline std::vector<Timer> draw_timers(Random& random, const Dirt& dirt, Class kind, double longest,
                                      bool several_times_a_day) {
  if (kind == Class::Mixed) return draw_pair(random, dirt, longest);
  const double shortest = kind == Class::Period ? 5 * kMinute : kMinute;
  const double most = kind == Class::Idle ? 5 * kDay : 30 * kDay;
  auto timer = draw_timer(random, dirt, kind, shortest, std::min(longest, most));
  if (!timer) return {};
  if (kind == Class::Clock && several_times_a_day) {
    timer->seconds = kDay;
    timer->phases = draw_times_of_day(random);
    timer->jitter = dirt.clock_jitter;
  }
  return {*timer};
}

}  // namespace dropscope::sixth_world
