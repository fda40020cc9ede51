#pragma once

// The timers of a case: which kinds, how long, and the source that each is for one client.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "analysis/rhythm/rhythm.h"
#include "ninth_world/people.h"
#include "ninth_world/random.h"
#include "ninth_world/sources.h"

namespace dropscope::ninth_world {

// Lengths that devices are shipped with, by trigger.
inline constexpr std::array<double, 17> kIdleTimes = {60,   120,  180,  240,    300,   350,
                                                      600,  660,  720,  900,    1'080, 1'800,
                                                      3600, 7200, 9000, 10'800, 86'400};
inline constexpr std::array<double, 5> kAges = {300, 1'800, 3'600, 28'800, 86'400};
inline constexpr std::array<double, 9> kLeases = {1'800,  3'600,  4'500,   5'400,  36'000,
                                                  43'200, 86'400, 100'800, 345'600};
inline constexpr std::array<double, 12> kClocks = {900,    1'200,  1'800,  3'600,  7'200,  10'800,
                                                   14'400, 21'600, 28'800, 43'200, 86'400, 604'800};

struct Timer {
  rhythm::Class kind = rhythm::Class::Age;
  double length = 0;
  double traffic = 0;          ///< Idle: activities expected within the length.
  std::vector<double> phases;  ///< Clock: seconds after the local midnight (week: of a Thursday).
  bool round = false;          ///< Clock: all phases are on five minutes.
};

/// Seconds from strike to strike; of a clock with several phases, the mean.
[[nodiscard]] inline double strikes_apart(const Timer& timer) {
  return timer.length / static_cast<double>(std::max<std::size_t>(1, timer.phases.size()));
}

/// How many times its limit a connection lives on average with so much traffic.
[[nodiscard]] inline double stretch(double traffic) {
  return traffic > 0 ? (std::exp(traffic) - 1) / traffic : 1;
}

/// A length of the list that is not above `longest`, or one below all of them.
[[nodiscard]] inline double draw_listed(std::span<const double> list, double longest,
                                        Random& random) {
  const auto end = std::upper_bound(list.begin(), list.end(), longest);
  const auto fitting = static_cast<std::size_t>(end - list.begin());
  return fitting == 0 ? list.front() : list[random.below(fitting)];
}

/// From a few minutes to days; about half of them usual ones.
[[nodiscard]] inline double draw_length(std::span<const double> list, double longest,
                                        Random& random) {
  if (random.chance(0.5)) return draw_listed(list, longest, random);
  return random.log_uniform(240, std::clamp(longest, 300.0, 2 * kDay));
}

[[nodiscard]] inline Timer draw_clock(double longest, Random& random) {
  Timer timer;
  timer.kind = rhythm::Class::Clock;
  timer.length = draw_listed(kClocks, longest, random);
  timer.round = random.chance(0.7);
  const bool often = timer.length == kDay && random.chance(0.35);
  const std::size_t times = often ? 2 + random.below(3) : 1;
  const double raster = timer.round ? 300 : 1;
  for (std::size_t i = 0; i < times; ++i) {
    timer.phases.push_back(raster * std::floor(random.uniform(0, timer.length / raster)));
  }
  return timer;
}

/// A timer of a kind, of at most `longest` seconds if there is such a one.
[[nodiscard]] inline Timer draw_timer(rhythm::Class kind, double longest, Random& random) {
  if (kind == rhythm::Class::Clock) return draw_clock(longest, random);
  Timer timer;
  timer.kind = kind;
  if (kind == rhythm::Class::Age) timer.length = draw_length(kAges, longest, random);
  if (kind == rhythm::Class::Period) timer.length = draw_length(kLeases, longest, random);
  if (kind == rhythm::Class::Idle) {
    timer.traffic = random.log_uniform(0.25, 3);
    timer.length = draw_length(kIdleTimes, longest / stretch(timer.traffic), random);
  }
  return timer;
}

[[nodiscard]] inline Source source_of(const Timer& timer, const Place& place, Random& random) {
  // Schedules deviate by seconds, not by shares of a week.
  const double sigma = std::max(0.4, place.jitter * std::min(timer.length, 3'000.0));
  switch (timer.kind) {
    case rhythm::Class::Clock:
      return at_clock(place.zone, timer.length, timer.phases, sigma, random.bits());
    case rhythm::Class::Period: {
      const double phase = place.start + random.uniform(0, timer.length);
      return every(timer.length, phase, sigma, random.bits());
    }
    case rhythm::Class::Idle: {
      // Most users are people. A limit longer than their nights would never be reached.
      std::optional<Person> user;
      if (random.chance(0.92) && timer.length < 8 * kHour) user = place.person;
      return unused_for(timer.length, place.jitter, timer.length / timer.traffic, user);
    }
    default:
      return fixed_age(timer.length, place.jitter);
  }
}

/// Two timers of which neither hides the other: the second of them comes after the first has
/// struck once or a few times.
struct Pair {
  std::array<Timer, 2> timers;
  bool in_turns = false;  ///< Two fixed ages: two ways to the server, one for each connection.
};

[[nodiscard]] inline Pair draw_pair(double longest, Random& random) {
  using rhythm::Class;
  constexpr std::array<std::array<Class, 2>, 7> kPairs = {{{Class::Idle, Class::Age},
                                                           {Class::Age, Class::Clock},
                                                           {Class::Idle, Class::Clock},
                                                           {Class::Age, Class::Period},
                                                           {Class::Idle, Class::Period},
                                                           {Class::Period, Class::Clock},
                                                           {Class::Age, Class::Age}}};
  const auto kinds = random.pick(kPairs);
  Pair pair;
  pair.timers[1] = draw_timer(kinds[1], longest, random);
  pair.timers[0] = draw_timer(kinds[0], longest, random);
  Timer& often = pair.timers[0];
  // A usual length stays where it happens to fit.
  const double ratio = strikes_apart(pair.timers[1]) / often.length;
  if (ratio < 1.3 || ratio > 5) often.length *= ratio / random.uniform(1.4, 4.5);
  pair.in_turns = kinds[0] == kinds[1];
  return pair;
}

}  // namespace dropscope::ninth_world
