#pragma once

// What a probe was asked for, and what it saw. Times are seconds, measured on a monotonic clock.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probe/http_reader.h"

namespace dropscope::probe {

enum class Mode : std::uint8_t {
  Quick,    ///< Idle times just above the timers that products are known to have.
  Full,     ///< Idle times in equal ratios up to the longest.
  Confirm,  ///< Idle times around one that is suspected.
};

/// What goes over a connection.
enum class Payload : std::uint8_t {
  None,  ///< Nothing until its idle time is over, then a line feed; an acknowledgement is enough.
  Echo,  ///< A line; the server is expected to answer.
  Http,  ///< A HEAD request of HTTP/1.1 that leaves the connection open; an answer is expected.
  LongPoll,  ///< A request whose answer is kept open; the peer sends a piece after the idle time.
};

struct Options {
  Mode mode = Mode::Quick;
  double confirm_s = 0;  ///< Mode::Confirm: the suspected time-out.
  double max_s = 0;      ///< The longest idle time that is tried.
  int connections = 0;   ///< Measured at a time; kMostControls more serve for comparison.
  Payload payload = Payload::None;
  bool keep_alive = false;  ///< The measured connections have TCP keep-alive switched on.
  bool tls = false;         ///< All of that through TLS.
  std::string path = {};    ///< Payload::Http: what is asked for, "/".

  bool operator==(const Options&) const = default;
};

/// What became of a connection.
enum class Outcome : std::uint8_t {
  Survived,     ///< Still in order when it was tried.
  Finished,     ///< A FIN came by itself.
  Reset,        ///< A RST came by itself.
  Silent,       ///< Nothing came, and what was sent after the idle time was not answered.
  ResetOnSend,  ///< Nothing came until something was sent; the answer was a RST.
};

/// One connection that idled.
struct Sample {
  Outcome outcome = Outcome::Survived;
  double idle_s = 0;   ///< Time since its last traffic when it ended or was tried.
  double ended_s = 0;  ///< When that was, since its round began.
  int round = 0;       ///< From 0.
};

enum class ControlKind : std::uint8_t {
  Busy,       ///< In use once a second: an idle timer spares it, a limit on age does not.
  KeepAlive,  ///< Idle with TCP keep-alive: packet filters count that as traffic, proxies do not.
  /// Payload::Http: idle without any request: the time-out between two requests does not hold.
  Fresh,
};

/// One connection that tells kinds of time-outs apart.
struct Control {
  ControlKind kind = ControlKind::Busy;
  Outcome outcome = Outcome::Survived;
  /// Busy: its age; the others: their idle time. The last time known to be good.
  double lasted_s = 0;
};

/// Everything that a search has seen.
struct Observations {
  std::vector<Sample> samples;
  std::vector<Control> controls;
  int rounds = 0;                  ///< That have begun.
  int connected = 0;               ///< Connections that came about.
  int failed = 0;                  ///< Connections that did not.
  std::string failure;             ///< Why the first of those did not.
  bool unanswered = false;         ///< The server acknowledges and does not answer the payload.
  std::optional<HttpAnswer> http;  ///< Payload::Http: the first answer.
};

[[nodiscard]] std::string_view to_string(Mode mode);
[[nodiscard]] std::string_view to_string(Payload payload);
[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] std::string_view to_string(ControlKind kind);

}  // namespace dropscope::probe
