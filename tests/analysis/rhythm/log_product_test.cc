#include "analysis/rhythm/log_product.h"

#include <gtest/gtest.h>

namespace dropscope::rhythm {
namespace {

TEST(LogProduct, IsTheSumOfTheLogarithms) {
  LogProduct product;
  double sum = 0;
  for (int i = 1; i <= 5'000; ++i) {
    const double factor = i % 3 == 0 ? 1e-7 * i : 1e6 / i;
    product.multiply(factor);
    sum += std::log(factor);
  }
  EXPECT_NEAR(product.log(), sum, 1e-9 * std::abs(sum));
}

TEST(LogProduct, OfNothingIsNothing) {
  EXPECT_EQ(LogProduct().log(), 0);
}

TEST(LogProduct, StaysFiniteBeyondWhatANumberHolds) {
  LogProduct product;
  for (int i = 0; i < 10; ++i) product.multiply(0);
  EXPECT_NEAR(product.log(), 10 * std::log(1e-150), 1e-6);
}

}  // namespace
}  // namespace dropscope::rhythm
