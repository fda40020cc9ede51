#pragma once

// Other clients in the same window: such as share what happened, and such as merely live there.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "ninth_world/nulls.h"
#include "ninth_world/random.h"

namespace dropscope::ninth_world {

struct Window {
  double begin = 0;
  double end = 0;
};

/// Whole seconds, ascending, within the window.
[[nodiscard]] inline std::vector<double> seen_in(const Window& window, std::vector<double> times) {
  for (double& time : times) time = std::floor(time);
  std::erase_if(times, [&](double time) { return time < window.begin || time > window.end; });
  std::sort(times.begin(), times.end());
  return times;
}

/// Others whose losses have nothing to do with the client's; `pace` is the client's.
[[nodiscard]] inline std::vector<std::vector<double>> strangers(const Window& window, double pace,
                                                                Random& random) {
  const std::size_t count = 1 + random.below(12);
  std::vector<std::vector<double>> peers;
  for (std::size_t i = 0; i < count; ++i) {
    const double mean = std::max(60.0, pace * random.log_uniform(0.5, 4));
    const auto most = static_cast<std::size_t>(1.5 * (window.end - window.begin) / mean) + 3;
    peers.push_back(seen_in(window, chance_moments(mean, window.begin, most, random)));
  }
  return peers;
}

/// Those who take part in `moments`: each is hit by a share of them, within half a minute, and
/// has a few losses of its own.
[[nodiscard]] inline std::vector<std::vector<double>> fellows(const Window& window,
                                                              const std::vector<double>& moments,
                                                              double missing, Random& random) {
  const std::size_t count = 3 + random.below(23);
  std::vector<std::vector<double>> peers;
  for (std::size_t i = 0; i < count; ++i) {
    const double hit = random.uniform(0.5, 0.95) * (1 - missing);
    const double own = random.uniform(0, 0.5);
    std::vector<double> times;
    for (const double moment : moments) {
      if (random.chance(hit)) times.push_back(moment + random.uniform(-25, 25));
      if (random.chance(own)) times.push_back(random.uniform(window.begin, window.end));
    }
    peers.push_back(seen_in(window, std::move(times)));
  }
  return peers;
}

}  // namespace dropscope::ninth_world
