#pragma once

// Text and code in Markdown that shows what was given and nothing else.

#include <string>
#include <string_view>

namespace dropscope {

/// Text made safe inside a paragraph, a list item or a cell of a table: what Markdown (CommonMark
/// 0.31, section 2.4) or HTML would read as markup is escaped, line breaks become spaces, control
/// characters are shown as \xNN.
[[nodiscard]] std::string markdown_text(std::string_view utf8);

/// A code span on one line; it may hold any text, backticks too (CommonMark 0.31, section 6.1).
[[nodiscard]] std::string markdown_code(std::string_view utf8);

/// A block of code whose fence is longer than any run of backticks in it; each line is indented by
/// `indent` spaces. Ends with a line feed.
[[nodiscard]] std::string markdown_block(std::string_view utf8, std::size_t indent = 0);

}  // namespace dropscope
