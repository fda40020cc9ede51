#pragma once

// The wire made of TCP sockets of the system.

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "probe/wire.h"

namespace dropscope::probe {

struct SocketWire {
  std::unique_ptr<Wire> wire;
  std::string address;  ///< "192.0.2.1:443": every connection goes there and nowhere else.
};

/// Resolves `host` once, and takes the first of its addresses. NotFound when it has none,
/// Unsupported where the system's sockets are not known to the program.
[[nodiscard]] Result<SocketWire> make_socket_wire(const std::string& host, std::uint16_t port);

}  // namespace dropscope::probe
