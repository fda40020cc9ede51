#include "formats/capture/packet_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/capture/packets.h"

namespace dropscope::capture {
namespace {

using namespace test;

struct Read {
  std::vector<Packet> packets;
  Account account;
};

Read read(const std::string& bytes) {
  Read out;
  PacketReader reader(as_bytes(bytes));
  for (Packet packet; reader.next(packet);) out.packets.push_back(packet);
  out.account = reader.account();
  return out;
}

const std::string kA(60, 'a');
const std::string kB(61, 'b');

TEST(Pcap, AllFourFormsGiveTheSamePackets) {
  for (const bool big : {false, true}) {
    for (const bool nano : {false, true}) {
      const std::string bytes =
          pcap({{1'700'000'000, 123'456'700, kA, 0}, {1'700'000'001, 0, kB, 1500}},
               {big, nano, 101, 65535});
      ASSERT_TRUE(PacketReader::recognises(as_bytes(bytes)));
      const Read out = read(bytes);
      ASSERT_EQ(out.packets.size(), 2u);
      EXPECT_EQ(format_utc(out.packets[0].time, 7),
                nano ? "2023-11-14T22:13:20.1234567Z" : "2023-11-14T22:13:20.1234560Z");
      EXPECT_EQ(as_text(out.packets[0].data), kA);
      EXPECT_EQ(as_text(out.packets[1].data), kB);
      EXPECT_EQ(out.packets[1].number, 2u);
      EXPECT_EQ(out.packets[1].offset, 24u + 16 + 60);
      EXPECT_EQ(out.packets[1].wire_bytes, 1500u);
      EXPECT_EQ(out.packets[1].link_type, 101u);
      EXPECT_EQ(out.account.cut_packets, 1u);
      EXPECT_EQ(out.account.problem_count, 0u);
    }
  }
}

TEST(Pcap, APacketCutAtTheEndIsCounted) {
  const std::string bytes = pcap({{1, 0, kA, 0}, {2, 0, kB, 0}});
  for (const std::size_t cut : {std::size_t{1}, kB.size(), kB.size() + 1, kB.size() + 15}) {
    const Read out = read(bytes.substr(0, bytes.size() - cut));
    EXPECT_EQ(out.packets.size(), 1u) << cut;
    EXPECT_EQ(out.account.lost_packets, 1u) << cut;
    ASSERT_EQ(out.account.problems.size(), 1u) << cut;
    EXPECT_EQ(out.account.problems[0].offset, 24u + 16 + 60) << cut;
    EXPECT_EQ(out.account.problems[0].packet, 1u) << cut;
  }
}

TEST(Pcap, ReadingGoesOnBehindDamage) {
  std::vector<Captured> packets;
  for (std::uint32_t i = 0; i < 10; ++i) packets.push_back({1'700'000'000 + i, 0, kA, 0});
  std::string bytes = pcap(packets);
  // The length of the fourth packet becomes nonsense.
  bytes.replace(24 + 3 * 76 + 8, 4, "\xff\xff\xff\x7f");
  const Read out = read(bytes);
  ASSERT_EQ(out.packets.size(), 9u);
  EXPECT_EQ(to_unix(out.packets[3].time), 1'700'000'004);
  EXPECT_EQ(out.account.lost_packets, 1u);
  EXPECT_EQ(out.account.problem_count, 1u);
}

TEST(Pcap, OtherVersionsAndOtherFilesAreNotRecognised) {
  std::string bytes = pcap({{1, 0, kA, 0}});
  EXPECT_FALSE(PacketReader::recognises(as_bytes(bytes.substr(0, 23))));
  bytes[4] = 3;
  EXPECT_FALSE(PacketReader::recognises(as_bytes(bytes)));
  EXPECT_TRUE(read(bytes).packets.empty());
  EXPECT_TRUE(read("").packets.empty());
  EXPECT_TRUE(read(std::string(100, '\xff')).packets.empty());
}

TEST(Pcapng, SectionsOfBothOrdersWithTheirOwnInterfaces) {
  std::string bytes;
  for (const bool big : {false, true}) {
    bytes += section(big) + interface(big, 1) + interface(big, 101, 9) + interface(big, 276, 0x8a);
    bytes += block(big, 4, "names");
    bytes += enhanced(big, 0, 1'700'000'000'123'456, kA);
    bytes += block(big, 0x00000bad, "whatever it is");
    bytes += enhanced(big, 1, 1'700'000'000'123'456'789, kB, 2000);
    bytes += enhanced(big, 2, 1'700'000'000ull * 1024 + 512, kA);
  }
  ASSERT_TRUE(PacketReader::recognises(as_bytes(bytes)));
  const Read out = read(bytes);
  ASSERT_EQ(out.packets.size(), 6u);
  EXPECT_EQ(out.account.problem_count, 0u);
  EXPECT_EQ(out.account.interfaces, 6u);
  for (const std::size_t at : {0u, 3u}) {
    EXPECT_EQ(format_utc(out.packets[at].time, 7), "2023-11-14T22:13:20.1234560Z");
    EXPECT_EQ(format_utc(out.packets[at + 1].time, 7), "2023-11-14T22:13:20.1234567Z");
    EXPECT_EQ(format_utc(out.packets[at + 2].time, 7), "2023-11-14T22:13:20.5000000Z");
    EXPECT_EQ(out.packets[at].link_type, 1u);
    EXPECT_EQ(out.packets[at + 1].link_type, 101u);
    EXPECT_EQ(out.packets[at + 2].link_type, 276u);
    EXPECT_EQ(as_text(out.packets[at + 1].data), kB);
    EXPECT_EQ(out.packets[at + 1].wire_bytes, 2000u);
  }
}

TEST(Pcapng, FineResolutionsAndOffsetsGiveTheSameTime) {
  struct Case {
    std::uint8_t resolution;
    std::uint64_t stamp;
  };
  const std::uint64_t half = std::uint64_t{1} << 33;
  for (const Case& c :
       {Case{0, 100}, Case{3, 100'000}, Case{10, 1'000'000'000'000},
        Case{15, 100'000'000'000'000'000}, Case{0x80, 100}, Case{0x80 | 34, 100 * half * 2},
        Case{0x80 | 50, std::uint64_t{100} << 50}}) {
    const Read out =
        read(section(false) + interface(false, 1, c.resolution) + enhanced(false, 0, c.stamp, kA));
    ASSERT_EQ(out.packets.size(), 1u);
    EXPECT_TRUE(out.packets[0].timed);
    EXPECT_EQ(out.packets[0].time, instant_from_unix(100)) << int{c.resolution};
  }
  const std::string body = Buffer(false).u16(1).u16(0).u32(0).bytes +
                           option(false, 14, Buffer(false).number(40, 8).bytes);
  const Read out =
      read(section(false) + block(false, 1, body) + enhanced(false, 0, 60'000'000, kA));
  EXPECT_EQ(out.packets.at(0).time, instant_from_unix(100));
}

TEST(Pcapng, TimesThatAreNoDateAreSaidToBeMissing) {
  const Read out = read(section(false) + interface(false, 1, 0) + interface(false, 1, 30) +
                        enhanced(false, 0, ~0ull, kA) + enhanced(false, 1, 5, kA));
  ASSERT_EQ(out.packets.size(), 2u);
  EXPECT_FALSE(out.packets[0].timed);
  EXPECT_FALSE(out.packets[1].timed);
  EXPECT_EQ(out.account.untimed_packets, 2u);
}

TEST(Pcapng, SimpleAndObsoletePackets) {
  const std::string simple = block(false, 3, Buffer(false).u32(1000).text(kA.substr(0, 40)).bytes);
  const std::string obsolete = block(
      false, 2, Buffer(false).u16(0).u16(3).u32(0).u32(7'000'000).u32(60).u32(60).text(kA).bytes);
  const Read out = read(section(false) + interface(false, 1, 6, 40) + simple + obsolete);
  ASSERT_EQ(out.packets.size(), 2u);
  EXPECT_FALSE(out.packets[0].timed);
  EXPECT_EQ(out.packets[0].data.size(), 40u);
  EXPECT_EQ(out.packets[0].wire_bytes, 1000u);
  EXPECT_EQ(out.packets[1].time, instant_from_unix(7));
}

TEST(Pcapng, DamageCostsOneBlock) {
  const std::string packet = enhanced(false, 0, 5'000'000, kA);
  const std::string head = section(false) + interface(false, 1);
  std::string bytes = head + packet + packet + packet + packet;
  bytes[head.size() + packet.size() + 4] = 13;  // The length of the second packet.
  Read out = read(bytes);
  EXPECT_EQ(out.packets.size(), 3u);
  EXPECT_EQ(out.account.problem_count, 1u);
  EXPECT_EQ(out.account.lost_packets, 1u);

  out = read(bytes.substr(0, bytes.size() - 1));
  EXPECT_EQ(out.packets.size(), 2u);
  EXPECT_EQ(out.account.problem_count, 2u);

  out = read(head + enhanced(false, 7, 5, kA) + packet);
  EXPECT_EQ(out.packets.size(), 1u);
  EXPECT_EQ(out.account.problem_count, 1u);
}

TEST(Pcapng, DropsAreWhatTheLastStatisticsSay) {
  const auto statistics = [](std::uint64_t drops) {
    return block(false, 5,
                 Buffer(false).u32(0).u32(0).u32(0).bytes +
                     option(false, 5, Buffer(false).number(drops, 8).bytes));
  };
  const Read out = read(section(false) + interface(false, 1) + statistics(3) + statistics(8));
  EXPECT_EQ(out.account.dropped_packets, 8u);
}

}  // namespace
}  // namespace dropscope::capture
