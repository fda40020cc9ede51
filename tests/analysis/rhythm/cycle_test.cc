#include "analysis/rhythm/cycle.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dropscope::rhythm {
namespace {

TEST(Cycle, CountsWholeTurnsAsTheLibraryDoes) {
  for (const double turns : {0.0, 0.5, 1.0, 7.999, -0.5, -1.0, -7.001, 1e15 + 0.5, -1e15 - 0.5}) {
    EXPECT_EQ(whole_below(turns), std::floor(turns)) << turns;
  }
}

TEST(Cycle, HasAPhaseForEachTime) {
  EXPECT_DOUBLE_EQ(cyclic(3'700, 3'600), 100);
  EXPECT_DOUBLE_EQ(cyclic(-100, 3'600), 3'500);
  EXPECT_DOUBLE_EQ(distance(10, 3'590, 3'600), 20);
  EXPECT_DOUBLE_EQ(distance(3'590, 10, 3'600), -20);
}

}  // namespace
}  // namespace dropscope::rhythm
