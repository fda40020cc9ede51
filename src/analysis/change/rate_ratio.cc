#include "analysis/change/rate_ratio.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace dropscope {
namespace {

/// Points of a grid of log ratios; the second grid spans only what the data leave possible, so that
/// a point is at most a tenth of a standard error.
constexpr int kPoints = 401;
/// Log likelihood below the best that no longer matters: e^-25.
constexpr double kNegligible = 25;
/// Rates within a quarter of each other are the same for a user (the interval null of the scope).
constexpr double kHarmless = 1.25;

/// What a change does before anything is known of it, by kind. Half of the changes that are made
/// help; ten percent make it worse. Within a kind every factor is as likely as any other.
struct Kind {
  double weight;
  double low;  // Ratios.
  double high;
};
constexpr std::array<Kind, 3> kKinds = {
    {{0.5, 0.01, 1 / kHarmless}, {0.4, 1 / kHarmless, kHarmless}, {0.1, kHarmless, 10}}};

/// A log likelihood on equally spaced log ratios.
struct Grid {
  double first = 0;
  double step = 0;
  std::vector<double> values;

  [[nodiscard]] double at(int i) const { return first + step * i; }
  [[nodiscard]] double last() const { return at(static_cast<int>(values.size()) - 1); }
  /// Linear between the points; held at the ends.
  [[nodiscard]] double value(double x) const {
    const double place =
        std::clamp((x - first) / step, 0.0, static_cast<double>(values.size() - 1));
    const auto left = std::min(static_cast<std::size_t>(place), values.size() - 2);
    const double part = place - static_cast<double>(left);
    return values[left] * (1 - part) + values[left + 1] * part;
  }
};

double log_likelihood(std::span<const RateStratum> strata, double dispersion, double log_ratio) {
  const double ratio = std::exp(log_ratio);
  double sum = 0;
  for (const RateStratum& one : strata) {
    if (!(one.before_hours > 0) || !(one.after_hours > 0)) continue;
    sum += one.after_losses * log_ratio - (one.before_losses + one.after_losses) *
                                              std::log(one.before_hours + ratio * one.after_hours);
  }
  return sum / dispersion;
}

Grid fill(std::span<const RateStratum> strata, double dispersion, double low, double high) {
  Grid grid{low, (high - low) / (kPoints - 1), {}};
  for (int i = 0; i < kPoints; ++i) {
    grid.values.push_back(log_likelihood(strata, dispersion, grid.at(i)));
  }
  const double best = *std::max_element(grid.values.begin(), grid.values.end());
  for (double& value : grid.values) value -= best;
  return grid;
}

Grid likelihood(std::span<const RateStratum> strata, double dispersion) {
  const double end = std::log(kMostRatio);
  Grid grid = fill(strata, dispersion, -end, end);
  for (int pass = 0; pass < 2; ++pass) {
    int low = 0;
    int high = kPoints - 1;
    while (grid.values[static_cast<std::size_t>(low)] < -kNegligible) ++low;
    while (grid.values[static_cast<std::size_t>(high)] < -kNegligible) --high;
    grid = fill(strata, dispersion, grid.at(std::max(low - 1, 0)),
                grid.at(std::min(high + 1, kPoints - 1)));
  }
  return grid;
}

/// Jeffreys' prior of the pooled counts, as a log density of the log ratio: the share of the losses
/// that lie after the change has density (p (1 - p))^-1/2.
double log_jeffreys(std::span<const RateStratum> strata, double log_ratio) {
  double before = 0;
  double after = 0;
  for (const RateStratum& one : strata) {
    if (!(one.before_hours > 0) || !(one.after_hours > 0)) continue;
    const double losses = one.before_losses + one.after_losses;
    before += losses * one.before_hours / (one.before_hours + one.after_hours);
    after += losses * one.after_hours / (one.before_hours + one.after_hours);
  }
  if (!(before > 0) || !(after > 0)) return 0;
  const double share = 1 / (1 + before / (std::exp(log_ratio) * after));
  return 0.5 * (std::log(share) + std::log1p(-share));
}

/// Grid points as probabilities.
std::vector<double> posterior(std::span<const RateStratum> strata, const Grid& grid) {
  std::vector<double> p;
  double sum = 0;
  for (int i = 0; i < static_cast<int>(grid.values.size()); ++i) {
    p.push_back(
        std::exp(grid.values[static_cast<std::size_t>(i)] + log_jeffreys(strata, grid.at(i))));
    sum += p.back();
  }
  for (double& one : p) one /= sum;
  return p;
}

/// The log ratio below which `share` of the probability lies.
double quantile(const Grid& grid, const std::vector<double>& p, double share) {
  double sum = 0;
  for (int i = 0; i < static_cast<int>(p.size()); ++i) {
    const double here = p[static_cast<std::size_t>(i)];
    if (sum + here >= share) {
      return grid.at(i) + grid.step * ((share - sum) / std::max(here, 1e-300) - 0.5);
    }
    sum += here;
  }
  return grid.last();
}

/// The likelihood of the quotient of two groups' ratios, the control's own ratio averaged out.
Grid quotient(const Grid& changed, const Grid& control, const std::vector<double>& control_p) {
  Grid grid;
  grid.first = changed.first - control.last();
  grid.step = (changed.last() - control.first - grid.first) / (kPoints - 1);
  for (int i = 0; i < kPoints; ++i) {
    double sum = 0;
    for (int k = 0; k < kPoints; ++k) {
      const double x = grid.at(i) + control.at(k);
      const bool held = x < changed.first - changed.step || x > changed.last() + changed.step;
      // Beyond a grid that was narrowed nothing is possible.
      const bool possible = !held || std::abs(x) >= std::log(kMostRatio);
      if (possible) sum += control_p[static_cast<std::size_t>(k)] * std::exp(changed.value(x));
    }
    grid.values.push_back(std::log(std::max(sum, 1e-300)));
  }
  return grid;
}

void set_probabilities(const Grid& grid, RateChange& change) {
  double total = 0;
  for (const Kind& kind : kKinds) {
    const double low = std::log(kind.low);
    const double high = std::log(kind.high);
    // The density is a step function, so each kind is summed over points of its own.
    constexpr int kSteps = 800;
    const double weight = kind.weight / kSteps;
    for (int i = 0; i < kSteps; ++i) {
      const double x = low + (high - low) * (i + 0.5) / kSteps;
      const bool possible = x >= grid.first - grid.step && x <= grid.last() + grid.step;
      if (!possible) continue;
      const double p = weight * std::exp(grid.value(x));
      total += p;
      if (&kind == &kKinds[0]) change.better += p;
      if (&kind == &kKinds[1]) change.same += p;
      if (&kind == &kKinds[2]) change.worse += p;
      if (x <= std::log(0.5)) change.halved += p;
      if (x <= std::log(0.1)) change.gone += p;
    }
  }
  if (!(total > 0)) {
    // All that is possible lies beyond the kinds' ends.
    (grid.last() < 0 ? change.better : change.worse) = 1;
    change.halved = change.gone = change.better;
    return;
  }
  for (double* one : {&change.better, &change.same, &change.worse, &change.halved, &change.gone}) {
    *one /= total;
  }
}

double losses_before(std::span<const RateStratum> strata) {
  double sum = 0;
  for (const RateStratum& one : strata) sum += one.after_hours > 0 ? one.before_losses : 0;
  return sum;
}

double losses_after(std::span<const RateStratum> strata) {
  double sum = 0;
  for (const RateStratum& one : strata) sum += one.before_hours > 0 ? one.after_losses : 0;
  return sum;
}

}  // namespace

RateChange compare_rates(std::span<const RateStratum> changed, double dispersion,
                         std::span<const RateStratum> control, double control_dispersion) {
  RateChange change;
  const Grid own = likelihood(changed, dispersion);
  Grid grid = own;
  std::vector<double> p = posterior(changed, own);
  if (!control.empty()) {
    const Grid other = likelihood(control, control_dispersion);
    const std::vector<double> other_p = posterior(control, other);
    // Jeffreys' prior of the changed group belongs to its own ratio.
    Grid weighted = own;
    for (int i = 0; i < kPoints; ++i) {
      weighted.values[static_cast<std::size_t>(i)] += log_jeffreys(changed, own.at(i));
    }
    const Grid both = quotient(weighted, other, other_p);
    p.clear();
    double sum = 0;
    for (const double value : both.values) sum += std::exp(value);
    for (const double value : both.values) p.push_back(std::exp(value) / sum);
    grid = quotient(own, other, other_p);
  }
  const auto best = std::max_element(grid.values.begin(), grid.values.end()) - grid.values.begin();
  const bool any_after = losses_after(changed) > 0;
  const bool any_before = losses_before(changed) > 0;
  change.ratio = any_after ? std::exp(grid.at(static_cast<int>(best))) : 0;
  // Without a loss on one side that end is open: all of the five percent go to the other.
  change.low = any_after ? std::exp(quantile(grid, p, any_before ? 0.025 : 0.05)) : 0;
  change.high = any_before ? std::exp(quantile(grid, p, any_after ? 0.975 : 0.95)) : kMostRatio;
  set_probabilities(grid, change);
  return change;
}

double expected_after(std::span<const RateStratum> strata) {
  double sum = 0;
  for (const RateStratum& one : strata) {
    if (one.before_hours > 0) sum += one.before_losses * one.after_hours / one.before_hours;
  }
  return sum;
}

double silence_probability(std::span<const RateStratum> strata, double dispersion) {
  double log_p = 0;
  for (const RateStratum& one : strata) {
    if (!(one.before_hours > 0)) continue;
    log_p -= one.before_losses * std::log1p(one.after_hours / one.before_hours);
  }
  return std::exp(log_p / dispersion);
}

}  // namespace dropscope
