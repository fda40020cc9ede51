#pragma once

// What the UTF-16 tests share: text in its stored form, and a plain converter to hold ours against.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/utf16.h"

namespace dropscope {

/// Code units as they lie in a log: low byte first, at an address that need not be even.
class Stored {
 public:
  explicit Stored(const std::u16string& units) : bytes_(1 + 2 * units.size()) {
    for (std::size_t i = 0; i < units.size(); ++i) {
      store_le(bytes_.data() + 1 + 2 * i, static_cast<std::uint16_t>(units[i]));
    }
  }
  [[nodiscard]] Utf16View view() const { return Utf16View(Bytes(bytes_).subspan(1)); }

 private:
  std::vector<std::byte> bytes_;
};

inline std::string utf8(const std::u16string& units) {
  return to_utf8(Stored(units).view());
}

/// Units from the stored bytes that to_utf16 promises.
inline std::u16string units_of(const std::u16string& stored) {
  std::u16string out;
  const auto* p = reinterpret_cast<const std::byte*>(stored.data());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    out += static_cast<char16_t>(load_le<std::uint16_t>(p + 2 * i));
  }
  return out;
}

/// The plain definition, unit by unit, to hold the quick one against.
inline std::string utf8_slowly(const std::u16string& units) {
  std::string out;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const char32_t u = units[i];
    if (u >= 0xD800 && u < 0xDC00 && i + 1 < units.size() && units[i + 1] >= 0xDC00 &&
        units[i + 1] < 0xE000) {
      append_code_point(out, 0x10000 + ((u - 0xD800) << 10) + (units[i + 1] - 0xDC00u));
      ++i;
    } else {
      append_code_point(out, u);
    }
  }
  return out;
}

}  // namespace dropscope
