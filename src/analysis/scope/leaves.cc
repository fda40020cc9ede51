// Greedy: the combination whose leaves share one deviation best is taken, its leaves are put aside,
// and the rest is searched again. The noise is taken from the leaves that deviate the other way,
// mirrored, because no anomaly is among them.

#include "analysis/scope/leaves.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

#include "analysis/scope/cuboids.h"

namespace dropscope {
namespace {

/// Bins of the noise's histogram and the share of the quiet leaves that it covers; what lies beyond
/// is an exponential tail.
constexpr std::size_t kBins = 24;
constexpr double kBody = 0.99;
/// Below this a log density says only "not noise"; a single leaf should not decide.
constexpr double kLowestDensity = -40;
/// As for clients: log likelihood ratio less code length from which a cause is told.
constexpr double kAccepted = 3;
/// Leaf tables are dense, so that even a single leaf's full description can be judged.
constexpr std::size_t kMostAttributes = 6;
/// More causes than this are not told apart.
constexpr std::size_t kMostCauses = 20;

/// Log density of the deviation of a leaf in which nothing is wrong, symmetric about 0.
class Noise {
 public:
  explicit Noise(std::vector<double> sizes) {
    std::sort(sizes.begin(), sizes.end());
    const std::size_t count = sizes.size();
    for (const double size : sizes) spread_ += size * size;
    spread_ = std::sqrt(spread_ / static_cast<double>(count));
    const auto body = static_cast<std::size_t>(kBody * static_cast<double>(count - 1));
    edge_ = std::max(sizes[body], 1e-6);
    width_ = edge_ / kBins;
    std::vector<double> counts(kBins, 0.5);
    double excess = 0;
    double beyond = 0;
    for (const double size : sizes) {
      if (size <= edge_) {
        counts[std::min(kBins - 1, static_cast<std::size_t>(size / width_))] += 1;
      } else {
        excess += size - edge_;
        beyond += 1;
      }
    }
    const double total = static_cast<double>(count) + 0.5 * kBins + 1;
    for (const double bin : counts) body_.push_back(std::log(bin / total / width_ / 2));
    // Few leaves tell the tail's scale badly; two standard errors on top. A bin at least, because
    // the two sides of noise that has an edge do not end at quite the same deviation.
    const double tail = std::max(beyond, 1.0);
    scale_ = std::max(excess / tail, width_) * (1 + 2 / std::sqrt(tail));
    tail_ = std::log((beyond + 1) / total / scale_ / 2);
  }

  [[nodiscard]] double log_density(double deviation) const {
    const double size = std::abs(deviation);
    if (size <= edge_) return body_[std::min(kBins - 1, static_cast<std::size_t>(size / width_))];
    return std::max(kLowestDensity, tail_ - (size - edge_) / scale_);
  }

  [[nodiscard]] double spread() const { return spread_; }

 private:
  std::vector<double> body_;
  double edge_ = 0;
  double width_ = 0;
  double scale_ = 0;
  double tail_ = 0;
  double spread_ = 0;
};

struct Sums {
  double count = 0;
  double sum = 0;
  double squares = 0;
  double noise = 0;  // Log density if nothing is wrong.
};

/// How much better one common deviation explains the leaves than noise does.
double common_deviation_score(const Sums& of, double least_variance, bool upward) {
  const double mean = of.sum / of.count;
  if (upward ? mean <= 0 : mean >= 0) return 0;
  const double variance = std::max(0.0, of.squares / of.count - mean * mean);
  const double model = std::max(variance, least_variance);
  return -of.count / 2 * (std::log(2 * std::numbers::pi * model) + variance / model) - of.noise;
}

double choose(double n, std::size_t k) {
  double ways = 1;
  for (std::size_t i = 0; i < k; ++i) {
    ways *= (n - static_cast<double>(i)) / static_cast<double>(i + 1);
  }
  return ways;
}

}  // namespace

std::vector<ScopeTerms> localise(const LeafTable& table) {
  const std::size_t rows = table.real.size();
  std::vector<double> deviation(rows, 0);
  std::vector<bool> live(rows, false);
  double balance = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const double sum = table.predicted[row] + table.real[row];
    // A leaf that is nothing and was forecast as nothing tells nothing.
    if (!(std::abs(sum) > 1e-12)) continue;
    live[row] = true;
    deviation[row] = 2 * (table.predicted[row] - table.real[row]) / sum;
    balance += table.predicted[row] - table.real[row];
  }
  const bool upward = balance > 0;
  std::vector<double> quiet;
  for (std::size_t row = 0; row < rows; ++row) {
    if (live[row] && (upward ? deviation[row] <= 0 : deviation[row] >= 0)) {
      quiet.push_back(std::abs(deviation[row]));
    }
  }
  if (quiet.empty()) return {};
  const Noise noise(std::move(quiet));
  // Leaves of one cause do not agree better than the noise lets them.
  const double least = std::pow(std::max(0.02, 0.3 * noise.spread()), 2);
  std::vector<double> density(rows);
  for (std::size_t row = 0; row < rows; ++row) density[row] = noise.log_density(deviation[row]);

  const std::vector<Cuboid> cuboids = make_cuboids(table.attributes, {}, kMostAttributes);
  const double attributes = static_cast<double>(table.attributes.size());
  std::vector<ScopeTerms> causes;
  std::vector<Sums> sums;
  while (causes.size() < kMostCauses) {
    double best = kAccepted;
    std::optional<ScopeTerms> found;
    for_each_grouping(
        table.attributes, cuboids,
        [&](std::size_t c, std::span<const std::uint32_t> groups, std::uint32_t count) {
          sums.assign(count, {});
          for (std::size_t row = 0; row < rows; ++row) {
            if (!live[row] || groups[row] == kNoValue) continue;
            Sums& of = sums[groups[row]];
            of.count += 1;
            of.sum += deviation[row];
            of.squares += deviation[row] * deviation[row];
            of.noise += density[row];
          }
          const std::vector<std::uint32_t>& of = cuboids[c].attributes;
          double code = std::log(attributes) + std::log(choose(attributes, of.size()));
          for (const std::uint32_t a : of) {
            code += std::log(static_cast<double>(table.attributes[a].values.size()));
          }
          std::uint32_t top = kNoValue;
          for (std::uint32_t group = 0; group < count; ++group) {
            if (sums[group].count == 0) continue;
            const double net = common_deviation_score(sums[group], least, upward) - code -
                               std::log(sums[group].count + 1);
            if (net > best) {
              best = net;
              top = group;
            }
          }
          if (top == kNoValue) return;
          const auto row = static_cast<std::size_t>(std::find(groups.begin(), groups.end(), top) -
                                                    groups.begin());
          found.emplace();
          for (const std::uint32_t a : of) found->push_back({a, table.attributes[a].ids[row]});
        });
    if (!found) break;
    for (std::size_t row = 0; row < rows; ++row) {
      if (live[row] && matches(table.attributes, *found, row)) live[row] = false;
    }
    causes.push_back(std::move(*found));
  }
  return causes;
}

}  // namespace dropscope
