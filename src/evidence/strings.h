#pragma once

// Names and texts that repeat millions of times are kept once.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace dropscope {

/// Index into Evidence::strings; 0 is the empty string.
using StringId = std::uint32_t;

/// Interns strings. Ids are given in order of first use, so they depend only on the input's order.
class StringPool {
 public:
  StringPool() { add(""); }
  StringPool(const StringPool&) = delete;
  StringPool& operator=(const StringPool&) = delete;
  StringPool(StringPool&&) = default;
  StringPool& operator=(StringPool&&) = default;

  StringId add(std::string_view text);
  [[nodiscard]] const std::string& at(StringId id) const { return strings_[id]; }
  [[nodiscard]] std::size_t size() const { return strings_.size(); }

 private:
  std::deque<std::string> strings_;
  std::unordered_map<std::string_view, StringId> index_;  // Keys point into strings_.
};

}  // namespace dropscope
