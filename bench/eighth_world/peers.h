#pragma once

// Losses of other clients while one is watched: under the same incidents or schedule, or their own.

#include <algorithm>
#include <vector>

#include "life.h"

namespace dropscope::eighth_world {

inline constexpr std::size_t kMostPeerLosses = 120;  ///< Of one peer.

/// Losses of chance within a window.
inline void add_background(std::vector<double>& losses, double first, double last, double count,
                           Random& random) {
  const double mean = (last - first) / std::max(0.1, count);
  for (double t = first + random.exponential(mean); t < last; t += random.exponential(mean) + 1) {
    losses.push_back(std::floor(t));
  }
}

/// What a common cause does to another client: incidents hit most, a schedule all in the zone.
inline void add_common(std::vector<double>& losses, const Plan& plan, const Subject& subject,
                       double first, double last, Random& random) {
  double now = first - kMinute;
  Clusters none;
  while (losses.size() < kMostPeerLosses) {
    const double end = plan.timers.empty() ? habit_end(plan, subject, now, none, random)
                                           : timer_end(plan, 0, subject, now, random);
    if (end > last + kMinute) break;
    if (!random.chance(plan.dirt.missing)) losses.push_back(std::floor(end));
    now = end + 20;
  }
}

[[nodiscard]] inline std::vector<std::vector<double>> draw_peers(
    const Plan& plan, const Subject& subject, const std::vector<rhythm::Loss>& seen,
    Random& random) {
  std::vector<std::vector<double>> peers;
  if (seen.size() < 2) return peers;
  const double first = seen.front().lost;
  const double last = seen.back().lost;
  const bool outage = plan.truth == Class::Outage;
  const bool scheduled = plan.truth == Class::Clock && random.chance(0.5);
  peers.resize(3 + random.below(18));
  for (auto& peer : peers) {
    if (outage || scheduled) add_common(peer, plan, subject, first, last, random);
    const double share = outage || scheduled ? plan.dirt.stray : random.between(0.3, 1.3);
    const double count = std::min(double(kMostPeerLosses), share * double(seen.size()));
    if (count > 0) add_background(peer, first, last, count, random);
    std::sort(peer.begin(), peer.end());
  }
  return peers;
}

}  // namespace dropscope::eighth_world
