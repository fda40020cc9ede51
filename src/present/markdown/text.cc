#include "present/markdown/text.h"

#include <algorithm>

#include "base/text.h"

namespace dropscope {
namespace {

std::string one_line(std::string_view utf8) {
  std::string line;
  for (const char c : utf8) {
    if (c == '\r') continue;
    line += c == '\n' || c == '\t' ? ' ' : c;
  }
  return printable(line);
}

std::size_t longest_run(std::string_view text, char wanted) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == wanted ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

}  // namespace

std::string markdown_text(std::string_view utf8) {
  // ":" and "@" are escaped where they would make a link or call a person by themselves.
  constexpr std::string_view kMarkup = "\\`*_{}[]<>#|~&$@";
  const std::string line = one_line(utf8);
  std::string out;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool link = line[i] == ':' && std::string_view(line).substr(i + 1, 2) == "//";
    const bool marks_list = i == 0 && (line[i] == '-' || line[i] == '+');
    if (link || marks_list || kMarkup.find(line[i]) != std::string_view::npos) out += '\\';
    out += line[i];
  }
  return out;
}

std::string markdown_code(std::string_view utf8) {
  const std::string line = one_line(utf8);
  if (line.empty()) return {};
  const std::string fence(longest_run(line, '`') + 1, '`');
  // A space at both ends is taken away again; without it a backtick at an end would join the fence.
  const bool padded = line.front() == '`' || line.back() == '`' || line.front() == ' ';
  const std::string_view pad = padded ? " " : "";
  std::string out = fence;
  out.append(pad).append(line).append(pad).append(fence);
  return out;
}

std::string markdown_block(std::string_view utf8, std::size_t indent) {
  const std::string margin(indent, ' ');
  const std::string fence(std::max<std::size_t>(3, longest_run(utf8, '`') + 1), '`');
  std::string out = margin + fence + "text\n";
  for (const std::string_view line : split(utf8, '\n')) out += margin + printable(line) + "\n";
  return out + margin + fence + "\n";
}

}  // namespace dropscope
