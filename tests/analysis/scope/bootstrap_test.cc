#include "analysis/scope/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "analysis/scope/scope.h"
#include "analysis/worlds.h"

namespace dropscope {
namespace {

using worlds::Random;

TEST(Bootstrap, CountsHaveTheMeanAndTheScatterAskedFor) {
  for (const double mean : {0.05, 3.0, 250.0}) {
    for (const CountScatter scatter : {CountScatter{}, CountScatter{2, 0}, CountScatter{1, 0.5}}) {
      const std::vector<double> means(20'000, mean);
      const std::vector<double> counts = draw_counts(means, scatter, 7);
      double sum = 0;
      double squares = 0;
      for (const double count : counts) {
        sum += count;
        squares += (count - mean) * (count - mean);
      }
      const double variance = scatter.bursts * mean + scatter.people * mean * mean;
      EXPECT_NEAR(sum / 20'000, mean, 4 * std::sqrt(variance / 20'000));
      EXPECT_NEAR(squares / 20'000 / variance, 1, 0.15) << mean << ' ' << scatter.bursts;
    }
  }
}

TEST(Bootstrap, ATailFallsWithTheScore) {
  const std::vector<double> maxima = {1, 2, 2.5, 1.5, 3, 0.5};
  EXPECT_GT(gumbel_tail(maxima, 1), 0.5);
  EXPECT_LT(gumbel_tail(maxima, 6), 0.02);
  EXPECT_LT(gumbel_tail(maxima, 12), gumbel_tail(maxima, 6));
  // A distribution that never differs is a step.
  EXPECT_LT(gumbel_tail(std::vector<double>{2, 2, 2}, 3), 1e-6);
}

ScopeTable even_fleet(std::uint64_t seed) {
  Random random(seed);
  ScopeTable table;
  for (const char* name : {"office", "server", "version"}) {
    table.attributes.emplace_back().name = name;
  }
  for (int i = 0; i < 300; ++i) {
    table.attributes[0].add("o" + std::to_string(i % 15));
    table.attributes[1].add("s" + std::to_string(i / 15 % 4));
    table.attributes[2].add("v" + std::to_string(i / 7 % 3));
    table.exposure_h.push_back(random.uniform(20, 60));
    double events = 0;
    for (double at = random.exponential(1); at < 0.01 * table.exposure_h.back();
         at += random.exponential(1)) {
      events += 1;
    }
    table.events.push_back(events);
  }
  return table;
}

TEST(Bootstrap, AccidentsAreAsRareAsTheySay) {
  ScopeOptions options;
  options.replicates = 15;
  int rare = 0;
  double sum = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const ScopeResult result = find_scope(even_fleet(seed), options);
    ASSERT_TRUE(result.accident);
    sum += *result.accident;
    if (*result.accident < 0.1) ++rare;
  }
  EXPECT_NEAR(sum / 40, 0.5, 0.15);
  EXPECT_LE(rare, 9);
}

TEST(Bootstrap, ACauseIsNoAccidentAndTheAnswerIsTheSame) {
  ScopeTable table = even_fleet(3);
  for (std::size_t row = 0; row < table.events.size(); ++row) {
    if (table.attributes[0].ids[row] == 4) table.events[row] += 3;
  }
  ScopeOptions options;
  options.replicates = 15;
  const ScopeResult result = find_scope(table, options);
  ASSERT_TRUE(result.accident);
  EXPECT_LT(*result.accident, 1e-4);
  const ScopeResult again = find_scope(table, options);
  EXPECT_EQ(*again.accident, *result.accident);
  const ScopeResult without = find_scope(table, {});
  EXPECT_FALSE(without.accident);
  ASSERT_EQ(without.causes.size(), result.causes.size());
  EXPECT_EQ(without.causes[0].net, result.causes[0].net);
}

}  // namespace
}  // namespace dropscope
