#include "formats/netstate/route.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace dropscope::netstate {
namespace {

/// Bits of a mask such as 255.255.240.0; nothing when its ones are not together.
std::optional<int> bits_of(const IpAddress& mask) {
  int bits = 0;
  bool ended = false;
  for (std::size_t i = 0; i < 4; ++i) {
    for (int bit = 7; bit >= 0; --bit) {
      const bool one = ((mask.bytes()[i] >> bit) & 1) != 0;
      if (one && ended) return std::nullopt;
      ended = ended || !one;
      bits += one ? 1 : 0;
    }
  }
  return bits;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (words.size() < 8) {
    line = trim(line);
    if (line.empty()) break;
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

std::optional<RouteRow> ipv6_row(const std::vector<std::string_view>& words) {
  if (words.size() < 3 || words.size() > 4 || !parse_int(words[0]) || !parse_int(words[1])) {
    return std::nullopt;
  }
  const std::size_t slash = words[2].find('/');
  if (slash == words[2].npos) return std::nullopt;
  const auto address = IpAddress::parse(words[2].substr(0, slash));
  const auto prefix = parse_int(words[2].substr(slash + 1));
  if (!address || address->is_v4() || !prefix || *prefix < 0 || *prefix > 128) return std::nullopt;
  RouteRow row;
  row.destination = *address;
  row.prefix = static_cast<int>(*prefix);
  row.gateway_follows = words.size() == 3;
  if (words.size() == 4) row.gateway = IpAddress::parse(words[3]);
  return row;
}

}  // namespace

std::optional<RouteRow> parse_route_line(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  if (auto row = ipv6_row(words)) return row;
  if (words.size() < 4 || words.size() > 5) return std::nullopt;
  const auto destination = IpAddress::parse(words[0]);
  const auto mask = IpAddress::parse(words[1]);
  if (!destination || !mask || !destination->is_v4() || !mask->is_v4()) return std::nullopt;
  const auto bits = bits_of(*mask);
  if (!bits) return std::nullopt;
  RouteRow row;
  row.destination = *destination;
  row.prefix = *bits;
  row.gateway = IpAddress::parse(words[2]);
  row.persistent = words.size() == 4;
  if (words.size() == 5) {
    row.interface = IpAddress::parse(words[3]);
    if (!row.interface || !parse_int(words[4])) return std::nullopt;
  }
  return row;
}

std::string_view parse_interface_line(std::string_view line) {
  line = trim(line);
  const std::size_t dots = line.find("...");
  if (dots == line.npos || dots == 0 || !parse_int(line.substr(0, dots))) return {};
  std::string_view name = line.substr(line.rfind("..") + 2);
  return trim(name);
}

}  // namespace dropscope::netstate
