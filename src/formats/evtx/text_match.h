#pragma once

// Names and parts of text, found in UTF-16 as it is stored. The answer is that of a search in the
// text that is rendered: an unpaired surrogate counts as U+FFFD, which is what becomes of it there.

#include <string>
#include <string_view>

#include "base/utf16.h"

namespace dropscope::evtx {

/// A name in which '*' stands for any characters; ASCII case does not matter.
class NamePattern {
 public:
  explicit NamePattern(std::string_view utf8);

  [[nodiscard]] bool matches(Utf16View name) const;
  [[nodiscard]] bool has_dot() const { return has_dot_; }

 private:
  std::u16string units_;  // ASCII letters in lower case.
  bool has_star_ = false;
  bool has_dot_ = false;
};

/// Text without case (fold_case) and with its line breaks as spaces: CR is left out, LF and tab
/// become a space.
[[nodiscard]] std::string plain_text(std::string_view utf8);

/// A part of a text, compared as plain_text() leaves both.
class TextPart {
 public:
  explicit TextPart(std::string_view utf8);

  [[nodiscard]] bool is_in(Utf16View text) const;
  [[nodiscard]] bool is_in(std::string_view utf8) const;
  [[nodiscard]] const std::string& plain() const { return plain_; }

 private:
  template <typename Unit, typename Plain>
  [[nodiscard]] bool is_among(std::size_t size, Unit&& unit, Plain&& plain) const;

  std::string plain_;
  std::u16string units_;
};

}  // namespace dropscope::evtx
