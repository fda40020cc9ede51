#include "analysis/rhythm/arc.h"

#include <algorithm>

namespace dropscope::rhythm {

Arc densest_arc(std::vector<double> phases, double period, double width) {
  std::sort(phases.begin(), phases.end());
  const std::size_t n = phases.size();
  const auto value = [&](std::size_t k) { return phases[k % n] + (k >= n ? period : 0); };
  Arc out;
  std::size_t end = 0;
  for (std::size_t i = 0; i < n; ++i) {
    end = std::max(end, i + 1);
    while (end < i + n && value(end) <= phases[i] + width) ++end;
    if (end - i > out.held) out = {phases[i], value(i + (end - i) / 2), end - i};
  }
  return out;
}

}  // namespace dropscope::rhythm
