#include "analysis/rhythm/forest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

/// Two edges of the first feature, one of the last, one of the probability, none of the others.
struct Sample {
  std::vector<float> edges{1.0F, 2.0F, 10.0F, 0.75F};
  std::vector<std::uint16_t> first;
  std::vector<Node> class_nodes;
  std::vector<Node> measure_nodes;
  std::vector<Node> doubt_nodes;
  std::vector<float> class_base = std::vector<float>(kClasses, 0.0F);
  std::vector<float> measure_base = std::vector<float>(kMeasures, 0.0F);
  std::vector<float> doubt_base{1.0F};

  Sample() {
    first.assign(kInputs + 1, 2);
    first.front() = 0;
    first[kFeatures] = 3;
    first.back() = 4;
    // The first class: 500 where the first feature is above 2, else −500 or 0 by the last one.
    class_nodes = {{Node::kLeaf, 0, 6},    {0, 1, 4},           {kFeatures - 1, 0, 2},
                   {Node::kLeaf, 0, -500}, {Node::kLeaf, 0, 0}, {Node::kLeaf, 0, 500}};
    for (std::size_t c = 1; c < kClasses; ++c) add_constant(class_nodes, 0);
    for (std::size_t m = 0; m < kMeasures; ++m) {
      add_constant(measure_nodes, static_cast<std::int16_t>(1'000 * m));
    }
    // 2 of those who were likely before, else −1.
    doubt_nodes = {
        {Node::kLeaf, 0, 4}, {kFeatures, 0, 2}, {Node::kLeaf, 0, -2'000}, {Node::kLeaf, 0, 1'000}};
  }

  static void add_constant(std::vector<Node>& nodes, std::int16_t value) {
    nodes.push_back({Node::kLeaf, 0, 2});
    nodes.push_back({Node::kLeaf, 0, value});
  }

  [[nodiscard]] Judge judge() const {
    return {edges,
            first,
            {class_base, class_nodes},
            {measure_base, measure_nodes},
            {doubt_base, doubt_nodes}};
  }
};

TEST(Forest, FeaturesFallBetweenTheirEdges) {
  const Sample sample;
  Features features{};
  const auto bin_of_first = [&](double value) {
    features[0] = value;
    return static_cast<int>(bins_of(features, sample.judge())[0]);
  };
  EXPECT_EQ(bin_of_first(-5), 0);
  EXPECT_EQ(bin_of_first(1), 0);                         // An edge belongs to what is below it.
  EXPECT_EQ(bin_of_first(std::nextafter(1.0, 2.0)), 0);  // No 32-bit number of its own.
  EXPECT_EQ(bin_of_first(1.01), 1);
  EXPECT_EQ(bin_of_first(2), 1);
  EXPECT_EQ(bin_of_first(1e9), 2);
  features[kFeatures - 1] = 11;
  const Bins bins = bins_of(features, sample.judge());
  EXPECT_EQ(bins[kFeatures - 1], 1);
  EXPECT_EQ(bins[1], 0);  // Without edges there is one bin.
}

TEST(Forest, TreesAreWalkedAndAddedUp) {
  const Sample sample;
  const auto first_class = [&](std::uint8_t bin, std::uint8_t last) {
    Bins bins{};
    bins[0] = bin;
    bins[kFeatures - 1] = last;
    return posterior_of(bins, sample.judge())[0];
  };
  const auto share = [](double logit) {
    return std::exp(logit) / (std::exp(logit) + kClasses - 1);
  };
  EXPECT_DOUBLE_EQ(first_class(2, 0), share(0.5));
  EXPECT_DOUBLE_EQ(first_class(1, 0), share(-0.5));
  EXPECT_DOUBLE_EQ(first_class(0, 1), share(0));
  const MeasureOdds odds = measure_odds_of({}, sample.judge());
  EXPECT_DOUBLE_EQ(odds[0], 0.5);
  EXPECT_DOUBLE_EQ(odds[3], 1 / (1 + std::exp(-3)));
}

TEST(Forest, ThoseInDoubtAreJudgedAgain) {
  const Sample sample;
  const auto gated = [&](double idle) {
    Posterior posterior{};
    posterior[static_cast<std::size_t>(Class::Idle)] = idle / 2;
    posterior[static_cast<std::size_t>(Class::Mixed)] = idle / 2;
    posterior[static_cast<std::size_t>(Class::Random)] = 1 - idle;
    EXPECT_DOUBLE_EQ(timer_probability(posterior), idle);
    return gated_probability(posterior, {}, sample.judge());
  };
  EXPECT_DOUBLE_EQ(gated(0.4), 0.4);
  EXPECT_DOUBLE_EQ(gated(0.6), 1 / (1 + std::exp(1)));
  EXPECT_DOUBLE_EQ(gated(0.9), 1 / (1 + std::exp(-2)));
  EXPECT_DOUBLE_EQ(gated(0.9995), 0.9995);
}

/// Follows every branch of the tree at `node`; gives the place behind it.
std::size_t check_subtree(const Forest& forest, std::size_t node, std::size_t end,
                          const Judge& judge) {
  EXPECT_LT(node, end);
  if (node >= end) return end;
  const Node& one = forest.nodes[node];
  if (one.feature == Node::kLeaf) return node + 1;
  EXPECT_LT(one.feature, kInputs);
  EXPECT_LT(one.edge, judge.first[one.feature + 1U] - judge.first[one.feature]);
  const std::size_t right = check_subtree(forest, node + 1, end, judge);
  EXPECT_EQ(right, node + static_cast<std::size_t>(one.value));
  return check_subtree(forest, right, end, judge);
}

void check_forest(const Forest& forest, std::size_t outputs, const Judge& judge) {
  ASSERT_EQ(forest.base.size(), outputs);
  std::size_t trees = 0;
  for (std::size_t at = 0; at < forest.nodes.size() && !testing::Test::HasFailure(); ++trees) {
    ASSERT_GE(forest.nodes[at].value, 2);
    const std::size_t end = at + static_cast<std::size_t>(forest.nodes[at].value);
    ASSERT_LE(end, forest.nodes.size());
    EXPECT_EQ(check_subtree(forest, at + 1, end, judge), end);
    at = end;
  }
  EXPECT_GT(trees, 0u);
  EXPECT_EQ(trees % outputs, 0u);
}

void check_judge(const Judge& judge) {
  ASSERT_EQ(judge.first.size(), kInputs + 1);
  EXPECT_EQ(judge.first.front(), 0);
  EXPECT_EQ(judge.first.back(), judge.edges.size());
  for (std::size_t i = 0; i < kInputs; ++i) {
    const std::size_t begin = judge.first[i];
    const std::size_t end = judge.first[i + 1];
    ASSERT_LE(begin, end);
    EXPECT_LT(end - begin, Node::kLeaf);
    for (std::size_t e = begin + 1; e < end; ++e) {
      EXPECT_LT(judge.edges[e - 1], judge.edges[e]);
    }
  }
  check_forest(judge.classes, kClasses, judge);
  check_forest(judge.measures, kMeasures, judge);
  check_forest(judge.doubt, 1, judge);
}

TEST(Forest, TheFittedConstantsAreWhole) {
  const FittedConstants constants = fitted_constants();
  check_judge(constants.few);
  check_judge(constants.many);
  ASSERT_EQ(constants.gates.size(), kLooks * kBands);
  for (const float gate : constants.gates) {
    EXPECT_GE(gate, 0.5F);
    EXPECT_LT(gate, 1.0F);
  }
  ASSERT_EQ(constants.widths.size(), kMeasures * kBands * kTrusts);
  for (const float width : constants.widths) EXPECT_GT(width, 0.0F);
  ASSERT_EQ(constants.confidence.size() % 2, 0u);
  for (std::size_t i = 2; i < constants.confidence.size(); ++i) {
    EXPECT_GE(constants.confidence[i], constants.confidence[i - 2]);
  }
}

TEST(Forest, ProbabilitiesAreProbabilitiesForAnyFeatures) {
  const FittedConstants constants = fitted_constants();
  for (const double value : {-1e300, -7.0, 0.0, 0.3, 4.0, 1e300}) {
    Features features{};
    features.fill(value);
    for (const Judge& judge : {constants.few, constants.many}) {
      const Bins bins = bins_of(features, judge);
      const Posterior posterior = posterior_of(bins, judge);
      EXPECT_NEAR(std::accumulate(posterior.begin(), posterior.end(), 0.0), 1, 1e-12);
      EXPECT_GE(*std::min_element(posterior.begin(), posterior.end()), 0);
      for (const double odds : measure_odds_of(bins, judge)) {
        EXPECT_GE(odds, 0);
        EXPECT_LE(odds, 1);
      }
    }
  }
}

TEST(Forest, BandsBySize) {
  EXPECT_EQ(band_of(3), 0u);
  EXPECT_EQ(band_of(4), 1u);
  EXPECT_EQ(band_of(8), 2u);
  EXPECT_EQ(band_of(9), 3u);
  EXPECT_EQ(band_of(12), 3u);
  EXPECT_EQ(band_of(60), 4u);
  EXPECT_EQ(band_of(std::numeric_limits<std::size_t>::max()), 5u);
}

TEST(Forest, FewUptimesHaveAJudgeOfTheirOwn) {
  const Sample sample;
  FittedConstants constants;
  constants.few = sample.judge();
  EXPECT_EQ(&judge_of(band_of(3), constants), &constants.few);
  EXPECT_EQ(&judge_of(band_of(12), constants), &constants.few);
  EXPECT_EQ(&judge_of(band_of(13), constants), &constants.many);
  EXPECT_EQ(&judge_of(band_of(500), constants), &constants.many);
}

TEST(Forest, LooksByTheLikeliestClassWithoutATimer) {
  const auto look = [](Class most, Class second) {
    Posterior posterior{};
    posterior[static_cast<std::size_t>(Class::Idle)] = 0.9;
    posterior[static_cast<std::size_t>(most)] = 0.06;
    posterior[static_cast<std::size_t>(second)] = 0.04;
    return look_of(posterior);
  };
  EXPECT_EQ(look(Class::Random, Class::Modulated), 0u);
  EXPECT_EQ(look(Class::Outage, Class::Burst), 0u);
  EXPECT_EQ(look(Class::Modulated, Class::Random), 1u);
  EXPECT_EQ(look(Class::Burst, Class::Modulated), 2u);
}

TEST(Forest, TrustsByOdds) {
  EXPECT_EQ(trust_of(0), 0u);
  EXPECT_EQ(trust_of(0.6), 1u);
  EXPECT_EQ(trust_of(0.9), 2u);
  EXPECT_EQ(trust_of(1), 2u);
}

}  // namespace
}  // namespace dropscope::rhythm
