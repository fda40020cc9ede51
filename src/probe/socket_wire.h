#pragma once

// The wire made of TCP sockets of the system.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "probe/sockets.h"
#include "probe/wire.h"

namespace dropscope::probe {

struct SocketWire {
  std::unique_ptr<Wire> wire;
  std::string address;  ///< "192.0.2.1:443": every connection goes there, unless it is renewed.
};

/// Resolves `host` once, and takes the first of its addresses. NotFound when it has none,
/// Unsupported where the system does not tell what was acknowledged.
[[nodiscard]] Result<SocketWire> make_socket_wire(const std::string& host, std::uint16_t port);

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

/// One wire to several hosts; Opening::to is the place in the list.
struct SocketWires {
  std::unique_ptr<Wire> wire;
  std::vector<std::string> addresses;  ///< Of each host: connections go there until renew().
};
/// How names become addresses. Called in threads of its own too, which may outlive the wire.
using Resolver = std::function<Result<SocketAddress>(const std::string& host, std::uint16_t port)>;
/// As make_socket_wire(), for each of the hosts.
[[nodiscard]] Result<SocketWires> make_socket_wires(const std::vector<HostPort>& hosts,
                                                    const Resolver& resolver = resolve);

}  // namespace dropscope::probe
