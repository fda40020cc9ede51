#include "analysis/scope/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/scope/splitmix.h"

namespace dropscope {
namespace {

/// Uniform numbers in [0, 1).
class Draws {
 public:
  explicit Draws(std::uint64_t seed) : counter_(splitmix64(seed)) {}
  double next() {
    counter_ += kSplitmixStep;
    return static_cast<double>(splitmix64(counter_) >> 11) * 0x1p-53;
  }

 private:
  std::uint64_t counter_;
};

/// A piece whose probability of zero does not underflow.
constexpr double kLargestPiece = 100;

/// By inversion: one uniform number, and as many steps as the count is large.
double draw_piece(double mean, double shape, double u) {
  const bool poisson = !(shape < 1e7);
  double p = poisson ? std::exp(-mean) : std::exp(-shape * std::log1p(mean / shape));
  const double share = poisson ? 0 : mean / (shape + mean);
  double sum = p;
  double count = 0;
  // The bound is met only where rounding keeps the sum below u.
  const double most = 20 * mean + 1000;
  while (u >= sum && count < most) {
    p *= poisson ? mean / (count + 1) : share * (shape + count) / (count + 1);
    sum += p;
    count += 1;
  }
  return count;
}

}  // namespace

std::vector<double> draw_counts(std::span<const double> means, const CountScatter& scatter,
                                std::uint64_t seed) {
  std::vector<double> counts;
  counts.reserve(means.size());
  Draws draws(seed);
  for (const double mean : means) {
    double count = 0;
    if (mean > 0) {
      const double pieces = std::ceil(mean / kLargestPiece);
      const double shape = scatter.shape(mean, mean * mean) / pieces;
      for (double i = 0; i < pieces; ++i) count += draw_piece(mean / pieces, shape, draws.next());
    }
    counts.push_back(count);
  }
  return counts;
}

double gumbel_tail(std::span<const double> maxima, double score) {
  const auto n = static_cast<double>(maxima.size());
  double mean = 0;
  for (const double one : maxima) mean += one / n;
  double variance = 0;
  for (const double one : maxima) variance += (one - mean) * (one - mean) / (n - 1);
  // A point mass would make every other score certain or impossible.
  const double scale = std::max(std::sqrt(6 * variance) / std::numbers::pi, 1e-3);
  const double location = mean - std::numbers::egamma * scale;
  return -std::expm1(-std::exp(-(score - location) / scale));
}

}  // namespace dropscope
