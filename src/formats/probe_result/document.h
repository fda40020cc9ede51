#pragma once

// What the result of a probe says (FORMAT.md). The bytes may be anybody's: they are checked.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace dropscope::probe_result {

inline constexpr std::string_view kSchema = "dropscope.probe/2";
/// Without TLS, the path of a request and the control without one; the rest is the same.
inline constexpr std::string_view kEarlierSchema = "dropscope.probe/1";
/// A year: bounds figures that a damaged file may hold.
inline constexpr double kLongest_s = 366.0 * 86'400;

enum class Mechanism : std::uint8_t {
  ProxyOrServer,  ///< An idle timer of a device that terminates the connection, or of the server.
  PacketFilter,   ///< An idle timer of a device that only watches packets: it forgets.
  UnclearIdle,    ///< An idle time-out; what has it could not be told.
  HttpKeepAlive,  ///< The time that a server of HTTP, or a proxy, waits for the next request.
  FixedAge,       ///< A limit on age: connections in use end as well.
  ClosedAtOnce,   ///< The server does not keep connections of this kind.
  OneMoment,      ///< All ended at one moment: an event, such as a restart, and no timer.
  NoneFound,      ///< Connections survive the longest idle time that was tried.
  Unreachable,    ///< No connection came about, or none that could be used.
  Unfinished,     ///< Stopped before anything ended.
};
[[nodiscard]] std::string_view to_string(Mechanism mechanism);  ///< "proxy-or-server" …
/// Whether it is a time-out, so that it has a length.
[[nodiscard]] bool is_time_out(Mechanism mechanism);

struct Document {
  std::string version;
  std::string host;
  std::uint16_t port = 0;
  std::string address;
  std::string protocol;  ///< "HTTP", "HTTPS", "TLS", "HTTP long poll"; empty: none of them.
  Mechanism mechanism = Mechanism::Unfinished;
  std::optional<double> seconds;
  std::optional<double> accuracy_s;
  bool complete = false;
  bool unanswered = false;
  std::string computer;                 ///< That measured; empty: not told.
  std::optional<Instant> began, ended;  ///< By that computer's clock; nothing: not told.
};

/// Whether the bytes begin like such a result; cheap, for a look at a file.
[[nodiscard]] bool is_document(Bytes bytes);

/// Errors: Corrupt (no JSON, or a member is not what it should be; says which), Unsupported (a
/// schema of another number).
[[nodiscard]] Result<Document> read(std::string_view json);

}  // namespace dropscope::probe_result
