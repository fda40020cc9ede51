#include "formats/evtx/reader.h"

#include <gtest/gtest.h>

#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/exercise.h"
#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

using test::BinXmlBytes;
using test::Exercise;

/// Adds a record with one inline event.
void add_event(BinXmlBytes& b, std::uint64_t id) {
  b.begin_record(id, 1000 + id).header().open(u"Event").close().open(u"System").close();
  b.open(u"EventID").close().text(u"26").end().end().end().eof().end_record();
}
BinXmlBytes events(std::initializer_list<std::uint64_t> ids) {
  BinXmlBytes b;
  for (const std::uint64_t id : ids) add_event(b, id);
  return b;
}

struct Read {
  std::vector<std::uint64_t> ids;
  std::vector<std::uint64_t> doubtful;
  std::uint8_t doubts = 0;  // Of all records together.
  std::vector<std::uint64_t> recovered;
  LogSummary summary;
  std::vector<LogDamage> damage;
};

Read read(const std::vector<std::byte>& file, bool recovered = false) {
  EXPECT_EQ(Exercise::run(file, recovered).complaint, "");
  Read out;
  auto reader = LogReader::open(file, {.recovered = recovered});
  EXPECT_TRUE(reader);
  if (!reader) return out;
  LogRecord record;
  while (reader->next(record)) {
    out.ids.push_back(record.id);
    if (record.doubtful) out.doubtful.push_back(record.id);
    EXPECT_EQ(record.doubtful, record.doubts != 0);
    out.doubts |= record.doubts;
    if (record.recovered) out.recovered.push_back(record.id);
  }
  out.summary = reader->summary();
  out.damage = reader->damage();
  return out;
}
using Ids = std::vector<std::uint64_t>;

std::string open_error(Bytes bytes) {
  const auto reader = LogReader::open(bytes);
  if (reader) return "(opened)";
  EXPECT_EQ(reader.error().code, ErrorCode::Corrupt);
  return reader.error().message;
}

TEST(EvtxReader, WhatIsNoLogIsRefusedWithWhatItBeginsWith) {
  EXPECT_EQ(open_error({}), "the file is empty; an event log has at least 4,096 bytes");
  EXPECT_EQ(
      open_error(as_bytes("PK\x03\x04rest of an archive")),
      "not an event log: expected \"ElfFile\" at offset 0, found \"PK\\x03\\x04rest of an a\"");
  EXPECT_NE(open_error(as_bytes("ElfFile")), "(opened)");
}

TEST(EvtxReader, SoundLog) {
  const Read got = read(BinXmlBytes::file({events({1, 2}).chunk(), events({3}).chunk()}));
  EXPECT_EQ(got.ids, (Ids{1, 2, 3}));
  EXPECT_TRUE(got.doubtful.empty());
  EXPECT_EQ(got.summary.chunks, 2u);
  EXPECT_EQ(got.summary.records, 3u);
  EXPECT_EQ(got.summary.damages, 0u);
}

TEST(EvtxReader, LogWithoutRecords) {
  EXPECT_EQ(read(BinXmlBytes::file({BinXmlBytes().chunk()})).summary.damages, 0u);
  const auto written = Writer().finish();
  const Read got = read(written);
  EXPECT_EQ(got.summary.records, 0u);
  EXPECT_EQ(got.summary.damages, 0u);
}

TEST(EvtxReader, ViewsPointIntoTheFile) {
  const auto file = BinXmlBytes::file({events({1}).chunk(), events({2, 3}).chunk()});
  auto reader = LogReader::open(file);
  ASSERT_TRUE(reader);
  LogRecord record;
  while (reader->next(record)) {
    EXPECT_EQ(load_le<std::uint32_t>(file.data() + record.offset), kRecordMagic);
    EXPECT_EQ(load_le<std::uint64_t>(file.data() + record.offset + 8), record.id);
    EXPECT_EQ(record.written, instant_from_filetime(1000 + record.id));
    EXPECT_EQ(record.event->event_id(), 26);
  }
  EXPECT_EQ(reader->position(), file.size());
}

TEST(EvtxReader, ChunkThatIsNoneIsSkippedAndTold) {
  auto bad = events({2}).chunk();
  bad[0] = std::byte{'X'};
  const auto file = BinXmlBytes::file(
      {events({1}).chunk(), bad, std::vector<std::byte>(kChunkBytes), events({3}).chunk()});
  const Read got = read(file);
  EXPECT_EQ(got.ids, (Ids{1, 3}));
  EXPECT_EQ(got.summary.chunks, 2u);
  EXPECT_EQ(got.summary.chunks_bad, 1u);
  EXPECT_EQ(got.summary.chunks_unused, 1u);
  ASSERT_EQ(got.damage.size(), 1u);
  EXPECT_EQ(got.damage[0].offset, kFileBlockBytes + kChunkBytes);
  EXPECT_EQ(got.damage[0].lost_bytes, kChunkBytes);
  EXPECT_TRUE(got.damage[0].what.starts_with(
      "expected \"ElfChnk\" at the start of a chunk, found \"XlfChnk\\x00"))
      << got.damage[0].what;
}

TEST(EvtxReader, WrongChecksumMakesRecordsDoubtfulButReadable) {
  auto bad = events({1, 2}).chunk();
  bad[kChunkHeaderBytes + 16] ^= std::byte{1};
  const Read got = read(BinXmlBytes::file({bad, events({3}).chunk()}));
  EXPECT_EQ(got.ids, (Ids{1, 2, 3}));
  EXPECT_EQ(got.doubtful, (Ids{1, 2}));
  EXPECT_EQ(got.doubts, bit_of(Doubt::RecordsCrc));
  EXPECT_EQ(got.summary.records_doubtful, 2u);
  EXPECT_EQ(got.summary.chunks_crc_bad, 1u);
  ASSERT_EQ(got.damage.size(), 1u);
  EXPECT_EQ(got.damage[0].what, "checksum of the chunk's records is wrong");
}

TEST(EvtxReader, ChecksumsAreNotComparedWhereThereAreNone) {
  auto bad = events({1}).chunk();
  bad[kChunkHeaderBytes + 16] ^= std::byte{1};
  EXPECT_EQ(read(BinXmlBytes::file({bad}, kFlagNoCrc)).summary.damages, 0u);
}

TEST(EvtxReader, DamagedFileHeaderIsToldAndNotUsed) {
  auto file = BinXmlBytes::file({events({1}).chunk()});
  store_le(file.data() + 42, std::uint16_t{500});
  Read got = read(file);
  EXPECT_EQ(got.ids, Ids{1});
  ASSERT_EQ(got.damage.size(), 1u);
  EXPECT_EQ(got.damage[0].what, "checksum of the file header is wrong; its counts are not used");
}

TEST(EvtxReader, BlockSizeThatLeadsNowhereIsNotUsed) {
  for (const int block : {0, 127, 4095, 4097, 65535}) {
    auto file = BinXmlBytes::file({events({1}).chunk()});
    store_le(file.data() + 40, static_cast<std::uint16_t>(block));
    EXPECT_EQ(read(file).ids, Ids{1}) << block;
  }
}

TEST(EvtxReader, OtherBlockSizesAreFollowedWhenAChunkIsThere) {
  const auto chunk = events({1}).chunk();
  auto file = BinXmlBytes::file({});
  file.resize(512);
  store_le(file.data() + 16, std::uint64_t{0});
  store_le(file.data() + 40, std::uint16_t{512});
  store_le(file.data() + 42, std::uint16_t{1});
  BinXmlBytes::seal_file_header(file);
  file.insert(file.end(), chunk.begin(), chunk.end());
  const Read got = read(file);
  EXPECT_EQ(got.ids, Ids{1});
  EXPECT_EQ(got.summary.damages, 0u);
}

TEST(EvtxReader, LogCutInsideAChunkKeepsTheRecordsBeforeTheCut) {
  const auto file = BinXmlBytes::file({events({1}).chunk(), events({2, 3, 4}).chunk()});
  const std::size_t chunk = kFileBlockBytes + kChunkBytes;
  const std::size_t record = (events({1}).pos() - kChunkHeaderBytes);
  const std::vector<std::byte> cut(
      file.begin(), file.begin() + static_cast<std::ptrdiff_t>(chunk + 512 + 2 * record + 9));
  const Read got = read(cut);
  EXPECT_EQ(got.ids, (Ids{1, 2, 3}));
  EXPECT_TRUE(got.doubtful.empty());
  EXPECT_EQ(got.summary.chunks_crc_bad, 0u);
  ASSERT_EQ(got.damage.size(), 2u);
  EXPECT_EQ(got.damage[0].offset, cut.size());
  EXPECT_EQ(got.damage[0].lost_bytes, kChunkBytes - (cut.size() - chunk));
  EXPECT_EQ(got.damage[1].what, "record is cut off by the end of the file");
}

TEST(EvtxReader, LogCutBetweenChunksIsTold) {
  auto file = BinXmlBytes::file({events({1}).chunk(), events({2}).chunk(), events({3}).chunk()});
  file.resize(kFileBlockBytes + kChunkBytes);
  const Read got = read(file);
  EXPECT_EQ(got.ids, Ids{1});
  ASSERT_EQ(got.damage.size(), 1u);
  EXPECT_EQ(got.damage[0].what,
            "the file header counts 3 chunks, the file holds 1; copy the log again");
  EXPECT_EQ(got.damage[0].lost_bytes, 2 * kChunkBytes);
}

TEST(EvtxReader, LogCutInsideAChunkHeaderIsTold) {
  auto file = BinXmlBytes::file({events({1}).chunk()});
  file.resize(kFileBlockBytes + 100);
  const Read got = read(file);
  EXPECT_EQ(got.summary.chunks_bad, 1u);
  EXPECT_EQ(got.damage.at(0).what, "the file ends inside the header of a chunk");
}

TEST(EvtxReader, StaleCountsOfARunningSystemAreNormal) {
  auto file = BinXmlBytes::file({events({1}).chunk(), events({2}).chunk()}, kFlagDirty);
  store_le(file.data() + 42, std::uint16_t{1});
  BinXmlBytes::seal_file_header(file);
  const Read got = read(file);
  EXPECT_EQ(got.ids, (Ids{1, 2}));
  EXPECT_EQ(got.summary.damages, 0u);
}

TEST(EvtxReader, RecordsBehindABreakAreGivenOnlyOnRequest) {
  auto b = events({1, 2, 3});
  const std::size_t record = (b.pos() - kChunkHeaderBytes) / 3;
  b.set_u32(kChunkHeaderBytes + record, 0x12345678);
  const auto file = BinXmlBytes::file({b.chunk(), events({9}).chunk()});
  const Read plain = read(file);
  EXPECT_EQ(plain.ids, (Ids{1, 9}));
  EXPECT_EQ(plain.summary.records_recoverable, 1u);
  EXPECT_EQ(plain.summary.records, 2u);
  const Read all = read(file, true);
  EXPECT_EQ(all.ids, (Ids{1, 3, 9}));
  EXPECT_EQ(all.recovered, Ids{3});
  EXPECT_EQ(all.summary.records, 2u);
  ASSERT_EQ(all.damage.size(), 1u);
  EXPECT_EQ(all.damage[0].offset, kFileBlockBytes + kChunkHeaderBytes + record);
  EXPECT_EQ(all.damage[0].lost_bytes, record);
}

TEST(EvtxReader, UnreadableRecordIsCountedOnceAndTheNextIsRead) {
  BinXmlBytes b;
  b.begin_record(1).header().u8(0x3f).end_record();
  add_event(b, 2);
  const Read got = read(BinXmlBytes::file({b.chunk()}));
  EXPECT_EQ(got.ids, (Ids{1, 2}));
  EXPECT_EQ(got.summary.records, 2u);
  EXPECT_EQ(got.summary.records_unreadable, 1u);
  ASSERT_EQ(got.damage.size(), 1u);
  EXPECT_EQ(got.damage[0].record_id, 1u);
  EXPECT_EQ(got.damage[0].lost_records, 1u);
  EXPECT_EQ(got.damage[0].what, "unknown BinXML token");
}

TEST(EvtxReader, UnreadableRecoveredRecordIsNotCountedAmongTheLive) {
  BinXmlBytes b;
  b.u64(0);  // No record where one is expected.
  b.begin_record(1).header().u8(0x3f).end_record();
  const Read got = read(BinXmlBytes::file({b.chunk()}), true);
  EXPECT_EQ(got.recovered, Ids{1});
  EXPECT_EQ(got.summary.records, 0u);
  EXPECT_EQ(got.summary.records_unreadable, 0u);
}

TEST(EvtxReader, SizesThatDifferMakeARecordDoubtful) {
  auto b = events({1, 2});
  b.set_u32(b.pos() - 4, 7);
  const Read got = read(BinXmlBytes::file({b.chunk()}));
  EXPECT_EQ(got.ids, (Ids{1, 2}));
  EXPECT_EQ(got.doubtful, Ids{2});
  EXPECT_EQ(got.doubts, bit_of(Doubt::SizesDiffer));
  EXPECT_EQ(got.damage.at(0).record_id, 2u);
}

TEST(EvtxReader, OnlySoManyDamagesAreKeptAndAllAreCounted) {
  BinXmlBytes b;
  for (std::uint64_t id = 1; id <= 300; ++id) b.begin_record(id).header().u8(0x3f).end_record();
  const Read got = read(BinXmlBytes::file({b.chunk()}));
  EXPECT_EQ(got.summary.damages, 300u);
  EXPECT_EQ(got.damage.size(), LogReader::kDamageKept);
}

TEST(EvtxReader, TemplatesOfOneChunkAreUnknownInTheNext) {
  // The second chunk uses a template at the place where the first one has it, and has none there.
  BinXmlBytes first;
  first.begin_record(1).header().begin_template().open(u"Event").close_empty().end_template();
  first.values({}).end_record();
  BinXmlBytes second;
  second.begin_record(2).header().use_template(first.template_offset()).values({}).end_record();
  const Read got = read(BinXmlBytes::file({first.chunk(), second.chunk()}));
  EXPECT_EQ(got.ids, (Ids{1, 2}));
  EXPECT_EQ(got.summary.records_unreadable, 1u);
}

}  // namespace
}  // namespace dropscope::evtx
