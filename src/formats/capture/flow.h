#pragma once

// One TCP connection as a capture shows it, and how it ended.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/ip_address.h"
#include "base/time.h"
#include "formats/capture/opening.h"

namespace dropscope::capture {

enum class Ending : std::uint8_t {
  Open,      ///< The capture ends before the connection does: nothing is claimed.
  Fin,       ///< The first to end it sent a FIN.
  Reset,     ///< … a RST.
  Refused,   ///< RST in answer to the SYN.
  NoAnswer,  ///< SYNs that nobody answered.
  Silent,    ///< One side's retransmissions or keep-alives went unanswered, and nothing came after.
};

/// How it is known which side is the client.
enum class RoleBy : std::uint8_t {
  Syn,
  Payload,      ///< One side sent what only a client or only a server sends.
  KnownPort,    ///< One side's port is one of servers.
  LowerPort,    ///< The lower port is taken for the server's.
  FirstSender,  ///< Equal ports: who sent first is taken for the client.
};

struct FlowSide {
  IpEndpoint endpoint;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;  ///< Payload, each byte once as far as sequence numbers tell.
  std::uint32_t retransmissions = 0;
  std::uint32_t out_of_order = 0;
  std::uint32_t zero_windows = 0;
  std::uint32_t keep_alives = 0;
  /// Shortest time from the last packet of the other side, its own keep-alives aside, to a
  /// keep-alive of this one; 0 without any.
  Ticks keep_alive_after{};
};

struct Flow {
  std::array<FlowSide, 2> sides;  ///< By address and port, the lower one first.
  std::size_t client = 0;         ///< Index into `sides`.
  RoleBy role_by = RoleBy::Syn;
  Instant first{};
  Instant last{};
  std::uint64_t first_packet = 0;
  std::uint64_t last_packet = 0;
  std::uint64_t packets = 0;
  std::uint64_t duplicates =
      0;  ///< Of `packets`: captured again, not sent again; in no other number.
  Opening opening;

  Ending ending = Ending::Open;
  /// Who sent the FIN or RST; with Silent and NoAnswer the side that no longer answered.
  std::size_t ended_by = 0;
  Instant ended{};  ///< With Silent and NoAnswer: of the first packet without answer.
  std::uint64_t end_packet = 0;
  /// How long nothing had been sent before the exchange that ended it. Keep-alives do not count as
  /// sent. The exchange is the closing packet with what leads up to it: the closer's farewell
  /// (opening.h), or what the other side sent that was answered with a RST. Nothing when the
  /// closing packet is the first that was seen.
  std::optional<Ticks> idle;
  std::optional<Ticks> since_payload;  ///< From the last payload of either side.
  Ticks since_packet{};                ///< From the last packet of any kind.
  bool after_farewell = false;
  bool answers_packet = false;  ///< A RST right after something that had not been answered.
  /// Retransmissions or keep-alives without an answer at the end, of the side that still sent.
  std::uint32_t unanswered = 0;
  Instant unanswered_until{};  ///< The last of them.
  /// A RST that does not look like its alleged sender's other packets.
  bool foreign_hops = false;  ///< It came from another distance.
  bool foreign_id = false;    ///< Its IP identification is far from theirs.
  std::uint8_t reset_hop_limit = 0;
  std::uint8_t usual_hop_limit = 0;

  [[nodiscard]] const FlowSide& client_side() const { return sides[client]; }
  [[nodiscard]] const FlowSide& server_side() const { return sides[1 - client]; }
  [[nodiscard]] bool ended_by_client() const { return ended_by == client; }
};

}  // namespace dropscope::capture
