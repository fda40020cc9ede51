#pragma once

// Integers of either byte order: captures are written in the order of the machine that captures,
// networks send the most significant byte first.

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "base/bytes.h"

namespace dropscope::capture {

/// Reads an integer at `p`, most significant byte first; the caller has checked the size.
template <typename T>
[[nodiscard]] inline T load_be(const std::byte* p) {
  static_assert(std::is_unsigned_v<T>);
  T value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) {
    value = static_cast<T>((std::uint64_t{value} << 8) | std::to_integer<std::uint8_t>(p[i]));
  }
  return value;
}

template <typename T>
[[nodiscard]] inline T load(const std::byte* p, bool big_endian) {
  return big_endian ? load_be<T>(p) : load_le<T>(p);
}

}  // namespace dropscope::capture
