#include "analysis/rhythm/fleet_length.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace dropscope::rhythm {
namespace {

/// All lengths here are relative to the spike's, and counted from it. Lives are looked at to so
/// many of its widths, T is looked for from three widths below to two above.
constexpr double kReach = 4;
constexpr double kLowest = -3;
constexpr double kHighest = 2;
constexpr std::size_t kBins = 48;
constexpr std::size_t kPlaces = 41;

/// Widths of a shape that are tried, as multiples of the spike's.
constexpr std::array kScales = {0.45, 0.68, 1.04, 1.58, 2.4};

/// Share of the lives that come after T + z scales at the latest.
using Distribution = double (*)(double z);

double normal(double z) {
  return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

/// Of the width that a normal of the same deviation seems to have.
double even_jitter(double z) {
  return std::clamp(z / 2.5 + 0.5, 0.0, 1.0);
}

double even_delay(double z) {
  return std::clamp(z / 2.5, 0.0, 1.0);
}

double half_normal_delay(double z) {
  return z > 0 ? std::erf(z / (1.3 * std::numbers::sqrt2)) : 0;
}

double exponential_delay(double z) {
  return z > 0 ? -std::expm1(-z) : 0;
}

/// Of two parts that are exponential.
double gamma_delay(double z) {
  return z > 0 ? 1 - (1 + 1.5 * z) * std::exp(-1.5 * z) : 0;
}

/// A shape of the scatter, and how likely it is beforehand beside the others.
struct Shape {
  Distribution distribution;
  double of_idle;
  double of_age;
};

/// An idle connection is mostly ended late, one of a fixed age mostly about T. What leans to
/// neither side and has edges is a delay of the one and jitter of the other. Of the other odds
/// little depends: they decide where lives are few.
constexpr std::array<Shape, 6> kShapes = {{
    {normal, 1, 1},
    {even_jitter, 0, 1},
    {even_delay, 1, 0},
    {half_normal_delay, 1, 0.1},
    {exponential_delay, 1, 0.1},
    {gamma_delay, 1, 0.1},
}};

using Histogram = std::array<double, kBins>;

struct Grid {
  double low;
  double bin;
  double first_place;
  double step;

  explicit Grid(double sigma)
      : low(-kReach * sigma),
        bin(2 * kReach * sigma / kBins),
        first_place(kLowest * sigma),
        step((kHighest - kLowest) * sigma / (kPlaces - 1)) {}

  [[nodiscard]] double place(std::size_t i) const {
    return first_place + step * static_cast<double>(i);
  }
};

Histogram count(const std::vector<double>& uptimes, const SpikeFit& about, const Grid& grid) {
  Histogram out{};
  for (const double uptime : uptimes) {
    const double bin = (uptime / about.seconds - 1 - grid.low) / grid.bin;
    if (bin >= 0 && bin < static_cast<double>(kBins)) out.at(static_cast<std::size_t>(bin)) += 1;
  }
  return out;
}

/// Even backgrounds below and above T: an idle timer has a tail above it, strays are below.
struct Backgrounds {
  Histogram below;
  Histogram above;
};

Backgrounds backgrounds_of(double place, const Grid& grid) {
  Backgrounds out{};
  double all_below = 0;
  for (std::size_t b = 0; b < kBins; ++b) {
    const double begin = grid.low + grid.bin * static_cast<double>(b);
    out.below[b] = std::clamp((place - begin) / grid.bin, 0.0, 1.0);
    all_below += out.below[b];
  }
  const double all_above = static_cast<double>(kBins) - all_below;
  for (std::size_t b = 0; b < kBins; ++b) {
    out.above[b] = (1 - out.below[b]) / all_above;
    out.below[b] /= all_below;
  }
  return out;
}

/// Share of a shape's lives in each bin.
Histogram shares_of(const Shape& shape, double place, double scale, const Grid& grid) {
  Histogram out{};
  double before = shape.distribution((grid.low - place) / scale);
  for (std::size_t b = 0; b < kBins; ++b) {
    const double end = grid.low + grid.bin * static_cast<double>(b + 1);
    const double until = shape.distribution((end - place) / scale);
    out[b] = until - before;
    before = until;
  }
  return out;
}

/// ln likelihood of the histogram as a mixture of the shape and both backgrounds.
double likelihood(const Histogram& seen, const Histogram& shares, const Backgrounds& grounds) {
  constexpr int kSteps = 4;
  constexpr std::array<double, 3> kPrior = {1, 0.5, 0.5};
  constexpr double kLeast = 1e-12;
  std::array<double, 3> weight = {0.7, 0.1, 0.2};
  Histogram all{};
  const auto mix = [&] {
    for (std::size_t b = 0; b < kBins; ++b) {
      all[b] = weight[0] * shares[b] + weight[1] * grounds.below[b] + weight[2] * grounds.above[b] +
               kLeast;
    }
  };
  for (int step = 0; step < kSteps; ++step) {
    mix();
    std::array<double, 3> sum{};
    for (std::size_t b = 0; b < kBins; ++b) {
      const double each = seen[b] / all[b];
      sum[0] += shares[b] * each;
      sum[1] += grounds.below[b] * each;
      sum[2] += grounds.above[b] * each;
    }
    double mass = 0;
    for (std::size_t k = 0; k < weight.size(); ++k) {
      weight[k] = weight[k] * sum[k] + kPrior[k];
      mass += weight[k];
    }
    for (double& one : weight) one /= mass;
  }
  mix();
  double out = 0;
  for (std::size_t b = 0; b < kBins; ++b) {
    if (seen[b] > 0) out += seen[b] * std::log(all[b]);
  }
  return out;
}

using Places = std::array<double, kPlaces>;

/// Probability of T at each place, over all shapes and scales.
Places probabilities(const Histogram& seen, double sigma, const Grid& grid, Class kind) {
  struct Fit {
    std::size_t place;
    double likelihood;
    double odds;
  };
  std::vector<Fit> fits;
  fits.reserve(kPlaces * kShapes.size() * kScales.size());
  double most = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < kPlaces; ++i) {
    const Backgrounds grounds = backgrounds_of(grid.place(i), grid);
    for (const Shape& shape : kShapes) {
      const double odds = kind == Class::Idle ? shape.of_idle : shape.of_age;
      if (odds <= 0) continue;
      for (const double scale : kScales) {
        const Histogram shares = shares_of(shape, grid.place(i), scale * sigma, grid);
        fits.push_back({i, likelihood(seen, shares, grounds), odds});
        most = std::max(most, fits.back().likelihood);
      }
    }
  }
  Places out{};
  for (const Fit& fit : fits) out.at(fit.place) += fit.odds * std::exp(fit.likelihood - most);
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& one : out) one /= sum;
  return out;
}

/// The place with the most probability near it, about what matters for naming a timer; of several
/// that have it, their middle.
double likeliest(const Places& probability, const Grid& grid) {
  constexpr double kNear = 0.008;
  constexpr double kAsMuch = 0.001;
  Places near{};
  for (std::size_t i = 0; i < kPlaces; ++i) {
    for (std::size_t k = 0; k < kPlaces; ++k) {
      if (std::abs(grid.place(i) - grid.place(k)) <= kNear) near[i] += probability[k];
    }
  }
  const double most = *std::max_element(near.begin(), near.end());
  double sum = 0;
  double places = 0;
  for (std::size_t i = 0; i < kPlaces; ++i) {
    if (near[i] < most - kAsMuch) continue;
    sum += grid.place(i);
    places += 1;
  }
  return sum / places;
}

/// The first place with so much probability up to it.
double quantile(const Places& probability, const Grid& grid, double share) {
  double sum = 0;
  std::size_t i = 0;
  while (i + 1 < kPlaces && (sum += probability[i]) < share) ++i;
  return grid.place(i);
}

}  // namespace

bool is_sharp(const SpikeFit& fit) {
  return fit.sigma * fit.seconds < kSharpSeconds;
}

Interval length_about(const std::vector<double>& uptimes, const SpikeFit& about, Class kind) {
  // A second, and places that lie a step apart: with two of them 97 (idle) and 94 % (age) of the
  // bounds held the truth among simulated fleets (nine worlds, seeds 411 to 418).
  constexpr double kSteps = 2;
  constexpr double kSecond = 1;
  const Grid grid(about.sigma);
  const Places probability = probabilities(count(uptimes, about, grid), about.sigma, grid, kind);
  const double place = likeliest(probability, grid);
  const double low = std::min(place, quantile(probability, grid, 0.025)) - kSteps * grid.step;
  const double high = std::max(place, quantile(probability, grid, 0.975)) + kSteps * grid.step;
  return {about.seconds * (1 + place), about.seconds * (1 + low) - kSecond,
          about.seconds * (1 + high) + kSecond};
}

}  // namespace dropscope::rhythm
