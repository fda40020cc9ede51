#pragma once

// Random numbers that are the same on every machine: the standard library leaves its distributions
// to the implementation. The generator is splitmix64 (Steele, Lea, Flood 2014).

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace dropscope::sixth_world {

class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t index) : state_(seed) { state_ = next() ^ index; }

  double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  double log_uniform(double low, double high) { return low * std::pow(high / low, uniform()); }
  double exponential(double mean) { return -mean * std::log(1 - uniform()); }
  double normal() {
    const double length = std::sqrt(-2 * std::log(1 - uniform()));
    return length * std::cos(2 * std::numbers::pi * uniform());
  }
  bool chance(double probability) { return uniform() < probability; }

  /// 0 … count-1; the bias of the remainder is below 1e-15 for the counts of this world.
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  std::size_t between(std::size_t low, std::size_t high) { return low + below(high - low + 1); }

  template <typename List>
  const auto& pick(const List& list) {
    return list[below(list.size())];
  }

  /// By counting exponential steps; meant for small means.
  std::size_t poisson(double mean) {
    std::size_t count = 0;
    for (double sum = exponential(1); sum < mean; sum += exponential(1)) ++count;
    return count;
  }

 private:
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace dropscope::sixth_world
