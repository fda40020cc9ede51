#pragma once

// Names that are long enough to be told inside of other words: "frankfurt" in "frankfurter".
// Whoever reads the word reads the name, so the redactor replaces it there, and the leak check
// looks for it there.

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dropscope::redact {

/// From this length on a name is looked for anywhere. Shorter ones are parts of words too often.
inline constexpr std::size_t kLongBytes = 8;

/// Which names begin with which two bytes: nearly every place of a text is done with after this.
class Beginnings {
 public:
  void add(std::string_view name) { begins_[pair_at(name, 0)] = true; }
  /// `at` and the byte behind it are in the text.
  [[nodiscard]] bool any_at(std::string_view text, std::size_t at) const {
    return begins_[pair_at(text, at)];
  }

 private:
  static std::size_t pair_at(std::string_view text, std::size_t at) {
    return std::size_t{static_cast<unsigned char>(text[at])} << 8 |
           static_cast<unsigned char>(text[at + 1]);
  }

  std::vector<bool> begins_ = std::vector<bool>(std::size_t{1} << 16);
};

class LongNames {
 public:
  /// In lower case; shorter ones are passed over.
  void add(std::string_view name);

  [[nodiscard]] bool empty() const { return by_start_.empty(); }

  /// The longest name at this place of a text in lower case; none: empty. A number does not go on:
  /// 10.1.2.30 is not in 10.1.2.304.
  [[nodiscard]] std::string_view at(std::string_view text, std::size_t at) const;

 private:
  Beginnings begins_;
  /// By their first eight bytes, longest first.
  std::unordered_map<std::string, std::vector<std::string>> by_start_;
};

}  // namespace dropscope::redact
