// Each line is taken for what it looks like by itself: a header, a row below the last header, or a
// row without one. So two windows in one file, or a window in the middle of a mail, are read too.

#include "evidence/intake/connection_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "evidence/intake/network_state.h"
#include "evidence/intake/status_rows.h"
#include "formats/text/line_reader.h"
#include "formats/text/row_splitter.h"

namespace dropscope {
namespace {

/// A window shows some tens of connections; a file of many windows still has fewer rows than this.
constexpr std::size_t kMostRows = 100'000;
/// Longer lines are no rows of the window: its cells are host names and words.
constexpr std::size_t kLongestLine = 8192;

std::vector<std::string_view> texts_of(const std::vector<text::RowCell>& cells) {
  std::vector<std::string_view> out;
  for (const text::RowCell& cell : cells) out.push_back(cell.text);
  return out;
}

/// A header with the way its line is cut.
struct Layout {
  StatusHeader header;
  text::Separator separator = text::Separator::Tab;
  std::vector<std::size_t> begins;
};

std::optional<Layout> find_header(std::string_view line, const StatusWords& words) {
  std::optional<Layout> best;
  for (const text::Separator separator : text::kSeparators) {
    const std::vector<text::RowCell> cells = text::split_row(line, separator);
    if (cells.size() < 4) continue;
    StatusHeader header = status_header(texts_of(cells), words);
    if (!is_status_header(header) || (best && best->header.known >= header.known)) continue;
    best.emplace(Layout{std::move(header), separator, {}});
    for (const text::RowCell& cell : cells) best->begins.push_back(cell.begin);
  }
  return best;
}

/// The header's column that a cell of a row stands under.
std::size_t column_under(const Layout& layout, const text::RowCell& cell) {
  std::size_t index = 0;
  while (index + 1 < layout.begins.size() && layout.begins[index + 1] <= cell.begin) ++index;
  return index;
}

std::optional<StatusRow> row_below(const Layout& layout, std::string_view line,
                                   const StatusWords& words) {
  const std::vector<text::RowCell> cells = text::split_row(line, layout.separator);
  if (cells.size() < 2) return std::nullopt;
  const bool by_place =
      layout.separator == text::Separator::Spaces && cells.size() != layout.begins.size();
  StatusRow row;
  std::size_t fits = 0;
  std::size_t misfits = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t index = by_place ? column_under(layout, cells[i]) : i;
    if (index >= layout.header.columns.size() || !layout.header.columns[index]) continue;
    const StatusColumn column = *layout.header.columns[index];
    if (cells[i].text.empty()) continue;
    if (is_checked(column)) {
      ++(fits_column(column, cells[i].text, words) ? fits : misfits);
    } else if (column == StatusColumn::Type || column == StatusColumn::Status) {
      fits += words.word(column, cells[i].text) ? 1u : 0u;
    }
    std::string& there = row[column];
    there += (there.empty() ? "" : " ") + cells[i].text;
  }
  if (fits == 0 || misfits > fits) return std::nullopt;
  return row;
}

std::optional<StatusRow> row_alone(std::string_view line, const StatusWords& words) {
  for (const text::Separator separator : text::kSeparators) {
    const std::vector<text::RowCell> cells = text::split_row(line, separator);
    if (auto row = recognise_row(texts_of(cells), words)) return row;
  }
  return std::nullopt;
}

/// Rulers of Markdown tables and fences of code.
bool is_decoration(std::string_view line) {
  return line.find_first_not_of("-|:=+`~ \t") == line.npos;
}

}  // namespace

bool is_status_text(const Head& head) {
  const StatusWords& words = status_words_of(head);
  std::string_view rest = head.text;
  // A mail around the window is short; what shows no row in its first lines is something else.
  for (int line = 0; line < 200 && !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.size() > kLongestLine) continue;
    if (find_header(text, words) || row_alone(text, words)) return true;
  }
  return false;
}

SourceIntake read_status_text(const Content& content, const ReadContext& context) {
  SourceIntake out;
  Source& source = out.source;
  source.kind = "connection-status";
  const StatusWords& words = context.catalogue.status_words;
  std::vector<StatusRow> rows;
  std::optional<Layout> layout;
  bool with_header = false;
  text::LineReader lines(content.bytes);
  std::uint64_t before = 0;  // Lines of text above the first row or header.
  for (text::Line line; lines.next(line);) {
    const auto note = [&](std::string what) {
      add_damage(source, line.number, fmt::format("line {}: {}", line.number, what),
                 context.damage_kept);
    };
    if (line.number == 1 && line.text.starts_with("\xEF\xBB\xBF")) line.text.remove_prefix(3);
    if (is_decoration(line.text)) continue;
    if (line.text.size() > kLongestLine) {
      note(fmt::format("expected a row of the window, found {} characters", line.text.size()));
      continue;
    }
    if (auto header = find_header(line.text, words)) {
      layout = std::move(header);
      with_header = true;
      continue;
    }
    auto row = layout ? row_below(*layout, line.text, words) : std::nullopt;
    if (!row) row = row_alone(line.text, words);
    if (!row) {
      if (rows.empty() && !layout) {
        ++before;
        continue;
      }
      note(fmt::format("expected a row of the window, found \"{}\"",
                       printable(line.text.substr(0, 60))));
      continue;
    }
    if (rows.size() >= kMostRows) {
      note(fmt::format("more than {} rows; the rest is not used", kMostRows));
      break;
    }
    for (const StatusColumn column : kStatusColumns) {
      const std::string& cell = (*row)[column];
      if (cell.empty() || !is_checked(column) || fits_column(column, cell, words)) continue;
      if (cell.find_first_not_of('-') == std::string::npos) continue;
      note(fmt::format("column {}: found \"{}\", which is none of the values that this column has",
                       to_string(column), printable(std::string_view(cell).substr(0, 60))));
    }
    row->place = line.number;
    rows.push_back(std::move(*row));
  }
  if (before > 0) {
    out.assumptions.push_back(
        fmt::format("{} above the first row {} not read as part of the window",
                    count_of(before, "line"), before == 1 ? "is" : "are"));
  }
  if (!with_header && !rows.empty()) {
    out.assumptions.push_back(
        "there is no header that is known; columns were recognised by what they hold");
  }
  add_status_rows(rows, words, with_header ? RowSet::WithHeader : RowSet::Selected, out);
  source.records = rows.size();
  source.state = source.damage_count == 0 ? SourceState::Read : SourceState::Damaged;
  return out;
}

}  // namespace dropscope
