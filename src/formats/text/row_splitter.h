#pragma once

// One line of a table, cut into cells: text that people copied from a window or a console and
// pasted somewhere, so that tabs may have become spaces and a wiki may have put bars between.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope::text {

enum class Separator : std::uint8_t {
  Tab,
  Semicolon,
  Comma,
  Bar,     ///< "| a | b |", as in Markdown.
  Spaces,  ///< Two or more.
};
inline constexpr std::array kSeparators = {Separator::Tab, Separator::Semicolon, Separator::Comma,
                                           Separator::Bar, Separator::Spaces};

struct RowCell {
  std::string text;       ///< Trimmed, without its quotes.
  std::size_t begin = 0;  ///< Characters before it in the line.
};

/// A row has at most this many cells; the rest of a longer line stays in the last one.
inline constexpr std::size_t kMaxRowCells = 256;

/// Quotes around a cell are taken off where the separator is a comma or a semicolon, and "" inside
/// is one quote. For Bar a cell before the first bar and after the last one is left out when empty.
/// For Spaces there are no empty cells: what stands where is told by `begin`.
[[nodiscard]] std::vector<RowCell> split_row(std::string_view line, Separator separator);

}  // namespace dropscope::text
