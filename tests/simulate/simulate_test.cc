// The whole way: scenario in, files out, and the files read back.

#include "simulate/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/sha256.h"
#include "base/utf16.h"
#include "formats/evtx/reader.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

struct Folder {
  fs::path path;
  explicit Folder(const std::string& name)
      : path(fs::temp_directory_path() /
             ("dropscope-simulate-" + name + "-" +
              std::to_string(testing::UnitTest::GetInstance()->random_seed()) + "-" +
              testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() {
    std::error_code e;
    fs::remove_all(path, e);
  }
};

fs::path scenario_file(const Folder& folder, const std::string& toml) {
  fs::path path = folder.path / "scenario.toml";
  EXPECT_TRUE(write_file(path,
                         "schema = 1\nname = \"t\"\nstart = \"2025-09-01\"\n"
                         "time_zone = \"Europe/Berlin\"\n" +
                             toml));
  return path;
}

Result<SimulateResult> run(const Folder& folder, const std::string& toml, unsigned threads = 1,
                           const char* output = "out") {
  SimulateOptions options;
  options.scenario = scenario_file(folder, toml);
  options.output = folder.path / output;
  options.threads = threads;
  return simulate(options);
}

Json truth_of(const Folder& folder, const char* output = "out") {
  Result<std::string> text = read_file(folder.path / output / "truth.json");
  EXPECT_TRUE(text) << text.error().text();
  return text ? Json::parse(*text) : Json();
}

struct ReadEvent {
  std::uint64_t id = 0;
  std::string provider, computer, time, text, all_text;
  std::uint16_t event_id = 0;
};

struct ReadLog {
  std::vector<ReadEvent> events;
  evtx::LogSummary summary;
};

ReadLog read_log(const fs::path& path) {
  ReadLog log;
  Result<std::string> bytes = read_file(path);
  EXPECT_TRUE(bytes) << bytes.error().text();
  if (!bytes) return log;
  Result<evtx::LogReader> reader = evtx::LogReader::open(as_bytes(*bytes));
  EXPECT_TRUE(reader) << reader.error().text();
  if (!reader) return log;
  evtx::LogRecord record;
  while (reader->next(record)) {
    if (!record.event) continue;
    ReadEvent event;
    event.id = record.id;
    event.provider = to_utf8(record.event->provider());
    event.event_id = record.event->event_id();
    if (auto t = record.event->time_created()) event.time = format_utc(*t, 7);
    event.computer = to_utf8(record.event->field(evtx::Field::Computer).as_utf16());
    std::vector<evtx::EventView::Item> items;
    EXPECT_TRUE(record.event->data(items));
    if (!items.empty()) event.text = items[0].text;
    for (const auto& item : items) event.all_text += item.text + "\n";
    log.events.push_back(std::move(event));
  }
  log.summary = reader->summary();
  return log;
}

std::map<std::string, std::string> hashes(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    Result<std::string> text = read_file(entry.path());
    EXPECT_TRUE(text);
    if (text) all[path_to_utf8(fs::relative(entry.path(), folder))] = sha256_hex(as_bytes(*text));
  }
  return all;
}

constexpr const char* kIdle =
    "days = 12\n[fleet]\ncomputers = 4\n[client]\non_at_night = 0.5\n"
    "[[cause]]\nkind = \"idle\"\nseconds = 3600\n";

TEST(Simulate, TruthEqualsTheLog) {
  Folder folder("truth");
  Result<SimulateResult> result = run(folder, kIdle);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(result->computers, 4u);
  Json truth = truth_of(folder);
  std::string lost = truth["lost_text"];
  std::string restored = truth["restored_text"];
  std::uint64_t losses = 0;
  for (const Json& client : truth["clients"]) {
    std::string name = client["computer"];
    ReadLog log = read_log(folder.path / "out" / "evidence" / name / "Application.evtx");
    EXPECT_EQ(log.summary.damages, 0u);
    EXPECT_EQ(log.events.size(), client["records"].get<std::size_t>());
    std::vector<std::string> lost_times;
    std::vector<std::string> restored_times;
    for (std::size_t i = 0; i < log.events.size(); ++i) {
      const ReadEvent& event = log.events[i];
      EXPECT_EQ(event.id, client["first_record_id"].get<std::uint64_t>() + i);
      EXPECT_EQ(event.computer, name + ".corp.example");
      if (i > 0) {
        EXPECT_LE(log.events[i - 1].time, event.time);
      }
      if (event.provider != "Outlook" || event.event_id != 26) continue;
      if (event.text == lost) lost_times.push_back(event.time);
      if (event.text == restored) restored_times.push_back(event.time);
    }
    std::vector<std::string> truth_lost;
    std::vector<std::string> truth_restored;
    for (const Json& event : client["events"]) {
      truth_lost.push_back(event["lost"]);
      if (event["restored"].is_string()) truth_restored.push_back(event["restored"]);
    }
    EXPECT_EQ(lost_times, truth_lost);
    EXPECT_EQ(restored_times, truth_restored);
    EXPECT_EQ(client["visible_losses"].get<std::size_t>(), lost_times.size());
    losses += lost_times.size();
  }
  EXPECT_EQ(losses, result->losses);
  EXPECT_EQ(truth["losses"].get<std::uint64_t>(), losses);
  EXPECT_GT(losses, 50u);
}

TEST(Simulate, FilesDoNotDependOnThreads) {
  Folder folder("threads");
  std::string toml = std::string(kIdle) +
                     "[[cause]]\nkind = \"outage\"\nper_day = 0.4\n[noise]\nduplicates = 0.2\n";
  ASSERT_TRUE(run(folder, toml, 1, "one"));
  ASSERT_TRUE(run(folder, toml, 3, "three"));
  std::map<std::string, std::string> one = hashes(folder.path / "one");
  EXPECT_EQ(one.size(), 4u * 2u + 2u);
  EXPECT_EQ(one, hashes(folder.path / "three"));
}

TEST(Simulate, SeedChangesTheFiles) {
  Folder folder("seed");
  ASSERT_TRUE(run(folder, kIdle, 1, "one"));
  SimulateOptions options;
  options.scenario = folder.path / "scenario.toml";
  options.output = folder.path / "two";
  options.seed = 99;
  ASSERT_TRUE(simulate(options));
  EXPECT_NE(hashes(folder.path / "one"), hashes(folder.path / "two"));
  EXPECT_EQ(truth_of(folder, "two")["seed"], 99);
}

TEST(Simulate, SystemLogNamesPowerAndZone) {
  Folder folder("system");
  ASSERT_TRUE(run(folder, "days = 12\n[client]\nsleeps_after_min = 20\n"));
  ReadLog log = read_log(folder.path / "out" / "evidence" / "PC01" / "System.evtx");
  std::map<std::pair<std::string, int>, int> count;
  for (const ReadEvent& e : log.events) {
    ++count[{e.provider, e.event_id}];
    if (e.event_id == 6013) {
      EXPECT_NE(e.all_text.find("-60 W. Europe Standard Time"), std::string::npos);
    }
  }
  int slept = count[{"Microsoft-Windows-Kernel-Power", 42}];
  int woke = count[{"Microsoft-Windows-Kernel-Power", 107}];
  EXPECT_GT(woke, 3);
  // The log may end while the computer sleeps.
  EXPECT_TRUE(slept == woke || slept == woke + 1) << slept << " sleeps, " << woke << " resumes";
  EXPECT_EQ(woke, (count[{"Microsoft-Windows-Power-Troubleshooter", 1}]));
  EXPECT_GT((count[{"EventLog", 6005}]), 0);
  EXPECT_EQ((count[{"EventLog", 6005}]), (count[{"Microsoft-Windows-Kernel-General", 12}]));
  EXPECT_EQ((count[{"EventLog", 6006}]), (count[{"Microsoft-Windows-Kernel-General", 13}]));
  EXPECT_GT((count[{"EventLog", 6013}]), 5);
}

TEST(Simulate, WrappedLogKeepsTheNewestRecordsAndTheirIds) {
  Folder folder("wrap");
  std::string toml =
      "days = 12\n[client]\non_at_night = 0.5\n[[cause]]\nkind = \"idle\"\nseconds = 3600\n"
      "[noise]\napplication_per_day = 100\n[log]\nfirst_record_id = 500\n";
  ASSERT_TRUE(run(folder, toml, 1, "whole"));
  ASSERT_TRUE(run(folder, toml + "max_bytes = 200704\n", 1, "wrapped"));
  ReadLog whole = read_log(folder.path / "whole" / "evidence" / "PC01" / "Application.evtx");
  fs::path path = folder.path / "wrapped" / "evidence" / "PC01" / "Application.evtx";
  ReadLog wrapped = read_log(path);
  EXPECT_EQ(fs::file_size(path), 4096u + 3 * 65536u);
  EXPECT_EQ(wrapped.summary.damages, 0u);
  ASSERT_LT(wrapped.events.size(), whole.events.size());
  ASSERT_GT(wrapped.events.size(), 100u);
  auto by_id = [](const ReadEvent& a, const ReadEvent& b) { return a.id < b.id; };
  std::sort(wrapped.events.begin(), wrapped.events.end(), by_id);
  std::size_t gone = whole.events.size() - wrapped.events.size();
  for (std::size_t i = 0; i < wrapped.events.size(); ++i) {
    EXPECT_EQ(wrapped.events[i].id, whole.events[gone + i].id);
    EXPECT_EQ(wrapped.events[i].time, whole.events[gone + i].time);
  }
  Json client = truth_of(folder, "wrapped")["clients"][0];
  EXPECT_TRUE(client["wrapped"].get<bool>());
  EXPECT_EQ(client["first_record_id"].get<std::uint64_t>(), wrapped.events[0].id);
  EXPECT_LT(client["visible_losses"], client["losses"]);
}

TEST(Simulate, PreallocatedSpaceIsZeroAndUnused) {
  Folder folder("preallocated");
  ASSERT_TRUE(run(folder, "days = 2\n[log]\npreallocate_bytes = 1052672\n"));
  fs::path path = folder.path / "out" / "evidence" / "PC01" / "Application.evtx";
  EXPECT_EQ(fs::file_size(path), 1052672u);
  ReadLog log = read_log(path);
  EXPECT_EQ(log.summary.damages, 0u);
  EXPECT_GT(log.summary.chunks_unused, 10u);
}

TEST(Simulate, DamageIsRealAndTold) {
  Folder folder("damage");
  ASSERT_TRUE(run(folder,
                  "days = 12\n[fleet]\ncomputers = 3\n[noise]\napplication_per_day = 60\n"
                  "[[log.damage]]\nkind = \"cut\"\n[[log.damage]]\nkind = \"crc\"\n"));
  Json clients = truth_of(folder)["clients"];
  auto log_of = [&](int i) {
    return read_log(folder.path / "out" / "evidence" /
                    clients[static_cast<std::size_t>(i)]["computer"].get<std::string>() /
                    "Application.evtx");
  };
  EXPECT_NE(clients[0]["damage"].get<std::string>().find("cut at byte"), std::string::npos);
  ReadLog cut = log_of(0);
  EXPECT_LT(cut.events.size(), clients[0]["records"].get<std::size_t>());
  EXPECT_GT(cut.events.size(), clients[0]["records"].get<std::size_t>() / 2);
  EXPECT_GT(cut.summary.damages, 0u);
  ReadLog crc = log_of(1);
  EXPECT_EQ(crc.summary.chunks_crc_bad, 1u);
  EXPECT_EQ(crc.events.size(), clients[1]["records"].get<std::size_t>());
  EXPECT_FALSE(clients[2].contains("damage"));
  EXPECT_EQ(log_of(2).summary.damages, 0u);
}

TEST(Simulate, ClearedLogBeginsAfterTheClearingAndIdsGoOn) {
  Folder folder("cleared");
  ASSERT_TRUE(
      run(folder, "days = 12\n[log]\nfirst_record_id = 100\ncleared_at = \"2025-09-05 12:00\"\n"));
  ReadLog log = read_log(folder.path / "out" / "evidence" / "PC01" / "Application.evtx");
  ASSERT_FALSE(log.events.empty());
  EXPECT_GE(log.events[0].time, "2025-09-05T10:00:00");
  EXPECT_GT(log.events[0].id, 100u);
  bool told = false;
  for (const ReadEvent& e :
       read_log(folder.path / "out" / "evidence" / "PC01" / "System.evtx").events) {
    told = told || (e.provider == "Microsoft-Windows-Eventlog" && e.event_id == 104);
  }
  EXPECT_TRUE(told);
}

TEST(Simulate, ClockStepMovesTimesBeforeItOnly) {
  Folder folder("step");
  std::string toml =
      "days = 5\n[[cause]]\nkind = \"random\"\nper_day = 20\n[client]\non_at_night = 1\n";
  ASSERT_TRUE(run(folder, toml, 1, "right"));
  ASSERT_TRUE(run(folder,
                  toml + "[log]\nclock_step = { at = \"2025-09-03 12:00\", seconds = -600 }\n", 1,
                  "wrong"));
  Json right = truth_of(folder, "right")["clients"][0]["events"];
  Json wrong = truth_of(folder, "wrong")["clients"][0]["events"];
  ASSERT_EQ(right.size(), wrong.size());
  std::size_t moved = 0;
  for (std::size_t i = 0; i < right.size(); ++i) {
    double by = seconds_between(*parse_utc(right[i]["lost"].get<std::string>()),
                                *parse_utc(wrong[i]["lost"].get<std::string>()));
    bool before = right[i]["lost"].get<std::string>() < "2025-09-03T10:00:00";
    EXPECT_NEAR(by, before ? 600 : 0, 1e-6);
    moved += before;
  }
  EXPECT_GT(moved, 5u);
  EXPECT_LT(moved, right.size());
}

TEST(Simulate, ForwardedLogMixesAllComputers) {
  Folder folder("forwarded");
  Result<SimulateResult> result = run(folder, std::string("forwarded = true\n") + kIdle);
  ASSERT_TRUE(result) << result.error().text();
  ReadLog log = read_log(folder.path / "out" / "evidence" / "ForwardedEvents.evtx");
  EXPECT_EQ(log.summary.damages, 0u);
  std::map<std::string, int> lost;
  Json truth = truth_of(folder);
  std::string lost_text = truth["lost_text"];
  for (const ReadEvent& e : log.events) {
    if (e.provider == "Outlook" && e.event_id == 26 && e.text == lost_text) ++lost[e.computer];
  }
  EXPECT_EQ(lost.size(), 4u);
  for (const Json& client : truth["clients"]) {
    EXPECT_EQ(lost[client["computer"].get<std::string>() + ".corp.example"],
              client["losses"].get<int>());
  }
}

TEST(Simulate, LogWithoutOutlookHasNoneOfItsEvents) {
  Folder folder("none");
  ASSERT_TRUE(run(
      folder, "days = 8\n[client]\noutlook = false\n[[cause]]\nkind = \"random\"\nper_day = 9\n"));
  ReadLog log = read_log(folder.path / "out" / "evidence" / "PC01" / "Application.evtx");
  EXPECT_GT(log.events.size(), 20u);
  for (const ReadEvent& e : log.events) EXPECT_NE(e.provider, "Outlook");
}

TEST(Simulate, InventoryHasOneLinePerComputer) {
  Folder folder("inventory");
  ASSERT_TRUE(run(folder, kIdle));
  Result<std::string> csv = read_file(folder.path / "out" / "evidence" / "clients.csv");
  ASSERT_TRUE(csv);
  EXPECT_EQ(std::count(csv->begin(), csv->end(), '\n'), 5);
  EXPECT_EQ(csv->rfind("computer,user,address,office,segment,kind,os,version,mode,protocol,server,"
                       "adapter,vpn,proxy,timezone\n",
                       0),
            0u);
  EXPECT_NE(csv->find(",cached,RPC/TCP,EX01,Ethernet,,,Europe/Berlin\n"), std::string::npos);
}

TEST(Simulate, ABalancerAndTheSettingsTellTheirPart) {
  Folder folder("side-files");
  ASSERT_TRUE(run(folder,
                  "days = 12\nbalancer_log = true\nsettings = true\n[fleet]\ncomputers = 4\n"
                  "[client]\nother_keep_alive_s = 900\nother_keep_alive_share = 0.5\n"
                  "[[cause]]\nkind = \"outage\"\nper_day = 2\nclosed_as = \"admin\"\n"));
  const fs::path evidence = folder.path / "out" / "evidence";
  const Result<std::string> log = read_file(evidence / "haproxy.log");
  ASSERT_TRUE(log);
  const Json truth = truth_of(folder);
  EXPECT_EQ(std::count(log->begin(), log->end(), '\n'), truth["losses"].get<std::int64_t>());
  EXPECT_NE(log->find(" KD 9/9/9/9/0 0/0\n"), std::string::npos);
  std::set<std::string> keep_alives;
  for (const auto& entry : fs::directory_iterator(evidence)) {
    if (!entry.is_directory()) continue;
    const Result<std::string> settings = read_file(entry.path() / "settings.reg");
    ASSERT_TRUE(settings);
    const std::string name = path_to_utf8(entry.path().filename());
    EXPECT_NE(settings->find("\"Hostname\"=\"" + name + "\""), std::string::npos);
    keep_alives.insert(settings->substr(settings->find("dword:"), 14));
  }
  EXPECT_EQ(keep_alives, (std::set<std::string>{"dword:000dbba0", "dword:006ddd00"}));
}

TEST(Simulate, OtherPeoplesFilesAreNeverReplaced) {
  Folder folder("overwrite");
  fs::path scenario = scenario_file(folder, "days = 1\n");
  fs::path output = folder.path / "out";
  fs::create_directories(output / "evidence");
  ASSERT_TRUE(write_file(output / "evidence" / "precious.evtx", "x"));
  SimulateOptions options;
  options.scenario = scenario;
  options.output = output;
  Result<SimulateResult> result = simulate(options);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("not empty"), std::string::npos);
  EXPECT_NE(result.error().message.find("--overwrite"), std::string::npos);
  options.overwrite = true;
  result = simulate(options);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("no truth.json"), std::string::npos);
  EXPECT_TRUE(fs::exists(output / "evidence" / "precious.evtx"));

  options.output = folder.path / "mine";
  options.overwrite = false;
  ASSERT_TRUE(simulate(options));
  EXPECT_FALSE(simulate(options));
  options.overwrite = true;
  EXPECT_TRUE(simulate(options));

  options.output = scenario;
  result = simulate(options);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("must be a folder"), std::string::npos);
}

TEST(Simulate, OverridesOfSizeAreChecked) {
  Folder folder("size");
  SimulateOptions options;
  options.scenario = scenario_file(folder, "days = 1\n");
  options.output = folder.path / "out";
  options.computers = 200'000;
  Result<SimulateResult> result = simulate(options);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("at most 100000"), std::string::npos);
  options.computers = 3;
  result = simulate(options);
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_TRUE(fs::exists(options.output / "evidence" / "PC01-003" / "Application.evtx"));
}

// The demo's input, byte for byte, on every system that runs the tests. When the simulator or the
// writer changes on purpose: dropscope simulate examples/idle-60min/scenario.toml --output
// examples/idle-60min
// --overwrite (examples/README.md).
TEST(Simulate, ExampleIsWhatItsScenarioGives) {
  Folder folder("example");
  fs::path source = path_from_utf8(DROPSCOPE_SOURCE_DIR);
  fs::path example = source / "examples" / "idle-60min";
  Result<std::string> scenario = read_file(example / "scenario.toml");
  ASSERT_TRUE(scenario) << scenario.error().text();
  Result<std::string> tested = read_file(source / "tests" / "scenarios" / "idle-60min.toml");
  ASSERT_TRUE(tested) << tested.error().text();
  EXPECT_EQ(*scenario, *tested);
  SimulateOptions options;
  options.scenario = example / "scenario.toml";
  options.output = folder.path / "out";
  ASSERT_TRUE(simulate(options));
  EXPECT_EQ(hashes(folder.path / "out" / "evidence"), hashes(example / "evidence"));
  EXPECT_EQ(*read_file(folder.path / "out" / "truth.json"), *read_file(example / "truth.json"));
}

class CountingSink : public ProgressSink {
 public:
  void progress(std::uint64_t done, std::uint64_t total, std::string_view) override {
    EXPECT_GE(done, done_);
    EXPECT_GE(total, done);
    done_ = done;
    total_ = total;
    ++calls_;
  }
  std::uint64_t done_ = 0, total_ = 0, calls_ = 0;
};

TEST(Simulate, ProgressEndsWithEverythingDone) {
  Folder folder("progress");
  SimulateOptions options;
  options.scenario = scenario_file(folder, kIdle);
  options.output = folder.path / "out";
  options.threads = 2;
  CountingSink sink;
  ASSERT_TRUE(simulate(options, &sink));
  EXPECT_EQ(sink.calls_, 4u);
  EXPECT_EQ(sink.done_, sink.total_);
  EXPECT_GT(sink.done_, 100'000u);
}

#ifndef _WIN32
// A reader that shares no code with ours.
TEST(Simulate, EvtxexportReadsTheLogs) {
  if (std::system("command -v evtxexport >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "evtxexport (package libevtx-utils) is not installed";
  }
  Folder folder("evtxexport");
  ASSERT_TRUE(run(folder, std::string(kIdle) + "[log]\nmax_bytes = 69632\n"));
  Json truth = truth_of(folder);
  for (const Json& client : truth["clients"]) {
    fs::path evidence = folder.path / "out" / "evidence" / client["computer"].get<std::string>();
    for (const char* name : {"Application.evtx", "System.evtx"}) {
      fs::path xml = folder.path / "export.xml";
      std::string command = "evtxexport -f xml '" + (evidence / name).string() + "' > '" +
                            xml.string() + "' 2>/dev/null";
      ASSERT_EQ(std::system(command.c_str()), 0);
      Result<std::string> text = read_file(xml);
      ASSERT_TRUE(text);
      std::size_t records = 0;
      std::size_t lost = 0;
      std::string lost_data = "<Data>" + truth["lost_text"].get<std::string>() + "</Data>";
      for (std::size_t at = 0; (at = text->find("<Event ", at)) != std::string::npos; ++at)
        ++records;
      for (std::size_t at = 0; (at = text->find(lost_data, at)) != std::string::npos; ++at) ++lost;
      EXPECT_GT(records, 0u);
      if (std::string(name) == "Application.evtx") {
        EXPECT_EQ(records, client["records"].get<std::size_t>());
        EXPECT_EQ(lost, client["visible_losses"].get<std::size_t>());
      }
    }
  }
}
#endif

}  // namespace
}  // namespace dropscope
