#include "analysis/frequency/poisson.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dropscope {
namespace {

// Reference values: exact 95 % limits for a Poisson mean (Garwood 1936, as tabulated in textbooks).
TEST(Poisson, IntervalMatchesTheTable) {
  EXPECT_DOUBLE_EQ(poisson_interval(0, 0.95).low, 0);
  EXPECT_NEAR(poisson_interval(0, 0.95).high, 3.6889, 1e-3);
  EXPECT_NEAR(poisson_interval(1, 0.95).low, 0.0253, 1e-3);
  EXPECT_NEAR(poisson_interval(1, 0.95).high, 5.5716, 1e-3);
  EXPECT_NEAR(poisson_interval(10, 0.95).low, 4.7954, 1e-3);
  EXPECT_NEAR(poisson_interval(10, 0.95).high, 18.3904, 1e-3);
  EXPECT_NEAR(poisson_interval(100, 0.95).low, 81.364, 1e-2);
  EXPECT_NEAR(poisson_interval(100, 0.95).high, 121.627, 1e-2);
}

TEST(Poisson, CdfIsTheSumOfItsTerms) {
  for (const double mean : {0.1, 1.0, 7.5, 40.0}) {
    double term = std::exp(-mean);
    double sum = 0;
    for (std::uint64_t k = 0; k < 80; ++k) {
      sum += term;
      EXPECT_NEAR(poisson_cdf(k, mean), sum, 1e-10) << k << " " << mean;
      term *= mean / static_cast<double>(k + 1);
    }
  }
  EXPECT_DOUBLE_EQ(poisson_cdf(3, 0), 1);
}

TEST(Poisson, BinomialTail) {
  // P(B >= 2), n = 4, p = 0.5 is 11/16.
  EXPECT_NEAR(std::exp(log_binomial_tail(4, 2, 0.5)), 11.0 / 16, 1e-12);
  EXPECT_DOUBLE_EQ(log_binomial_tail(10, 0, 0.3), 0);
  EXPECT_TRUE(std::isinf(log_binomial_tail(3, 4, 0.3)));
  EXPECT_TRUE(std::isinf(log_binomial_tail(3, 1, 0.0)));
  EXPECT_DOUBLE_EQ(log_binomial_tail(3, 3, 1.0), 0);
}

TEST(Poisson, TheBoundForLargeNumbersIsAbove) {
  // The exact tail at n = 2,000 and the bound at n = 2,001 are neighbours, and a bound is not
  // below.
  EXPECT_GE(log_binomial_tail(2001, 120, 0.04), log_binomial_tail(2000, 120, 0.04) - 1e-6);
  EXPECT_LT(log_binomial_tail(2001, 400, 0.04), -300);
}

}  // namespace
}  // namespace dropscope
