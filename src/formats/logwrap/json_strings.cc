#include "formats/logwrap/json_strings.h"

#include <array>
#include <cstdint>
#include <optional>

namespace dropscope::logwrap {
namespace {

/// Objects of collectors have some fifty keys; more are no line of a log.
constexpr int kMostKeys = 4096;

void skip_spaces(std::string_view json, std::size_t& at) {
  while (at < json.size() && (json[at] == ' ' || json[at] == '\t')) ++at;
}

/// The text of the string that begins at `at`, a quote; `at` goes behind it.
std::string_view take_string(std::string_view json, std::size_t& at) {
  const std::size_t begin = ++at;
  while (at < json.size() && json[at] != '"') at += json[at] == '\\' ? 2U : 1U;
  if (at >= json.size()) {
    at = json.size();
    return json.substr(begin);
  }
  return json.substr(begin, at++ - begin);
}

/// Behind the array that begins at `at`. Strings in it are passed over as such.
std::string_view take_array(std::string_view json, std::size_t& at) {
  const std::size_t begin = at;
  int depth = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      (void)take_string(json, at);
      continue;
    }
    ++at;
    depth += c == '[' || c == '{' ? 1 : 0;
    depth -= c == ']' || c == '}' ? 1 : 0;
    if (depth == 0) break;
  }
  return json.substr(begin, at - begin);
}

std::optional<std::uint32_t> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text.substr(0, 4)) {
    const bool digit = c >= '0' && c <= '9';
    const char low = static_cast<char>(c | 0x20);
    if (!digit && (low < 'a' || low > 'f')) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit ? c - '0' : low - 'a' + 10);
  }
  return value;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code < 0x20 ? ' ' : code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

/// The character of "\uXXXX" whose digits begin at `at`, with the second half of a pair.
void append_escaped(std::string& out, std::string_view quoted, std::size_t& at) {
  constexpr std::uint32_t kReplacement = 0xFFFD;
  const auto first = hex4(quoted.substr(at));
  if (!first) {
    append_utf8(out, kReplacement);
    return;
  }
  at += 4;
  std::uint32_t code = *first;
  if (code >= 0xD800 && code < 0xE000) {
    std::optional<std::uint32_t> second;
    if (code < 0xDC00 && quoted.substr(at, 2) == "\\u") second = hex4(quoted.substr(at + 2));
    if (second && *second >= 0xDC00 && *second < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (*second - 0xDC00);
      at += 6;
    } else {
      code = kReplacement;
    }
  }
  append_utf8(out, code);
}

}  // namespace

void for_each_scalar(std::string_view json, const std::function<void(const Scalar&)>& use) {
  // Keys of the objects that are open.
  std::array<std::string_view, kMostDepth + 1> open{};
  int depth = 0;
  std::string_view key;
  std::size_t at = 0;
  for (int keys = 0; at < json.size() && keys < kMostKeys;) {
    skip_spaces(json, at);
    if (at >= json.size()) return;
    const char c = json[at];
    if (c == '{') {
      if (depth == kMostDepth) {
        (void)take_array(json, at);
        continue;
      }
      open[static_cast<std::size_t>(depth++)] = key;
      ++at;
    } else if (c == '}') {
      --depth;
      ++at;
      if (depth <= 0) return;
    } else if (c == ',') {
      ++at;
    } else if (c == '"') {
      key = take_string(json, at);
      ++keys;
      skip_spaces(json, at);
      if (depth == 0 || at >= json.size() || json[at] != ':') return;
      ++at;
      skip_spaces(json, at);
      if (at >= json.size()) return;
      if (json[at] == '{') continue;
      Scalar scalar;
      scalar.key = key;
      scalar.depth = depth;
      const auto level = static_cast<std::size_t>(depth);
      scalar.parent = open[level - 1];
      scalar.above = level > 1 ? open[level - 2] : std::string_view();
      if (json[at] == '"') {
        scalar.text = true;
        scalar.value = take_string(json, at);
      } else if (json[at] == '[') {
        scalar.value = take_array(json, at);
      } else {
        const std::size_t end = json.find_first_of(",} \t", at);
        scalar.value = json.substr(at, end == std::string_view::npos ? end : end - at);
        at += scalar.value.size();
        if (scalar.value.empty()) return;
      }
      use(scalar);
    } else {
      return;
    }
  }
}

void append_unescaped(std::string& out, std::string_view quoted) {
  for (std::size_t at = 0; at < quoted.size();) {
    const char c = quoted[at++];
    if (c != '\\' || at >= quoted.size()) {
      out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
      continue;
    }
    const char kind = quoted[at++];
    if (kind == 'u') {
      append_escaped(out, quoted, at);
    } else {
      const bool control = kind == 'n' || kind == 't' || kind == 'r' || kind == 'b' || kind == 'f';
      out += control ? ' ' : kind;
    }
  }
}

}  // namespace dropscope::logwrap
