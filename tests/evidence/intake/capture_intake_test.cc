#include "evidence/intake/capture_intake.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "evidence/intake/event_collector.h"
#include "evidence/intake/intake.h"
#include "formats/capture/packets.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;
using namespace capture::test;

class CaptureIntake : public ::testing::Test {
 protected:
  static SourceIntake read(const std::string& bytes) {
    static const Catalogue catalogue = *Catalogue::load();
    static const EventMatcher matcher(catalogue);
    const ReadContext context{matcher, catalogue, 20, {}, {}};
    Content content;
    content.bytes = as_bytes(bytes);
    return read_capture(content, context);
  }
  /// A connection of `port` that ends `idle` seconds after its last packet.
  static void connection(std::vector<Captured>& out, std::uint16_t port, std::uint32_t start,
                         std::uint32_t idle, std::uint8_t end, bool by_server,
                         const std::string& request = {}) {
    const auto add = [&](bool server, std::uint32_t after, std::uint8_t flags, std::uint32_t seq,
                         const std::string& payload = {}) {
      Segment s;
      s.from_port = 50'000;
      s.to_port = port;
      s.from = "10.0.0.1";
      s.to = "10.0.0.2";
      s.seq = seq;
      s.flags = flags;
      s.payload = payload;
      if (server) {
        std::swap(s.from, s.to);
        std::swap(s.from_port, s.to_port);
      }
      out.push_back({start + after, 0, ethernet(ip(s)), 0});
    };
    const auto sent = static_cast<std::uint32_t>(request.size());
    add(false, 0, 0x02, 0);
    add(true, 0, 0x12, 0);
    add(false, 0, 0x18, 1, request);
    add(true, 0, 0x10, 1);
    add(by_server, idle, end, by_server ? 1 : 1 + sent);
  }
};

TEST_F(CaptureIntake, SaysWhoWhyAndAfterHowLong) {
  std::vector<Captured> packets;
  connection(packets, 443, 1'700'000'000, 4, 0x11, true);
  connection(packets, 444, 1'700'001'000, 30, 0x14, false);
  connection(packets, 80, 1'700'002'000, 0, 0x11, false,
             "POST /mapi/emsmdb/?MailboxId=x HTTP/1.1\r\nHost: mail.example.test\r\n\r\n");
  const SourceIntake out = read(pcap(packets));
  EXPECT_EQ(out.source.state, SourceState::Read);
  EXPECT_EQ(out.source.records, 15u);
  ASSERT_EQ(out.closes.size(), 3u);
  const auto find = [&](std::uint16_t port) {
    return *std::find_if(out.closes.begin(), out.closes.end(),
                         [&](const RawClose& c) { return c.close.server.port == port; });
  };
  const RawClose timer = find(443);
  EXPECT_EQ(timer.close.by, CloseBy::Server);
  EXPECT_EQ(timer.close.why, CloseWhy::Idle);
  EXPECT_EQ(timer.close.idle, Ticks{std::chrono::seconds{4}});
  EXPECT_EQ(timer.close.place, 5u);
  EXPECT_EQ(timer.close.time, instant_from_unix(1'700'000'004));
  EXPECT_EQ(timer.close.opened, instant_from_unix(1'700'000'000));
  EXPECT_EQ(timer.close.client.to_string(), "10.0.0.1:50000");
  EXPECT_EQ(timer.reason, "FIN by the server");
  const RawClose reset = find(444);
  EXPECT_EQ(reset.close.by, CloseBy::Client);
  EXPECT_EQ(reset.close.why, CloseWhy::Reset);
  EXPECT_EQ(reset.close.idle, Ticks{std::chrono::seconds{30}});
  const RawClose finished = find(80);
  EXPECT_EQ(finished.close.why, CloseWhy::Finished);
  EXPECT_EQ(finished.protocol, "MAPI/HTTP");
  EXPECT_EQ(finished.server_name, "mail.example.test");
}

TEST_F(CaptureIntake, EndsOfOneAgeAfterDifferentPausesAreForTheAge) {
  std::vector<Captured> packets;
  for (std::uint32_t i = 0; i < 6; ++i) {
    const std::uint32_t start = 1'700'000'000 + 10'000 * i;
    connection(packets, 443, start, 7'200, 0x11, true);
    Segment last_use;
    last_use.from_port = 50'000;
    last_use.to_port = 443;
    last_use.from = "10.0.0.1";
    last_use.to = "10.0.0.2";
    last_use.seq = 1;
    last_use.flags = 0x18;
    last_use.payload = "x";
    packets.insert(packets.end() - 1,
                   {start + 7'200 - 300 * (i + 1), 0, ethernet(ip(last_use)), 0});
  }
  const SourceIntake out = read(pcap(packets));
  ASSERT_EQ(out.closes.size(), 6u);
  for (const RawClose& one : out.closes) {
    EXPECT_EQ(one.close.why, CloseWhy::Age) << one.reason;
    EXPECT_EQ(one.close.by, CloseBy::Server);
  }
}

TEST_F(CaptureIntake, OrderlyEndsAreKeptUpToANumber) {
  std::vector<Captured> packets;
  for (std::uint32_t i = 0; i < 1200; ++i) {
    connection(packets, 25, 1'700'000'000 + 10 * i, 0, 0x11, false);
  }
  connection(packets, 25, 1'700'100'000, 5, 0x11, true);
  const SourceIntake out = read(pcap(packets));
  EXPECT_EQ(out.closes.size(), 1001u);
  ASSERT_EQ(out.assumptions.size(), 1u);
  EXPECT_EQ(out.assumptions[0], "not listed: 200 connections that ended in order without a pause");
}

TEST_F(CaptureIntake, DamageIsListedAndTheRestIsUsed) {
  std::vector<Captured> packets;
  connection(packets, 443, 1'700'000'000, 4, 0x11, true);
  packets.push_back({1'700'000'005, 0, std::string(60, 'x'), 0});
  std::string bytes = pcap(packets);
  const SourceIntake out = read(bytes.substr(0, bytes.size() - 7));
  EXPECT_EQ(out.source.state, SourceState::Damaged);
  EXPECT_EQ(out.source.records_damaged, 1u);
  ASSERT_EQ(out.source.damage.size(), 1u);
  EXPECT_EQ(out.source.damage[0].offset, bytes.size() - 76);
  EXPECT_EQ(out.closes.size(), 1u);

  const SourceIntake nothing = read(bytes.substr(0, 30));
  EXPECT_EQ(nothing.source.state, SourceState::Unreadable);
  const SourceIntake empty = read(bytes.substr(0, 24));
  EXPECT_EQ(empty.source.state, SourceState::Read);
}

TEST_F(CaptureIntake, CapturesOfOtherProgramsAreToBeConverted) {
  const std::string bytes = "GMBU" + std::string(200, '\x01');
  EXPECT_TRUE(is_capture(Head{as_bytes(bytes), {}, {}}));
  const SourceIntake out = read(bytes);
  EXPECT_EQ(out.source.state, SourceState::Unreadable);
  EXPECT_NE(out.source.problem.find("editcap"), std::string::npos);
}

TEST_F(CaptureIntake, WhatCouldNotBeFollowedIsSaid) {
  std::string bytes = section(false) + interface(false, 147);
  bytes += enhanced(false, 0, 1, "unknown link");
  const SourceIntake out = read(bytes);
  ASSERT_EQ(out.assumptions.size(), 1u);
  EXPECT_EQ(out.assumptions[0], "left out: 1 packet of a link type that is not read");
}

TEST_F(CaptureIntake, MapiOnDynamicPorts) {
  const fs::path path = fs::path(DROPSCOPE_CORPUS_DIR) / "evidence" / "pcap" / "mapi.pcap";
  if (!fs::exists(path)) GTEST_SKIP() << "no corpus: " << path;
  const Catalogue catalogue = *Catalogue::load();
  const Evidence e = read_evidence({path}, catalogue);
  ASSERT_EQ(e.sources.size(), 1u);
  EXPECT_EQ(e.sources[0].kind, "capture");
  EXPECT_EQ(e.sources[0].records, 800u);
  EXPECT_EQ(e.closes.size(), 24u);
  int mapi = 0;
  int mapper = 0;
  for (const Close& close : e.closes) {
    const std::string& protocol = e.strings.at(close.protocol);
    if (protocol == "RPC/TCP") ++mapi;
    if (protocol == "RPC endpoint mapper") ++mapper;
    const bool open = close.by == CloseBy::Nobody;
    EXPECT_FALSE(open && close.idle.has_value());
  }
  // Three whose bind was captured, and four that use the same server and port without one.
  EXPECT_EQ(mapi, 7);
  EXPECT_EQ(mapper, 3);
}

}  // namespace
}  // namespace dropscope
