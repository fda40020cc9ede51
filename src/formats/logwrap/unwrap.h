#pragma once

// Lines of a log taken out of the objects and prefixes that journals, containers and collectors put
// around them. FORMAT.md has the shapes.

#include <string>
#include <string_view>

#include "formats/text/line_reader.h"

namespace dropscope::logwrap {

/// The line inside; `line` itself where there is none. Points into `line` or `buffer`.
[[nodiscard]] std::string_view unwrap(std::string_view line, std::string& buffer);

/// text::LineReader whose lines are unwrapped: the same use, numbers and offsets are of the file.
class LogLines {
 public:
  /// `bytes` must outlive the reader.
  explicit LogLines(Bytes bytes) : lines_(bytes) {}
  /// `source` must outlive the reader.
  explicit LogLines(ByteSource& source) : lines_(source) {}

  /// False at the end. The text is valid until the next call.
  bool next(text::Line& line);
  /// Where the next line begins.
  [[nodiscard]] std::uint64_t offset() const { return lines_.offset(); }

 private:
  text::LineReader lines_;
  std::string buffer_;
};

}  // namespace dropscope::logwrap
