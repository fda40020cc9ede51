// One pass, layer by layer, over a view that only gets shorter. Tunnels and tags are few in real
// packets; kMaxLayers bounds what a made-up packet can cost.

#include "formats/capture/tcp_segment.h"

#include <algorithm>
#include <array>

#include "formats/capture/byte_order.h"

namespace dropscope::capture {
namespace {

constexpr int kMaxLayers = 16;

// EtherTypes (IANA, IEEE 802 numbers).
constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kVlan = 0x8100;
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::uint16_t kMplsUnicast = 0x8847;
constexpr std::uint16_t kMplsMulticast = 0x8848;
constexpr std::uint16_t kPppoeSession = 0x8864;
constexpr std::uint16_t kProviderVlan = 0x88a8;
constexpr std::uint16_t kOldQinQ = 0x9100;
constexpr std::uint16_t kBridged = 0x6558;    ///< Ethernet inside of GRE or Geneve.
constexpr std::uint16_t kMirrored = 0x88be;   ///< ERSPAN, types I and II.
constexpr std::uint16_t kMirrored3 = 0x22eb;  ///< ERSPAN, type III.
constexpr std::uint16_t kPppInGre = 0x880b;
/// Smaller values are lengths of 802.3 frames (IEEE 802.3, 3.2.6).
constexpr std::uint16_t kLeastEtherType = 0x0600;

// PPP protocols (RFC 1332, RFC 5072).
constexpr std::uint16_t kPppIpv4 = 0x0021;
constexpr std::uint16_t kPppIpv6 = 0x0057;

// IP protocols (IANA).
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kIpInIp = 4;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kIpv6InIp = 41;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kGre = 47;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestinationOptions = 60;
constexpr std::uint8_t kMobility = 135;

constexpr std::size_t kTcpHeader = 20;

/// What is left of a packet. `wire` counts the bytes that were there before the capture cut it.
struct Rest {
  Bytes bytes;
  std::size_t wire = 0;

  void skip(std::size_t count) {
    bytes = bytes.subspan(std::min(count, bytes.size()));
    wire -= std::min(count, wire);
  }
  /// Takes what is behind the IP packet away: padding of Ethernet, a frame check sequence.
  void limit(std::size_t count) {
    bytes = bytes.first(std::min(count, bytes.size()));
    wire = std::min(wire, count);
  }
};

class Decoder {
 public:
  Decoder(const Packet& packet, TcpSegment& segment)
      : rest_{packet.data, std::max<std::size_t>(packet.wire_bytes, packet.data.size())},
        segment_(segment) {}

  Content link(std::uint32_t link_type) {
    switch (link_type) {
      case kLinkEthernet:
        return ethernet();
      case kLinkNull:
      case kLinkLoop:
        return family();
      case kLinkWifi:
        return wifi();
      case kLinkRadiotap: {
        // Version, padding, length of all of it, little-endian (radiotap.org).
        if (rest_.bytes.size() < 4) return too_short(4);
        const std::size_t size = load_le<std::uint16_t>(rest_.bytes.data() + 2);
        if (at(0) != 0 || size < 8) return Content::Malformed;
        if (size > rest_.bytes.size()) return too_short(size);
        rest_.skip(size);
        return wifi();
      }
      case kLinkPpp:
        // Address and control bytes come first where the link is HDLC-like (RFC 1662, 3.1).
        if (rest_.bytes.size() >= 2 && at(0) == 0xff && at(1) == 0x03) rest_.skip(2);
        return ppp();
      case kLinkRaw:
      case kLinkRawBsd:
      case kLinkRawOpenBsd:
      case kLinkIpv4:
      case kLinkIpv6:
        return ip();
      case kLinkSll:
        return typed(16, 14);
      case kLinkSll2:
        return typed(20, 0);
      default:
        return Content::UnknownLink;
    }
  }

 private:
  [[nodiscard]] std::uint8_t at(std::size_t offset) const {
    return std::to_integer<std::uint8_t>(rest_.bytes[offset]);
  }
  [[nodiscard]] std::uint16_t word(std::size_t offset) const {
    return load_be<std::uint16_t>(rest_.bytes.data() + offset);
  }
  /// A header that is not all there: cut by the capture, or never sent.
  [[nodiscard]] Content too_short(std::size_t wanted) const {
    return rest_.wire >= wanted ? Content::Cut : Content::Malformed;
  }
  bool deeper() { return ++layers_ <= kMaxLayers; }

  Content ethernet() {
    if (!deeper()) return Content::Malformed;
    return typed(14, 12);
  }

  /// A header of `size` bytes with an EtherType at `type`.
  Content typed(std::size_t size, std::size_t type) {
    if (rest_.bytes.size() < size) return too_short(size);
    const std::uint16_t ether_type = word(type);
    rest_.skip(size);
    return network(ether_type);
  }

  Content network(std::uint16_t ether_type) {
    while (ether_type == kVlan || ether_type == kProviderVlan || ether_type == kOldQinQ) {
      if (!deeper()) return Content::Malformed;
      if (rest_.bytes.size() < 4) return too_short(4);
      ether_type = word(2);
      rest_.skip(4);
    }
    switch (ether_type) {
      case kIpv4:
      case kIpv6:
        return ip();
      case kPppoeSession:
        // Version, code, session, length (RFC 2516, section 4).
        if (rest_.bytes.size() < 6) return too_short(6);
        rest_.skip(6);
        return ppp();
      case kMplsUnicast:
      case kMplsMulticast:
        return mpls();
      default:
        return ether_type < kLeastEtherType ? snap() : Content::OtherNetwork;
    }
  }

  /// 802.2 with SNAP and the OUI of plain EtherTypes (RFC 1042).
  Content snap() {
    constexpr std::array<std::uint8_t, 6> kHeader = {0xaa, 0xaa, 0x03, 0, 0, 0};
    if (rest_.bytes.size() < 8) return Content::OtherNetwork;
    for (std::size_t i = 0; i < kHeader.size(); ++i) {
      if (at(i) != kHeader[i]) return Content::OtherNetwork;
    }
    const std::uint16_t ether_type = word(6);
    rest_.skip(8);
    if (ether_type < kLeastEtherType || !deeper()) return Content::OtherNetwork;
    return network(ether_type);
  }

  /// Data frames that are not encrypted (IEEE 802.11, 9.3.2.1).
  Content wifi() {
    if (rest_.bytes.size() < 2) return too_short(2);
    const unsigned kind = at(0);
    const unsigned flags = at(1);
    constexpr unsigned kTypeAndNull = 0x4f;  // Version 0, and neither management, control nor null.
    constexpr unsigned kData = 0x08;
    constexpr unsigned kProtected = 0x40;
    if ((kind & kTypeAndNull) != kData || (flags & kProtected) != 0) return Content::OtherNetwork;
    const bool quality = (kind & 0x80) != 0;
    std::size_t header = (flags & 3) == 3 ? 30 : 24;  // A fourth address between two base stations.
    if (rest_.bytes.size() < header + 2) return too_short(header + 2);
    // Several packets in one frame are not taken apart.
    if (quality && (at(header) & 0x80) != 0) return Content::OtherNetwork;
    if (quality) header += (flags & 0x80) != 0 ? 6 : 2;
    rest_.skip(header);
    return snap();
  }

  /// RFC 2784 and 2890; version 1 is PPTP's (RFC 2637, 4.1).
  Content gre() {
    if (!deeper()) return Content::Malformed;
    if (rest_.bytes.size() < 4) return too_short(4);
    const unsigned flags = word(0);
    const std::uint16_t inner = word(2);
    const bool numbered = (flags & 0x1000) != 0;
    std::size_t header = 4 + (numbered ? 4u : 0u) + ((flags & 0x2000) != 0 ? 4u : 0u);
    if ((flags & 7) == 1) {
      if (inner != kPppInGre) return Content::OtherNetwork;
      header += (flags & 0x0080) != 0 ? 4 : 0;
    } else {
      header += (flags & 0x8000) != 0 ? 4 : 0;
    }
    // ERSPAN's own header; only type I has neither that nor sequence numbers.
    if (inner == kMirrored && numbered) header += 8;
    if (inner == kMirrored3) header += 12;
    if (rest_.bytes.size() < header) return too_short(header);
    rest_.skip(header);
    switch (inner) {
      case kPppInGre:
        return rest_.bytes.empty() ? Content::OtherNetwork : ppp();
      case kBridged:
      case kMirrored:
      case kMirrored3:
        return ethernet();
      default:
        return network(inner);
    }
  }

  /// Ethernet in UDP: VXLAN (RFC 7348, 5) and Geneve (RFC 8926, 3.4), by port and form.
  Content udp() {
    if (rest_.bytes.size() < 16) return Content::OtherTransport;
    const std::uint16_t port = word(2);
    if (port == 4789 && at(8) == 0x08 && at(9) == 0 && word(10) == 0 && at(15) == 0) {
      rest_.skip(16);
      return ethernet();
    }
    if (port == 6081 && at(8) >> 6 == 0 && word(10) == kBridged) {
      const std::size_t header = 16 + std::size_t{at(8) & 0x3fu} * 4;
      if (rest_.bytes.size() < header) return too_short(header);
      rest_.skip(header);
      return ethernet();
    }
    return Content::OtherTransport;
  }

  Content ppp() {
    if (rest_.bytes.empty()) return too_short(1);
    // The first byte is left out where it is zero and both ends agreed (RFC 1661, 6.5).
    const bool compressed = (at(0) & 1) != 0;
    if (!compressed && rest_.bytes.size() < 2) return too_short(2);
    const std::uint16_t protocol = compressed ? at(0) : word(0);
    rest_.skip(compressed ? 1 : 2);
    return protocol == kPppIpv4 || protocol == kPppIpv6 ? ip() : Content::OtherNetwork;
  }

  /// Labels up to the one with the bottom-of-stack bit (RFC 3032, 2.1); what follows them is not
  /// said anywhere, so the IP version must.
  Content mpls() {
    for (;;) {
      if (!deeper()) return Content::Malformed;
      if (rest_.bytes.size() < 4) return too_short(4);
      const bool bottom = (at(2) & 1) != 0;
      rest_.skip(4);
      if (bottom) break;
    }
    if (rest_.bytes.empty()) return too_short(1);
    const unsigned version = at(0) >> 4;
    return version == 4 || version == 6 ? ip() : Content::OtherNetwork;
  }

  /// Address families of IPv4 and IPv6 on the systems that write this header: 10 Linux, 23 Windows,
  /// 24 NetBSD and OpenBSD, 28 FreeBSD, 30 macOS.
  Content family() {
    if (rest_.bytes.size() < 4) return too_short(4);
    const std::uint32_t little = load_le<std::uint32_t>(rest_.bytes.data());
    const std::uint32_t big = load_be<std::uint32_t>(rest_.bytes.data());
    const std::uint32_t value = std::min(little, big);
    rest_.skip(4);
    switch (value) {
      case 2:
      case 10:
      case 23:
      case 24:
      case 28:
      case 30:
        return ip();
      default:
        return Content::OtherNetwork;
    }
  }

  Content ip() {
    if (!deeper()) return Content::Malformed;
    if (rest_.bytes.empty()) return too_short(1);
    switch (at(0) >> 4) {
      case 4:
        return ipv4();
      case 6:
        return ipv6();
      default:
        return Content::Malformed;
    }
  }

  Content ipv4() {
    if (rest_.bytes.size() < 20) return too_short(20);
    const std::size_t header = std::size_t{at(0) & 0x0fu} * 4;
    std::size_t total = word(2);
    // A card that segments later is handed packets of more than 64 KiB, with length 0.
    if (total == 0) total = rest_.wire;
    if (header < 20 || total < header) return Content::Malformed;
    const std::uint16_t fragment = word(6);
    const std::uint8_t protocol = at(9);
    const bool later = (fragment & 0x1fff) != 0;
    segment_.first_fragment = !later && (fragment & 0x2000) != 0;
    segment_.hop_limit = at(8);
    segment_.ip_id = word(4);
    std::array<std::uint8_t, 4> address{};
    for (std::size_t i = 0; i < 4; ++i) address[i] = at(12 + i);
    segment_.from.address = IpAddress::v4(address);
    for (std::size_t i = 0; i < 4; ++i) address[i] = at(16 + i);
    segment_.to.address = IpAddress::v4(address);
    // What the header claims counts, also where fewer bytes were on the wire.
    rest_.limit(total);
    payload_ = total - header;
    if (rest_.bytes.size() < header) return too_short(header);
    rest_.skip(header);
    if (later) return protocol == kTcp ? Content::LaterFragment : Content::OtherTransport;
    return transport(protocol);
  }

  Content ipv6() {
    constexpr std::size_t kHeader = 40;
    if (rest_.bytes.size() < kHeader) return too_short(kHeader);
    std::size_t length = word(4);
    if (length == 0) length = rest_.wire - kHeader;  // As total == 0 above; also jumbograms.
    std::uint8_t next = at(6);
    segment_.hop_limit = at(7);
    segment_.ip_id = 0;
    segment_.first_fragment = false;
    std::array<std::uint8_t, 16> address{};
    for (std::size_t i = 0; i < 16; ++i) address[i] = at(8 + i);
    segment_.from.address = IpAddress::v6(address);
    for (std::size_t i = 0; i < 16; ++i) address[i] = at(24 + i);
    segment_.to.address = IpAddress::v6(address);
    rest_.skip(kHeader);
    rest_.limit(length);
    payload_ = length;
    for (;;) {
      std::size_t size = 0;
      switch (next) {
        case kHopByHop:
        case kRouting:
        case kDestinationOptions:
        case kMobility:
        case kAuthentication:
        case kFragment:
          break;
        default:
          return transport(next);
      }
      if (!deeper()) return Content::Malformed;
      if (rest_.bytes.size() < 8) return too_short(8);
      if (next == kFragment) {
        size = 8;
        const std::uint16_t fragment = word(2);
        if ((fragment & 0xfff8) != 0) {
          return at(0) == kTcp ? Content::LaterFragment : Content::OtherTransport;
        }
        segment_.first_fragment = (fragment & 1) != 0;
      } else if (next == kAuthentication) {
        size = (std::size_t{at(1)} + 2) * 4;  // RFC 4302, 2.2.
      } else {
        size = (std::size_t{at(1)} + 1) * 8;  // RFC 8200, 4.2.
      }
      if (size > payload_) return Content::Malformed;
      if (size > rest_.bytes.size()) return too_short(size);
      next = at(0);
      payload_ -= size;
      rest_.skip(size);
    }
  }

  Content transport(std::uint8_t protocol) {
    switch (protocol) {
      case kTcp:
        return tcp();
      case kIpInIp:
      case kIpv6InIp:
        return ip();
      case kGre:
        return gre();
      case kUdp:
        return udp();
      default:
        return Content::OtherTransport;
    }
  }

  Content tcp() {
    if (payload_ < kTcpHeader) return Content::Malformed;
    if (rest_.bytes.size() < kTcpHeader) return Content::Cut;
    const std::size_t header = std::size_t{static_cast<unsigned>(at(12) >> 4)} * 4;
    if (header < kTcpHeader || header > payload_) return Content::Malformed;
    segment_.from.port = word(0);
    segment_.to.port = word(2);
    segment_.seq = load_be<std::uint32_t>(rest_.bytes.data() + 4);
    segment_.ack = load_be<std::uint32_t>(rest_.bytes.data() + 8);
    segment_.flags = at(13);
    segment_.window = word(14);
    segment_.payload_bytes = static_cast<std::uint32_t>(payload_ - header);
    rest_.skip(header);
    segment_.payload =
        rest_.bytes.first(std::min<std::size_t>(segment_.payload_bytes, rest_.bytes.size()));
    return Content::Tcp;
  }

  Rest rest_;
  TcpSegment& segment_;
  std::size_t payload_ = 0;  // Behind the IP header, by its own length.
  int layers_ = 0;
};

}  // namespace

bool is_known_link(std::uint32_t link_type) {
  switch (link_type) {
    case kLinkNull:
    case kLinkEthernet:
    case kLinkPpp:
    case kLinkRawBsd:
    case kLinkRawOpenBsd:
    case kLinkRaw:
    case kLinkWifi:
    case kLinkLoop:
    case kLinkSll:
    case kLinkRadiotap:
    case kLinkIpv4:
    case kLinkIpv6:
    case kLinkSll2:
      return true;
    default:
      return false;
  }
}

Content decode_tcp(const Packet& packet, TcpSegment& segment) {
  return Decoder(packet, segment).link(packet.link_type);
}

}  // namespace dropscope::capture
