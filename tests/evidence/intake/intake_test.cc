#include "evidence/intake/intake.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "base/files.h"
#include "base/text.h"
#include "evidence/intake/close_keeper.h"
#include "evidence/intake/logs.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;
using namespace test_logs;

class IntakeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / (std::string("dropscope-intake-") + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    auto loaded = Catalogue::load();
    ASSERT_TRUE(loaded) << loaded.error().text();
    catalogue_ = std::move(*loaded);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const std::string& name, const std::vector<std::byte>& bytes) {
    const fs::path path = folder_ / path_from_utf8(name);
    fs::create_directories(path.parent_path());
    ASSERT_TRUE(write_file(path, Bytes(bytes)));
  }
  void put_text(const std::string& name, const std::string& text) {
    const fs::path path = folder_ / path_from_utf8(name);
    fs::create_directories(path.parent_path());
    ASSERT_TRUE(write_file(path, text));
  }
  Evidence read(unsigned threads = 2) {
    IntakeOptions options;
    options.threads = threads;
    return read_evidence({folder_}, catalogue_, options);
  }
  static std::size_t count(const Evidence& e, Meaning meaning) {
    return static_cast<std::size_t>(std::count_if(
        e.events.begin(), e.events.end(), [&](const Event& x) { return x.meaning == meaning; }));
  }
  const Source* source(const Evidence& e, std::string_view suffix) {
    for (const Source& s : e.sources) {
      if (ends_with_nocase_ascii(s.path, suffix)) return &s;
    }
    return nullptr;
  }

  fs::path folder_;
  Catalogue catalogue_;
};

std::vector<evtx::EventSpec> two_losses(const std::string& computer = "PC01.corp.example") {
  return {classic("MsiInstaller", 1033, minute(0), "something", computer),
          classic("Outlook", 26, minute(60), kLost, computer),
          classic("Outlook", 26, minute(61), kRestored, computer),
          classic("Outlook", 26, minute(121), kLost, computer),
          classic("Outlook", 26, minute(122), kRestored, computer)};
}

TEST_F(IntakeTest, ReadsAnApplicationLog) {
  put("PC01/Application.evtx", log_of(two_losses()));
  const Evidence e = read();
  ASSERT_EQ(e.sources.size(), 1u);
  EXPECT_EQ(e.sources[0].state, SourceState::Read);
  EXPECT_EQ(e.sources[0].sha256.size(), 64u);
  EXPECT_EQ(e.sources[0].records, 5u);
  EXPECT_EQ(e.records_seen, 5u);
  ASSERT_EQ(e.computers.size(), 1u);
  EXPECT_EQ(e.computers[0].name, "PC01.corp.example");
  ASSERT_EQ(e.coverage.size(), 1u);
  EXPECT_EQ(e.coverage[0].first, minute(0));
  EXPECT_EQ(e.coverage[0].last, minute(122));
  ASSERT_EQ(e.events.size(), 4u);
  EXPECT_EQ(e.events[0].meaning, Meaning::Lost);
  EXPECT_EQ(e.events[0].time, minute(60));
  EXPECT_EQ(e.events[0].record_id, 2u);
  EXPECT_EQ(e.events[0].recognition, Recognition::Exact);
  EXPECT_EQ(e.strings.at(e.events[0].text), kLost);
  EXPECT_EQ(e.strings.at(e.events[0].provider), "Outlook");
}

TEST_F(IntakeTest, TheIdAloneIsNotEnough) {
  put("a.evtx", log_of({classic("AcmeBackup", 26, minute(1), kLost),
                        classic("Application Popup", 26, minute(2), kLost),
                        classic("Outlook", 63, minute(3), "GetAppManifests succeeded.")}));
  EXPECT_TRUE(read().events.empty());
}

TEST_F(IntakeTest, TheSameLogTwiceCountsOnce) {
  put("a/Application.evtx", log_of(two_losses()));
  put("b/copy.evtx", log_of(two_losses()));
  const Evidence e = read();
  EXPECT_EQ(e.events.size(), 4u);
  EXPECT_EQ(e.duplicates, 4u);
}

TEST_F(IntakeTest, ForwardedLogsAreSplitByComputer) {
  std::vector<evtx::EventSpec> events;
  for (int i = 0; i < 6; ++i) {
    const std::string computer = i % 2 == 0 ? "A.corp.example" : "B.corp.example";
    evtx::EventSpec event =
        classic("Outlook", 26, minute(10 * i), i < 2 ? kLost : kRestored, computer);
    event.style = evtx::RecordStyle::Inline;
    events.push_back(event);
  }
  put("ForwardedEvents.evtx", log_of(events));
  const Evidence e = read();
  EXPECT_EQ(e.computers.size(), 2u);
  EXPECT_EQ(e.coverage.size(), 2u);
  EXPECT_EQ(e.events.size(), 6u);
}

TEST_F(IntakeTest, AForwardedCopyIsTheSameEventAsItsOriginal) {
  evtx::EventSpec original = classic("Outlook", 26, minute(5), kLost);
  original.record_id = 3229;
  put("PC01/Application.evtx", log_of({original}));
  // The collector numbers its records itself; the event keeps its own number in its text.
  evtx::EventSpec copy = original;
  copy.style = evtx::RecordStyle::Inline;
  std::vector<std::byte> bytes = log_of({copy});
  store_le<std::uint64_t>(bytes.data() + 4096 + 512 + 8, 1);
  put("ForwardedEvents.evtx", bytes);
  const Evidence e = read();
  ASSERT_EQ(e.events.size(), 1u);
  EXPECT_EQ(e.events[0].record_id, 3229u);
  EXPECT_EQ(e.duplicates, 1u);
}

TEST_F(IntakeTest, BadFilesAreListedAndTheRestIsUsed) {
  put("good.evtx", log_of(two_losses()));
  put_text("text.evtx", "This is a text file, not a log.\n");
  put_text("empty.evtx", "");
  put_text("notes.txt", "call the network team");
  put_text("export.xml", "<?xml version=\"1.0\"?><Events><Event xmlns='x'></Event></Events>");
  const Evidence e = read();
  EXPECT_EQ(e.events.size(), 4u);
  ASSERT_NE(source(e, "text.evtx"), nullptr);
  EXPECT_EQ(source(e, "text.evtx")->state, SourceState::Unreadable);
  EXPECT_NE(source(e, "text.evtx")->problem.find("This is a text file"), std::string::npos);
  EXPECT_EQ(source(e, "empty.evtx")->state, SourceState::Unreadable);
  EXPECT_NE(source(e, "empty.evtx")->problem.find("empty"), std::string::npos);
  EXPECT_EQ(source(e, "notes.txt")->state, SourceState::Ignored);
  // An export without a single event that says who wrote it.
  EXPECT_EQ(source(e, "export.xml")->state, SourceState::Ignored);
  EXPECT_NE(source(e, "export.xml")->problem, "");
}

TEST_F(IntakeTest, LinksOutOfTheFolderAreRefused) {
  const fs::path all = folder_;
  put_text("other/clients.csv", "computer,office\nPC02,Rome\n");
  put_text("case/clients.csv", "computer,office\nPC01,Berlin\n");
  folder_ = all / "case";
  std::error_code error;
  fs::create_symlink(all / "other" / "clients.csv", folder_ / "out.csv", error);
  if (!error) {
    fs::create_directory_symlink(all / "other", folder_ / "outside", error);
    fs::create_symlink("clients.csv", folder_ / "same.csv", error);
    fs::create_symlink("nowhere", folder_ / "broken", error);
  }
  const Evidence e = read();
  folder_ = all;
  if (error) GTEST_SKIP() << "links cannot be made here: " << error.message();
  ASSERT_EQ(e.computers.size(), 1u);
  EXPECT_EQ(e.computers[0].name, "PC01");
  for (const char* name : {"out.csv", "outside"}) {
    ASSERT_NE(source(e, name), nullptr) << name;
    EXPECT_EQ(source(e, name)->state, SourceState::Unreadable);
    EXPECT_NE(source(e, name)->problem.find("is a link out of the folder"), std::string::npos);
  }
  ASSERT_NE(source(e, "broken"), nullptr);
  EXPECT_NE(source(e, "broken")->problem.find("not there"), std::string::npos);
  ASSERT_NE(source(e, "same.csv"), nullptr);
  EXPECT_EQ(source(e, "same.csv")->state, SourceState::Read);
}

TEST_F(IntakeTest, WhatDoesNotExistIsSaid) {
  const Evidence e = read_evidence({folder_ / "nothing-here"}, catalogue_);
  ASSERT_EQ(e.sources.size(), 1u);
  EXPECT_EQ(e.sources[0].state, SourceState::Unreadable);
  EXPECT_NE(e.sources[0].problem.find("no such file"), std::string::npos);
}

TEST_F(IntakeTest, DamagedLogsGiveTheirWholeRecords) {
  std::vector<evtx::EventSpec> events;
  for (int i = 0; i < 600; ++i) {
    events.push_back(classic("Outlook", 26, minute(i), i % 2 == 0 ? kLost : kRestored));
  }
  std::vector<std::byte> bytes = log_of(events);
  ASSERT_GT(bytes.size(), 3 * 65536u);
  bytes.resize(bytes.size() - 30'000);    // Cut in the last chunk.
  bytes[4096 + 2000] ^= std::byte{0xff};  // Checksum of the first chunk is wrong now.
  put("cut.evtx", bytes);
  const Evidence e = read();
  ASSERT_EQ(e.sources.size(), 1u);
  EXPECT_EQ(e.sources[0].state, SourceState::Damaged);
  EXPECT_GT(e.sources[0].damage_count, 0u);
  EXPECT_GT(e.events.size(), 300u);
  EXPECT_TRUE(e.events.front().doubtful);
  EXPECT_FALSE(e.events[e.events.size() - 200].doubtful);
}

TEST_F(IntakeTest, InventoryGivesAttributes) {
  put("PC01/Application.evtx", log_of(two_losses()));
  put_text("clients.csv",
           "computer,user,office,protocol,mode,timezone\n"
           "PC01,u1,Berlin,RPC/TCP,cached,Europe/Berlin\n"
           "PC99,u2,Leeds,MAPI/HTTP,online,Europe/London\n"
           ",nobody,,,,\n");
  const Evidence e = read();
  ASSERT_EQ(e.computers.size(), 2u);
  EXPECT_EQ(e.computers[0].attributes.get("protocol"), "RPC/TCP");
  EXPECT_EQ(e.computers[0].attributes.get("office"), "Berlin");
  EXPECT_EQ(e.computers[0].time_zone, "Europe/Berlin");
  EXPECT_EQ(e.computers[0].time_zone_source, "inventory");
  EXPECT_EQ(e.computers[1].name, "PC99");
  const Source* table = source(e, "clients.csv");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->state, SourceState::Damaged);
  EXPECT_NE(table->damage.at(0).what.find("line 4"), std::string::npos);
}

TEST_F(IntakeTest, OptionsOverrideInventories) {
  put("PC01/Application.evtx", log_of(two_losses()));
  put_text("clients.csv", "computer,protocol\nPC01,RPC/TCP\n");
  IntakeOptions options;
  options.attributes["protocol"] = "MAPI/HTTP";
  const Evidence e = read_evidence({folder_}, catalogue_, options);
  EXPECT_EQ(e.computers[0].attributes.get("protocol"), "MAPI/HTTP");
}

TEST_F(IntakeTest, TheComputersOwnZoneOutweighsTheInventory) {
  evtx::EventSpec report = classic("EventLog", 6013, minute(5), "", "PC01", "System");
  report.data.clear();
  for (const char* text : {"", "", "", "", "3600", "60", "-60 W. Europe Standard Time"}) {
    report.data.push_back({"", evtx::OwnedValue::string(text)});
  }
  put("System.evtx", log_of({report}));
  put_text("clients.csv", "computer,timezone\nPC01,America/New_York\n");
  const Evidence e = read();
  ASSERT_EQ(e.computers.size(), 1u);
  EXPECT_EQ(e.computers[0].time_zone, "Europe/Berlin");
  EXPECT_EQ(e.computers[0].time_zone_source, "event 6013");
}

TEST_F(IntakeTest, ClockStepsAreMeasuredAndWakeUpsAreNone) {
  const auto step = [](Instant before, Instant after, const char* reason) {
    evtx::EventSpec event;
    event.style = evtx::RecordStyle::Manifest;
    event.provider = "Microsoft-Windows-Kernel-General";
    event.event_id = 1;
    event.time = after;
    event.computer = "PC01";
    event.channel = "System";
    event.data.push_back({"NewTime", evtx::OwnedValue::file_time(after)});
    event.data.push_back({"OldTime", evtx::OwnedValue::file_time(before)});
    if (reason != nullptr) {
      event.data.push_back(
          {"Reason", evtx::OwnedValue::integer(evtx::ValueType::UInt32,
                                               static_cast<std::uint64_t>(reason[0] - '0'))});
    }
    return event;
  };
  put("System.evtx", log_of({step(minute(0), minute(60), "1"), step(minute(100), minute(700), "2"),
                             step(minute(800), minute(800) + std::chrono::milliseconds{3}, "1")}));
  const Evidence e = read();
  ASSERT_EQ(e.events.size(), 1u);
  EXPECT_EQ(e.events[0].meaning, Meaning::ClockStep);
  EXPECT_EQ(Ticks{e.events[0].value}, std::chrono::minutes{60});
}

TEST_F(IntakeTest, ThreadsDoNotChangeAnything) {
  for (int i = 0; i < 12; ++i) {
    const std::string name = "PC" + std::to_string(10 + i);
    put(name + "/Application.evtx", log_of(two_losses(name)));
  }
  const Evidence one = read(1);
  const Evidence four = read(4);
  ASSERT_EQ(one.events.size(), four.events.size());
  ASSERT_EQ(one.strings.size(), four.strings.size());
  for (std::size_t i = 0; i < one.events.size(); ++i) {
    EXPECT_EQ(one.events[i].computer, four.events[i].computer);
    EXPECT_EQ(one.events[i].source, four.events[i].source);
    EXPECT_EQ(one.events[i].text, four.events[i].text);
  }
}

class CountingProgress : public ProgressSink {
 public:
  void progress(std::uint64_t done, std::uint64_t total, std::string_view) override {
    EXPECT_GE(done, last);
    EXPECT_LE(done, total);
    last = done;
    whole = done == total;
    ++calls;
  }
  std::uint64_t last = 0;
  int calls = 0;
  bool whole = false;
};

TEST_F(IntakeTest, ALargeLogKeepsTheEndsOfTheComputersOfTheEvidence) {
  std::string log;
  const auto add = [&](const std::string& client) {
    log += "lb1 haproxy[812]: " + client +
           ":50122 [11/May/2026:09:00:00.000] ft_exchange bk_exchange/ex01 1/0/3600 51234 -- "
           "12/12/11/6/0 0/0\n";
  };
  for (std::size_t i = 0; i < CloseKeeper::kMostOrderly; ++i) add("10.9.9.9");
  add("10.1.2.12");
  add("10.1.2.11");
  put_text("a.log", log);
  put_text("clients.csv", "computer,address\nPC01,10.1.2.11\n");
  const Evidence e = read();
  ASSERT_EQ(e.closes.size(), CloseKeeper::kMostOrderly + 1);
  EXPECT_EQ(e.closes.back().client.address, IpAddress::parse("10.1.2.11"));
  EXPECT_EQ(read(1).closes.size(), e.closes.size());
}

TEST_F(IntakeTest, ProgressReachesTheWhole) {
  for (int i = 0; i < 5; ++i) put("f" + std::to_string(i) + ".evtx", log_of(two_losses()));
  CountingProgress progress;
  (void)read_evidence({folder_}, catalogue_, {}, &progress);
  EXPECT_EQ(progress.calls, 5);
  EXPECT_TRUE(progress.whole);
}

}  // namespace
}  // namespace dropscope
