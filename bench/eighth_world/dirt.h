#pragma once

// How badly logs are kept, by grade, and the log that is left of a life.

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "life.h"

namespace dropscope::eighth_world {

// Greatest shares by grade, from a clean log to the worst that is described.
inline constexpr std::array<double, 4> kMissing{0, 0.13, 0.26, 0.4};
inline constexpr std::array<double, 4> kStrays{0, 0.07, 0.13, 0.2};
inline constexpr std::array<double, 4> kJitter{0, 0.004, 0.012, 0.03};

[[nodiscard]] inline Dirt draw_dirt(unsigned grade, Random& random) {
  const double g = grade;
  Dirt dirt;
  dirt.missing = kMissing[grade] * random.between(0.4, 1);
  dirt.stray = kStrays[grade] * random.between(0.4, 1);
  dirt.strays_end_it = random.chance(0.6);
  dirt.jitter = kJitter[grade] * random.log_between(0.03, 1);
  const bool tells_no_restore = random.chance(0.03 * g);
  dirt.unknown_restore = tells_no_restore ? 1 : 0.1 * g * random.uniform();
  dirt.repeated = 0.02 * g * random.uniform();
  if (random.chance(0.08 * g)) dirt.retry = random.between(0.03, 0.2);
  dirt.step = 0.05 * g;
  dirt.cut = 0.05 * g;
  return dirt;
}

/// From a random loss on, the clock goes wrong by seconds to an hour.
inline void step_clock(std::vector<rhythm::Loss>& losses, Random& random) {
  if (losses.size() < 3) return;
  const double size = std::round(random.log_between(5, kHour));
  const double step = random.chance(0.5) ? size : -size;
  for (std::size_t i = 1 + random.below(losses.size() - 2); i < losses.size(); ++i) {
    losses[i].lost += step;
    losses[i].restored += step;
    losses[i].made += step;
  }
}

/// Some losses told twice, seconds apart, as an account with two connections does.
inline void repeat_some(std::vector<rhythm::Loss>& losses, double share, Random& random) {
  const std::size_t count = losses.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (!random.chance(share)) continue;
    rhythm::Loss again = losses[i];
    again.lost += static_cast<double>(random.below(3));
    again.restored = std::max(again.restored, again.lost);
    losses.push_back(again);
  }
}

[[nodiscard]] inline rhythm::Loss told(const Ending& ending, const Plan& plan, Random& random) {
  rhythm::Loss loss;
  loss.lost = std::floor(ending.lost);
  loss.has_restored = !random.chance(plan.dirt.unknown_restore);
  loss.has_made = ending.woke && plan.tells_wakes;
  if (loss.has_restored) loss.restored = std::floor(ending.restored);
  if (loss.has_made) loss.made = std::floor(ending.made);
  return loss;
}

/// The log of a life, in whole seconds, sorted by time as recorded.
[[nodiscard]] inline std::vector<rhythm::Loss> log_of(const std::vector<Ending>& endings,
                                                      const Plan& plan, Random& random) {
  std::vector<rhythm::Loss> losses;
  for (const Ending& ending : endings) {
    if (ending.recorded) losses.push_back(told(ending, plan, random));
  }
  if (!losses.empty() && random.chance(0.4)) {  // The log ends before the connection is back.
    losses.back().has_restored = false;
  }
  if (losses.size() > 8 && random.chance(plan.dirt.cut)) {
    const auto cut = static_cast<std::ptrdiff_t>(random.below(losses.size() / 4));
    losses.erase(losses.begin(), losses.begin() + cut);
  }
  if (random.chance(plan.dirt.step)) step_clock(losses, random);
  repeat_some(losses, plan.dirt.repeated, random);
  for (rhythm::Loss& loss : losses) {
    if (!loss.has_restored) loss.restored = 0;
    if (!loss.has_made) loss.made = 0;
  }
  std::stable_sort(losses.begin(), losses.end(),
                   [](const auto& a, const auto& b) { return a.lost < b.lost; });
  return losses;
}

}  // namespace dropscope::eighth_world
