#include "formats/evt/evt.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "formats/evt/evt_writer.h"

namespace dropscope::evt {
namespace {

struct Found {
  std::vector<Record> records;
  std::vector<Damage> damages;
};

Found read(Bytes bytes) {
  Found found;
  auto reader = LogReader::open(bytes);
  if (!reader) return found;
  reader->on_damage([&](const Damage& damage) { found.damages.push_back(damage); });
  Record record;
  while (reader->next(record)) found.records.push_back(record);
  return found;
}

RecordSpec spec(std::uint32_t number) {
  return {0x40000000u | number,
          1'100'000'000 + number,
          "Outlook",
          "PC-XP",
          {"Connection " + std::to_string(number), "Größe"},
          {1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0},
          "data"};
}

std::vector<std::byte> log(std::uint32_t count, std::size_t ring, std::uint32_t flags = 0) {
  TestLog out(ring);
  for (std::uint32_t i = 1; i <= count; ++i) out.add(spec(i));
  return out.finish(flags);
}

TEST(Evt, GivesTheFieldsOfARecord) {
  const Found found = read(log(2, 4096));
  EXPECT_TRUE(found.damages.empty());
  ASSERT_EQ(found.records.size(), 2u);
  const Record& r = found.records[0];
  EXPECT_EQ(r.offset, kHeaderBytes);
  EXPECT_EQ(r.number, 1u);
  EXPECT_EQ(r.event_id & 0xffff, 1u);
  EXPECT_EQ(r.type, 4);
  EXPECT_EQ(r.source, "Outlook");
  EXPECT_EQ(r.computer, "PC-XP");
  EXPECT_EQ(r.user_sid, "S-1-5-18");
  EXPECT_EQ(r.strings, (std::vector<std::string>{"Connection 1", "Größe"}));
  EXPECT_EQ(r.data_bytes, 4u);
  EXPECT_EQ(format_utc(r.generated), "2004-11-09T11:33:21Z");
}

void expect_numbers(const Found& found, std::uint32_t first, std::uint32_t last) {
  ASSERT_EQ(found.records.size(), last - first + 1);
  for (std::uint32_t i = 0; i < found.records.size(); ++i) {
    EXPECT_EQ(found.records[i].number, first + i);
    EXPECT_EQ(found.records[i].strings.front(), "Connection " + std::to_string(first + i));
  }
}

// Rings of every size modulo a record, so that the end of the file falls into each of its parts.
TEST(Evt, FollowsTheRingWhereverItWraps) {
  for (std::size_t ring = 1000; ring < 1300; ring += 4) {
    for (const std::uint32_t flags : {0u, 1u}) {
      const Found found = read(log(50, ring, flags));
      EXPECT_TRUE(found.damages.empty()) << ring << ' ' << flags << ' ' << found.damages[0].what;
      ASSERT_FALSE(found.records.empty()) << ring;
      expect_numbers(found, found.records.front().number, 50);
      EXPECT_GE(found.records.size(), 4u) << ring;
    }
  }
}

TEST(Evt, AnEmptyLogHasNoRecords) {
  for (const std::uint32_t flags : {0u, 1u}) {
    const Found found = read(log(0, 1024, flags));
    EXPECT_TRUE(found.records.empty());
    EXPECT_TRUE(found.damages.empty());
  }
}

TEST(Evt, GoesOnBehindADamagedRecord) {
  std::vector<std::byte> bytes = log(5, 4096);
  const Found whole = read(bytes);
  ASSERT_EQ(whole.records.size(), 5u);
  bytes[whole.records[2].offset + 5] = std::byte{0};
  const Found found = read(bytes);
  ASSERT_EQ(found.records.size(), 4u);
  ASSERT_EQ(found.damages.size(), 1u);
  EXPECT_EQ(found.damages[0].offset, whole.records[2].offset);
}

TEST(Evt, ReadsACutLogUpToItsEnd) {
  const std::vector<std::byte> bytes = log(5, 4096);
  const Found whole = read(bytes);
  const Found found = read(Bytes(bytes).first(whole.records[4].offset + 20));
  EXPECT_EQ(found.records.size(), 4u);
  EXPECT_FALSE(found.damages.empty());
}

TEST(Evt, FindsRecordsWithoutABeginning) {
  std::vector<std::byte> bytes = log(50, 1024, kDirty);
  const Found whole = read(bytes);
  // The end-of-file record is destroyed: the ring is searched, and what remains is found.
  for (std::size_t i = kHeaderBytes; i + 8 < bytes.size(); i += 4) {
    if (load_le<std::uint32_t>(bytes.data() + i) == 0x28 &&
        load_le<std::uint32_t>(bytes.data() + i + 4) == 0x11111111) {
      bytes[i + 4] = std::byte{0};
    }
  }
  const Found found = read(bytes);
  EXPECT_GE(found.records.size() + 1, whole.records.size());
  EXPECT_FALSE(found.damages.empty());
}

TEST(Evt, RefusesOtherFiles) {
  EXPECT_FALSE(LogReader::open(as_bytes("ElfFile")));
  EXPECT_FALSE(LogReader::open({}));
  std::vector<std::byte> bytes = log(1, 256);
  EXPECT_TRUE(LogReader::open(Bytes(bytes).first(kHeaderBytes)));
  EXPECT_TRUE(read(Bytes(bytes).first(kHeaderBytes)).records.empty());
}

}  // namespace
}  // namespace dropscope::evt
