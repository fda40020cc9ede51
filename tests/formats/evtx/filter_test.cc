// A filter while reading gives what a filter after reading gives: on logs of every layout, on real
// ones and on damaged ones. And it does not cost the account of damage.

#include "formats/evtx/filter.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "base/files.h"
#include "base/mapped_file.h"
#include "formats/evtx/filter_reference.h"
#include "formats/evtx/random_event.h"
#include "formats/evtx/writer.h"

namespace dropscope::evtx {
namespace {

namespace fs = std::filesystem;
using test::compare_filtered;
using test::PickedEvents;
using test::random_filter;
using test::read_filtered;

/// Three providers, in each layout that the writer knows.
std::vector<std::byte> sample(int count = 60) {
  Writer writer;
  for (int i = 0; i < count; ++i) {
    EventSpec event;
    event.style = std::array{RecordStyle::Classic, RecordStyle::Manifest,
                             RecordStyle::Inline}[static_cast<std::size_t>(i % 3)];
    event.provider = std::array{"Outlook", "Microsoft-Windows-Kernel-Power",
                                "Outlook Express"}[static_cast<std::size_t>(i / 3 % 3)];
    event.event_id = static_cast<std::uint16_t>(20 + i % 10);
    event.level = static_cast<std::uint8_t>(2 + i % 3);
    event.time = instant_from_unix(1'700'000'000 + 60 * i);
    event.channel = i % 2 == 0 ? "Application" : "System";
    event.computer = i % 4 == 0 ? "PC01.corp.example" : "pc02";
    event.record_id = static_cast<std::uint64_t>(1000 + i);
    event.data = {{"", OwnedValue::string("Größe " + std::to_string(i) + "\r\nnext")},
                  {"", OwnedValue::string("last")}};
    EXPECT_TRUE(writer.add(event));
  }
  return writer.finish();
}

std::size_t count(const std::vector<std::byte>& log, const Filter& filter) {
  EXPECT_EQ(compare_filtered(log, filter, false), "");
  return read_filtered(log, filter, false, false).records.size();
}

TEST(EvtxFilter, NothingAskedGivesEveryRecord) {
  EXPECT_EQ(count(sample(), {}), 60u);
}

TEST(EvtxFilter, EachConditionNarrows) {
  const auto log = sample();
  EXPECT_EQ(count(log, {.providers = {"outlook"}}), 21u);
  EXPECT_EQ(count(log, {.providers = {"OUTLOOK*"}}), 39u);
  EXPECT_EQ(count(log, {.providers = {"*Kernel*", "nobody"}}), 21u);
  EXPECT_EQ(count(log, {.ids = {26}}), 6u);
  EXPECT_EQ(count(log, {.ids = {26, 27}}), 12u);
  EXPECT_EQ(count(log, {.levels = {2}}), 20u);
  EXPECT_EQ(count(log, {.channels = {"sys*"}}), 30u);
  EXPECT_EQ(count(log, {.from = instant_from_unix(1'700'000'000 + 60 * 50)}), 10u);
  EXPECT_EQ(count(log, {.until = instant_from_unix(1'700'000'000 + 60 * 50)}), 50u);
  EXPECT_EQ(count(log, {.first_record_id = 1010, .last_record_id = 1019}), 10u);
  EXPECT_EQ(count(log, {.providers = {"outlook"}, .ids = {26}}), 3u);
}

TEST(EvtxFilter, ComputersWithoutADotFitInAnyDomain) {
  const auto log = sample();
  EXPECT_EQ(count(log, {.computers = {"pc01"}}), 15u);
  EXPECT_EQ(count(log, {.computers = {"pc01.corp.example"}}), 15u);
  EXPECT_EQ(count(log, {.computers = {"pc01.other"}}), 0u);
  EXPECT_EQ(count(log, {.computers = {"PC0*"}}), 60u);
}

TEST(EvtxFilter, SourcesAreAlternatives) {
  const auto log = sample();
  Filter filter;
  filter.sources = {{"outlook", {20, 26}, ""}, {"*power", {}, "System"}};
  EXPECT_EQ(count(log, filter), 6u + 11u);
  filter.levels = {2};
  EXPECT_LT(count(log, filter), 17u);
  EXPECT_GT(count(log, filter), 0u);
}

TEST(EvtxFilter, TextsAreFoundWhateverTheirCase) {
  const auto log = sample();
  EXPECT_EQ(count(log, {.texts = {"GRÖSSE"}}), 0u);
  EXPECT_EQ(count(log, {.texts = {"GRÖßE 4"}}), 11u);
  EXPECT_EQ(count(log, {.texts = {"größe 41 Next"}}), 1u);
  EXPECT_EQ(count(log, {.texts = {"41 next | la"}}), 1u);
  EXPECT_EQ(count(log, {.texts = {"41 next "}}), 1u);
  EXPECT_EQ(count(log, {.texts = {"nowhere", "größe 7"}}), 1u);
  EXPECT_EQ(count(log, {.texts = {""}}), 60u);
  // Names are no data.
  EXPECT_EQ(count(log, {.texts = {"Outlook"}}), 0u);
}

TEST(EvtxFilter, DamageIsToldOfRecordsThatDoNotMatch) {
  auto log = sample();
  std::byte* const record = log.data() + kFileBlockBytes + kChunkHeaderBytes;
  record[kRecordHeaderBytes + 4] = std::byte{0x1f};  // No token of BinXML.
  const auto found = read_filtered(log, {.providers = {"nobody"}}, false, false);
  EXPECT_TRUE(found.records.empty());
  EXPECT_EQ(found.summary.records, 60u);
  EXPECT_EQ(found.summary.records_unreadable, 1u);
  EXPECT_EQ(found.summary.chunks_crc_bad, 1u);
  EXPECT_EQ(found.damage.size(), 2u);
}

TEST(EvtxFilter, ChecksumsMayBeLeftOut) {
  auto log = sample();
  log[kFileBlockBytes + 52] ^= std::byte{1};
  const Filter filter{.ids = {26}};
  const auto checked = read_filtered(log, filter, false, false);
  ASSERT_EQ(checked.records.size(), 6u);
  EXPECT_TRUE(checked.records[0].doubtful);
  const auto unchecked = read_filtered(log, filter, false, false, false);
  ASSERT_EQ(unchecked.records.size(), 6u);
  EXPECT_FALSE(unchecked.records[0].doubtful);
  EXPECT_EQ(unchecked.summary.damages, 0u);
}

TEST(EvtxFilter, ReadingPausesWhereItIsAskedTo) {
  const auto log = sample(2000);
  const Filter filter{.providers = {"nobody"}};
  auto reader = LogReader::open(log, {.filter = &filter});
  ASSERT_TRUE(reader);
  LogRecord record;
  std::uint64_t pauses = 0;
  while (reader->position() < log.size()) {
    EXPECT_FALSE(reader->next_before(reader->position() + 1, record));
    ++pauses;
  }
  EXPECT_GT(pauses, 5u);
  EXPECT_EQ(reader->summary().chunks, pauses);
  EXPECT_EQ(reader->summary().records, 2000u);
  EXPECT_FALSE(reader->next(record));
}

/// Compares many filters on one log.
void compare_many(Bytes log, std::mt19937_64& engine, int filters) {
  const auto draw_below = [&](std::size_t bound) {
    return static_cast<std::size_t>(draw(engine, bound));
  };
  const PickedEvents picked(log, draw_below, 6);
  for (int i = 0; i < filters; ++i) {
    const Filter filter = random_filter(draw_below, picked.events());
    EXPECT_EQ(compare_filtered(log, filter, i % 4 == 0), "");
    if (testing::Test::HasFailure()) return;
  }
}

TEST(EvtxFilter, RandomFiltersOnRandomEvents) {
  std::mt19937_64 engine(31);
  for (int round = 0; round < 12; ++round) {
    Writer writer;
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(writer.add(random_event(engine)));
    compare_many(writer.finish(), engine, 60);
  }
}

TEST(EvtxFilter, RandomFiltersOnRealLogs) {
  const fs::path corpus = path_from_utf8(DROPSCOPE_CORPUS_DIR) / "evtx";
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator it(corpus, error), end; !error && it != end;
       it.increment(error)) {
    // The larger ones hold nothing that the others do not, and take their time.
    if (it->path().extension() == ".evtx" && it->file_size() <= (9u << 17)) {
      paths.push_back(it->path());
    }
  }
  if (paths.empty()) GTEST_SKIP() << "no event logs in " << path_to_utf8(corpus);
  std::sort(paths.begin(), paths.end());
  std::mt19937_64 engine(32);
  for (const fs::path& path : paths) {
    SCOPED_TRACE(path_to_utf8(path));
    const auto file = MappedFile::open(path);
    ASSERT_TRUE(file) << file.error().text();
    compare_many(file->bytes(), engine, 2);
    // And damaged: bytes changed anywhere, most of all in the records.
    std::vector<std::byte> damaged(file->bytes().begin(), file->bytes().end());
    for (int i = 0; i < 40; ++i) {
      damaged[kFileBlockBytes + draw(engine, damaged.size() - kFileBlockBytes)] =
          static_cast<std::byte>(draw(engine, 256));
    }
    compare_many(damaged, engine, 1);
  }
}

}  // namespace
}  // namespace dropscope::evtx
