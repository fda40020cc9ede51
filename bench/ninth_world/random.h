#pragma once

// A small generator of our own: the distributions of the standard library differ from platform to
// platform, and a world must be the same everywhere. Two draws never stand in one expression,
// because C++ leaves open which of them comes first.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numbers>

namespace dropscope::ninth_world {

/// Splitmix64 (Steele, Lea and Flood 2014): one step, and a good mixer of keys as well.
[[nodiscard]] constexpr std::uint64_t scramble(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

/// A key for the part `part` of what `key` stands for.
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t key, std::uint64_t part) {
  return scramble(scramble(key) ^ (part * 0xd1342543de82ef95U + 1));
}

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t bits() {
    const std::uint64_t drawn = scramble(state_);
    state_ += 0x9e3779b97f4a7c15U;
    return drawn;
  }

  /// In [0, 1).
  [[nodiscard]] double uniform() { return static_cast<double>(bits() >> 11U) * 0x1p-53; }

  [[nodiscard]] double uniform(double low, double high) { return low + (high - low) * uniform(); }

  [[nodiscard]] double log_uniform(double low, double high) {
    return low * std::exp(std::log(high / low) * uniform());
  }

  [[nodiscard]] double exponential(double mean) { return -mean * std::log(1 - uniform()); }

  /// Box and Muller, of which one half is thrown away.
  [[nodiscard]] double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::sin(2 * std::numbers::pi * uniform());
  }

  [[nodiscard]] bool chance(double probability) { return uniform() < probability; }

  /// In [0, count).
  [[nodiscard]] std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(count));
  }

  template <typename Values>
  [[nodiscard]] auto pick(const Values& values) {
    return values[below(std::size(values))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace dropscope::ninth_world
