#pragma once

// Which line of a layout (data/layouts) a line of a log is, and the values in it.

#include <string>
#include <string_view>
#include <vector>

#include "evidence/catalogue/layout.h"
#include "formats/syslog/syslog.h"

namespace dropscope {

enum class LineIs : std::uint8_t {
  Matched,  ///< A line that the layout describes.
  Marked,   ///< Of the product, by one of its marks; or the names of columns.
  Other,
};

/// Not for concurrent use: it keeps the names of columns that the log has told.
class LayoutMatcher {
 public:
  explicit LayoutMatcher(const LogLayout& layout);

  /// `header` is of the same line. Afterwards line() and value() tell what was found.
  LineIs look(std::string_view text, const syslog::Header& header);

  /// Of the last line that was Matched.
  [[nodiscard]] const LayoutLine& line() const { return *line_; }
  [[nodiscard]] std::string_view value(LayoutRole role) const {
    return values_[static_cast<std::size_t>(role)];
  }

 private:
  bool matches(std::size_t index, std::string_view text, const syslog::Header& header);
  bool is_header(std::size_t index, std::string_view text);

  const LogLayout& layout_;
  const LayoutLine* line_ = nullptr;
  layout::Values values_;
  std::vector<std::vector<std::string>> headers_;  // Of each line of the layout.
  std::vector<std::string_view> columns_;
};

}  // namespace dropscope
