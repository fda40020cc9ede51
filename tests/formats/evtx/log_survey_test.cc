#include "formats/evtx/log_survey.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/files.h"
#include "base/mapped_file.h"
#include "formats/evtx/writer.h"

#ifdef DROPSCOPE_HAVE_RAPIDCHECK
#include <rapidcheck/gtest.h>
#endif

namespace dropscope::evtx {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const Instant kStart = *parse_utc("2024-05-13T08:00:00Z");

/// One event, `after` seconds after the start.
EventSpec event(double after, std::uint64_t id = 0, std::string provider = "Outlook",
                std::uint16_t event_id = 26) {
  EventSpec spec;
  spec.provider = std::move(provider);
  spec.event_id = event_id;
  spec.time = kStart + ticks_from_seconds(after);
  if (id != 0) spec.record_id = id;
  spec.channel = "Application";
  spec.computer = "PC-1";
  return spec;
}

std::vector<std::byte> log_of(const std::vector<EventSpec>& events) {
  Writer writer;
  for (const EventSpec& spec : events) EXPECT_TRUE(writer.add(spec).has_value());
  return writer.finish();
}

/// The chunks of several logs behind the header of the first.
std::vector<std::byte> join(const std::vector<std::vector<std::byte>>& logs) {
  std::vector<std::byte> out(logs[0].begin(), logs[0].begin() + kFileBlockBytes);
  for (const auto& log : logs) out.insert(out.end(), log.begin() + kFileBlockBytes, log.end());
  return out;
}

SurveyResult survey(Bytes log) {
  LogSurvey survey;
  auto reader = LogReader::open(log);
  EXPECT_TRUE(reader.has_value());
  LogRecord record;
  while (reader->next(record)) survey.add(record);
  const SurveyResult result = survey.finish();
  EXPECT_EQ(result.records, reader->summary().records);
  EXPECT_EQ(result.records_unreadable, reader->summary().records_unreadable);
  EXPECT_EQ(result.records_doubtful, reader->summary().records_doubtful);
  return result;
}

TEST(EvtxSurvey, CountsKindsAndTheirTimes) {
  const auto log =
      log_of({event(0), event(10), event(5, 0, "Outlook", 27), event(20, 0, "Adapter"), event(15)});
  const SurveyResult got = survey(log);
  ASSERT_EQ(got.kinds.size(), 3u);
  EXPECT_EQ(got.providers, 2u);
  EXPECT_EQ(got.kinds[0].provider, "Adapter");
  EXPECT_EQ(got.kinds[1].event_id, 26u);
  EXPECT_EQ(got.kinds[1].records, 3u);
  EXPECT_EQ(got.kinds[1].first, kStart);
  EXPECT_EQ(got.kinds[1].last, kStart + seconds(15));
  EXPECT_EQ(got.kinds[2].event_id, 27u);
  EXPECT_EQ(got.first, kStart);
  EXPECT_EQ(got.last, kStart + seconds(20));
  EXPECT_EQ(got.computers.counts.at("PC-1"), 5u);
  EXPECT_EQ(got.channels.counts.at("Application"), 5u);
  EXPECT_EQ(got.lowest_id, 1u);
  EXPECT_EQ(got.highest_id, 5u);
  EXPECT_EQ(got.gaps.total, 0u);
  EXPECT_EQ(got.cleared.total, 0u);
}

TEST(EvtxSurvey, AnEmptyLog) {
  const SurveyResult got = survey(log_of({}));
  EXPECT_EQ(got.records, 0u);
  EXPECT_FALSE(got.first.has_value());
  EXPECT_EQ(got.lowest_id, 0u);
}

TEST(EvtxSurvey, GapsOfIds) {
  const SurveyResult got =
      survey(log_of({event(0, 5), event(1, 6), event(2, 9), event(3, 10), event(4, 12)}));
  ASSERT_EQ(got.gaps.total, 2u);
  EXPECT_EQ(got.gaps.kept[0].first, 7u);
  EXPECT_EQ(got.gaps.kept[0].last, 8u);
  EXPECT_EQ(got.gaps.kept[0].before, kStart + seconds(1));
  EXPECT_EQ(got.gaps.kept[0].after, kStart + seconds(2));
  EXPECT_EQ(got.gaps.kept[1].count(), 1u);
  EXPECT_EQ(got.ids_missing, 3u);
  EXPECT_EQ(got.restarts.total, 0u);
}

// The chunk with the newest records stands before the oldest.
TEST(EvtxSurvey, ALogThatHasGoneAroundHasNoGap) {
  const auto log =
      join({log_of({event(20, 3), event(30, 4)}), log_of({event(0, 1), event(10, 2)})});
  const SurveyResult got = survey(log);
  EXPECT_EQ(got.gaps.total, 0u);
  EXPECT_EQ(got.restarts.total, 0u);
  EXPECT_EQ(got.steps.total, 0u);
  EXPECT_EQ(got.highest_id, 4u);
}

TEST(EvtxSurvey, AStepBetweenTheEndAndTheFrontOfTheFileIsSeen) {
  const auto log = join({log_of({event(5, 3), event(30, 4)}), log_of({event(0, 1), event(10, 2)})});
  const SurveyResult got = survey(log);
  ASSERT_EQ(got.steps.total, 1u);
  EXPECT_EQ(got.steps.kept[0].record_id, 3u);
  EXPECT_EQ(got.steps.kept[0].length(), seconds(-5));
}

TEST(EvtxSurvey, IdsThatBeginAgain) {
  const auto log = join({log_of({event(0, 7), event(1, 8)}), log_of({event(60, 1), event(61, 2)})});
  const SurveyResult got = survey(log);
  ASSERT_EQ(got.restarts.total, 1u);
  EXPECT_EQ(got.restarts.kept[0].id_before, 8u);
  EXPECT_EQ(got.restarts.kept[0].id, 1u);
  EXPECT_EQ(got.gaps.total, 0u) << "what comes before and after is not compared";
  EXPECT_EQ(got.ids_repeated, 0u);
}

TEST(EvtxSurvey, IdsThatOccurTwice) {
  const auto part = log_of({event(0, 5), event(1, 6), event(2, 7)});
  const auto log = join({part, log_of({event(-10, 1), event(0, 5), event(1, 6)})});
  EXPECT_EQ(survey(log).ids_repeated, 2u);
}

TEST(EvtxSurvey, TheClockGoesBack) {
  const SurveyResult got =
      survey(log_of({event(100), event(98.5), event(98), event(40), event(200), event(197.9)}));
  ASSERT_EQ(got.steps.total, 2u);
  EXPECT_EQ(got.steps.kept[0].source, StepSource::Order);
  EXPECT_EQ(got.steps.kept[0].record_id, 4u);
  EXPECT_EQ(got.steps.kept[0].length(), seconds(-58));
  EXPECT_EQ(got.steps.kept[1].length(), milliseconds(-2100));
}

// As in the log of a collector.
TEST(EvtxSurvey, ClocksOfTwoComputersAreNotCompared) {
  std::vector<EventSpec> events;
  for (int i = 0; i < 6; ++i) {
    events.push_back(event(10 * i - 60 * (i % 2)));
    if (i % 2 == 1) events.back().computer = "PC-2";
  }
  EXPECT_EQ(survey(log_of(events)).steps.total, 0u);
}

TEST(EvtxSurvey, WindowsSaysThatTheClockWasSet) {
  const auto step = [](const char* provider, std::uint16_t id, const char* old_name, double from,
                       double to) {
    EventSpec spec = event(to, 0, provider, id);
    spec.style = RecordStyle::Manifest;
    spec.data = {{"NewTime", OwnedValue::file_time(kStart + ticks_from_seconds(to))},
                 {old_name, OwnedValue::file_time(kStart + ticks_from_seconds(from))}};
    return spec;
  };
  const SurveyResult got =
      survey(log_of({step("Microsoft-Windows-Kernel-General", 1, "OldTime", 0, 3600),
                     step("Microsoft-Windows-Kernel-General", 1, "OldTime", 3601, 3600.5),
                     step("Microsoft-Windows-Security-Auditing", 4616, "PreviousTime", 4000, 4010),
                     step("Another", 1, "OldTime", 0, 5000)}));
  ASSERT_EQ(got.steps.total, 2u);
  EXPECT_EQ(got.steps.kept[0].source, StepSource::Event);
  EXPECT_EQ(got.steps.kept[0].length(), seconds(3600));
  EXPECT_EQ(got.steps.kept[1].length(), seconds(10));
}

TEST(EvtxSurvey, WindowsSaysThatALogWasCleared) {
  const auto cleared = [](std::uint16_t id, std::string channel, std::vector<DataItem> data) {
    EventSpec spec = event(5, 0, "Microsoft-Windows-Eventlog", id);
    spec.style = RecordStyle::Manifest;
    spec.channel = std::move(channel);
    spec.data = std::move(data);
    return spec;
  };
  const SurveyResult got =
      survey(log_of({cleared(1102, "Security",
                             {{"SubjectUserName", OwnedValue::string("dadmin")},
                              {"SubjectDomainName", OwnedValue::string("CONTOSO")}}),
                     cleared(104, "System",
                             {{"SubjectUserName", OwnedValue::string("tony")},
                              {"Channel", OwnedValue::string("Application")},
                              {"BackupPath", OwnedValue::string("C:\\old.evtx")}}),
                     cleared(105, "System", {}), event(6, 0, "AD FS", 1102)}));
  ASSERT_EQ(got.cleared.total, 2u);
  EXPECT_EQ(got.cleared.kept[0].log, "Security");
  EXPECT_EQ(got.cleared.kept[0].user, "CONTOSO\\dadmin");
  EXPECT_EQ(got.cleared.kept[1].log, "Application");
  EXPECT_EQ(got.cleared.kept[1].user, "tony");
  EXPECT_EQ(got.cleared.kept[1].backup, "C:\\old.evtx");
  EXPECT_EQ(got.cleared.kept[1].record_id, 2u);
}

TEST(EvtxSurvey, DoubtsByReason) {
  auto log = log_of({event(0), event(1)});
  log[kFileBlockBytes + 52] ^= std::byte{1};  // Both checksums: this field is in the header.
  const SurveyResult got = survey(log);
  EXPECT_EQ(got.records_doubtful, 2u);
  EXPECT_EQ(got.doubtful_by[static_cast<std::size_t>(Doubt::RecordsCrc)], 2u);
  EXPECT_EQ(got.doubtful_by[static_cast<std::size_t>(Doubt::ChunkHeaderCrc)], 2u);
  EXPECT_EQ(got.doubtful_by[static_cast<std::size_t>(Doubt::SizesDiffer)], 0u);
}

TEST(EvtxSurvey, ImpossibleTimesAreLeftOut) {
  EventSpec zero = event(0);
  zero.time = Instant{};
  const SurveyResult got = survey(log_of({event(10), zero, event(20)}));
  EXPECT_EQ(got.times_implausible, 1u);
  EXPECT_EQ(got.first, kStart + seconds(10));
  EXPECT_EQ(got.steps.total, 0u);
}

TEST(EvtxSurvey, ListsAreBoundedAndSaySo) {
  Writer writer;
  for (std::uint64_t i = 0; i < LogSurvey::kKindsKept + 50; ++i) {
    EventSpec spec = event(0, 2 * i + 1, "P", static_cast<std::uint16_t>(i));
    spec.computer = "PC-" + std::to_string(i);
    ASSERT_TRUE(writer.add(spec).has_value());
  }
  const SurveyResult got = survey(writer.finish());
  EXPECT_EQ(got.kinds.size(), LogSurvey::kKindsKept);
  EXPECT_EQ(got.kinds_not_counted, 50u);
  EXPECT_EQ(got.gaps.total, LogSurvey::kKindsKept + 49);
  EXPECT_EQ(got.gaps.kept.size(), LogSurvey::kListKept);
  EXPECT_EQ(got.computers.counts.size(), LogSurvey::kTextsKept);
  EXPECT_EQ(got.computers.not_counted, LogSurvey::kKindsKept + 50 - LogSurvey::kTextsKept);
}

TEST(EvtxSurveyCorpus, ASystemLog) {
  const auto path =
      path_from_utf8(DROPSCOPE_CORPUS_DIR) / "evtx" / "damaged-and-odd" / "system.evtx";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no corpus";
  const auto file = MappedFile::open(path);
  ASSERT_TRUE(file.has_value());
  const SurveyResult got = survey(file->bytes());
  EXPECT_EQ(got.records, 1881u);
  EXPECT_EQ(got.lowest_id, 1u);
  EXPECT_EQ(got.highest_id, 1881u);
  EXPECT_EQ(got.gaps.total, 0u);
  EXPECT_EQ(got.kinds.size(), 89u);
  EXPECT_EQ(got.providers, 38u);
  ASSERT_EQ(got.cleared.total, 2u);
  EXPECT_EQ(got.cleared.kept[0].log, "Microsoft-Windows-Sysmon/Operational");
  EXPECT_EQ(got.cleared.kept[0].user, "DESKTOP-2KGM189\\tony");
}

#ifdef DROPSCOPE_HAVE_RAPIDCHECK

RC_GTEST_PROP(EvtxSurveyProperty, MissingIdsAreThoseBetweenLowestAndHighest, ()) {
  const auto ids =
      *rc::gen::nonEmpty(rc::gen::container<std::set<std::uint64_t>>(rc::gen::inRange(1, 200)));
  std::vector<EventSpec> events;
  for (const std::uint64_t id : ids) events.push_back(event(static_cast<double>(id), id));
  const SurveyResult got = survey(log_of(events));
  RC_ASSERT(got.lowest_id == *ids.begin());
  RC_ASSERT(got.highest_id == *ids.rbegin());
  RC_ASSERT(got.ids_missing == *ids.rbegin() - *ids.begin() + 1 - ids.size());
  for (const IdGap& gap : got.gaps.kept) {
    for (std::uint64_t id = gap.first; id <= gap.last; ++id) RC_ASSERT(!ids.contains(id));
  }
}

#endif

}  // namespace
}  // namespace dropscope::evtx
