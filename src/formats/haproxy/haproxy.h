#pragma once

// Lines of HAProxy: the log of TCP connections, of HTTP requests, and the failures before either.
//
// A line is known by the time in brackets and what stands around it, wherever in the line that is:
// what a syslog daemon, a container or a person put before it does not matter. FORMAT.md has the
// fields. The scanner is written by hand, as logs of balancers are the largest that people have.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ip_address.h"
#include "base/time.h"

namespace dropscope::haproxy {

enum class Form : std::uint8_t {
  Tcp,      ///< option tcplog: one line per connection.
  Http,     ///< option httplog: one line per request.
  Failure,  ///< Before there was a session: "SSL handshake failure".
};

/// Views point into the line.
struct Session {
  Form form = Form::Tcp;
  std::string_view prefix;    ///< What stands before the client: a syslog header, or nothing.
  std::string_view client;    ///< "10.0.1.2:33313", "::1:33313", "unix:1"
  CivilTime accepted;         ///< Local time of the balancer, milliseconds.
  std::string_view frontend;  ///< With a "~" behind it when the client used TLS.
  std::string_view backend;
  std::string_view server;  ///< "<NOSRV>" when none was chosen.
  /// Milliseconds, at most 10^12; -1 where the session did not come so far. `connect` is Tc,
  /// `total` Tt or Ta.
  std::int64_t queued = -1;
  std::int64_t connect = -1;
  std::int64_t total = -1;
  bool unfinished = false;   ///< Written before the end (option logasap): times are lower bounds.
  int status = -1;           ///< HTTP only.
  std::uint64_t bytes = 0;   ///< To the client.
  std::string_view state;    ///< Two letters, four for HTTP.
  std::string_view message;  ///< Failure only.
  std::string_view rest;     ///< Counts, captures and request, as they stand.

  /// How long the session lasted; nothing when the line does not tell.
  [[nodiscard]] std::optional<std::int64_t> total_ms() const {
    return total >= 0 ? std::optional<std::int64_t>(total) : std::nullopt;
  }
};

/// Nothing for a line of another kind.
[[nodiscard]] bool parse(std::string_view line, Session& out);

/// A client's or server's address: the last colon separates the port, also after IPv6.
[[nodiscard]] std::optional<IpEndpoint> parse_endpoint(std::string_view text);

/// What HAProxy says of a server or a proxy: "Server bk/ex01 is DOWN, reason: …".
struct Notice {
  enum class Kind : std::uint8_t { ServerDown, ServerUp, BackendEmpty, Other };
  Kind kind = Kind::Other;
  std::string_view backend;
  std::string_view server;
  std::string_view reason;  ///< "Layer4 timeout"; empty when not told.
};

/// `message` is a line without its syslog header.
[[nodiscard]] std::optional<Notice> parse_notice(std::string_view message);

}  // namespace dropscope::haproxy
