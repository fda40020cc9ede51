#pragma once

// One character of UTF-8 text that may be broken, for the .cc files of this floor.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dropscope {

/// The character at the front of a text. `size` is what to skip: at least 1, also when not `valid`.
/// Broken text is cut as the Unicode Standard recommends (chapter 3, "U+FFFD Substitution of
/// Maximal Subparts"), so that one cut-off character counts as one mistake.
struct Utf8Character {
  char32_t code_point = 0xFFFD;
  std::size_t size = 1;
  bool valid = false;
};

/// `text` is not empty.
[[nodiscard]] inline Utf8Character decode_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) return {first, 1, true};

  // The second byte's limits exclude overlong forms, surrogates and values above U+10FFFF
  // (Unicode 15, table 3-7).
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  char32_t value = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
    value = first & 0x1Fu;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    value = first & 0x0Fu;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    value = first & 0x07u;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return {};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) return {0xFFFD, i, false};
    value = (value << 6) | (byte(i) & 0x3Fu);
    low = 0x80;
    high = 0xBF;
  }
  return {value, length, true};
}

}  // namespace dropscope
