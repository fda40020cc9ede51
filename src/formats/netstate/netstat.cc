#include "formats/netstate/netstat.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace dropscope::netstate {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  // Seven words are more than any row has; a longer line is none.
  while (words.size() < 8) {
    line = trim(line);
    if (line.empty()) break;
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

struct Side {
  IpEndpoint endpoint;
  std::string name;
};

/// "10.0.0.1:443", "[::1%9]:443", "*:*", "api:https".
std::optional<Side> parse_side(std::string_view text) {
  if (text == "*:*") return Side{};
  if (const auto endpoint = IpEndpoint::parse(text)) {
    if (text.find(':') == text.npos) return std::nullopt;
    return Side{*endpoint, {}};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos || colon == 0 || colon + 1 == text.size()) return std::nullopt;
  const std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  Side side;
  if (const auto address = IpAddress::parse(host)) {
    side.endpoint.address = *address;
  } else {
    const bool plain = std::all_of(host.begin(), host.end(), [](char c) {
      return static_cast<unsigned char>(c) > ' ' && c != ':' && c != '/' && c != '"';
    });
    if (!plain) return std::nullopt;
    side.name = std::string(host);
  }
  // Without -n well-known ports are names; "https" is the one that matters here.
  if (const auto number = parse_int(port); number && *number >= 0 && *number <= 65535) {
    side.endpoint.port = static_cast<std::uint16_t>(*number);
  } else if (equals_nocase_ascii(port, "https")) {
    side.endpoint.port = 443;
  } else if (equals_nocase_ascii(port, "http")) {
    side.endpoint.port = 80;
  }
  return side;
}

}  // namespace

std::optional<NetstatRow> parse_netstat_line(std::string_view line) {
  const std::vector<std::string_view> words = words_of(line);
  if (words.size() < 3 || words.size() > 6) return std::nullopt;
  NetstatRow row;
  const std::string protocol = to_lower_ascii(words[0]);
  row.tcp = protocol == "tcp" || protocol == "tcpv6";
  if (!row.tcp && protocol != "udp" && protocol != "udpv6") return std::nullopt;
  const auto local = parse_side(words[1]);
  const auto remote = parse_side(words[2]);
  if (!local || !remote) return std::nullopt;
  row.local = local->endpoint;
  row.remote = remote->endpoint;
  row.remote_name = remote->name;
  for (std::size_t i = 3; i < words.size(); ++i) {
    const auto number = parse_int(words[i]);
    if (number && *number >= 0 && *number <= 0xffffffffLL) {
      row.pid = static_cast<std::uint32_t>(*number);
    } else if (row.tcp && row.state.empty()) {
      row.state = std::string(words[i]);
    }
  }
  return row;
}

std::string_view parse_process_line(std::string_view line) {
  line = trim(line);
  if (line.size() < 3 || line.front() != '[' || line.back() != ']') return {};
  return line.substr(1, line.size() - 2);
}

std::string_view tcp_state_name(std::int64_t number) {
  // MIB_TCP_STATE (iprtrmib.h), and Bound, which Windows 10 adds, as the cmdlet spells them.
  switch (number) {
    case 1:
      return "Closed";
    case 2:
      return "Listen";
    case 3:
      return "SynSent";
    case 4:
      return "SynReceived";
    case 5:
      return "Established";
    case 6:
      return "FinWait1";
    case 7:
      return "FinWait2";
    case 8:
      return "CloseWait";
    case 9:
      return "Closing";
    case 10:
      return "LastAck";
    case 11:
      return "TimeWait";
    case 12:
      return "DeleteTCB";
    case 100:
      return "Bound";
    default:
      return {};
  }
}

}  // namespace dropscope::netstate
