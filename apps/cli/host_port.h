#pragma once

// Hosts with ports, as the commands that use the network take them.

#include <optional>
#include <string>

#include "base/ip_address.h"
#include "probe/socket_wire.h"

namespace dropscope::cli {

/// "mail.example:443", "192.0.2.1:443", "[2001:db8::1]:443".
[[nodiscard]] std::optional<probe::HostPort> target_from_text(const std::string& text);

/// Where somebody listens: "7007" on loopback, "192.0.2.1:7007", "[::1]:7007"; port 0 is a free
/// one.
[[nodiscard]] std::optional<IpEndpoint> listener_from_text(const std::string& text);

/// What is wrong with a text that those do not take; empty when nothing is.
[[nodiscard]] std::string check_target(const std::string& typed);
[[nodiscard]] std::string check_listener(const std::string& typed);

}  // namespace dropscope::cli
