#pragma once

// Fourth world: what becomes of the losses on their way into a log.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "analysis/rhythm/prepare.h"
#include "fourth_world/engine.h"
#include "fourth_world/people.h"

namespace dropscope::fourth_world {

using rhythm::Loss;

struct Dirt {
  double missing = 0;
  double stray = 0;
  double jitter = 0.001;
  double duplicates = 0;
  double step = 0;
  double unknown = 0;
  double truncated = 0;
  bool whole = false;
  bool rounded = false;
  bool reversed = false;
  bool nights = false;
  bool weekends = false;
  bool log_sleep = false;
};

inline Dirt draw_dirt(Random& dice, unsigned grade) {
  constexpr std::array kMissing{0., 0.1, 0.25, 0.4};
  constexpr std::array kStrays{0., 0.05, 0.1, 0.2};
  constexpr std::array kJitter{0.001, 0.005, 0.015, 0.03};
  Dirt dirt;
  const std::uint64_t only = dice.chance(0.5) ? dice.below(3) : 3;
  if (only == 0 || only == 3) dirt.missing = kMissing[grade];
  if (only == 1 || only == 3) dirt.stray = kStrays[grade];
  if (only == 2 || only == 3) dirt.jitter = kJitter[grade];
  dirt.whole = dice.chance(0.6);
  dirt.rounded = dice.chance(0.3);
  dirt.reversed = dice.chance(0.08);
  if (grade == 0) return dirt;
  if (dice.chance(0.12)) dirt.duplicates = dice.uniform(0.05, 0.4);
  if (dice.chance(0.1)) {
    dirt.step = log_uniform(dice, 3, kHour);
    if (dice.chance(0.5)) dirt.step = -dirt.step;
  }
  if (dice.chance(0.2)) dirt.unknown = dice.chance(0.4) ? 1 : dice.uniform(0.1, 0.7);
  if (dice.chance(0.1)) dirt.truncated = dice.uniform(0.1, 0.6);
  dirt.nights = dice.chance(0.2);
  dirt.weekends = dice.chance(0.15);
  dirt.log_sleep = dice.chance(0.3);
  return dirt;
}

inline std::size_t before_thinning(std::size_t events, double missing) {
  return static_cast<std::size_t>(static_cast<double>(events) / (1 - missing) * 1.15) + 8;
}

/// What of `events` gets into the log; leaves in `events` those that did.
inline std::vector<Loss> record(std::vector<Event>& events, std::size_t want, const Dirt& dirt,
                                Random& dice) {
  std::vector<Event> kept;
  for (int attempt = 0; attempt < 30 && kept.size() < std::min<std::size_t>(want, 4); ++attempt) {
    kept.clear();
    for (const Event& event : events) {
      if (!dice.chance(dirt.missing) && kept.size() < want) kept.push_back(event);
    }
  }
  if (kept.size() > 4 && dirt.truncated > 0) {
    const auto excess =
        std::min(static_cast<std::size_t>(static_cast<double>(kept.size()) * dirt.truncated),
                 kept.size() - 4);
    const auto from = static_cast<std::ptrdiff_t>(dice.below(kept.size() - excess + 1));
    kept.erase(kept.begin() + from, kept.begin() + from + static_cast<std::ptrdiff_t>(excess));
  }
  events = kept;
  if (kept.empty()) return {};
  const double stepped = dirt.step != 0 ? kept[dice.below(kept.size())].lost : kNever;
  std::vector<Loss> losses;
  for (const Event& event : kept) {
    const auto told = [&](double t) {
      if (t >= stepped) t += dirt.step;
      return dirt.whole ? std::floor(t + (dirt.rounded ? 0.5 : 0)) : t;
    };
    Loss loss;
    loss.lost = told(event.lost);
    loss.has_restored = !dice.chance(dirt.unknown);
    if (loss.has_restored) loss.restored = told(event.restored);
    losses.push_back(loss);
    if (!dice.chance(dirt.duplicates)) continue;
    loss.lost = told(event.lost + dice.uniform(0, 1.9));
    if (loss.has_restored) loss.restored = std::max(loss.restored, loss.lost);
    losses.push_back(loss);
  }
  if (dirt.reversed) std::reverse(losses.begin(), losses.end());
  return losses;
}

}  // namespace dropscope::fourth_world
