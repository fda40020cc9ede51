#include "present/terminal/screen.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "present/text/layout.h"

namespace dropscope {

namespace {

constexpr int kLeastWidth = 40;  // present.h promises no narrower layout.
// Prose longer than this is hard to follow from line end to line start; tables may use the whole
// width.
constexpr std::size_t kProseWidth = 100;

// SGR sequences of ECMA-48; every terminal that knows colour knows these.
std::string_view sequence(Paint paint) {
  switch (paint) {
    case Paint::Plain:
      return "";
    case Paint::Bold:
      return "\x1b[1m";
    case Paint::Dim:
      return "\x1b[2m";
    case Paint::Good:
      return "\x1b[32m";
    case Paint::Warn:
      return "\x1b[33m";
    case Paint::Bad:
      return "\x1b[31m";
    case Paint::Accent:
      return "\x1b[36m";
  }
  return "";
}

}  // namespace

Screen::Screen(const TerminalStyle& style)
    : colour_(style.colour),
      unicode_(style.unicode),
      width_(static_cast<std::size_t>(std::max(style.width, kLeastWidth))) {}

std::string Screen::clean(std::string_view text) const {
  // A line feed in a text is white space here; other control characters are shown by printable().
  std::string flat(text);
  std::replace(flat.begin(), flat.end(), '\n', ' ');
  std::string safe = printable(flat);
  return unicode_ ? safe : to_ascii(safe);
}

std::string Screen::painted(std::string_view text, Paint paint) const {
  if (!colour_ || paint == Paint::Plain || text.empty()) return std::string(text);
  std::string out(sequence(paint));
  out += text;
  out += "\x1b[0m";
  return out;
}

void Screen::blank() {
  out_ += '\n';
}

void Screen::heading(std::string_view title) {
  blank();
  paragraph(title, 0, 0, Paint::Bold);
}

void Screen::paragraph(std::string_view text, std::size_t indent, std::size_t hang, Paint paint) {
  const std::size_t inner = std::min(width_, kProseWidth + indent) - indent - hang;
  bool first = true;
  for (const std::string& l : wrap(clean(text), inner)) {
    out_.append(first ? indent : indent + hang, ' ');
    out_ += painted(l, paint);
    out_ += '\n';
    first = false;
  }
}

void Screen::labelled(std::string_view label, std::string_view text, std::size_t indent,
                      std::size_t label_width, Paint label_paint, Paint text_paint) {
  const std::string name = clean(label);
  const std::size_t left = indent + label_width;
  const std::vector<std::string> lines =
      wrap(clean(text), std::min(width_, kProseWidth + left) - left);
  std::size_t next = 0;
  if (display_width(name) < label_width) {
    out_.append(indent, ' ');
    out_ += painted(name, label_paint);
    out_.append(label_width - display_width(name), ' ');
    out_ += painted(lines.front(), text_paint);
    out_ += '\n';
    next = 1;
  } else {
    paragraph(label, indent, 0, label_paint);
  }
  for (; next < lines.size(); ++next) {
    out_.append(left, ' ');
    out_ += painted(lines[next], text_paint);
    out_ += '\n';
  }
}

void Screen::verbatim(std::string_view text, std::size_t indent, Paint paint) {
  out_.append(indent, ' ');
  out_ += painted(clean(text), paint);
  out_ += '\n';
}

void Screen::row(const std::vector<Cell>& cells, std::size_t indent) {
  std::vector<Cell> shown;
  for (const Cell& c : cells) shown.push_back({clean(c.text), c.paint});
  while (!shown.empty()) {
    std::string& last = shown.back().text;
    last.erase(last.find_last_not_of(' ') + 1);
    if (!last.empty()) break;
    shown.pop_back();
  }
  out_.append(shown.empty() ? 0 : indent, ' ');
  for (const Cell& c : shown) out_ += painted(c.text, c.paint);
  out_ += '\n';
}

std::string Screen::take() {
  return std::exchange(out_, {});
}

void write_table(Screen& screen, const std::vector<TableColumn>& columns,
                 const std::vector<std::vector<std::string>>& rows, std::size_t indent) {
  constexpr std::size_t kGap = 2;
  constexpr std::size_t kLeastFirst = 24;  // Tells host names with a common suffix apart.
  std::vector<std::size_t> widths;
  for (const TableColumn& c : columns) widths.push_back(display_width(screen.clean(c.name)));
  for (const auto& r : rows) {
    for (std::size_t i = 0; i < r.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(screen.clean(r[i])));
    }
  }
  std::size_t sum = indent + kGap * (columns.size() - 1);
  for (const std::size_t w : widths) sum += w;
  if (sum > screen.width()) {
    const std::size_t excess = sum - screen.width();
    const std::size_t spare = widths[0] > kLeastFirst ? widths[0] - kLeastFirst : 0;
    sum -= std::min(excess, spare);
    widths[0] -= std::min(excess, spare);
  }
  // Columns that still do not fit are left out from the right; the other outputs show them.
  std::size_t shown = columns.size();
  while (shown > 1 && sum > screen.width()) {
    --shown;
    sum -= widths[shown] + kGap;
  }
  const auto cell = [&](std::size_t i, const std::string& text, Paint paint) {
    const std::string fitted = shorten(screen.clean(text), widths[i], screen.unicode() ? "…" : "~");
    std::string padded =
        columns[i].right ? pad_left(fitted, widths[i]) : pad_right(fitted, widths[i]);
    if (i + 1 < shown) padded.append(kGap, ' ');
    return Screen::Cell{std::move(padded), paint};
  };
  std::vector<Screen::Cell> cells;
  for (std::size_t i = 0; i < shown; ++i) cells.push_back(cell(i, columns[i].name, Paint::Dim));
  screen.row(cells, indent);
  for (const auto& r : rows) {
    cells.clear();
    for (std::size_t i = 0; i < shown; ++i) cells.push_back(cell(i, r[i], Paint::Plain));
    screen.row(cells, indent);
  }
}

}  // namespace dropscope
