#pragma once

// ln of a product of likelihood ratios, with one logarithm for many factors.

#include <algorithm>
#include <cmath>

namespace dropscope::rhythm {

class LogProduct {
 public:
  /// A ratio outside of 1e±150 counts as that much.
  void multiply(double factor) {
    product_ *= std::clamp(factor, 1e-150, 1e150);
    if (product_ > 1e-150 && product_ < 1e150) return;
    sum_ += std::log(product_);
    product_ = 1;
  }

  [[nodiscard]] double log() const { return sum_ + std::log(product_); }

 private:
  double sum_ = 0;
  double product_ = 1;
};

}  // namespace dropscope::rhythm
