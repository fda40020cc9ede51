#pragma once

// Lines for a terminal: wrapped, indented, coloured.
//
// Text is made printable before it is wrapped and coloured after it, so that no byte of evidence
// reaches the terminal as a control sequence and no colour counts as a column.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "present/present.h"

namespace dropscope {

/// How a run of text looks. The few styles that stay readable on light and dark grounds.
enum class Paint { Plain, Bold, Dim, Good, Warn, Bad, Accent };

class Screen {
 public:
  explicit Screen(const TerminalStyle& style);

  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] bool unicode() const { return unicode_; }

  /// A blank line and a title.
  void heading(std::string_view title);
  void blank();

  /// Wrapped text; lines after the first are indented by `hang` more columns.
  void paragraph(std::string_view text, std::size_t indent = 0, std::size_t hang = 0,
                 Paint paint = Paint::Plain);

  /// "label   text": the label in its own column of `label_width`, the text wrapped beside it.
  void labelled(std::string_view label, std::string_view text, std::size_t indent,
                std::size_t label_width, Paint label_paint = Paint::Bold,
                Paint text_paint = Paint::Plain);

  /// One line that is never wrapped, because people copy it (a command).
  void verbatim(std::string_view text, std::size_t indent, Paint paint = Paint::Accent);

  /// A row of cells that already fit; nothing is wrapped.
  struct Cell {
    std::string text;
    Paint paint = Paint::Plain;
  };
  void row(const std::vector<Cell>& cells, std::size_t indent = 0);

  /// The text as the terminal may show it: printable, ASCII where asked.
  [[nodiscard]] std::string clean(std::string_view text) const;

  [[nodiscard]] std::string take();

 private:
  [[nodiscard]] std::string painted(std::string_view text, Paint paint) const;

  bool colour_;
  bool unicode_;
  std::size_t width_;
  std::string out_;
};

/// A table whose columns share the width: columns are as wide as their longest cell, and the first
/// is shortened when the sum is too wide.
struct TableColumn {
  std::string name;
  bool right = false;  ///< Numbers.
};
void write_table(Screen& screen, const std::vector<TableColumn>& columns,
                 const std::vector<std::vector<std::string>>& rows, std::size_t indent);

}  // namespace dropscope
