#pragma once

// UTF-16LE text inside untrusted bytes, and its conversion to UTF-8.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace dropscope {

/// A borrowed run of UTF-16LE code units; need not be aligned. The owner is whoever holds the bytes
/// (for event logs: the mapped file).
class Utf16View {
 public:
  Utf16View() = default;
  /// An odd last byte is ignored.
  explicit Utf16View(Bytes bytes) : bytes_(bytes.first(bytes.size() & ~std::size_t{1})) {}

  [[nodiscard]] std::size_t size() const { return bytes_.size() / 2; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  [[nodiscard]] char16_t operator[](std::size_t i) const {
    return static_cast<char16_t>(load_le<std::uint16_t>(bytes_.data() + 2 * i));
  }
  [[nodiscard]] Bytes bytes() const { return bytes_; }
  [[nodiscard]] Utf16View substr(std::size_t from, std::size_t count) const {
    return Utf16View(bytes_.subspan(2 * from, 2 * count));
  }

  /// Without trailing NULs.
  [[nodiscard]] Utf16View trim_nul() const {
    std::size_t count = size();
    while (count > 0 && (*this)[count - 1] == 0) --count;
    return substr(0, count);
  }

  /// Compares with ASCII text; case matters.
  [[nodiscard]] bool equals_ascii(std::string_view ascii) const {
    if (size() != ascii.size()) return false;
    for (std::size_t i = 0; i < ascii.size(); ++i) {
      if ((*this)[i] != static_cast<unsigned char>(ascii[i])) return false;
    }
    return true;
  }
  /// Compares with ASCII text; ASCII case does not matter.
  [[nodiscard]] bool equals_ascii_nocase(std::string_view ascii) const;

 private:
  Bytes bytes_;
};

/// Unit by unit.
[[nodiscard]] inline bool same_text(Utf16View a, Utf16View b) {
  return a.bytes().size() == b.bytes().size() &&
         (a.empty() || std::memcmp(a.bytes().data(), b.bytes().data(), a.bytes().size()) == 0);
}

/// Appends as UTF-8. An unpaired surrogate becomes U+FFFD; NUL and controls are kept.
void append_utf8(std::string& out, Utf16View text);
[[nodiscard]] std::string to_utf8(Utf16View text);

/// Appends one code point as UTF-8; surrogates and values above U+10FFFF become U+FFFD.
void append_code_point(std::string& out, char32_t code_point);

/// UTF-8 to UTF-16LE bytes. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::u16string to_utf16(std::string_view utf8);

/// Appends text of the code page Windows-1252 as UTF-8; the five bytes that it leaves free become
/// U+FFFD.
void append_windows_1252(std::string& out, std::string_view bytes);

/// Whether the text is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

/// Unicode simple lower-casing of the scripts that Outlook is translated into (Latin, Greek,
/// Cyrillic); other characters are kept. Input that is not UTF-8 is passed through.
[[nodiscard]] std::string fold_case(std::string_view utf8);
/// The same for one UTF-16 unit; none of those scripts needs two.
[[nodiscard]] char16_t fold_case_unit(char16_t unit);

}  // namespace dropscope
