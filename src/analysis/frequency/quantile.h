#pragma once

#include <cstddef>
#include <vector>

namespace dropscope {

/// Quantile with linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
/// `p` is in 0 … 1; 0 of none.
[[nodiscard]] inline double quantile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return 0;
  const double at = p * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double share = at - static_cast<double>(below);
  return sorted[below] + share * (sorted[below + 1] - sorted[below]);
}

}  // namespace dropscope
