#include "formats/capture/tcp_segment.h"

#include <gtest/gtest.h>

#include <string>

#include "formats/capture/packets.h"

namespace dropscope::capture {
namespace {

using namespace test;

Content decode(std::uint32_t link, const std::string& bytes, TcpSegment& out,
               std::size_t captured = std::string::npos) {
  Packet packet;
  packet.link_type = link;
  packet.wire_bytes = static_cast<std::uint32_t>(bytes.size());
  packet.data = as_bytes(std::string_view(bytes).substr(0, captured));
  return decode_tcp(packet, out);
}

Segment sample() {
  Segment s;
  s.seq = 0x01020304;
  s.ack = 0xfffefdfc;
  s.flags = kAck | kPsh;
  s.window = 0x1234;
  s.hop_limit = 57;
  s.id = 0xabcd;
  s.payload = "hello";
  return s;
}

void expect_sample(std::uint32_t link, const std::string& bytes, const Segment& s) {
  TcpSegment out;
  ASSERT_EQ(decode(link, bytes, out), Content::Tcp);
  EXPECT_EQ(out.from, (IpEndpoint{*IpAddress::parse(s.from), s.from_port}));
  EXPECT_EQ(out.to, (IpEndpoint{*IpAddress::parse(s.to), s.to_port}));
  EXPECT_EQ(out.seq, s.seq);
  EXPECT_EQ(out.ack, s.ack);
  EXPECT_EQ(out.flags, s.flags);
  EXPECT_EQ(out.window, s.window);
  EXPECT_EQ(out.hop_limit, s.hop_limit);
  EXPECT_EQ(out.payload_bytes, s.payload.size());
  EXPECT_EQ(as_text(out.payload), s.payload);
}

TEST(TcpSegment, EveryLinkType) {
  const Segment s = sample();
  const std::string packet = ip(s);
  expect_sample(kLinkEthernet, ethernet(packet), s);
  expect_sample(kLinkRaw, packet, s);
  expect_sample(kLinkRawBsd, packet, s);
  expect_sample(kLinkRawOpenBsd, packet, s);
  expect_sample(kLinkIpv4, packet, s);
  expect_sample(kLinkNull, Buffer(false).u32(2).text(packet).bytes, s);
  expect_sample(kLinkNull, Buffer(true).u32(2).text(packet).bytes, s);
  expect_sample(kLinkLoop, Buffer(true).u32(2).text(packet).bytes, s);
  expect_sample(kLinkSll, Buffer().zeros(14).u16(0x0800).text(packet).bytes, s);
  expect_sample(kLinkSll2, Buffer().u16(0x0800).zeros(18).text(packet).bytes, s);
  expect_sample(kLinkPpp, Buffer().u16(0xff03).u16(0x0021).text(packet).bytes, s);
  expect_sample(kLinkPpp, Buffer().u8(0x21).text(packet).bytes, s);
  TcpSegment out;
  EXPECT_EQ(decode(147, packet, out), Content::UnknownLink);
  EXPECT_FALSE(is_known_link(147));
}

TEST(TcpSegment, Ipv6OnEveryLinkType) {
  Segment s = sample();
  s.from = "2001:db8::1";
  s.to = "2001:db8::2";
  const std::string packet = ip(s);
  expect_sample(kLinkEthernet, ethernet(packet, 0x86dd), s);
  expect_sample(kLinkIpv6, packet, s);
  for (const unsigned family : {10u, 23u, 24u, 28u, 30u}) {
    expect_sample(kLinkNull, Buffer(false).u32(family).text(packet).bytes, s);
  }
}

TEST(TcpSegment, TagsAndTunnels) {
  const Segment s = sample();
  const std::string packet = ip(s);
  const std::string vlan = Buffer().u16(5).u16(0x0800).text(packet).bytes;
  expect_sample(kLinkEthernet, ethernet(vlan, 0x8100), s);
  expect_sample(kLinkEthernet, ethernet(Buffer().u16(9).u16(0x8100).text(vlan).bytes, 0x88a8), s);
  const std::string pppoe =
      Buffer().u32(0x1100'0f07).u16(2 + packet.size()).u16(0x21).text(packet).bytes;
  expect_sample(kLinkEthernet, ethernet(pppoe, 0x8864), s);
  expect_sample(kLinkEthernet,
                ethernet(Buffer().u32(0x00010040).u32(0x00010140).text(packet).bytes, 0x8847), s);
  expect_sample(kLinkEthernet,
                ethernet(Buffer().u32(0xaaaa0300).u32(0x00000800).text(packet).bytes, 200), s);
  expect_sample(kLinkRaw, ipv4(s, packet, 0, 4), s);
  // The padding of short frames is no payload.
  expect_sample(kLinkEthernet, ethernet(packet) + std::string(9, '\0'), s);
}

TEST(TcpSegment, TunnelsOfNetworksAndMirrors) {
  const Segment s = sample();
  const std::string packet = ip(s);
  const std::string frame = ethernet(packet);
  const auto gre = [&](const std::string& content) { return ipv4(s, content, 0, 47); };
  expect_sample(kLinkRaw, gre(Buffer().u16(0).u16(0x0800).text(packet).bytes), s);
  expect_sample(kLinkRaw, gre(Buffer().u16(0xb000).u16(0x0800).zeros(12).text(packet).bytes), s);
  expect_sample(kLinkRaw, gre(Buffer().u16(0).u16(0x6558).text(frame).bytes), s);
  expect_sample(kLinkRaw, gre(Buffer().u16(0x1000).u16(0x88be).zeros(12).text(frame).bytes), s);
  expect_sample(kLinkRaw, gre(Buffer().u16(0).u16(0x88be).text(frame).bytes), s);
  expect_sample(kLinkRaw, gre(Buffer().u16(0x1000).u16(0x22eb).zeros(16).text(frame).bytes), s);
  expect_sample(kLinkRaw,
                gre(Buffer()
                        .u16(0x3081)
                        .u16(0x880b)
                        .zeros(12)
                        .u32(0xff030021)
                        .text(packet)
                        .bytes.replace(16, 2, "")),
                s);
  const auto udp = [&](std::uint16_t port, const std::string& content) {
    return ipv4(s, Buffer().u16(5).u16(port).u16(8 + content.size()).u16(0).text(content).bytes, 0,
                17);
  };
  expect_sample(kLinkRaw, udp(4789, Buffer().u32(0x08000000).u32(0x100).text(frame).bytes), s);
  expect_sample(kLinkRaw, udp(6081, Buffer().u32(0x01006558).u32(0).u32(7).text(frame).bytes), s);
  TcpSegment out;
  EXPECT_EQ(decode(kLinkRaw, udp(53, std::string(40, 'x')), out), Content::OtherTransport);
  EXPECT_EQ(decode(kLinkRaw, udp(4789, std::string(40, 'x')), out), Content::OtherTransport);
}

TEST(TcpSegment, Wifi) {
  const Segment s = sample();
  const std::string snap = Buffer().u32(0xaaaa0300).u32(0x00000800).text(ip(s)).bytes;
  const std::string plain = Buffer().u16(0x0801).zeros(22).text(snap).bytes;
  expect_sample(kLinkWifi, plain, s);
  expect_sample(kLinkWifi, Buffer().u16(0x8802).zeros(24).text(snap).bytes, s);
  expect_sample(kLinkWifi, Buffer().u16(0x0803).zeros(28).text(snap).bytes, s);
  expect_sample(kLinkRadiotap, Buffer(false).u16(0).u16(12).zeros(8).text(plain).bytes, s);
  TcpSegment out;
  for (const unsigned kind : {0x8000u, 0x4801u, 0x0841u, 0xb400u}) {
    EXPECT_EQ(decode(kLinkWifi, Buffer().u16(kind).zeros(22).text(snap).bytes, out),
              Content::OtherNetwork);
  }
}

TEST(TcpSegment, ExtensionHeadersOfIpv6) {
  Segment s = sample();
  s.from = "fe80::1";
  s.to = "fe80::2";
  const std::string hop = Buffer().u8(60).u8(0).zeros(6).bytes;
  const std::string options = Buffer().u8(51).u8(1).zeros(14).bytes;
  const std::string authentication = Buffer().u8(44).u8(4).zeros(22).bytes;
  const std::string first = Buffer().u8(6).u8(0).u16(1).u32(77).bytes;
  expect_sample(kLinkRaw, ipv6(s, hop + options + authentication + first + tcp(s), 0), s);
  TcpSegment out;
  EXPECT_EQ(decode(kLinkRaw, ipv6(s, first + tcp(s), 44), out), Content::Tcp);
  EXPECT_TRUE(out.first_fragment);
  const std::string later = Buffer().u8(6).u8(0).u16(8 * 5).u32(77).bytes;
  EXPECT_EQ(decode(kLinkRaw, ipv6(s, later + "rest", 44), out), Content::LaterFragment);
}

TEST(TcpSegment, FragmentsOfIpv4) {
  const Segment s = sample();
  TcpSegment out;
  EXPECT_EQ(decode(kLinkRaw, ipv4(s, tcp(s), 0x2000), out), Content::Tcp);
  EXPECT_TRUE(out.first_fragment);
  EXPECT_EQ(decode(kLinkRaw, ipv4(s, "behind", 0x2003), out), Content::LaterFragment);
  EXPECT_EQ(decode(kLinkRaw, ipv4(s, "behind", 0x2003, 17), out), Content::OtherTransport);
}

TEST(TcpSegment, ShortCapturesKeepTheHeader) {
  const Segment s = sample();
  const std::string bytes = ethernet(ip(s));
  TcpSegment out;
  ASSERT_EQ(decode(kLinkEthernet, bytes, out, 14 + 20 + 20), Content::Tcp);
  EXPECT_EQ(out.payload_bytes, 5u);
  EXPECT_TRUE(out.payload.empty());
  for (std::size_t captured = 0; captured < 54; ++captured) {
    EXPECT_EQ(decode(kLinkEthernet, bytes, out, captured), Content::Cut) << captured;
  }
}

TEST(TcpSegment, LengthZeroStandsForAllThatIsThere) {
  const Segment s = sample();
  std::string packet = ip(s);
  packet[2] = packet[3] = 0;
  expect_sample(kLinkRaw, packet, s);
}

TEST(TcpSegment, OtherPacketsAndLies) {
  const Segment s = sample();
  TcpSegment out;
  EXPECT_EQ(decode(kLinkEthernet, ethernet("arp", 0x0806), out), Content::OtherNetwork);
  EXPECT_EQ(decode(kLinkRaw, ipv4(s, std::string(8, 'u'), 0, 17), out), Content::OtherTransport);
  EXPECT_EQ(decode(kLinkRaw, ipv4(s, "short"), out), Content::Malformed);
  std::string bad = ip(s);
  bad[0] = 0x41;  // A header of four bytes.
  EXPECT_EQ(decode(kLinkRaw, bad, out), Content::Malformed);
  bad = ip(s);
  bad[20 + 12] = '\xf0';  // A TCP header longer than the packet.
  EXPECT_EQ(decode(kLinkRaw, bad, out), Content::Malformed);
  bad[0] = 0x75;
  EXPECT_EQ(decode(kLinkRaw, bad, out), Content::Malformed);
  // Tags without end are given up.
  std::string tags;
  for (int i = 0; i < 100; ++i) tags += Buffer().u16(1).u16(0x8100).bytes;
  EXPECT_EQ(decode(kLinkEthernet, ethernet(tags, 0x8100), out), Content::Malformed);
}

}  // namespace
}  // namespace dropscope::capture
