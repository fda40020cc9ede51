#include "analysis/rhythm/forest.h"

#include <algorithm>
#include <cmath>

#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

/// Adds up in thousandths, so that the order of the trees does not matter.
template <std::size_t Outputs>
std::array<double, Outputs> sums_of(const Forest& forest, const Bins& bins) {
  std::array<std::int64_t, Outputs> thousandths{};
  std::size_t at = 0;
  std::size_t output = 0;
  while (at < forest.nodes.size()) {
    std::size_t node = at + 1;
    while (forest.nodes[node].feature != Node::kLeaf) {
      const Node& one = forest.nodes[node];
      node += bins[one.feature] <= one.edge ? 1 : static_cast<std::size_t>(one.value);
    }
    thousandths[output] += forest.nodes[node].value;
    at += static_cast<std::size_t>(forest.nodes[at].value);
    output = output + 1 == Outputs ? 0 : output + 1;
  }
  std::array<double, Outputs> out{};
  for (std::size_t i = 0; i < Outputs; ++i) {
    out[i] = static_cast<double>(forest.base[i]) + static_cast<double>(thousandths[i]) / 1'000;
  }
  return out;
}

std::uint8_t bin_of(double value, std::size_t input, const Judge& judge) {
  const auto begin = judge.edges.begin() + judge.first[input];
  const auto end = judge.edges.begin() + judge.first[input + 1];
  return static_cast<std::uint8_t>(std::lower_bound(begin, end, static_cast<float>(value)) - begin);
}

double probability_of(double logit) {
  return 1 / (1 + std::exp(-logit));
}

}  // namespace

Bins bins_of(const Features& features, const Judge& judge) {
  Bins out{};
  for (std::size_t i = 0; i < kFeatures; ++i) out[i] = bin_of(features[i], i, judge);
  return out;
}

Posterior posterior_of(const Bins& bins, const Judge& judge) {
  Posterior out = sums_of<kClasses>(judge.classes, bins);
  const double top = *std::max_element(out.begin(), out.end());
  double sum = 0;
  for (double& value : out) sum += value = std::exp(value - top);
  for (double& value : out) value /= sum;
  return out;
}

MeasureOdds measure_odds_of(const Bins& bins, const Judge& judge) {
  MeasureOdds out = sums_of<kMeasures>(judge.measures, bins);
  for (double& value : out) value = probability_of(value);
  return out;
}

double timer_probability(const Posterior& posterior) {
  double sum = 0;
  for (std::size_t c = 0; c < kClasses; ++c) {
    if (is_regular(static_cast<Class>(c))) sum += posterior[c];
  }
  return sum;
}

double gated_probability(const Posterior& posterior, const Bins& bins, const Judge& judge) {
  // Below the first no gate is passed, and beyond the second each (bench/rhythm_fit.py).
  constexpr double kLeast = 0.5;
  constexpr double kMost = 0.999;
  const double first = timer_probability(posterior);
  if (first <= kLeast || first >= kMost) return first;
  Bins inputs = bins;
  inputs[kFeatures] = bin_of(first, kFeatures, judge);
  return probability_of(sums_of<1>(judge.doubt, inputs)[0]);
}

std::size_t band_of(std::size_t uptimes) {
  if (uptimes <= 3) return 0;
  if (uptimes <= 5) return 1;
  if (uptimes <= 8) return 2;
  if (uptimes <= 12) return 3;
  return uptimes <= 60 ? 4 : 5;
}

const Judge& judge_of(std::size_t band, const FittedConstants& constants) {
  return band < kFewBands ? constants.few : constants.many;
}

std::size_t look_of(const Posterior& posterior) {
  struct Look {
    Class without_timer;
    std::size_t look;
  };
  constexpr std::array kLookOf = {Look{Class::Outage, 0}, Look{Class::Modulated, 1},
                                  Look{Class::Random, 0}, Look{Class::Burst, 2}};
  const auto likeliest =
      std::max_element(kLookOf.begin(), kLookOf.end(), [&](const Look& a, const Look& b) {
        return posterior[static_cast<std::size_t>(a.without_timer)] <
               posterior[static_cast<std::size_t>(b.without_timer)];
      });
  return likeliest->look;
}

std::size_t trust_of(double odds) {
  if (odds < 0.6) return 0;
  return odds < 0.9 ? 1 : 2;
}

}  // namespace dropscope::rhythm
