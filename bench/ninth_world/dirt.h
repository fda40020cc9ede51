#pragma once

// What a log makes of the losses: some are missing, some told twice, clocks jump, logs are cut.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "analysis/rhythm/rhythm.h"
#include "ninth_world/life.h"
#include "ninth_world/random.h"
#include "rhythm_cases.h"

namespace dropscope::ninth_world {

/// Shares of losses, and of clients where it says so.
struct Dirt {
  double missing = 0;
  double stray = 0;
  double jitter = 0;   ///< Of the interval: a standard deviation.
  double unknown = 0;  ///< Restores that are not recorded.
  double twice = 0;    ///< Told again within two seconds.
  double flaps = 0;    ///< Followed by a short burst.
  double step = 0;     ///< Clients whose clock is set once.
  double cut = 0;      ///< Clients whose log has lost its beginning.
  double sleep = 0;    ///< Clients whose computer sleeps at night.
};

/// The worst of each of the four grades; jitter, missing and stray end where the sketch's text
/// says, the rest is chosen so that its counts of lives on the timer come out.
inline constexpr std::array<Dirt, rhythm_cases::kGrades> kWorst = {{
    {0.01, 0.015, 0.0004, 0, 0, 0, 0, 0.35, 0.1},
    {0.1, 0.05, 0.003, 0.05, 0.02, 0.01, 0.05, 0.38, 0.12},
    {0.15, 0.1, 0.01, 0.1, 0.03, 0.02, 0.08, 0.4, 0.15},
    {0.4, 0.2, 0.03, 0.2, 0.04, 0.03, 0.15, 0.42, 0.2},
}};

[[nodiscard]] inline Dirt draw_dirt(unsigned grade, Random& random) {
  Dirt dirt = kWorst.at(grade);
  dirt.missing *= random.uniform(0.2, 1);
  dirt.stray *= random.uniform(0.2, 1);
  dirt.jitter *= random.uniform(0.4, 1);
  if (random.chance(0.5)) dirt.unknown = 0;
  return dirt;
}

/// How many losses must happen for `wanted` to be recorded.
[[nodiscard]] inline std::size_t losses_for(std::size_t wanted, const Dirt& dirt) {
  return static_cast<std::size_t>(1.3 * static_cast<double>(wanted) / (1 - dirt.missing)) + 6;
}

/// Adds what is told without a cause of its own: repetitions and flapping.
[[nodiscard]] inline std::vector<Event> with_echoes(const std::vector<Event>& events,
                                                    const Dirt& dirt, Random& random) {
  std::vector<Event> all;
  for (const Event& event : events) {
    all.push_back(event);
    if (random.chance(dirt.twice)) {
      Event again = event;
      again.cause = kStray;
      again.lost = std::min(event.restored, event.lost + random.uniform(0, 2));
      all.push_back(again);
    }
    if (!random.chance(dirt.flaps)) continue;
    double from = event.restored;
    for (std::size_t left = 1 + random.below(4); left > 0; --left) {
      Event flap{.lost = from + random.uniform(10, 120)};
      flap.restored = flap.lost + random.uniform(3, 30);
      from = flap.restored;
      all.push_back(flap);
    }
  }
  return all;
}

/// From some loss on, the clock is wrong by up to an hour, or has ceased to be.
inline void step_clock(std::vector<Event>& events, Random& random) {
  const double amount = random.log_uniform(30, kHour);
  const double step = random.chance(0.5) ? amount : -amount;
  for (std::size_t i = random.below(events.size()); i < events.size(); ++i) {
    events[i].lost += step;
    events[i].restored += step;
  }
}

/// The events that the log holds, at most `wanted`, ascending and in whole seconds.
[[nodiscard]] inline std::vector<Event> record(std::vector<Event> events, const Dirt& dirt,
                                               std::size_t wanted, Random& random) {
  std::erase_if(events, [&](const Event&) { return random.chance(dirt.missing); });
  events = with_echoes(events, dirt, random);
  if (events.size() > 2 && random.chance(dirt.cut)) {
    const double first = random.uniform(1, 2.4);
    const double gone = first + random.uniform(0, 0.15) * static_cast<double>(wanted);
    events.erase(events.begin(),
                 events.begin() + std::min<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(gone),
                                                           std::ssize(events) - 2));
  }
  if (events.size() > wanted) events.resize(wanted);
  if (random.chance(dirt.step) && !events.empty()) step_clock(events, random);
  for (Event& event : events) {
    event.lost = std::floor(event.lost);
    event.restored = std::floor(event.restored);
    event.restore_known = !random.chance(dirt.unknown);
  }
  std::stable_sort(events.begin(), events.end(),
                   [](const Event& a, const Event& b) { return a.lost < b.lost; });
  return events;
}

[[nodiscard]] inline std::vector<rhythm::Loss> losses_of(const std::vector<Event>& events) {
  std::vector<rhythm::Loss> losses;
  for (const Event& event : events) {
    rhythm::Loss loss;
    loss.lost = event.lost;
    loss.has_restored = event.restore_known;
    if (event.restore_known) loss.restored = event.restored;
    losses.push_back(loss);
  }
  return losses;
}

}  // namespace dropscope::ninth_world
