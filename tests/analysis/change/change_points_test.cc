#include "analysis/change/change_points.h"

#include <gtest/gtest.h>

#include "analysis/change/rate_worlds.h"

namespace dropscope {
namespace {

using worlds::Random;
using worlds::RatePlan;

RateHistory history_of(const RatePlan& plan, std::uint64_t seed) {
  Random random(seed);
  const auto fleet = worlds::make_rates(plan, random);
  return find_rate_changes(rate_series(worlds::pointers_to(fleet), TimeZone()));
}

TEST(RateChanges, NothingWatchedHasNoHistory) {
  EXPECT_TRUE(find_rate_changes({}).segments.empty());
}

TEST(RateChanges, DaysNightsAndWeekendsAreNoChange) {
  int alarms = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    alarms += history_of({5, 20, 10, 1.5, 1}, 300 + seed).changes.empty() ? 0 : 1;
  }
  EXPECT_LE(alarms, 3);
}

TEST(RateChanges, BurstsAreNoChange) {
  int alarms = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    alarms += history_of({5, 20, 10, 2, 1, 3, true}, 700 + seed).changes.empty() ? 0 : 1;
  }
  EXPECT_LE(alarms, 4);
}

TEST(RateChanges, AStopIsFoundWhereItIs) {
  int found = 0;
  int held = 0;
  const RatePlan plan{5, 20, 10, 1.5, 0.1};
  const Instant truth = worlds::change_of(plan);
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const RateHistory history = history_of(plan, 900 + seed);
    if (history.changes.empty()) continue;
    ++found;
    const RateChangePoint& last = history.changes.back();
    EXPECT_LT(last.effect.high, 1);
    EXPECT_GT(last.probability, 0.95);
    if (last.low <= truth && truth <= last.high) ++held;
  }
  EXPECT_GE(found, 39);
  EXPECT_GE(held, 0.9 * found);
}

TEST(RateChanges, BeginAndEndOfATroubleAreTwo) {
  Random random(17);
  RatePlan plan{10, 20, 10, 2, 0.1};
  auto fleet = worlds::make_rates(plan, random);
  // No loss in the first eight days either.
  const Instant begin = instant_from_unix(worlds::kFirstMonday + 8 * 86400);
  for (ComputerEpisodes& one : fleet) {
    std::erase_if(one.outages, [&](const Outage& outage) { return outage.lost < begin; });
  }
  const RateHistory history =
      find_rate_changes(rate_series(worlds::pointers_to(fleet), TimeZone()));
  ASSERT_EQ(history.changes.size(), 2u);
  ASSERT_EQ(history.segments.size(), 3u);
  EXPECT_GT(history.changes[0].effect.low, 2);
  EXPECT_LT(history.changes[1].effect.high, 0.5);
  EXPECT_EQ(history.segments[0].losses, 0);
  EXPECT_LE(history.changes[0].low, begin + std::chrono::hours{24});
  EXPECT_GE(history.changes[0].high, begin - std::chrono::hours{14});
}

}  // namespace
}  // namespace dropscope
