#include "analysis/frequency/poisson.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dropscope {
namespace {

/// Regularised lower incomplete gamma P(a, x) by its series, good for x < a + 1 (DLMF 8.11.4).
double gamma_p_series(double a, double x) {
  double term = 1.0 / a;
  double sum = term;
  for (int n = 1; n < 10'000 && std::abs(term) > std::abs(sum) * 1e-15; ++n) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * std::exp(-x + a * std::log(x) - std::lgamma(a));
}

/// Regularised upper incomplete gamma Q(a, x) by its continued fraction (DLMF 8.9.2), evaluated
/// with Lentz's method; good for x ≥ a + 1.
double gamma_q_fraction(double a, double x) {
  constexpr double kTiny = 1e-300;
  double b = x + 1.0 - a;
  double c = 1.0 / kTiny;
  double d = 1.0 / b;
  double h = d;
  for (int i = 1; i < 10'000; ++i) {
    const double an = -i * (i - a);
    b += 2.0;
    d = an * d + b;
    if (std::abs(d) < kTiny) d = kTiny;
    c = b + an / c;
    if (std::abs(c) < kTiny) c = kTiny;
    d = 1.0 / d;
    const double delta = d * c;
    h *= delta;
    if (std::abs(delta - 1.0) < 1e-15) break;
  }
  return std::exp(-x + a * std::log(x) - std::lgamma(a)) * h;
}

double log_add(double a, double b) {
  if (a < b) std::swap(a, b);
  if (b == -std::numeric_limits<double>::infinity()) return a;
  return a + std::log1p(std::exp(b - a));
}

}  // namespace

double poisson_cdf(std::uint64_t count, double mean) {
  if (mean <= 0) return 1.0;
  const double a = static_cast<double>(count) + 1.0;
  return mean < a + 1.0 ? 1.0 - gamma_p_series(a, mean) : gamma_q_fraction(a, mean);
}

PoissonInterval poisson_interval(std::uint64_t count, double confidence) {
  const double tail = (1.0 - confidence) / 2.0;
  // Both limits are found by bisection: the distribution function falls steadily with the mean.
  const auto solve = [](std::uint64_t n, double target) {
    double low = 0.0;
    double high = static_cast<double>(n) + 10.0 * std::sqrt(static_cast<double>(n) + 1.0) + 20.0;
    for (int i = 0; i < 200; ++i) {
      const double middle = (low + high) / 2.0;
      (poisson_cdf(n, middle) > target ? low : high) = middle;
    }
    return (low + high) / 2.0;
  };
  PoissonInterval interval;
  if (count > 0) interval.low = solve(count - 1, 1.0 - tail);
  interval.high = solve(count, tail);
  return interval;
}

double log_binomial_tail(std::uint64_t n, std::uint64_t k, double p) {
  if (k == 0 || p >= 1.0) return 0.0;
  if (k > n || p <= 0.0) return -std::numeric_limits<double>::infinity();
  const double nd = static_cast<double>(n);
  const double kd = static_cast<double>(k);
  if (n > 2000) {
    const double share = kd / nd;
    if (share <= p) return 0.0;
    double divergence = share * std::log(share / p);
    if (share < 1.0) divergence += (1.0 - share) * std::log((1.0 - share) / (1.0 - p));
    return -nd * divergence;
  }
  double sum = -std::numeric_limits<double>::infinity();
  for (std::uint64_t i = k; i <= n; ++i) {
    const double id = static_cast<double>(i);
    sum = log_add(sum, std::lgamma(nd + 1) - std::lgamma(id + 1) - std::lgamma(nd - id + 1) +
                           id * std::log(p) + (nd - id) * std::log1p(-p));
  }
  return std::min(sum, 0.0);
}

}  // namespace dropscope
