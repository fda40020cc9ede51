#include "formats/evtx/chunk.h"

#include <gtest/gtest.h>

#include "formats/evtx/binxml_bytes.h"

namespace dropscope::evtx {
namespace {

using test::BinXmlBytes;

/// Records with these ids, each with a few bytes in place of BinXML.
BinXmlBytes records(std::initializer_list<std::uint64_t> ids) {
  BinXmlBytes out;
  for (const std::uint64_t id : ids) out.begin_record(id, 1000 + id).u64(id).end_record();
  return out;
}

RecordWalk walk(Bytes chunk) {
  const auto header = parse_chunk_header(chunk);
  RecordWalk out;
  EXPECT_TRUE(header);
  if (header) walk_records(chunk, *header, out);
  return out;
}

std::vector<std::uint64_t> ids(const RecordWalk& walk) {
  std::vector<std::uint64_t> out;
  for (const RecordView& record : walk.records) out.push_back(record.id);
  return out;
}
using Ids = std::vector<std::uint64_t>;

constexpr std::size_t kRecord = 40;  // Size of one of records().

TEST(EvtxChunk, FileHeaderFields) {
  auto file = BinXmlBytes::file({records({1}).chunk(), records({2}).chunk()}, kFlagDirty);
  const auto header = parse_file_header(file);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->major_version, 3);
  EXPECT_EQ(header->minor_version, 1);
  EXPECT_EQ(header->chunk_count, 2);
  EXPECT_EQ(header->last_chunk, 1u);
  EXPECT_EQ(header->block_bytes, 4096);
  EXPECT_TRUE(header->dirty());
  EXPECT_FALSE(header->full());
  EXPECT_TRUE(header->crc_ok);
  file[24] = std::byte{1};
  EXPECT_FALSE(parse_file_header(file)->crc_ok);
}

TEST(EvtxChunk, HeadersNeedTheirMagicAndTheirSize) {
  auto chunk = records({1}).chunk();
  auto file = BinXmlBytes::file({chunk});
  EXPECT_FALSE(parse_file_header(Bytes(file).first(127)));
  EXPECT_TRUE(parse_file_header(Bytes(file).first(128)));
  EXPECT_FALSE(parse_file_header({}));
  EXPECT_FALSE(parse_chunk_header(Bytes(chunk).first(511)));
  EXPECT_TRUE(parse_chunk_header(Bytes(chunk).first(512)));
  file[7] = std::byte{1};
  chunk[0] = std::byte{'e'};
  EXPECT_FALSE(parse_file_header(file));
  EXPECT_FALSE(parse_chunk_header(chunk));
}

TEST(EvtxChunk, ChecksumsCoverHeaderAndRecordsApart) {
  const auto sound = records({1, 2}).chunk();
  const auto check = [](const std::vector<std::byte>& chunk, std::uint32_t flags = 0) {
    return check_crc(chunk, *parse_chunk_header(chunk), flags);
  };
  EXPECT_TRUE(check(sound).header_ok);
  EXPECT_TRUE(check(sound).records_ok);
  EXPECT_FALSE(check(sound).absent);

  auto bad_record = sound;
  bad_record[600 - 60] ^= std::byte{1};
  EXPECT_TRUE(check(bad_record).header_ok);
  EXPECT_FALSE(check(bad_record).records_ok);

  for (const std::size_t at : {8u, 119u, 128u, 511u}) {
    auto bad_header = sound;
    bad_header[at] ^= std::byte{1};
    EXPECT_FALSE(check(bad_header).header_ok) << at;
  }
  // Flags are not covered, nor is what lies behind the records.
  auto flags = sound;
  flags[120] ^= std::byte{1};
  flags[60'000] ^= std::byte{1};
  EXPECT_TRUE(check(flags).header_ok);
  EXPECT_TRUE(check(flags).records_ok);
}

TEST(EvtxChunk, ChecksumsMayBeAbsent) {
  auto chunk = records({1}).chunk();
  EXPECT_TRUE(check_crc(chunk, *parse_chunk_header(chunk), kFlagNoCrc).absent);
  store_le(chunk.data() + 52, std::uint32_t{0});
  store_le(chunk.data() + 124, std::uint32_t{0});
  EXPECT_TRUE(check_crc(chunk, *parse_chunk_header(chunk), 0).absent);
}

TEST(EvtxChunk, ChecksumOfRecordsThatAreCutOffIsNotCalledWrong) {
  const auto chunk = records({1, 2}).chunk();
  const Bytes cut = Bytes(chunk).first(kChunkHeaderBytes + kRecord);
  const ChunkCrc crc = check_crc(cut, *parse_chunk_header(cut), 0);
  EXPECT_TRUE(crc.header_ok);
  EXPECT_FALSE(crc.records_ok);
  EXPECT_TRUE(crc.records_cut);
}

TEST(EvtxChunk, WalksSoundRecords) {
  const auto chunk = records({7, 8, 9}).chunk();
  const RecordWalk found = walk(chunk);
  EXPECT_EQ(ids(found), (Ids{7, 8, 9}));
  EXPECT_TRUE(found.gaps.empty());
  const RecordView& second = found.records[1];
  EXPECT_EQ(second.offset, kChunkHeaderBytes + kRecord);
  EXPECT_EQ(second.written, instant_from_filetime(1008));
  EXPECT_EQ(second.binxml_offset, second.offset + kRecordHeaderBytes);
  EXPECT_EQ(second.binxml_size, kRecord - kRecordHeaderBytes - 4);
  EXPECT_FALSE(second.sizes_differ);
  EXPECT_FALSE(second.recovered);
}

TEST(EvtxChunk, RecordOfSizeZeroEndsAndRecoversTheRest) {
  auto bytes = records({1, 2, 3});
  bytes.set_u32(kChunkHeaderBytes + kRecord + 4, 0);
  const RecordWalk found = walk(bytes.chunk());
  EXPECT_EQ(ids(found), (Ids{1, 3}));
  EXPECT_FALSE(found.records[0].recovered);
  EXPECT_TRUE(found.records[1].recovered);
  ASSERT_EQ(found.gaps.size(), 1u);
  EXPECT_EQ(found.gaps[0].offset, kChunkHeaderBytes + kRecord);
  EXPECT_EQ(found.gaps[0].bytes, kRecord);
}

TEST(EvtxChunk, RecordSizesOfAllKindsEnd) {
  for (const std::size_t size :
       {0u, 1u, 8u, 24u, 27u, 28u, 39u, 41u, 65'000u, 0x7fffffffu, 0xfffffff0u, 0xffffffffu}) {
    auto bytes = records({1, 2, 3});
    bytes.set_u32(kChunkHeaderBytes + 4, size);
    const RecordWalk found = walk(bytes.chunk());
    for (const RecordView& record : found.records) {
      EXPECT_LE(record.binxml_offset + record.binxml_size + 4, kChunkBytes);
      EXPECT_EQ(record.recovered, record.id != 1) << size;
    }
  }
}

TEST(EvtxChunk, SizesThatDifferAreToldAndTheFirstIsUsed) {
  auto bytes = records({1, 2});
  bytes.set_u32(kChunkHeaderBytes + kRecord - 4, 99);
  const RecordWalk found = walk(bytes.chunk());
  EXPECT_EQ(ids(found), (Ids{1, 2}));
  EXPECT_TRUE(found.records[0].sizes_differ);
  EXPECT_FALSE(found.records[1].sizes_differ);
}

TEST(EvtxChunk, WhatLiesBehindTheFreeSpaceIsNotMixedIn) {
  auto chunk = records({5, 6, 1, 2}).chunk();
  BinXmlBytes::seal(chunk, kChunkHeaderBytes + 2 * kRecord);
  EXPECT_EQ(ids(walk(chunk)), (Ids{5, 6}));
}

TEST(EvtxChunk, FreeSpaceOffsetOutsideTheChunkIsToldAndNotUsed) {
  for (const std::uint32_t offset : {0u, 511u, 65'537u, 0xffffffffu}) {
    auto chunk = records({1, 2}).chunk();
    store_le(chunk.data() + 48, offset);
    const RecordWalk found = walk(chunk);
    EXPECT_EQ(ids(found), (Ids{1, 2})) << offset;
    ASSERT_EQ(found.gaps.size(), 1u);
    EXPECT_EQ(found.gaps[0].offset, 48u);
  }
}

TEST(EvtxChunk, FreeSpaceOffsetTooLargeMeetsWhatIsNoRecord) {
  auto chunk = records({1, 2}).chunk();
  BinXmlBytes::seal(chunk, 60'000);
  const RecordWalk found = walk(chunk);
  EXPECT_EQ(ids(found), (Ids{1, 2}));
  ASSERT_EQ(found.gaps.size(), 1u);
  EXPECT_EQ(found.gaps[0].bytes, 60'000 - kChunkHeaderBytes - 2 * kRecord);
}

TEST(EvtxChunk, RecordsBeforeACutAreFound) {
  const auto chunk = records({1, 2, 3}).chunk();
  for (std::size_t size = kChunkHeaderBytes; size <= kChunkHeaderBytes + 3 * kRecord; ++size) {
    const RecordWalk found = walk(Bytes(chunk).first(size));
    EXPECT_EQ(found.records.size(), (size - kChunkHeaderBytes) / kRecord) << size;
    EXPECT_EQ(found.gaps.empty(), (size - kChunkHeaderBytes) % kRecord == 0) << size;
  }
}

TEST(EvtxChunk, TimeBeyondTheSignedRangeDoesNotOverflow) {
  BinXmlBytes bytes;
  bytes.begin_record(1, ~std::uint64_t{0}).u64(0).end_record();
  const RecordWalk found = walk(bytes.chunk());
  ASSERT_EQ(found.records.size(), 1u);
  EXPECT_GE(found.records[0].written, Instant{});
}

TEST(EvtxChunk, SmallestRecordIsAHeaderAndItsSize) {
  BinXmlBytes bytes;
  bytes.u32(kRecordMagic).u32(28).u64(4).u64(0).u32(28);
  const RecordWalk found = walk(bytes.chunk());
  EXPECT_EQ(ids(found), Ids{4});
  EXPECT_EQ(found.records[0].binxml_size, 0u);
}

/// Three records before the free space and what `behind` makes of those after it.
RecordWalk walk_beyond(const BinXmlBytes& bytes, bool may_be_stale = true) {
  auto chunk = bytes.chunk();
  BinXmlBytes::seal(chunk, kChunkHeaderBytes + 3 * kRecord);
  RecordWalk out;
  walk_records(chunk, *parse_chunk_header(chunk), out, may_be_stale);
  for (const RecordView& record : out.records) {
    EXPECT_EQ(record.beyond_free_space, record.offset >= kChunkHeaderBytes + 3 * kRecord);
    EXPECT_FALSE(record.recovered);
  }
  return out;
}

TEST(EvtxChunk, NewerRecordsBehindAStaleHeaderAreLive) {
  EXPECT_EQ(ids(walk_beyond(records({1, 2, 3, 4, 5}))), (Ids{1, 2, 3, 4, 5}));
  EXPECT_EQ(ids(walk_beyond(records({1, 2, 3, 4, 5}), false)), (Ids{1, 2, 3}));
}

TEST(EvtxChunk, StaleRecordsBehindTheFreeSpaceAreNeverTakenForNewer) {
  // Ids that do not count on: of an earlier or a later use of the chunk, the last one once more.
  EXPECT_EQ(ids(walk_beyond(records({101, 102, 103, 4, 5}))), (Ids{101, 102, 103}));
  EXPECT_EQ(ids(walk_beyond(records({1, 2, 3, 5, 6}))), (Ids{1, 2, 3}));
  EXPECT_EQ(ids(walk_beyond(records({1, 2, 3, 3}))), (Ids{1, 2, 3}));
  // The chain of ids ends where it breaks.
  EXPECT_EQ(ids(walk_beyond(records({1, 2, 3, 4, 9, 10}))), (Ids{1, 2, 3, 4}));

  // After a log is cleared its ids begin again, so those behind may count on by chance; they are
  // older.
  BinXmlBytes older = records({1, 2, 3});
  older.begin_record(4, 900).u64(0).end_record();
  EXPECT_EQ(ids(walk_beyond(older)), (Ids{1, 2, 3}));
  BinXmlBytes same = records({1, 2, 3});
  same.begin_record(4, 1003).u64(0).end_record();
  EXPECT_EQ(ids(walk_beyond(same)), (Ids{1, 2, 3, 4})) << "many records have the same time";
}

TEST(EvtxChunk, NothingBehindTheFreeSpaceIsTakenUnlessItIsWhole) {
  for (const std::size_t size : {0u, 8u, 27u, 48u, 65'000u, 0xffffffffu}) {
    auto bytes = records({1, 2, 3, 4, 5});
    bytes.set_u32(kChunkHeaderBytes + 3 * kRecord + 4, size);
    EXPECT_EQ(ids(walk_beyond(bytes)), (Ids{1, 2, 3})) << size;
  }
  auto differ = records({1, 2, 3, 4, 5});
  differ.set_u32(kChunkHeaderBytes + 4 * kRecord - 4, 48);
  EXPECT_EQ(ids(walk_beyond(differ)), (Ids{1, 2, 3}));
  EXPECT_EQ(ids(walk_beyond(records({1, 2, 3}))), (Ids{1, 2, 3}));
}

TEST(EvtxChunk, NothingIsTakenBehindABreakOrWithoutALastRecord) {
  auto bytes = records({1, 2, 3, 4, 5});
  bytes.set_u32(kChunkHeaderBytes + kRecord + 4, 0);
  auto chunk = bytes.chunk();
  BinXmlBytes::seal(chunk, kChunkHeaderBytes + 3 * kRecord);
  RecordWalk broken;
  walk_records(chunk, *parse_chunk_header(chunk), broken, true);
  EXPECT_EQ(ids(broken), (Ids{1, 3}));

  BinXmlBytes::seal(chunk, kChunkHeaderBytes);
  walk_records(chunk, *parse_chunk_header(chunk), broken, true);
  EXPECT_TRUE(broken.records.empty());
}

TEST(EvtxChunk, AHeaderMayBeStaleInADirtyLogOrWithAWrongChecksum) {
  ChunkCrc crc;
  crc.header_ok = crc.records_ok = true;
  EXPECT_FALSE(header_may_be_stale(0, crc));
  EXPECT_TRUE(header_may_be_stale(kFlagDirty, crc));
  crc.records_ok = false;
  EXPECT_TRUE(header_may_be_stale(0, crc));
  crc.records_cut = true;
  EXPECT_FALSE(header_may_be_stale(0, crc));
  crc = {};
  crc.absent = true;
  EXPECT_FALSE(header_may_be_stale(0, crc));
}

TEST(EvtxChunk, FirstChunkIsWhereAChunkIs) {
  auto file = BinXmlBytes::file({records({1}).chunk()});
  const auto first = [&] { return first_chunk_offset(file, *parse_file_header(file)); };
  EXPECT_EQ(first(), kFileBlockBytes);
  for (const unsigned block : {0u, 127u, 512u, 8192u, 65535u}) {
    store_le(file.data() + 40, static_cast<std::uint16_t>(block));
    EXPECT_EQ(first(), kFileBlockBytes) << block;
  }
  file.erase(file.begin() + 1024, file.begin() + kFileBlockBytes);
  store_le(file.data() + 40, std::uint16_t{1024});
  EXPECT_EQ(first(), 1024u);
}

}  // namespace
}  // namespace dropscope::evtx
