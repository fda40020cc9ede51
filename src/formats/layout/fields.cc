#include "formats/layout/fields.h"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/text.h"

namespace dropscope::layout {
namespace {

/// Between keys and values of one line; more are no line of a log.
constexpr std::size_t kMostParts = 4096;

/// Of a value without quotes. Check Point's exporter puts "|" between members.
constexpr std::string_view kValueEnds = " ,;|";

bool is_key_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

/// Behind the closing quote of the text that begins at `at`, a quote; the line's end without one.
std::size_t skip_quoted(std::string_view line, std::size_t at) {
  for (++at; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '"') {
      return at + 1;
    }
  }
  return line.size();
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

std::size_t put(std::string_view key, std::string_view value, std::span<const Wanted> wanted,
                Values& values) {
  std::size_t found = 0;
  for (const Wanted& want : wanted) {
    if (want.name.empty() || want.name != key || !values[want.slot].empty()) continue;
    values[want.slot] = value;
    ++found;
  }
  return found;
}

/// Where `c` stands next, not behind a backslash; the line's end without one.
std::size_t find_unescaped(std::string_view line, char c, std::size_t at) {
  for (; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == c) {
      return at;
    }
  }
  return line.size();
}

/// Between two members of LEEF: a character, or its code as in "x7C" and "0x09"; the tab without.
char leef_delimiter(std::string_view text) {
  if (text.size() == 1) return text.front();
  const std::size_t x = text.find_first_of("xX");
  int code = 0;
  if (x == std::string_view::npos ||
      std::from_chars(text.data() + x + 1, text.data() + text.size(), code, 16).ec != std::errc() ||
      code <= 0 || code > 127) {
    return '\t';
  }
  return static_cast<char>(code);
}

/// End of the member that begins at `at`. Between spaces a member ends only where another begins,
/// as values hold spaces: with a key and an equals sign.
std::size_t end_of_member(std::string_view line, std::size_t at, char delimiter) {
  if (delimiter != ' ') return std::min(line.find(delimiter, at), line.size());
  std::size_t from = find_unescaped(line, '=', at);
  while (from < line.size()) {
    const std::size_t equals = find_unescaped(line, '=', from + 1);
    if (equals >= line.size()) break;
    std::size_t key = equals;
    while (key > from + 1 && is_key_char(line[key - 1])) --key;
    if (key < equals && line[key - 1] == ' ') return key - 1;
    from = equals;
  }
  return line.size();
}

}  // namespace

std::size_t read_cef(std::string_view line, std::span<const Wanted> wanted, Values& values) {
  const std::size_t leef = line.find("LEEF:");
  const bool is_leef = leef != std::string_view::npos;
  const std::size_t mark = is_leef ? leef : line.find("CEF:");
  if (mark == std::string_view::npos) return 0;

  std::size_t found = 0;
  std::size_t at = line.find(':', mark) + 1;
  bool names_delimiter = false;
  const std::size_t header_parts = is_leef ? 5 : 7;
  for (std::size_t part = 1; part <= header_parts; ++part) {
    const std::size_t end = find_unescaped(line, '|', at);
    if (end >= line.size()) return 0;
    const std::string_view text = trim(line.substr(at, end - at));
    for (const Wanted& want : wanted) {
      if (want.position != part || !values[want.slot].empty()) continue;
      values[want.slot] = text;
      ++found;
    }
    if (part == 1) names_delimiter = is_leef && text.starts_with('2');
    at = end + 1;
  }
  char delimiter = is_leef ? '\t' : ' ';
  const std::size_t bar = names_delimiter ? line.find('|', at) : std::string_view::npos;
  // LEEF 2.0 may leave the delimiter out.
  if (bar != std::string_view::npos && bar - at <= 4) {
    delimiter = leef_delimiter(line.substr(at, bar - at));
    at = bar + 1;
  }

  for (std::size_t parts = 0; at < line.size() && parts < kMostParts; ++parts) {
    const std::size_t end = end_of_member(line, at, delimiter);
    const std::string_view member = line.substr(at, end - at);
    const std::size_t equals = member.find('=');
    if (equals != std::string_view::npos) {
      found += put(trim(member.substr(0, equals)), trim(member.substr(equals + 1)), wanted, values);
    }
    at = end + 1;
  }
  return found;
}

std::size_t read_key_values(std::string_view line, std::span<const Wanted> wanted, Values& values) {
  std::size_t found = 0;
  std::size_t parts = 0;
  std::size_t at = 0;
  while (at < line.size() && parts < kMostParts) {
    if (!is_key_char(line[at])) {
      at = line[at] == '"' ? skip_quoted(line, at) : at + 1;
      continue;
    }
    const std::size_t begin = at;
    while (at < line.size() && is_key_char(line[at])) ++at;
    const std::string_view key = line.substr(begin, at - begin);
    const bool equals = at < line.size() && line[at] == '=';
    const bool colon = at + 1 < line.size() && line[at] == ':' && line[at + 1] == '"';
    if (!equals && !colon) continue;
    const std::size_t value = ++at;
    if (at < line.size() && line[at] == '"') {
      at = skip_quoted(line, at);
    } else {
      at = std::min(line.find_first_of(kValueEnds, at), line.size());
    }
    ++parts;
    found += put(key, unquoted(line.substr(value, at - value)), wanted, values);
  }
  return found;
}

std::size_t read_json(std::string_view line, std::span<const Wanted> wanted, Values& values) {
  std::size_t found = 0;
  std::size_t parts = 0;
  std::size_t at = 0;
  while (at < line.size() && parts < kMostParts) {
    if (line[at] != '"') {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    at = skip_quoted(line, at);
    const std::string_view key = unquoted(line.substr(begin, at - begin));
    while (at < line.size() && line[at] == ' ') ++at;
    if (at >= line.size() || line[at] != ':') continue;  // A value, or an item of a list.
    ++at;
    while (at < line.size() && line[at] == ' ') ++at;
    if (at >= line.size() || line[at] == '{' || line[at] == '[') continue;
    const std::size_t value = at;
    if (line[at] == '"') {
      at = skip_quoted(line, at);
    } else {
      while (at < line.size() && line[at] != ',' && line[at] != '}' && line[at] != ']') ++at;
    }
    ++parts;
    found += put(key, unquoted(trim(line.substr(value, at - value))), wanted, values);
  }
  return found;
}

void split_row(std::string_view line, char delimiter, bool runs,
               std::vector<std::string_view>& columns) {
  columns.clear();
  std::size_t at = 0;
  while (columns.size() < kMostParts) {
    while (runs && at < line.size() && line[at] == delimiter) ++at;
    if (runs && at >= line.size()) return;
    const std::size_t begin = at;
    if (at < line.size() && line[at] == '"') at = skip_quoted(line, at);
    while (at < line.size() && line[at] != delimiter) ++at;
    columns.push_back(unquoted(trim(line.substr(begin, at - begin))));
    if (at >= line.size()) return;
    ++at;
  }
}

std::size_t read_columns(std::span<const std::string_view> columns,
                         std::span<const std::string> header, std::span<const Wanted> wanted,
                         Values& values) {
  std::size_t found = 0;
  for (const Wanted& want : wanted) {
    std::size_t position = want.position;
    if (position == 0) {
      for (std::size_t i = 0; i < header.size() && position == 0; ++i) {
        if (equals_nocase_ascii(header[i], want.name)) position = i + 1;
      }
    }
    if (position == 0 || position > columns.size()) continue;
    values[want.slot] = columns[position - 1];
    ++found;
  }
  return found;
}

}  // namespace dropscope::layout
