#pragma once

// The dirt, laid over a clean record: losses that nobody wrote down, losses of other causes, and
// what logs and clocks do to the rest.

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "sixth_world/nulls.h"

namespace dropscope::sixth_world {

struct Dirt {
  double missing = 0;         ///< Probability that a loss is not recorded.
  double stray = 0;           ///< Share of the recorded losses that have another cause.
  bool strays_reset = false;  ///< Strays end the connection, else they only stand in the record.
  double jitter = 0;          ///< Of a timer, in parts of its length.
  double clock_jitter = 0;    ///< Of a schedule, in seconds.
  bool late_only = false;
  double unknown_restores = 0;
  double duplicates = 0;
  bool gap = false;       ///< A stretch of the log is lost.
  double clock_step = 0;  ///< Seconds by which the computer's clock is put right, once.
  bool whole_seconds = true;
};

inline Dirt draw_dirt(Random& random, unsigned grade) {
  // Step by step from clean to the worst that the sketch measured. The scatters of an age and the
  // spreads of a schedule are those that they look for.
  constexpr std::array<double, 4> missing = {0, 0.13, 0.27, 0.4}, stray = {0, 0.07, 0.13, 0.2},
                                  jitter = {0.001, 0.004, 0.015, 0.03}, spread = {1.5, 5, 45, 100},
                                  unknown = {0, 0.05, 0.1, 0.2};
  const auto level = [&](const std::array<double, 4>& worst) {
    return worst[grade] * (random.chance(0.4) ? 1 : random.uniform());
  };
  Dirt dirt;
  dirt.missing = level(missing);
  dirt.stray = level(stray);
  dirt.strays_reset = random.chance(0.5);
  dirt.jitter = level(jitter);
  dirt.clock_jitter = level(spread);
  dirt.late_only = random.chance(0.4);
  dirt.unknown_restores = random.chance(0.12) ? 1 : level(unknown);
  dirt.whole_seconds = random.chance(0.85);
  if (grade == 0) return dirt;
  if (random.chance(0.12)) dirt.duplicates = random.uniform(0.02, 0.15);
  dirt.gap = random.chance(0.1);
  if (random.chance(0.07)) {
    dirt.clock_step = random.log_uniform(2, 300) * (random.chance(0.5) ? 1 : -1);
  }
  return dirt;
}

/// Clean losses that it takes to record `count`.
inline std::size_t clean_losses(const Dirt& dirt, std::size_t count) {
  const double needed = static_cast<double>(count) / (1 - dirt.missing);
  return static_cast<std::size_t>(needed + 3 * std::sqrt(needed * dirt.missing)) +
         (dirt.gap ? count / 8 + 1 : 0) + 1;
}

/// A loss of another cause at a random instant, or minutes after a restore as a retry that fails.
inline bool add_stray(Random& random, std::vector<Event>& events) {
  const std::size_t before = random.below(events.size() - 1);
  double at = events[before].restored + random.uniform(20, 240);
  if (!random.chance(0.25)) at = random.uniform(events.front().lost, events.back().lost);
  const auto next = std::find_if(events.begin(), events.end(),
                                 [&](const Event& event) { return event.lost > at; });
  if (next == events.begin() || next == events.end()) return false;
  const auto last = next - 1;
  if (at <= last->restored) return false;
  Event stray;
  stray.lost = at;
  stray.restored = std::min(at + last->restored - last->lost, (at + next->lost) / 2);
  events.insert(next, stray);
  return true;
}

/// About `count` losses as they are recorded. Strays that reset timers are in `clean` already.
inline std::vector<Event> recorded(Random& random, const Dirt& dirt, std::vector<Event> clean,
                                   std::size_t count, bool strays_inside) {
  std::size_t strays = 0;
  for (std::size_t i = 0; i < count && !strays_inside; ++i) strays += random.chance(dirt.stray);
  if (const std::size_t lost = count / 8 + 1; dirt.gap && lost < clean.size()) {
    const auto first =
        clean.begin() + static_cast<std::ptrdiff_t>(random.below(clean.size() - lost));
    clean.erase(first, first + static_cast<std::ptrdiff_t>(lost));
  }
  std::vector<Event> kept;
  for (const auto& event : clean) {
    if (kept.size() + strays == count) break;
    if (!random.chance(dirt.missing)) kept.push_back(event);
  }
  if (kept.size() < 2) return {};
  while (strays > 0) strays -= add_stray(random, kept) ? 1U : 0U;
  return kept;
}

/// What the log says. Times are rounded at least to milliseconds, so that the last digits of a
/// machine's logarithm do not show.
inline std::vector<rhythm::Loss> as_losses(Random& random, const Dirt& dirt,
                                           const std::vector<Event>& events) {
  const auto stamp = [&](double t) {
    return dirt.whole_seconds ? std::floor(t) : std::round(t * 1000) / 1000;
  };
  const std::size_t step_at = random.below(events.size());
  std::vector<rhythm::Loss> losses;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const double step = i >= step_at ? dirt.clock_step : 0;
    rhythm::Loss loss;
    loss.lost = stamp(events[i].lost + step);
    loss.has_restored = !random.chance(dirt.unknown_restores);
    if (loss.has_restored) loss.restored = stamp(events[i].restored + step);
    losses.push_back(loss);
    if (!random.chance(dirt.duplicates)) continue;
    loss.lost += random.below(2) == 0 ? 0 : 1;
    if (loss.has_restored) loss.restored = std::max(loss.restored, loss.lost);
    losses.push_back(loss);
  }
  std::stable_sort(losses.begin(), losses.end(),
                   [](const auto& a, const auto& b) { return a.lost < b.lost; });
  return losses;
}

}  // namespace dropscope::sixth_world
