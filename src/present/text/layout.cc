// The breaking rule is a small part of Unicode's (UAX 14): enough for prose, file names and East
// Asian text, whose characters may be parted anywhere. A full implementation needs a large property
// table and would change nothing in the texts at hand.
#include "present/text/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/utf8_decode.h"
#include "present/text/unicode_ranges.h"

namespace dropscope {

namespace {

// No line is narrower: below this, wrapping would put single letters under each other.
constexpr std::size_t kNarrowest = 8;

bool contains(std::span<const CodePointRange> ranges, char32_t c) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), c,
                       [](char32_t value, const CodePointRange& r) { return value < r.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

std::size_t columns_of(const Utf8Character& c) {
  if (!c.valid || c.code_point < 0x300) return 1;
  if (contains(zero_width_ranges(), c.code_point)) return 0;
  return contains(wide_ranges(), c.code_point) ? 2 : 1;
}

// A run of text that stays together on a line.
struct Piece {
  std::string_view text;
  std::size_t columns = 0;
  bool space_before = false;
};

std::vector<Piece> pieces_of(std::string_view line) {
  std::vector<Piece> pieces;
  bool joined = false;  // The next character belongs to the last piece.
  bool space = false;
  while (!line.empty()) {
    const Utf8Character c = decode_utf8(line);
    const std::size_t columns = columns_of(c);
    if (c.valid && c.code_point == ' ') {
      space = true;
      joined = false;
    } else {
      const bool combines = columns == 0 && !pieces.empty() && !space;
      const bool alone = columns == 2;
      if (!combines && (!joined || alone)) {
        pieces.push_back({line.substr(0, 0), 0, space && !pieces.empty()});
      }
      Piece& piece = pieces.back();
      piece.text = {piece.text.data(), piece.text.size() + c.size};
      piece.columns += columns;
      if (!combines) joined = !alone;
      space = false;
    }
    line.remove_prefix(c.size);
  }
  return pieces;
}

// The longest front of `text` that fits `width` columns; at least one character.
std::string_view front(std::string_view text, std::size_t width) {
  std::size_t bytes = 0;
  std::size_t used = 0;
  while (bytes < text.size()) {
    const Utf8Character c = decode_utf8(text.substr(bytes));
    const std::size_t columns = columns_of(c);
    if (bytes > 0 && used + columns > width) break;
    used += columns;
    bytes += c.size;
  }
  return text.substr(0, bytes);
}

void wrap_line(std::string_view line, std::size_t width, std::vector<std::string>& out) {
  std::string current;
  std::size_t used = 0;
  bool empty = true;
  for (Piece piece : pieces_of(line)) {
    const std::size_t gap = piece.space_before && !empty ? 1 : 0;
    if (!empty && used + gap + piece.columns > width) {
      out.push_back(std::move(current));
      current.clear();
      used = 0;
      empty = true;
    }
    if (piece.space_before && !empty) {
      current += ' ';
      ++used;
    }
    while (piece.columns > width) {
      const std::string_view part = front(piece.text, width);
      out.emplace_back(part);
      piece.text.remove_prefix(part.size());
      piece.columns = display_width(piece.text);
    }
    current += piece.text;
    used += piece.columns;
    empty = current.empty();
  }
  out.push_back(std::move(current));
}

std::string_view ascii_stand_in(char32_t c) {
  switch (c) {
    case 0x00A0:
    case 0x2007:
    case 0x2009:
    case 0x202F:
      return " ";
    case 0x00B1:
      return "+/-";
    case 0x00B7:
    case 0x2022:
      return "*";
    case 0x00D7:
      return "x";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2212:
      return "-";
    case 0x2018:
    case 0x2019:
      return "'";
    case 0x201C:
    case 0x201D:
    case 0x201E:
      return "\"";
    case 0x2026:
      return "...";
    case 0x2192:
      return "->";
    case 0x2248:
      return "~";
    case 0x2264:
      return "<=";
    case 0x2265:
      return ">=";
    default:
      return {};
  }
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
  std::size_t columns = 0;
  while (!utf8.empty()) {
    const Utf8Character c = decode_utf8(utf8);
    columns += columns_of(c);
    utf8.remove_prefix(c.size);
  }
  return columns;
}

std::vector<std::string> wrap(std::string_view utf8, std::size_t width) {
  width = std::max(width, kNarrowest);
  std::vector<std::string> lines;
  for (;;) {
    const std::size_t end = utf8.find('\n');
    wrap_line(utf8.substr(0, end), width, lines);
    if (end == std::string_view::npos) return lines;
    utf8.remove_prefix(end + 1);
  }
}

std::string pad_right(std::string_view utf8, std::size_t width) {
  std::string out(utf8);
  const std::size_t used = display_width(utf8);
  if (used < width) out.append(width - used, ' ');
  return out;
}

std::string pad_left(std::string_view utf8, std::size_t width) {
  const std::size_t used = display_width(utf8);
  std::string out(used < width ? width - used : 0, ' ');
  out += utf8;
  return out;
}

std::string shorten(std::string_view utf8, std::size_t width, std::string_view mark) {
  if (display_width(utf8) <= width) return std::string(utf8);
  const std::size_t mark_columns = display_width(mark);
  if (mark_columns >= width) return std::string(front(utf8, width));
  std::string out(front(utf8, width - mark_columns));
  out += mark;
  return out;
}

std::string to_ascii(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  while (!utf8.empty()) {
    const Utf8Character c = decode_utf8(utf8);
    if (c.code_point < 0x80) {
      out += static_cast<char>(c.code_point);
    } else if (const std::string_view stand_in = ascii_stand_in(c.code_point); !stand_in.empty()) {
      out += stand_in;
    } else {
      fmt::format_to(std::back_inserter(out), "\\u{{{:x}}}",
                     static_cast<std::uint32_t>(c.code_point));
    }
    utf8.remove_prefix(c.size);
  }
  return out;
}

}  // namespace dropscope
