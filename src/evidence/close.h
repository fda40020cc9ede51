#pragma once

// The end of one connection, as somebody saw it who stood on its way: a load balancer, a firewall,
// a server, or a capture of packets.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/ip_address.h"
#include "base/time.h"
#include "evidence/strings.h"

namespace dropscope {

/// Who ended the connection, as far as the source can know: a balancer sees its two sides, and what
/// looks like the client to it may be a device in between.
enum class CloseBy : std::uint8_t {
  Unknown,
  Client,     ///< The client's side closed or reset it, or was silent too long for its balancer.
  Server,     ///< The server's side did.
  Middlebox,  ///< The device that wrote the log, by itself (a timer, a limit).
  Admin,      ///< Somebody or a health check, through that device.
  Nobody,     ///< Nothing was closed: the source's view ends before.
};

enum class CloseWhy : std::uint8_t {
  Unknown,
  Finished,  ///< Ended in order, after its work (FIN by either side).
  Reset,     ///< RST.
  Idle,      ///< Nothing was sent for as long as a timer allows.
  Age,       ///< Had lasted as long as is allowed.
  Silence,   ///< One side no longer answered; retransmissions or keep-alives went unanswered.
  Failed,    ///< Never came about: refused, unreachable, no server, handshake failed.
  Killed,    ///< Ended on purpose: server marked down, session cleared, service restarted.
  Limit,     ///< A limit of sessions, rate, memory or size.
  Refused,   ///< A policy forbade it.
};

[[nodiscard]] std::string_view to_string(CloseBy by);
[[nodiscard]] std::string_view to_string(CloseWhy why);

struct Close {
  Instant time{};    ///< UTC, by the source's own clock until links are made (Evidence::clocks).
  Instant opened{};  ///< Default when the source does not tell.
  /// How long nothing had been sent before `time`. Known to captures, and to logs whose reason is
  /// an idle timer that the same log's durations show; nothing otherwise.
  std::optional<Ticks> idle;
  /// The device forgot the connection and told neither end, which learn of it when they next send.
  bool untold = false;
  IpEndpoint client;            ///< Unspecified when unknown; may be that of NAT or of a proxy.
  IpEndpoint server;            ///< What the client connected to, when told.
  IpEndpoint behind;            ///< The server behind the device, when told.
  std::uint64_t bytes_out = 0;  ///< From the client's side; 0 also when not told.
  std::uint64_t bytes_in = 0;   ///< To the client.
  std::uint64_t place = 0;      ///< Line of a text, frame of a capture.
  std::uint32_t source = 0;     ///< Index into Evidence::sources.
  StringId device = 0;          ///< Who wrote it: host name or product instance; 0 unknown.
  StringId server_name = 0;     ///< Pool member, host or URL, as the log names it.
  StringId user = 0;
  StringId reason = 0;    ///< The log's own word: "cD", "TCP Reset-I", "aged-out".
  StringId protocol = 0;  ///< Text that protocol_from_text() understands, or what the log says.
  /// Whose connection it was, where the source itself is the client's; Close::kNobody else.
  std::uint32_t owner = kNobody;  ///< Index into Evidence::computers.
  CloseBy by = CloseBy::Unknown;
  CloseWhy why = CloseWhy::Unknown;

  static constexpr std::uint32_t kNobody = ~std::uint32_t{0};
};

}  // namespace dropscope
