#include "formats/layout/fields.h"

#include <algorithm>

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
    if (want.name != key || !values[want.slot].empty()) continue;
    values[want.slot] = value;
    ++found;
  }
  return found;
}

}  // namespace

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
