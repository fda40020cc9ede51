#include "evidence/intake/table_header.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace dropscope {
namespace {

/// Names that people give the same thing.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kSame = {{
    {"subnet", "cidr"},
    {"network", "cidr"},
    {"range", "cidr"},
    {"prefix", "cidr"},
    {"site", "office"},
    {"location", "office"},
    {"nat_address", "nat"},
    {"lb", "load_balancer"},
    {"loadbalancer", "load_balancer"},
    {"balancer", "load_balancer"},
    {"vip", "virtual_address"},
    {"virtual_ip", "virtual_address"},
    {"ip", "address"},
    {"ip_address", "address"},
}};

}  // namespace

std::string table_column(std::string_view name) {
  std::string out = to_lower_ascii(trim(name));
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
  for (const auto& [from, to] : kSame) {
    if (out == from) return std::string(to);
  }
  return out;
}

std::vector<std::string> header_columns(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool names_separator = line.size() == 5 && equals_nocase_ascii(line.substr(0, 4), "sep=");
    if (line.empty() || line.front() == '#' || names_separator) continue;
    for (const char separator : {',', ';', '\t'}) {
      const auto cells = split(line, separator);
      if (cells.size() < 2) continue;
      std::vector<std::string> out;
      for (std::string_view cell : cells) {
        cell = trim(cell);
        if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') {
          cell = cell.substr(1, cell.size() - 2);
        }
        out.push_back(table_column(cell));
      }
      return out;
    }
    return {};
  }
  return {};
}

}  // namespace dropscope
