// Where on a circle most of some phases lie.

#include "analysis/rhythm/arc.h"

#include <gtest/gtest.h>

namespace dropscope::rhythm {
namespace {

TEST(Arc, HoldsTheMostPhasesInAnyOrder) {
  const Arc arc = densest_arc({70, 5, 40, 44, 42}, 100, 10);
  EXPECT_EQ(arc.held, 3U);
  EXPECT_EQ(arc.begin, 40);
  EXPECT_EQ(arc.middle, 42);
}

TEST(Arc, GoesOverTheEndOfTheCycle) {
  const Arc arc = densest_arc({97, 99, 2, 50, 51}, 100, 10);
  EXPECT_EQ(arc.held, 3U);
  EXPECT_EQ(arc.begin, 97);
  EXPECT_EQ(arc.middle, 99);
}

TEST(Arc, CountsEachPhaseOnce) {
  EXPECT_EQ(densest_arc({1, 2}, 10, 1'000).held, 2U);
  EXPECT_EQ(densest_arc({}, 10, 5).held, 0U);
}

TEST(Arc, OfEqualsTheEarliest) {
  EXPECT_EQ(densest_arc({60, 61, 20, 21}, 100, 5).begin, 20);
}

}  // namespace
}  // namespace dropscope::rhythm
