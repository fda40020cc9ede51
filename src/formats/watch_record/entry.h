#pragma once

// One line of the record of a watch (FORMAT.md): what happened to connections that somebody kept
// open to see when they are lost. The bytes may be anybody's: they are checked.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"

namespace dropscope::watch_record {

inline constexpr std::string_view kSchema = "dropscope.watch/1";
/// A year: bounds figures that a damaged file may hold.
inline constexpr double kLongest_s = 366.0 * 86'400;
/// Of one record; more than the program lets anybody ask for.
inline constexpr int kMostSessions = 1000;

enum class Kind : std::uint8_t {
  Start,   ///< The watch began; says who watches what.
  Up,      ///< A session's connection came about.
  Lost,    ///< … ended.
  Failed,  ///< A connection that was tried did not come about.
  Alive,   ///< Nothing else happened; shows until when the record reaches.
  Gap,     ///< The watch did not run for a while, or the clock of the day was set.
  Stop,    ///< The watch ended in order.
};

/// As the socket saw it.
enum class Cause : std::uint8_t {
  Fin,          ///< The other side, or a device on the way, closed in order.
  Rst,          ///< … reset it.
  TimeOut,      ///< What was sent had no answer.
  Unreachable,  ///< There is no way to the host.
  Refused,      ///< A connection request was answered with a RST, or TLS was not agreed.
};

[[nodiscard]] std::string_view to_string(Kind kind);    ///< "start", "up" …
[[nodiscard]] std::string_view to_string(Cause cause);  ///< "fin", "rst", "time-out" …

/// One connection that is kept open. Its number is its place in the list, from 1.
struct Session {
  std::string host;  ///< As named by the user.
  std::uint16_t port = 0;
  std::string address;  ///< "192.0.2.7:443", what the host was resolved to.
};

/// Which members are set depends on the kind; the others keep their defaults.
struct Entry {
  Kind kind = Kind::Alive;
  Instant time{};  ///< By the clock of the computer that watches.

  // Start.
  std::string version;
  std::string computer;
  std::string zone;     ///< IANA name; empty when the computer does not tell.
  std::string command;  ///< As typed.
  std::vector<Session> sessions;
  double send_every_s = 0;  ///< A line is sent so often; 0 = never.
  double keep_alive_s = 0;  ///< TCP keep-alive after so long; 0 = off.

  // Up, Lost, Failed.
  int session = 0;    ///< From 1.
  std::string local;  ///< Up, Lost: the own end of the connection, "192.0.2.9:50123"; may be empty.
  /// Up: where it leads, "192.0.2.8:443", if that is another address than before; else empty.
  std::string address;
  std::optional<double> down_s;  ///< Up: since the loss before; nothing for the first connection.
  Cause cause = Cause::Fin;      ///< Lost, Failed.
  std::string text;              ///< Lost, Failed: what the system says; may be empty.
  double idle_s = 0;             ///< Lost: without data in either direction before the end.
  double age_s = 0;              ///< Lost: since it came about.

  /// Gap: how long the watch did not run; negative: so far the clock was set back.
  double gap_s = 0;
  std::string reason;  ///< Stop.

  bool operator==(const Entry&) const = default;
};

[[nodiscard]] bool operator==(const Session& a, const Session& b);

/// Whether the bytes begin like such a record; cheap, for a look at a file.
[[nodiscard]] bool is_record(Bytes bytes);

/// Reads one line. Errors: Corrupt (no JSON, or a member is not what it should be; says which),
/// Unsupported (a schema of another number).
[[nodiscard]] Result<Entry> read(std::string_view line);

/// The line, with its line feed. Times to the millisecond, lengths to 0.1 ms.
[[nodiscard]] std::string write(const Entry& entry);

}  // namespace dropscope::watch_record
