// The same log in all its forms gives the same events.

#include "evidence/intake/event_export_intake.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "base/utf16.h"
#include "evidence/intake/intake.h"
#include "evidence/intake/logs.h"
#include "formats/evt/evt_writer.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/renderer.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;
using namespace test_logs;

class EventExportIntake : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("dropscope-event-export-") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    auto loaded = Catalogue::load();
    ASSERT_TRUE(loaded) << loaded.error().text();
    catalogue_ = std::move(*loaded);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Evidence read(const std::string& text, const IntakeOptions& options = {}) {
    const fs::path path = folder_ / "evidence";
    EXPECT_TRUE(write_file(path, text));
    return read_evidence({path}, catalogue_, options);
  }

  /// "time meaning computer provider id text" of each event.
  static std::vector<std::string> lines(const Evidence& e) {
    std::vector<std::string> out;
    for (const Event& event : e.events) {
      out.push_back(
          fmt::format("{} {} {} {} {} {}", format_utc(event.time, 3), to_string(event.meaning),
                      event.computer < e.computers.size() ? e.computers[event.computer].name : "",
                      e.strings.at(event.provider), event.event_id, e.strings.at(event.text)));
    }
    return out;
  }

  fs::path folder_;
  Catalogue catalogue_;
};

std::vector<std::byte> some_log() {
  evtx::EventSpec clock =
      classic("Microsoft-Windows-Kernel-General", 1, minute(90), "", "PC01.corp.example", "System");
  clock.style = evtx::RecordStyle::Manifest;
  clock.data = {{"NewTime", evtx::OwnedValue::string("2025-09-01T10:00:00.0000000Z")},
                {"OldTime", evtx::OwnedValue::string("2025-09-01T09:00:00.0000000Z")}};
  return log_of({classic("Outlook", 45, minute(0), "add-in <a> & \"b\""),
                 classic("Outlook", 26, minute(60), kLost),
                 classic("Outlook", 26, minute(61), kRestored),
                 classic("Outlook", 26, minute(62), "Größe 連線 unbekannt"),
                 classic("Other", 26, minute(70), kLost),
                 classic("Microsoft-Windows-Kernel-Power", 42, minute(80), "4", "PC01.corp.example",
                         "System"),
                 clock});
}

std::string rendered(const std::vector<std::byte>& log, evtx::TextFormat format) {
  auto reader = evtx::LogReader::open(log);
  if (!reader) return {};
  evtx::Renderer renderer(format);
  TextBuffer text;
  evtx::LogRecord record;
  while (reader->next(record)) renderer.append(text, record);
  return std::string(text.view());
}

std::string as_text_of(const std::vector<std::byte>& bytes) {
  return std::string(as_text(Bytes(bytes)));
}

TEST_F(EventExportIntake, XmlGivesTheEventsOfItsLog) {
  const auto log = some_log();
  const Evidence original = read(as_text_of(log));
  ASSERT_GE(original.events.size(), 5u);
  const std::string stream = rendered(log, evtx::TextFormat::Xml);
  const std::u16string units = u"\xfeff" + to_utf16("<Events>" + stream + "</Events>");
  const std::string utf16(reinterpret_cast<const char*>(units.data()), units.size() * 2);
  for (const std::string& text :
       {stream, "<?xml version='1.0'?><Events>" + stream + "</Events>", utf16}) {
    const Evidence e = read(text);
    ASSERT_EQ(e.sources.size(), 1u);
    EXPECT_EQ(e.sources[0].kind, "event-xml");
    EXPECT_EQ(e.sources[0].state, SourceState::Read);
    EXPECT_EQ(e.sources[0].records, original.sources[0].records);
    EXPECT_EQ(lines(e), lines(original));
    ASSERT_EQ(e.coverage.size(), original.coverage.size());
    for (std::size_t i = 0; i < e.coverage.size(); ++i) {
      EXPECT_EQ(e.coverage[i].first, original.coverage[i].first);
      EXPECT_EQ(e.coverage[i].last, original.coverage[i].last);
      EXPECT_EQ(e.coverage[i].records, original.coverage[i].records);
    }
  }
}

TEST_F(EventExportIntake, JsonLinesGiveTheEventsOfTheirLog) {
  const auto log = some_log();
  const Evidence e = read(rendered(log, evtx::TextFormat::JsonLines));
  ASSERT_EQ(e.sources.size(), 1u);
  EXPECT_EQ(e.sources[0].kind, "event-json");
  EXPECT_EQ(lines(e), lines(read(as_text_of(log))));
}

TEST_F(EventExportIntake, ACutExportIsDamagedAndTheRestIsUsed) {
  const auto log = some_log();
  const std::string text = rendered(log, evtx::TextFormat::Xml);
  const Evidence e = read(text.substr(0, text.size() - 20));
  ASSERT_EQ(e.sources.size(), 1u);
  EXPECT_EQ(e.sources[0].state, SourceState::Damaged);
  EXPECT_EQ(e.sources[0].records, 6u);
  EXPECT_EQ(e.sources[0].records_damaged, 1u);
  ASSERT_EQ(e.sources[0].damage.size(), 1u);
  EXPECT_TRUE(e.sources[0].damage[0].what.starts_with("line 7: ")) << e.sources[0].damage[0].what;
}

TEST_F(EventExportIntake, TheMessageServesWhereThereIsNoData) {
  const Evidence e = read(
      "<Event xmlns='x'><System><Provider Name='Outlook'/><EventID>26</EventID><TimeCreated "
      "SystemTime='2025-09-01T08:00:00Z'/><Channel>Application</Channel><Computer>PC01</Computer>"
      "</System><EventData></EventData><RenderingInfo Culture='en-US'><Message>Connection to "
      "Microsoft Exchange has been restored.</Message></RenderingInfo></Event>");
  EXPECT_EQ(lines(e),
            std::vector<std::string>{"2025-09-01T08:00:00.000Z restored PC01 Outlook 26 "
                                     "Connection to Microsoft Exchange has been restored."});
}

std::string viewer_table(const std::string& time) {
  return "Level,Date and Time,Source,Event ID,Task Category\r\nInformation," + time +
         ",Outlook,26,None,\"The description for Event ID 26 from source Outlook cannot be found. "
         "Either the component is not installed.\r\n\r\nThe following information was included "
         "with "
         "the event: \r\n\r\nConnection to Microsoft Exchange has been restored.\r\n\r\nThe "
         "message "
         "resource is present but the message was not found in the message table\"\r\n";
}

TEST_F(EventExportIntake, ATableWithAmbiguousDatesAsksAndIsReadWhenTold) {
  const std::string text = viewer_table("03/04/2026 10:00:00");
  const Evidence asked = read(text);
  ASSERT_EQ(asked.sources.size(), 1u);
  EXPECT_EQ(asked.sources[0].state, SourceState::Unreadable);
  EXPECT_NE(asked.sources[0].problem.find("--date-order"), std::string::npos);

  IntakeOptions options;
  options.date_order = DateOrder::DayFirst;
  options.local_zone = TimeZone::find("Europe/Berlin");
  const Evidence told = read(text, options);
  ASSERT_EQ(told.events.size(), 1u);
  EXPECT_EQ(format_utc(told.events[0].time), "2026-04-03T08:00:00Z");
  EXPECT_EQ(told.events[0].meaning, Meaning::Restored);
  ASSERT_EQ(told.sources[0].assumptions.size(), 3u);

  options.date_order = DateOrder::MonthFirst;
  EXPECT_EQ(format_utc(read(text, options).events[0].time), "2026-03-04T09:00:00Z");
}

TEST_F(EventExportIntake, ATableProvesItsOrderOfDatesAnywhere) {
  const std::string text =
      viewer_table("03/04/2026 10:00:00") + "Information,13/04/2026 10:00:00,Outlook,27,None,x\r\n";
  const Evidence e = read(text);
  ASSERT_FALSE(e.events.empty());
  EXPECT_EQ(format_utc(e.events[0].time), "2026-04-03T10:00:00Z");
}

TEST_F(EventExportIntake, ALogOfWindowsXpGivesItsEvents) {
  evt::TestLog log(4096);
  const auto seconds = static_cast<std::uint32_t>(to_unix(minute(60)));
  log.add({0x4000001a, seconds, "Outlook", "PC-XP", {kLost}});
  log.add({0x4000001a, seconds + 60, "Outlook", "PC-XP", {kRestored}});
  const Evidence e = read(as_text_of(log.finish(evt::kDirty)));
  ASSERT_EQ(e.sources.size(), 1u);
  EXPECT_EQ(e.sources[0].kind, "evt");
  EXPECT_TRUE(e.sources[0].dirty);
  ASSERT_EQ(e.events.size(), 2u);
  EXPECT_EQ(e.events[0].meaning, Meaning::Lost);
  EXPECT_EQ(e.events[0].time, minute(60));
  EXPECT_EQ(e.events[1].meaning, Meaning::Restored);
}

/// What an independent tool counted in the published samples (README.md there).
struct Sample {
  const char* file;
  const char* kind;
  std::uint64_t records;
  const char* first;
  const char* last;
  std::vector<const char*> computers;
};

TEST_F(EventExportIntake, ReadsThePublishedSamples) {
  const fs::path folder = path_from_utf8(DROPSCOPE_CORPUS_DIR) / "evidence" / "eventlog";
  if (!fs::exists(folder)) GTEST_SKIP() << "no corpus at " << folder;
  const std::vector<Sample> samples = {
      {"cmd_discover_iexplorer_version_registry.zip",
       "event-json",
       68,
       "2020-10-21T11:28:08.823Z",
       "2020-10-21T11:28:12.485Z",
       {"WORKSTATION5"}},
      {"raccine_samples.zip",
       "event-json",
       6,
       "2020-10-18T03:20:56.489Z",
       "2020-10-18T03:38:05.959Z",
       {"WORKSTATION5"}},
      {"covenant_copy_smb_CreateRequest.zip",
       "event-json",
       506,
       "2020-09-22T18:53:04.182Z",
       "2020-09-22T18:54:15.768Z",
       {"MORDORDC.theshire.local", "WORKSTATION5.theshire.local", "WORKSTATION6.theshire.local"}},
      {"securityauditing_log4shell_cve2021_44228_java_serialized_object.zip",
       "event-json",
       39,
       "2022-05-13T08:54:05.210Z",
       "2022-05-13T08:54:11.657Z",
       {"WORKSTATION5"}},
      {"empire_enable_rdp.tar.gz",
       "event-json",
       2668,
       "2019-05-18T20:36:46.254Z",
       "2019-05-18T20:37:58.699Z",
       {"HFDC01.shire.com", "HR001.shire.com", "IT001.shire.com"}},
      {"winlogbeat-lines.md",
       "event-json",
       6,
       "2019-05-14T23:04:23.636Z",
       "2019-10-20T20:14:13.625Z",
       {}},
      {"windows-logs.log",
       "event-xml",
       1,
       "2022-04-28T16:09:28.944Z",
       "2022-04-28T16:09:28.944Z",
       {"exchange-1.mydomain.test"}},
      {"windows-bf.log",
       "event-xml",
       6,
       "2022-04-29T12:36:01.902Z",
       "",
       {"exchange-1.mydomain.test"}},
      {"iis-etw-xml.log",
       "event-xml",
       1,
       "2022-10-01T11:25:54.620Z",
       "2022-10-01T11:25:54.620Z",
       {"exchange-1.mydomain.test"}},
      {"E19-GetWinEventOldestApplication.clixml.xml",
       "event-clixml",
       1,
       "2024-06-18T09:42:06.008Z",
       "2024-06-18T09:42:06.008Z",
       {"Solo-E19A.Solo.com"}},
      {"E19-GetWinEventOldestSystem.clixml.xml", "event-clixml", 1, "", "", {"WIN-MOQT6B0G2B8"}},
      {"german-event-viewer-csv.md",
       "event-table",
       14,
       "2021-10-27T12:28:26.000Z",
       "2021-10-27T12:28:26.000Z",
       {""}},
  };
  for (const Sample& sample : samples) {
    SCOPED_TRACE(sample.file);
    const Evidence e = read_evidence({folder / sample.file}, catalogue_);
    ASSERT_EQ(e.sources.size(), 1u);
    EXPECT_EQ(e.sources[0].kind, sample.kind);
    EXPECT_EQ(e.sources[0].records, sample.records);
    EXPECT_EQ(e.sources[0].records_damaged, 0u);
    ASSERT_FALSE(e.coverage.empty());
    Instant first = e.coverage[0].first;
    Instant last = e.coverage[0].last;
    std::set<std::string> computers;
    for (const Coverage& coverage : e.coverage) {
      first = std::min(first, coverage.first);
      last = std::max(last, coverage.last);
      computers.insert(e.computers[coverage.computer].name);
    }
    if (*sample.first != 0) {
      EXPECT_EQ(format_utc(first, 3), sample.first);
    }
    if (*sample.last != 0) {
      EXPECT_EQ(format_utc(last, 3), sample.last);
    }
    if (!sample.computers.empty()) {
      EXPECT_EQ(computers, std::set<std::string>(sample.computers.begin(), sample.computers.end()));
    }
  }
  const Evidence decoy =
      read_evidence({folder / "E19-GetWinEventApplication.clixml.xml"}, catalogue_);
  ASSERT_EQ(decoy.sources.size(), 1u);
  EXPECT_EQ(decoy.sources[0].kind, "log-settings");
  EXPECT_NE(decoy.sources[0].problem.find("no event"), std::string::npos);
}

TEST_F(EventExportIntake, ReadsEveryExportOfTheExampleCases) {
  const fs::path folder = path_from_utf8(DROPSCOPE_CORPUS_DIR) / "cases" / "evidence";
  if (!fs::exists(folder)) GTEST_SKIP() << "no cases at " << folder;
  const Evidence e = read_evidence({folder}, catalogue_);
  std::size_t files = 0;
  std::uint64_t records = 0;
  std::uint64_t damaged = 0;
  for (const Source& source : e.sources) {
    if (!source.path.ends_with(".xml")) continue;
    ++files;
    EXPECT_EQ(source.kind, "event-xml") << source.path;
    records += source.records;
    damaged += source.records_damaged;
  }
  // 15880 beginnings of events in 213 files; six files are overwritten in the middle.
  EXPECT_EQ(files, 213u);
  EXPECT_EQ(records, 15874u);
  EXPECT_EQ(damaged, 6u);
}

TEST_F(EventExportIntake, ARecordWithoutATimeDoesNotStretchTheLog) {
  std::string events = "<Events>";
  for (const char* time :
       {"2025-03-03T10:00:00Z", "1601-01-01T00:00:00Z", "2025-03-03T11:00:00Z"}) {
    events += fmt::format(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider "
        "Name='Outlook'/><EventID>26</EventID><TimeCreated SystemTime='{}'/>"
        "<Channel>Application</Channel><Computer>PC01</Computer></System></Event>",
        time);
  }
  const Evidence evidence = read(events + "</Events>");
  ASSERT_EQ(evidence.coverage.size(), 1u);
  EXPECT_EQ(format_utc(evidence.coverage[0].first), "2025-03-03T10:00:00Z");
  EXPECT_EQ(format_utc(evidence.coverage[0].last), "2025-03-03T11:00:00Z");
  EXPECT_EQ(evidence.coverage[0].records, 3u);
  EXPECT_EQ(evidence.out_of_order, 0u);
}

TEST_F(EventExportIntake, RecordsWithoutAnyTimeCoverNothing) {
  const Evidence evidence = read(
      "<Events><Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
      "<Provider Name='Outlook'/><EventID>26</EventID><TimeCreated "
      "SystemTime='1601-01-01T00:00:00Z'/><Channel>Application</Channel><Computer>PC01</Computer>"
      "</System></Event></Events>");
  EXPECT_TRUE(evidence.coverage.empty());
  EXPECT_EQ(evidence.records_seen, 1u);
  ASSERT_EQ(evidence.computers.size(), 1u);
  EXPECT_EQ(evidence.computers[0].name, "PC01");
}

}  // namespace
}  // namespace dropscope
