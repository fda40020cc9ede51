#include "formats/evtx/parallel.h"

#include <gtest/gtest.h>

#include <random>

#include "formats/evtx/random_event.h"
#include "formats/evtx/renderer.h"
#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

std::vector<std::byte> random_log(std::uint64_t seed, int events) {
  std::mt19937_64 engine(seed);
  Writer writer;
  for (int i = 0; i < events; ++i) (void)writer.add(random_event(engine));
  return writer.finish();
}

RecordWriter xml_writer() {
  return [renderer = std::make_shared<Renderer>(TextFormat::Xml)](
             const LogRecord& record, const LogReader&, TextBuffer& text) {
    (void)renderer->append(text, record);
  };
}

struct Output {
  std::string text;
  LogSummary summary;
  std::vector<LogDamage> damage;
};

Output in_one(Bytes log, const ReadOptions& options) {
  Output out;
  auto reader = LogReader::open(log, options);
  if (!reader) return out;
  Renderer renderer(TextFormat::Xml);
  TextBuffer text;
  LogRecord record;
  while (reader->next(record)) (void)renderer.append(text, record);
  out.text = text.view();
  out.summary = reader->summary();
  out.damage = reader->damage();
  return out;
}

Output in_parts(Bytes log, const ReadOptions& options, unsigned threads) {
  Output out;
  std::uint64_t last = 0;
  const auto reader = read_parallel(log, {options, threads}, xml_writer,
                                    [&](std::string_view text, std::uint64_t position) {
                                      EXPECT_GT(position, last);
                                      last = position;
                                      out.text += text;
                                      return true;
                                    });
  if (!reader) return out;
  EXPECT_EQ(last, log.size());
  out.summary = reader->summary();
  out.damage = reader->damage();
  return out;
}

void expect_same(const Output& a, const Output& b) {
  EXPECT_EQ(a.text, b.text);
  EXPECT_EQ(a.summary, b.summary);
  EXPECT_EQ(a.damage, b.damage);
}

TEST(EvtxParallel, GivesTheSameWithAnyNumberOfThreads) {
  const auto log = random_log(1, 2'500);
  ASSERT_GT(log.size(), 2 * kChunksPerPart * kChunkBytes);
  const Output expected = in_one(log, {});
  EXPECT_FALSE(expected.text.empty());
  for (const unsigned threads : {1u, 2u, 3u, 7u, 64u}) {
    expect_same(in_parts(log, {}, threads), expected);
  }
}

TEST(EvtxParallel, KeepsTheAccountOfDamageInFileOrder) {
  std::mt19937_64 engine(2);
  for (int round = 0; round < 4; ++round) {
    auto log = random_log(static_cast<std::uint64_t>(round) + 10, 1'500);
    for (int i = 0; i < 60 * round; ++i) {
      log[kFileHeaderBytes + engine() % (log.size() - kFileHeaderBytes)] ^= std::byte{0x15};
    }
    if (round % 2 == 1) log.resize(log.size() - 70'000);
    for (const bool recovered : {false, true}) {
      const ReadOptions options{.recovered = recovered};
      const Output expected = in_one(log, options);
      expect_same(in_parts(log, options, 2), expected);
      expect_same(in_parts(log, options, 5), expected);
    }
  }
}

TEST(EvtxParallel, Filters) {
  const auto log = random_log(3, 1'500);
  Filter filter;
  filter.levels = {2, 4};
  const ReadOptions options{.filter = &filter};
  const Output expected = in_one(log, options);
  EXPECT_FALSE(expected.text.empty());
  expect_same(in_parts(log, options, 3), expected);
}

TEST(EvtxParallel, StopsWhenNobodyWantsMore) {
  const auto log = random_log(4, 2'500);
  int taken = 0;
  const auto reader = read_parallel(log, {{}, 4}, xml_writer,
                                    [&](std::string_view, std::uint64_t) { return ++taken < 2; });
  ASSERT_TRUE(reader);
  EXPECT_EQ(taken, 2);
  EXPECT_EQ(reader->position(), kFileBlockBytes + 2 * kChunksPerPart * kChunkBytes);
}

TEST(EvtxParallel, LogsWithoutChunks) {
  const auto log = random_log(5, 1);
  const Bytes header = Bytes(log).first(kFileBlockBytes);
  for (const unsigned threads : {1u, 3u}) {
    bool called = false;
    const auto reader =
        read_parallel(header, {{}, threads}, xml_writer, [&](std::string_view, std::uint64_t) {
          called = true;
          return true;
        });
    ASSERT_TRUE(reader);
    EXPECT_FALSE(called);
    EXPECT_EQ(reader->damage().size(), 1u);  // Its header counts a chunk.
  }
  EXPECT_FALSE(read_parallel(Bytes(log).first(7), {}, xml_writer,
                             [](std::string_view, std::uint64_t) { return true; }));
}

TEST(EvtxParallel, OneThreadForSmallLogs) {
  EXPECT_EQ(suggested_threads(1'000'000), 1u);
  EXPECT_GE(suggested_threads(1'000'000'000), 1u);
  EXPECT_LE(suggested_threads(1'000'000'000), 8u);
}

}  // namespace
}  // namespace dropscope::evtx
