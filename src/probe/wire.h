#pragma once

// Connections to one host, as the probe needs them. The real ones are sockets (socket_wire.h);
// tests have a simulated path whose clock costs no time.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dropscope::probe {

struct WireEvent {
  enum class Kind : std::uint8_t {
    Connected,
    Answered,  ///< Data came.
    Finished,  ///< The other side sent a FIN.
    Reset,     ///< It sent a RST; for a connection that is being made: it was refused.
    Lost,      ///< The system gave the connection up: unreachable, or keep-alives unanswered.
  };
  int id = 0;
  Kind kind = Kind::Connected;
  double at = 0;     ///< On the wire's clock.
  std::string text;  ///< Reset and Lost: what the system says.
};

class Wire {
 public:
  virtual ~Wire() = default;
  /// Seconds of a monotonic clock; the start is arbitrary.
  [[nodiscard]] virtual double now() = 0;
  /// Begins to connect. The number identifies the connection until close().
  [[nodiscard]] virtual Result<int> open(bool keep_alive) = 0;
  /// Failures come as events.
  virtual void send(int id, std::string_view bytes) = 0;
  /// Whether the other side acknowledged everything that was sent.
  [[nodiscard]] virtual bool acknowledged(int id) = 0;
  virtual void close(int id) = 0;
  /// Waits until something happens or the clock shows `until`, and appends what happened. May
  /// return early with nothing, as when the user interrupts.
  virtual void wait(double until, std::vector<WireEvent>& events) = 0;
};

}  // namespace dropscope::probe
