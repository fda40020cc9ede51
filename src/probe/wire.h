#pragma once

// Connections to named hosts, as the probe and the watch need them. The real ones are sockets
// (socket_wire.h); tests have a simulated path whose clock costs no time.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "base/result.h"

namespace dropscope::probe {

struct WireEvent {
  enum class Kind : std::uint8_t {
    Reached,      ///< TCP is connected and TLS is being agreed; only where it was asked for.
    Connected,    ///< What is sent reaches the other side, through TLS where it was asked for.
    Answered,     ///< Something came.
    Finished,     ///< The other side sent a FIN.
    Reset,        ///< It sent a RST; for a connection that is being made: it was refused.
    Lost,         ///< The system gave the connection up: what it sent went unanswered.
    Unreachable,  ///< The system knows no way there, or a router said that there is none.
    Unusable,     ///< TLS was not agreed, or broke.
  };
  int id = 0;
  Kind kind = Kind::Connected;
  double at = 0;          ///< On the wire's clock.
  std::string text;       ///< Reset, Lost and Unreachable: what the system says; Unusable: why.
  std::string data = {};  ///< Answered: what came. Empty when it was TLS's own, such as a ticket.
};

/// Connection requests are repeated after 1, 3 and 7 s (RFC 6298); then a host counts as
/// unreachable.
inline constexpr double kConnectBound = 10;

struct Opening {
  /// TCP keep-alive begins after so many seconds without traffic and goes on each second; 0 = off.
  int keep_alive_s = 0;
  /// Windows does not tell what was acknowledged: there the system gives a connection up by itself
  /// once something was not for so long. Elsewhere whoever sends looks (acknowledged()).
  int give_up_s = 20;
  /// Which of the wire's addresses to connect to.
  std::size_t to = 0;
  bool tls = false;
};

class Wire {
 public:
  virtual ~Wire() = default;
  /// Seconds of a monotonic clock; the start is arbitrary.
  [[nodiscard]] virtual double now() = 0;
  /// Begins to connect. The number identifies the connection until close(). Unsupported for TLS
  /// where there is none.
  [[nodiscard]] virtual Result<int> open(const Opening& how) = 0;
  /// Failures come as events.
  virtual void send(int id, std::string_view bytes) = 0;
  /// Whether the other side acknowledged everything that was sent.
  [[nodiscard]] virtual bool acknowledged(int id) = 0;
  /// This end of a connection that came about; unspecified when the system does not tell.
  [[nodiscard]] virtual IpEndpoint local(int id) = 0;
  /// Where it leads; unspecified when it does not exist any more.
  [[nodiscard]] virtual IpEndpoint peer(int id) = 0;
  /// Looks the host up again, beside everything else: connections that are opened once the answer
  /// is there go to the address that it has by then.
  virtual void renew(std::size_t to) = 0;
  virtual void close(int id) = 0;
  /// Waits until something happens or the clock shows `until`, and appends what happened. May
  /// return early with nothing, as when the user interrupts.
  virtual void wait(double until, std::vector<WireEvent>& events) = 0;
};

}  // namespace dropscope::probe
