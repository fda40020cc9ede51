#pragma once

// What a computer says of its network: netstat, Get-NetTCPConnection, route print, ipconfig,
// systeminfo, w32tm, netsh wlan, and objects of PowerShell about the same.

#include "evidence/intake/raw.h"
#include "evidence/intake/source_reader.h"

namespace dropscope {

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
