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

TEST(Bell, HoldsOneInAll) {
  for (const double sigma : {0.001, 0.5, 40.0}) {
    const Bell bell(sigma);
    double sum = 0;
    for (int i = -800; i <= 800; ++i) sum += bell.at(i * sigma / 100) * sigma / 100;
    EXPECT_NEAR(sum, 1, 1e-9) << sigma;
    EXPECT_NEAR(bell.at(sigma) / bell.at(0), std::exp(-0.5), 1e-12) << sigma;
  }
}

}  // namespace
}  // namespace dropscope::rhythm
