#pragma once

// What a computer says of its network: netstat, Get-NetTCPConnection, route print, ipconfig,
// systeminfo, w32tm, netsh wlan, and objects of PowerShell about the same.

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "evidence/intake/raw.h"
#include "evidence/intake/source_reader.h"

namespace dropscope {

/// Whether `test` holds for one of the first `most` lines; of long lines it sees the beginning.
template <typename Test>
bool any_line(std::string_view text, int most, const Test& test) {
  constexpr std::size_t kMostBytes = 512;
  for (int line = 0; line < most && !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (test(text.substr(0, std::min(end, kMostBytes)))) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

[[nodiscard]] bool is_netstat(const Head& head);
[[nodiscard]] SourceIntake read_netstat(const Content& content, const ReadContext& context);

[[nodiscard]] bool is_net_tcp_connection(const Head& head);
[[nodiscard]] SourceIntake read_net_tcp_connection(const Content& content,
                                                   const ReadContext& context);

[[nodiscard]] bool is_route_print(const Head& head);
[[nodiscard]] SourceIntake read_route_print(const Content& content, const ReadContext& context);

[[nodiscard]] bool is_ipconfig(const Head& head);
[[nodiscard]] SourceIntake read_ipconfig(const Content& content, const ReadContext& context);

[[nodiscard]] bool is_systeminfo(const Head& head);
[[nodiscard]] SourceIntake read_systeminfo(const Content& content, const ReadContext& context);

[[nodiscard]] bool is_time_status(const Head& head);
[[nodiscard]] SourceIntake read_time_status(const Content& content, const ReadContext& context);

[[nodiscard]] bool is_wireless_state(const Head& head);
[[nodiscard]] SourceIntake read_wireless_state(const Content& content, const ReadContext& context);

[[nodiscard]] bool is_network_clixml(const Head& head);
[[nodiscard]] SourceIntake read_network_clixml(const Content& content, const ReadContext& context);

/// Whether an address says where a computer is: not loopback, link-local or unspecified.
[[nodiscard]] bool is_own_address(const IpAddress& address);

/// The words that recognisers compare with.
[[nodiscard]] const StatusWords& status_words_of(const Head& head);

}  // namespace dropscope
