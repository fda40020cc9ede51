#pragma once

// Computers that lose connections at a rate that changes at a time, for tests of
// src/analysis/change.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "analysis/episodes/episodes.h"
#include "analysis/worlds.h"

namespace dropscope::worlds {

/// 2025-09-01 00:00 UTC, a Monday.
inline constexpr std::int64_t kFirstMonday = 1'756'684'800;

struct RatePlan {
  int computers = 5;
  double days_before = 10;
  double days_after = 5;
  double per_day = 1;        ///< Losses of a computer in a watched day of ten hours.
  double ratio = 1;          ///< Of the rate after the change.
  double cluster = 1;        ///< Mean losses of a burst.
  bool all_at_once = false;  ///< A burst hits different computers instead of one again and again.
};

inline Instant change_of(const RatePlan& plan) {
  return instant_from_unix(kFirstMonday) + ticks_from_seconds(plan.days_before * 86400);
}

/// Each computer is watched from 8 to 18 h; in the middle of the day it loses three times as often
/// as at its ends, at weekends a third as often, and computers differ.
inline std::vector<ComputerEpisodes> make_rates(const RatePlan& plan, Random& random) {
  std::vector<ComputerEpisodes> fleet(static_cast<std::size_t>(plan.computers));
  std::vector<double> own;
  for (int c = 0; c < plan.computers; ++c) own.push_back(random.exponential(1) + 0.3);
  const auto days = static_cast<int>(std::ceil(plan.days_before + plan.days_after));
  std::vector<std::vector<double>> losses(fleet.size());
  for (int day = 0; day < days; ++day) {
    const bool weekend = day % 7 >= 5;
    for (std::size_t c = 0; c < fleet.size(); ++c) {
      // By thinning: the largest rate first, then the share that the hour has of it.
      const double most =
          plan.per_day / 10 * 1.5 * own[c] * std::max(1.0, plan.ratio) / plan.cluster;
      for (double hour = 8 + random.exponential(1 / most); hour < 18;
           hour += random.exponential(1 / most)) {
        const double at = day + hour / 24;
        double rate = 1 - std::abs(hour - 13) / 7.5;
        if (weekend) rate /= 3;
        if (at >= plan.days_before) rate *= plan.ratio;
        if (random.uniform() > rate / std::max(1.0, plan.ratio)) continue;
        int left = 1;
        while (random.uniform() > 1 / plan.cluster) ++left;
        for (int k = 0; k < left && hour + 0.05 * k < 18; ++k) {
          const std::size_t hit =
              plan.all_at_once ? static_cast<std::size_t>(random.uniform() * plan.computers) : c;
          losses[hit].push_back((at + 0.05 * k / 24) * 86400);
        }
      }
    }
  }
  std::uint32_t event = 0;
  for (std::size_t c = 0; c < fleet.size(); ++c) {
    fleet[c].computer = static_cast<std::uint32_t>(c);
    for (int day = 0; day < days; ++day) {
      const Instant midnight = instant_from_unix(kFirstMonday + day * 86400);
      fleet[c].watches.push_back(
          {midnight + std::chrono::hours{8}, midnight + std::chrono::hours{18}});
    }
    std::sort(losses[c].begin(), losses[c].end());
    for (const double loss : losses[c]) {
      const Instant lost = instant_from_unix(kFirstMonday) + ticks_from_seconds(loss);
      fleet[c].outages.push_back(
          {lost, lost + std::chrono::seconds{20}, Edge::Restored, event, event + 1});
      event += 2;
    }
  }
  return fleet;
}

inline std::vector<const ComputerEpisodes*> pointers_to(
    const std::vector<ComputerEpisodes>& fleet) {
  std::vector<const ComputerEpisodes*> result;
  for (const ComputerEpisodes& one : fleet) result.push_back(&one);
  return result;
}

}  // namespace dropscope::worlds
