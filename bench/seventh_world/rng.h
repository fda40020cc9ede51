#pragma once

// Random numbers that are the same with every compiler; the standard's distributions are not.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace dropscope::seventh_world {

/// splitmix64 (Steele, Lea, Flood 2014) and the few distributions that the world needs.
class Rng {
 public:
  Rng(std::uint64_t seed, std::uint64_t index, std::uint64_t stream) : state_(seed) {
    state_ = next() ^ index;
    state_ = next() ^ stream;
  }

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }

  /// Above 0 and below 1, so that its logarithm is finite.
  double uniform() { return (static_cast<double>(next() >> 11) + 0.5) * 0x1p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double log_uniform(double low, double high) {
    return low * std::exp(std::log(high / low) * uniform());
  }
  double exponential(double mean) { return -mean * std::log(uniform()); }
  double normal() {
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
  bool chance(double share) { return uniform() < share; }
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }

  /// 0, 1, 2 …: how often `again` comes true in a row; at most 50.
  int geometric(double again) {
    int count = 0;
    while (count < 50 && chance(again)) ++count;
    return count;
  }

  template <typename List>
  auto pick(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace dropscope::seventh_world
