#include "formats/text/row_splitter.h"

#include <utility>

#include "base/text.h"

namespace dropscope::text {
namespace {

constexpr char character_of(Separator separator) {
  switch (separator) {
    case Separator::Tab:
      return '\t';
    case Separator::Semicolon:
      return ';';
    case Separator::Comma:
      return ',';
    case Separator::Bar:
    case Separator::Spaces:
      break;
  }
  return '|';
}

/// Characters of UTF-8: all bytes but those that continue one.
std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;
  return count;
}

std::vector<RowCell> split_by_spaces(std::string_view line) {
  std::vector<RowCell> cells;
  std::size_t at = 0;
  std::size_t counted = 0;  // Bytes before `column`.
  std::size_t column = 0;
  while (at < line.size()) {
    if (line[at] == ' ' || line[at] == '\t') {
      ++at;
      continue;
    }
    std::size_t end = cells.size() + 1 == kMaxRowCells ? line.size() : line.find("  ", at);
    if (end == std::string_view::npos) end = line.size();
    column += characters(line.substr(counted, at - counted));
    counted = at;
    cells.push_back({std::string(trim(line.substr(at, end - at))), column});
    at = end;
  }
  return cells;
}

/// The text of a quoted cell that begins at `at`; leaves `at` behind its closing quote.
std::string unquote(std::string_view line, std::size_t& at) {
  std::string out;
  for (++at; at < line.size(); ++at) {
    if (line[at] != '"') {
      out.push_back(line[at]);
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      out.push_back('"');
      ++at;
    } else {
      ++at;
      break;
    }
  }
  return out;
}

}  // namespace

std::vector<RowCell> split_row(std::string_view line, Separator separator) {
  if (separator == Separator::Spaces) return split_by_spaces(line);
  const char by = character_of(separator);
  const bool quotes = separator == Separator::Comma || separator == Separator::Semicolon;
  std::vector<RowCell> cells;
  std::size_t at = 0;
  std::size_t column = 0;
  for (;;) {
    const std::size_t begin = at;
    RowCell& cell = cells.emplace_back();
    cell.begin = column;
    if (quotes && at < line.size() && line[at] == '"') {
      cell.text = unquote(line, at);
    }
    const bool last = cells.size() == kMaxRowCells;
    std::size_t end = last ? std::string_view::npos : line.find(by, at);
    if (end == std::string_view::npos) end = line.size();
    cell.text += line.substr(at, end - at);
    cell.text = std::string(trim(cell.text));
    if (end == line.size()) break;
    at = end + 1;
    column += characters(line.substr(begin, at - begin));
  }
  if (separator == Separator::Bar && cells.size() > 1) {
    if (cells.back().text.empty()) cells.pop_back();
    if (cells.front().text.empty()) cells.erase(cells.begin());
  }
  return cells;
}

}  // namespace dropscope::text
