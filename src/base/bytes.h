#pragma once

// Little-endian reads from untrusted bytes.
//
// Every read is preceded by a bounds check with fits(); no struct is ever cast out of a mapped
// file.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

namespace dropscope {

using Bytes = std::span<const std::byte>;

/// Reads an integer at `p`; the caller has checked that sizeof(T) bytes are there.
/// Every read of a log goes through here, so a little-endian machine copies the bytes as they are:
/// GCC 12 at -O2 does not turn the loop for the others into one load.
template <typename T>
[[nodiscard]] inline T load_le(const std::byte* p) {
  static_assert(std::is_integral_v<T>);
  if constexpr (std::endian::native == std::endian::little) {
    T value;
    std::memcpy(&value, p, sizeof(T));
    return value;
  } else {
    std::make_unsigned_t<T> value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      value = static_cast<std::make_unsigned_t<T>>(
          value |
          (static_cast<std::make_unsigned_t<T>>(std::to_integer<std::uint8_t>(p[i])) << (8 * i)));
    }
    return static_cast<T>(value);
  }
}

/// Writes an integer at `p`, little-endian.
template <typename T>
inline void store_le(std::byte* p, T value) {
  static_assert(std::is_integral_v<T>);
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(p, &value, sizeof(T));
  } else {
    auto u = static_cast<std::make_unsigned_t<T>>(value);
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      p[i] = static_cast<std::byte>((u >> (8 * i)) & 0xff);
    }
  }
}

/// Whether [offset, offset + size) lies inside `bytes`, without overflow.
[[nodiscard]] inline bool fits(Bytes bytes, std::size_t offset, std::size_t size) {
  return offset <= bytes.size() && size <= bytes.size() - offset;
}

[[nodiscard]] inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

[[nodiscard]] inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace dropscope
