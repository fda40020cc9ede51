#include "analysis/change/rate_ratio.h"

#include <gtest/gtest.h>

#include <array>

#include "analysis/change/rate_worlds.h"
#include "analysis/change/series.h"

namespace dropscope {
namespace {

using worlds::Random;
using worlds::RatePlan;

TEST(RateRatio, CountsWithoutStrataGiveTheQuotientOfTheRates) {
  const std::array<RateStratum, 1> one = {{{100, 50, 200, 200}}};
  const RateChange change = compare_rates(one, 1);
  EXPECT_NEAR(change.ratio, 0.5, 0.01);
  // Fay's exact interval for 50 against 100 is 0.349 to 0.709.
  EXPECT_NEAR(change.low, 0.355, 0.01);
  EXPECT_NEAR(change.high, 0.70, 0.01);
  EXPECT_GT(change.better, 0.95);
  EXPECT_LT(change.better, 0.99);
}

TEST(RateRatio, SilenceBoundsTheRatioFromAboveOnly) {
  const std::array<RateStratum, 1> one = {{{20, 0, 100, 100}}};
  const RateChange change = compare_rates(one, 1);
  EXPECT_EQ(change.ratio, 0);
  EXPECT_EQ(change.low, 0);
  EXPECT_GT(change.high, 0.05);
  EXPECT_LT(change.high, 0.2);
  EXPECT_GT(change.better, 0.99);
  // Binomial(20, 1/2): none of 20 by chance.
  EXPECT_NEAR(silence_probability(one, 1), std::pow(0.5, 20), 1e-9);
}

TEST(RateRatio, NothingIsKnownWithoutLosses) {
  const RateChange change = compare_rates({}, 1);
  EXPECT_NEAR(change.better, 0.5, 0.01);
  EXPECT_EQ(change.low, 0);
  EXPECT_EQ(change.high, kMostRatio);
}

TEST(RateRatio, MoreScatterWidensTheInterval) {
  const std::array<RateStratum, 1> one = {{{100, 50, 200, 200}}};
  const RateChange calm = compare_rates(one, 1);
  const RateChange wild = compare_rates(one, 4);
  EXPECT_GT(wild.high / wild.low, 1.5 * calm.high / calm.low);
  EXPECT_LT(wild.better, calm.better);
}

TEST(RateRatio, HoursOfAnotherKindAreNotCompared) {
  // Quiet nights after the change say nothing about busy days before it.
  const std::array<RateStratum, 2> two = {{{100, 0, 200, 0}, {1, 0, 200, 400}}};
  const RateChange change = compare_rates(two, 1);
  EXPECT_LT(change.better, 0.9);
}

TEST(RateRatio, WhatHappenedToAllIsNotTheChangesDoing) {
  const std::array<RateStratum, 1> changed = {{{200, 100, 100, 100}}};
  const std::array<RateStratum, 1> control = {{{400, 200, 100, 100}}};
  EXPECT_GT(compare_rates(changed, 1).better, 0.99);
  const RateChange apart = compare_rates(changed, 1, control, 1);
  EXPECT_LT(apart.better, 0.1);
  EXPECT_NEAR(apart.ratio, 1, 0.05);
  EXPECT_LT(apart.low, 0.85);
  EXPECT_GT(apart.high, 1.18);
}

TEST(RateRatio, PoolingStrataChangesNothingThatMatters) {
  Random random(3);
  const auto fleet = worlds::make_rates({20, 10, 5, 2, 0.6}, random);
  const Instant change = worlds::change_of({20, 10, 5});
  const auto strata = strata_by_hour(worlds::pointers_to(fleet), TimeZone(), {change, change});
  const auto less = pooled(strata);
  EXPECT_LT(less.size(), strata.size() / 4);
  EXPECT_NEAR(compare_rates(strata, 1).better, compare_rates(less, 1).better, 0.01);
  EXPECT_NEAR(compare_rates(strata, 1).ratio, compare_rates(less, 1).ratio, 0.02);
}

/// Ratios as the method's prior has them.
double draw_ratio(Random& random) {
  const double kind = random.uniform();
  const auto between = [&](double low, double high) {
    return low * std::pow(high / low, random.uniform());
  };
  if (kind < 0.5) return between(0.01, 0.8);
  return kind < 0.9 ? between(0.8, 1.25) : between(1.25, 10);
}

RatePlan draw_plan(Random& random, bool bursts) {
  RatePlan plan;
  plan.computers = 1 + static_cast<int>(random.uniform() * 8);
  plan.days_before = 4 + std::floor(random.uniform() * 18);
  plan.days_after = 1 + std::floor(random.uniform() * 9);
  plan.per_day = std::exp(random.uniform(std::log(0.1), std::log(2.0)));
  plan.ratio = draw_ratio(random);
  if (bursts) plan.cluster = random.uniform(1.5, 4);
  plan.all_at_once = random.uniform() < 0.5;
  return plan;
}

struct Tally {
  int claims = 0, held = 0, covered = 0, worlds = 0;
};

Tally measure(std::uint64_t seed, bool bursts) {
  Tally tally;
  for (std::uint64_t i = 0; i < 250; ++i) {
    Random random(seed + i);
    const RatePlan plan = draw_plan(random, bursts);
    const auto fleet = worlds::make_rates(plan, random);
    const auto computers = worlds::pointers_to(fleet);
    const Instant change = worlds::change_of(plan);
    const auto strata = strata_by_hour(computers, TimeZone(), {change, change});
    const RateChange found =
        compare_rates(strata, daily_dispersion(rate_series(computers, TimeZone())));
    ++tally.worlds;
    if (found.low <= plan.ratio && plan.ratio <= found.high) ++tally.covered;
    if (found.better >= 0.9) {
      ++tally.claims;
      if (plan.ratio < 0.8) ++tally.held;
    }
    if (found.same + found.worse >= 0.9) {
      ++tally.claims;
      if (plan.ratio >= 0.8) ++tally.held;
    }
  }
  return tally;
}

TEST(RateRatio, NineInTenClaimsAtNinetyPercentHold) {
  const Tally tally = measure(10'000, false);
  EXPECT_GE(tally.claims, 80);
  EXPECT_GE(tally.held, 0.9 * tally.claims) << tally.held << " of " << tally.claims;
  EXPECT_GE(tally.covered, 0.93 * tally.worlds) << tally.covered;
}

TEST(RateRatio, BurstsMakeNoFalseClaims) {
  const Tally tally = measure(20'000, true);
  EXPECT_GE(tally.claims, 40);
  EXPECT_GE(tally.held, 0.9 * tally.claims) << tally.held << " of " << tally.claims;
  EXPECT_GE(tally.covered, 0.9 * tally.worlds) << tally.covered;
}

}  // namespace
}  // namespace dropscope
