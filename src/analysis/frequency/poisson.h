#pragma once

#include <cstdint>

namespace dropscope {

struct PoissonInterval {
  double low = 0;
  double high = 0;
};

/// Exact two-sided interval for the mean of a Poisson count (Garwood 1936): the means at which a
/// count of at least (at most) `count` has probability (1 - confidence) / 2. `confidence` in (0,
/// 1).
[[nodiscard]] PoissonInterval poisson_interval(std::uint64_t count, double confidence);

/// P(N ≤ count) for N ~ Poisson(mean), mean ≥ 0; the regularised gamma function Q(count + 1, mean).
[[nodiscard]] double poisson_cdf(std::uint64_t count, double mean);

/// ln P(B ≥ k) for B ~ Binomial(n, p): exact for n ≤ 2,000, an upper bound (Chernoff) above.
[[nodiscard]] double log_binomial_tail(std::uint64_t n, std::uint64_t k, double p);

}  // namespace dropscope
