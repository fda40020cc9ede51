#pragma once

// Words and numbers of log lines, found eight bytes at a time. Their lengths differ from line to
// line, so a loop over bytes is mispredicted at the end of nearly each of them.

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace dropscope::text {

namespace scan_detail {

/// The same byte eight times.
constexpr std::uint64_t repeated(unsigned byte) {
  return 0x0101010101010101 * std::uint64_t{byte};
}

/// The high bit of each byte that is zero, and no other bit.
constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  constexpr std::uint64_t kLow = repeated(0x7f);
  return ~(((word & kLow) + kLow) | word | kLow);
}

/// `text` holds eight values 0 to 9, the first digit in the lowest byte.
constexpr std::uint64_t value_of_eight(std::uint64_t text) {
  text = (text * 10 + (text >> 8)) & 0x00ff00ff00ff00ff;
  text = (text * 100 + (text >> 16)) & 0x0000ffff0000ffff;
  return (text * 10'000 + (text >> 32)) & 0xffffffff;
}

}  // namespace scan_detail

/// Eight bytes from `p`, the first one lowest; zeros stand for those from `end` on.
[[nodiscard]] inline std::uint64_t load_eight(const char* p, const char* end) {
  std::array<std::byte, 8> bytes{};
  const auto left = static_cast<std::size_t>(end - p);
  if (left >= bytes.size()) return load_le<std::uint64_t>(reinterpret_cast<const std::byte*>(p));
  std::copy_n(reinterpret_cast<const std::byte*>(p), left, bytes.begin());
  return load_le<std::uint64_t>(bytes.data());
}

/// The first `wanted` in [p, end), which must not be '\0'; `end` where there is none.
[[nodiscard]] inline const char* find_char(const char* p, const char* end, char wanted) {
  const std::uint64_t pattern = scan_detail::repeated(static_cast<unsigned char>(wanted));
  for (; p < end; p += std::min<std::ptrdiff_t>(8, end - p)) {
    const std::uint64_t found = scan_detail::zero_bytes(load_eight(p, end) ^ pattern);
    if (found != 0) return p + std::countr_zero(found) / 8;
  }
  return end;
}

/// Behind the last `wanted` in [begin, p); `begin` where there is none.
[[nodiscard]] inline const char* behind_last(const char* begin, const char* p, char wanted) {
  const std::uint64_t pattern = scan_detail::repeated(static_cast<unsigned char>(wanted));
  for (; p - begin >= 8; p -= 8) {
    const std::uint64_t found = scan_detail::zero_bytes(load_eight(p - 8, p) ^ pattern);
    if (found != 0) return p - std::countl_zero(found) / 8;
  }
  while (p > begin && p[-1] != wanted) --p;
  return p;
}

/// Moves `p` behind the decimal digits that it is at. False, with `p` anywhere, where there is none
/// or where there are more than 18, which is what 64 bits hold for certain.
[[nodiscard]] inline bool read_digits(const char*& p, const char* end, std::uint64_t& value) {
  static constexpr std::array<std::uint64_t, 9> kTens = {
      1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};
  const char* const begin = p;
  value = 0;
  for (;;) {
    const std::uint64_t digits = load_eight(p, end) ^ scan_detail::repeated('0');
    const std::uint64_t others =
        (((digits & scan_detail::repeated(0x7f)) + scan_detail::repeated(0x76)) | digits) &
        scan_detail::repeated(0x80);
    if (others == 0) {
      value = value * kTens[8] + scan_detail::value_of_eight(digits);
      p += 8;
      if (p - begin > 18) return false;
      continue;
    }
    const auto count = static_cast<unsigned>(std::countr_zero(others)) / 8;
    // What follows the digits is pushed out, and zeros come in before them.
    if (count > 0) {
      value = value * kTens[count] + scan_detail::value_of_eight(digits << (64 - 8 * count));
    }
    p += count;
    return p > begin && p - begin <= 18;
  }
}

}  // namespace dropscope::text
