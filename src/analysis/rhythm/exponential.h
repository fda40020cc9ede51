#pragma once

// e^x for the inner loops: a compiler can take several numbers at a time, and every machine gives
// the same bits, which the libraries of different systems do not.

#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace dropscope::rhythm {

/// 1.5 · 2^52: a number up to 2^51 that is added to it becomes whole, to the nearest.
inline constexpr double kRounds = 6755399441055744;

/// e^x to 1e-14 of it, for x in [-700, 700]; x = k ln 2 + r, and the Taylor series of e^r.
[[nodiscard]] inline double exponential(double x) {
  constexpr double kLog2E = 1.4426950408889634;
  // ln 2 in two parts; k times the first is exact.
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  const double shifted = x * kLog2E + kRounds;
  const double k = shifted - kRounds;
  const double r = (x - k * kLn2High) - k * kLn2Low;
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double low = (1 + r) + r2 * (1.0 / 2 + r * (1.0 / 6));
  const double middle = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5'040));
  const double high =
      (1.0 / 40'320 + r * (1.0 / 362'880)) + r2 * (1.0 / 3'628'800 + r * (1.0 / 39'916'800));
  const double series = low + r4 * (middle + r4 * high);
  // The low bits of `shifted` are k; 52 places further up they are an exponent.
  return std::bit_cast<double>(std::bit_cast<std::uint64_t>(series) +
                               (std::bit_cast<std::uint64_t>(shifted) << 52));
}

/// A normal density about 0, of numbers up to 37 times its width.
class Bell {
 public:
  explicit Bell(double sigma)
      : steepness_(-0.5 / (sigma * sigma)), peak_(1 / (sigma * std::sqrt(2 * std::numbers::pi))) {}

  [[nodiscard]] double at(double x) const { return exponential(steepness_ * x * x) * peak_; }

 private:
  double steepness_;
  double peak_;
};

}  // namespace dropscope::rhythm
