#include "formats/evtx/recover_live.h"

#include <gtest/gtest.h>

#include <random>

#include "formats/evtx/binxml_bytes.h"
#include "formats/evtx/random_event.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

TEST(EvtxRecoverLive, FindsByIdAndTimeHoweverManyChunksShareAGroup) {
  std::mt19937_64 engine(3);
  Writer writer;
  for (int i = 0; i < 1500; ++i) (void)writer.add(random_event(engine));
  const std::vector<std::byte> log = writer.finish();
  ASSERT_GT(log.size(), kFileBlockBytes + 6 * kChunkBytes);
  for (const std::size_t groups : {1u, 2u, 3u, 65'536u}) {
    LiveRecords live(log, kFileBlockBytes, 0, groups);
    auto reader = LogReader::open(log);
    ASSERT_TRUE(reader);
    LogRecord record;
    while (reader->next(record)) {
      ASSERT_EQ(live.find(record.id, record.written), LiveRecords::Answer::Yes) << record.id;
      ASSERT_EQ(live.find(record.id, record.written + Ticks{1}), LiveRecords::Answer::No);
      ASSERT_EQ(live.find(record.id + 10'000'000, record.written), LiveRecords::Answer::No);
    }
  }
}

TEST(EvtxRecoverLive, GivesUpOnChunksThatAllClaimTheSame) {
  test::BinXmlBytes bytes;
  bytes.begin_record(1, 1000).end_record().begin_record(9, 9000).end_record();
  std::vector<std::vector<std::byte>> chunks(1'200, bytes.chunk());
  const std::vector<std::byte> log = test::BinXmlBytes::file(chunks);
  LiveRecords live(log, kFileBlockBytes, 0);
  EXPECT_EQ(live.find(9, instant_from_filetime(9000)), LiveRecords::Answer::Yes);
  EXPECT_EQ(live.find(5, instant_from_filetime(5000)), LiveRecords::Answer::Unknown);
  EXPECT_EQ(live.find(10, instant_from_filetime(9000)), LiveRecords::Answer::No);
}

/// The free space begins inside a record, and more records follow behind that one.
TEST(EvtxRecoverLive, AgreesWithTheReaderOnARecordAcrossTheFreeSpace) {
  test::BinXmlBytes bytes;
  for (const std::uint64_t id : {1u, 2u, 3u}) bytes.begin_record(id, 1000 * id).end_record();
  std::vector<std::byte> log = test::BinXmlBytes::file({bytes.chunk()});
  const std::size_t first =
      load_le<std::uint32_t>(log.data() + kFileBlockBytes + kChunkHeaderBytes + 4);
  store_le(log.data() + kFileBlockBytes + 48,
           static_cast<std::uint32_t>(kChunkHeaderBytes + first - 8));

  auto reader = LogReader::open(log);
  ASSERT_TRUE(reader);
  LogRecord record;
  std::size_t end = 0;
  while (reader->next(record)) {
    end = record.offset - kFileBlockBytes + load_le<std::uint32_t>(log.data() + record.offset + 4);
  }
  EXPECT_EQ(reader->summary().records, 3u);
  const Bytes chunk = Bytes(log).subspan(kFileBlockBytes, kChunkBytes);
  RecordWalk walk;
  EXPECT_EQ(walk_live_records(chunk, *parse_chunk_header(chunk), 0, walk), end);
}

}  // namespace
}  // namespace dropscope::evtx
