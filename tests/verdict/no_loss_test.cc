#include "verdict/no_loss.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "evidence/catalogue/catalogue.h"
#include "verdict/weigh.h"

namespace dropscope {
namespace {

std::vector<CauseRule> causes() {
  return Catalogue::load().value().causes;
}

TEST(NoLoss, BeginsWithThePriorOfNothing) {
  const std::vector<CauseRule> all = causes();
  const auto none = std::find_if(all.begin(), all.end(),
                                 [](const CauseRule& cause) { return cause.id == kNoCause; });
  ASSERT_NE(none, all.end());
  // Six seconds are no time.
  const double p = probability_of_nothing(all, 6.0 / 86400);
  EXPECT_GT(p, 0.2);
  EXPECT_LT(p, 0.35);
}

TEST(NoLoss, GrowsTowardsCertaintyWithTheDays) {
  const std::vector<CauseRule> all = causes();
  double before = 0;
  for (const double days : {0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 40.0}) {
    const double p = probability_of_nothing(all, days);
    EXPECT_GT(p, before) << days;
    EXPECT_LE(p, 1);
    before = p;
  }
  EXPECT_GT(before, 0.99);
}

TEST(NoLoss, TellsTheDaysThatMakeItSure) {
  const std::vector<CauseRule> all = causes();
  const double days = days_until_sure(all, 0.9);
  EXPECT_GT(probability_of_nothing(all, days), 0.9);
  EXPECT_LE(probability_of_nothing(all, days - 1), 0.9);
}

TEST(NoLoss, CountsACauseThatPredictsNoRateAsAnyRate) {
  std::vector<CauseRule> two(2);
  two[0].id = kNoCause;
  two[1].id = "other";
  EXPECT_GT(probability_of_nothing(two, 3), 0.5);
  EXPECT_EQ(probability_of_nothing({}, 3), 0);
}

TEST(NoLoss, NeverNeedsMoreThanAYear) {
  std::vector<CauseRule> one(1);
  one[0].id = "other";
  EXPECT_EQ(days_until_sure(one, 0.9), 365);
}

}  // namespace
}  // namespace dropscope
