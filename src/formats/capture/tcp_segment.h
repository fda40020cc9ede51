#pragma once

// From the bytes of a captured packet down to TCP: link layer, tags and tunnels, IP, TCP.

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/ip_address.h"
#include "formats/capture/packet.h"

namespace dropscope::capture {

/// LINKTYPE_ numbers that are read (tcpdump.org/linktypes.html).
inline constexpr std::uint32_t kLinkNull = 0;  ///< BSD loopback; family in the host's order.
inline constexpr std::uint32_t kLinkEthernet = 1;
inline constexpr std::uint32_t kLinkPpp = 9;
inline constexpr std::uint32_t kLinkRawBsd = 12;  ///< DLT_RAW as some systems write it.
inline constexpr std::uint32_t kLinkRawOpenBsd = 14;
inline constexpr std::uint32_t kLinkRaw = 101;
inline constexpr std::uint32_t kLinkWifi = 105;      ///< 802.11.
inline constexpr std::uint32_t kLinkLoop = 108;      ///< OpenBSD loopback; family big-endian.
inline constexpr std::uint32_t kLinkSll = 113;       ///< Linux cooked, `-i any`.
inline constexpr std::uint32_t kLinkRadiotap = 127;  ///< 802.11 behind what the card measured.
inline constexpr std::uint32_t kLinkIpv4 = 228;
inline constexpr std::uint32_t kLinkIpv6 = 229;
inline constexpr std::uint32_t kLinkSll2 = 276;  ///< Linux cooked, version 2.

[[nodiscard]] bool is_known_link(std::uint32_t link_type);

// Flags of a TCP header (RFC 9293, section 3.1).
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;

struct TcpSegment {
  IpEndpoint from;
  IpEndpoint to;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;  ///< Meaningless without kAck.
  std::uint16_t window = 0;
  std::uint8_t flags = 0;
  std::uint8_t hop_limit = 0;       ///< Time to live in IPv4.
  std::uint16_t ip_id = 0;          ///< IPv4 only.
  bool first_fragment = false;      ///< The rest of the payload is in packets without ports.
  std::uint32_t payload_bytes = 0;  ///< By the length in the IP header.
  Bytes payload;                    ///< As much of it as was captured.

  [[nodiscard]] bool has(std::uint8_t flag) const { return (flags & flag) != 0; }
};

/// What a packet turned out to be.
enum class Content : std::uint8_t {
  Tcp,
  OtherTransport,  ///< IP without TCP.
  OtherNetwork,    ///< No IP: ARP, spanning tree …
  LaterFragment,   ///< Of an IP packet; has no ports.
  UnknownLink,     ///< A link type that is not read.
  Cut,             ///< Captured too short to reach the end of the TCP header.
  Malformed,       ///< Lengths that contradict each other.
};

/// Fills `segment` when the packet is TCP.
[[nodiscard]] Content decode_tcp(const Packet& packet, TcpSegment& segment);

}  // namespace dropscope::capture
