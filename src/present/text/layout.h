#pragma once

// Text in columns of a terminal: how wide it is, where it breaks, and what is left of it on a
// console that knows only ASCII.
//
// Columns are counted per code point (East Asian wide = 2, combining = 0). Emoji that several code
// points build together are counted by their parts, as most terminals do.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

/// Columns that well-formed text takes; a byte that is not UTF-8 counts as one.
[[nodiscard]] std::size_t display_width(std::string_view utf8);

/// Lines of at most `width` columns (at least 8 are used). Breaks at spaces and beside wide
/// characters; a word longer than a line is cut. Line feeds in the text end a line. Empty text
/// gives one empty line.
[[nodiscard]] std::vector<std::string> wrap(std::string_view utf8, std::size_t width);

/// Filled with spaces to `width` columns; longer text is kept.
[[nodiscard]] std::string pad_right(std::string_view utf8, std::size_t width);
[[nodiscard]] std::string pad_left(std::string_view utf8, std::size_t width);

/// Cut to `width` columns; what is cut is replaced by `mark` ("…").
[[nodiscard]] std::string shorten(std::string_view utf8, std::size_t width, std::string_view mark);

/// ASCII only: dashes, quotes and signs by their usual stand-ins, everything else as \u{hex}.
[[nodiscard]] std::string to_ascii(std::string_view utf8);

}  // namespace dropscope
