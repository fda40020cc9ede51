#pragma once

// What "route print" prints, line by line. The page is FORMAT.md.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ip_address.h"

namespace dropscope::netstate {

struct RouteRow {
  IpAddress destination;
  int prefix = 0;
  std::optional<IpAddress> gateway;    ///< Nothing for "On-link" and where it is not in the line.
  std::optional<IpAddress> interface;  ///< The interface's own address; IPv4 only.
  bool persistent = false;             ///< A row without interface, of the persistent routes.
  bool gateway_follows = false;        ///< IPv6: the gateway stands on the next line.
};
[[nodiscard]] std::optional<RouteRow> parse_route_line(std::string_view line);

/// The adapter's name in a row of the list of interfaces; empty for other lines.
[[nodiscard]] std::string_view parse_interface_line(std::string_view line);

}  // namespace dropscope::netstate
