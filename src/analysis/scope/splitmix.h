#pragma once

#include <cstdint>

namespace dropscope {

/// Step of splitmix64's counter: 2^64 divided by the golden ratio.
inline constexpr std::uint64_t kSplitmixStep = 0x9e3779b97f4a7c15ull;

/// The output function of splitmix64 (Steele 2014) for a counter that goes up by kSplitmixStep.
[[nodiscard]] constexpr std::uint64_t splitmix64(std::uint64_t counter) {
  std::uint64_t z = counter;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

}  // namespace dropscope
