#pragma once

// What netstat prints, line by line. The page is FORMAT.md.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"

namespace dropscope::netstate {

struct NetstatRow {
  std::uint64_t line = 0;
  bool tcp = true;
  IpEndpoint local;
  IpEndpoint remote;
  std::string remote_name;  ///< Where a name stands instead of an address.
  std::string state;        ///< As printed; empty for UDP.
  std::optional<std::uint32_t> pid;
  std::string process;  ///< "OUTLOOK.EXE", with -b.
};

/// Nothing for a line that is no connection.
[[nodiscard]] std::optional<NetstatRow> parse_netstat_line(std::string_view line);

/// The name in "[OUTLOOK.EXE]"; empty for other lines.
[[nodiscard]] std::string_view parse_process_line(std::string_view line);

/// Name of a state that Get-NetTCPConnection writes as a number into JSON; empty if unknown.
[[nodiscard]] std::string_view tcp_state_name(std::int64_t number);

}  // namespace dropscope::netstate
