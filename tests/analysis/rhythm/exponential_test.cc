#include "analysis/rhythm/exponential.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dropscope::rhythm {
namespace {

TEST(Exponential, IsThatOfTheLibrary) {
  for (int i = -700'000; i <= 700'000; i += 7) {
    const double x = i / 1'000.0;
    const double expected = std::exp(x);
    ASSERT_NEAR(exponential(x), expected, 2e-14 * expected) << x;
  }
}

TEST(Exponential, OfNothingIsOne) {
  EXPECT_EQ(exponential(0), 1);
  EXPECT_EQ(exponential(-0.0), 1);
  EXPECT_NEAR(exponential(1e-300), 1, 1e-15);
}

}  // namespace
}  // namespace dropscope::rhythm
