#pragma once

// Random numbers that are the same on every platform: xoshiro256** seeded by splitmix64 (Blackman
// and Vigna, prng.di.unimi.it). The distributions of the standard library differ between makers.

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace dropscope::eighth_world {

[[nodiscard]] inline std::uint64_t mixed_bits(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t index) {
    std::uint64_t x = mixed_bits(mixed_bits(seed) ^ index);
    for (auto& word : state_) word = x = mixed_bits(x);
  }

  [[nodiscard]] std::uint64_t bits() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// From 0, inclusive, to 1, exclusive.
  [[nodiscard]] double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

  [[nodiscard]] double between(double low, double high) { return low + (high - low) * uniform(); }

  [[nodiscard]] double log_between(double low, double high) {
    return low * std::exp(std::log(high / low) * uniform());
  }

  [[nodiscard]] bool chance(double probability) { return uniform() < probability; }

  /// Less than `count`.
  [[nodiscard]] std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(count));
  }

  [[nodiscard]] double exponential(double mean) { return -mean * std::log(1 - uniform()); }

  [[nodiscard]] double normal() {
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }

  template <typename T, std::size_t N>
  [[nodiscard]] const T& pick(const std::array<T, N>& from) {
    return from[below(N)];
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace dropscope::eighth_world
