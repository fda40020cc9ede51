#include "formats/evtx/text_match.h"

#include <algorithm>

namespace dropscope::evtx {
namespace {

constexpr char16_t kReplacement = 0xFFFD;

/// to_utf16() stores little-endian; patterns are kept as numbers.
std::u16string units_of(std::string_view utf8) {
  const std::u16string stored = to_utf16(utf8);
  const Utf16View view(Bytes(reinterpret_cast<const std::byte*>(stored.data()), 2 * stored.size()));
  std::u16string out;
  for (std::size_t i = 0; i < view.size(); ++i) out += view[i];
  return out;
}

/// What is no UTF-8 as U+FFFD.
std::string mended(std::string_view utf8) {
  const std::u16string stored = to_utf16(utf8);
  return to_utf8(
      Utf16View(Bytes(reinterpret_cast<const std::byte*>(stored.data()), 2 * stored.size())));
}

constexpr bool is_surrogate(char16_t unit) {
  return (unit & 0xF800) == 0xD800;
}

/// Unit `i` as rendering would show it.
char16_t shown_unit(Utf16View text, std::size_t i) {
  const char16_t unit = text[i];
  if (!is_surrogate(unit)) return unit;
  const bool high = unit < 0xDC00;
  const bool paired =
      high ? i + 1 < text.size() && is_surrogate(text[i + 1]) && text[i + 1] >= 0xDC00
           : i > 0 && is_surrogate(text[i - 1]) && text[i - 1] < 0xDC00;
  return paired ? unit : kReplacement;
}

constexpr char16_t lower_ascii(char16_t unit) {
  return unit >= u'A' && unit <= u'Z' ? static_cast<char16_t>(unit + (u'a' - u'A')) : unit;
}

constexpr char16_t plain_ascii(char16_t unit) {
  return unit == u'\n' || unit == u'\t' ? u' ' : lower_ascii(unit);
}

char16_t plain_unit(Utf16View text, std::size_t i) {
  const char16_t unit = shown_unit(text, i);
  return unit < 0x80 ? plain_ascii(unit) : fold_case_unit(unit);
}

}  // namespace

NamePattern::NamePattern(std::string_view utf8) : units_(units_of(utf8)) {
  for (char16_t& unit : units_) unit = lower_ascii(unit);
  has_star_ = units_.find(u'*') != std::u16string::npos;
  has_dot_ = units_.find(u'.') != std::u16string::npos;
}

bool NamePattern::matches(Utf16View name) const {
  const auto same = [&](std::size_t p, std::size_t t) {
    return units_[p] == lower_ascii(shown_unit(name, t));
  };
  if (!has_star_) {
    if (units_.size() != name.size()) return false;
    for (std::size_t i = 0; i < units_.size(); ++i) {
      if (!same(i, i)) return false;
    }
    return true;
  }
  // Goes back to the last star only, which is enough: what an earlier star takes more, the last one
  // could have taken as well.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::u16string::npos;
  std::size_t retry = 0;
  while (t < name.size()) {
    if (p < units_.size() && units_[p] == u'*') {
      star = p++;
      retry = t;
    } else if (p < units_.size() && same(p, t)) {
      ++p;
      ++t;
    } else if (star != std::u16string::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < units_.size() && units_[p] == u'*') ++p;
  return p == units_.size();
}

std::string plain_text(std::string_view utf8) {
  std::string spaced;
  spaced.reserve(utf8.size());
  for (const char c : utf8) {
    if (c != '\r') spaced += c == '\n' || c == '\t' ? ' ' : c;
  }
  return fold_case(spaced);
}

TextPart::TextPart(std::string_view utf8)
    : plain_(plain_text(is_utf8(utf8) ? std::string(utf8) : mended(utf8))),
      units_(units_of(plain_)) {}

bool TextPart::is_in(Utf16View text) const {
  return is_among(
      text.size(), [&](std::size_t i) { return text[i]; },
      [&](std::size_t i) { return plain_unit(text, i); });
}

bool TextPart::is_in(std::string_view utf8) const {
  const bool ascii = std::none_of(utf8.begin(), utf8.end(),
                                  [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  if (!ascii) return plain_text(utf8).find(plain_) != std::string::npos;
  const auto unit = [&](std::size_t i) {
    return static_cast<char16_t>(static_cast<unsigned char>(utf8[i]));
  };
  return is_among(utf8.size(), unit, [&](std::size_t i) { return plain_ascii(unit(i)); });
}

template <typename Unit, typename Plain>
bool TextPart::is_among(std::size_t size, Unit&& unit, Plain&& plain) const {
  if (units_.empty()) return true;
  const char16_t first = units_[0];
  const char16_t upper = first >= u'a' && first <= u'z' ? static_cast<char16_t>(first - 32) : first;
  for (std::size_t start = 0; start < size; ++start) {
    const char16_t here = unit(start);
    // Printable ASCII is nearly everything, and stands for nothing but itself and its lower case.
    if (here != first && here != upper && here >= 0x20 && here < 0x80) continue;
    if (plain(start) != first) continue;
    std::size_t found = 1;
    for (std::size_t i = start + 1; found < units_.size() && i < size; ++i) {
      if (unit(i) == u'\r') continue;
      if (plain(i) != units_[found]) break;
      ++found;
    }
    if (found == units_.size()) return true;
  }
  return false;
}

}  // namespace dropscope::evtx
