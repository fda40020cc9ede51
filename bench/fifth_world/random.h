#pragma once

// Random numbers that are the same on every machine and compiler.
//
// The distributions of the standard library differ between its makers, and so do the last bits of
// log and exp between C libraries. Both are made here from operations whose results IEEE 754 fixes;
// where a compiler fuses multiply and add of its own accord, it needs -ffp-contract=off.
// For the same reason no expression in this folder draws twice: their order would be open.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace dropscope::fifth_world {

inline double natural_log(double x) {
  int exponent = 0;
  double mantissa =
      std::frexp(x, &exponent);  // 0.5 to 1; brought near 1, where the series is fast.
  if (mantissa < 0.7) {
    mantissa *= 2;
    --exponent;
  }
  const double s = (mantissa - 1) / (mantissa + 1);
  double sum = 0;
  for (int k = 25; k >= 1; k -= 2) sum = sum * s * s + 1.0 / k;
  return 2 * s * sum + exponent * 0.69314718055994530942;
}

inline double natural_exp(double x) {
  const double twos = std::floor(x / 0.69314718055994530942 + 0.5);
  const double rest = x - twos * 0.69314718055994530942;
  double sum = 1;
  for (int k = 16; k >= 1; --k) sum = 1 + sum * rest / k;
  return std::ldexp(sum, static_cast<int>(twos));
}

/// splitmix64 (Steele, Lea and Flood 2014): small, and streams of neighbouring seeds are unrelated.
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream) : state_(mix(mix(seed + 1) + stream)) {}

  std::uint64_t bits() {
    state_ += 0x9e3779b97f4a7c15U;
    return mix(state_);
  }
  double uniform() { return static_cast<double>(bits() >> 11U) * 0x1p-53; }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  double log_between(double low, double high) {
    return low * natural_exp(natural_log(high / low) * uniform());
  }
  bool chance(double probability) { return uniform() < probability; }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(bits() % count); }
  double exponential(double mean) { return -mean * natural_log(1 - uniform()); }
  /// Heavy-tailed, of the given mean; `tail` above 1, the nearer the heavier.
  double pareto(double mean, double tail) {
    return mean * (tail - 1) / tail * natural_exp(exponential(1 / tail));
  }

  /// By Marsaglia's polar method, cut at three sigma: nobody here comes to work at midnight.
  double normal() {
    for (;;) {
      const double x = between(-1, 1);
      const double y = between(-1, 1);
      const double square = x * x + y * y;
      if (square >= 1 || square == 0) continue;
      const double value = x * std::sqrt(-2 * natural_log(square) / square);
      if (std::abs(value) < 3) return value;
    }
  }

  template <class T, std::size_t n>
  const T& pick(const std::array<T, n>& choices) {
    return choices[below(n)];
  }

 private:
  static std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }

  std::uint64_t state_;
};

/// Any value of an enum whose last one is `last`.
template <class Enum>
Enum draw_enum(Random& random, Enum last) {
  return static_cast<Enum>(random.below(static_cast<std::size_t>(last) + 1));
}

}  // namespace dropscope::fifth_world
