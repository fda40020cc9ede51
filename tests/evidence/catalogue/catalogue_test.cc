// The built-in data loads, mistakes in data files are reported with their place, and a user's
// folder adds and replaces.

#include "evidence/catalogue/catalogue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "base/files.h"
#include "base/text.h"
#include "evidence/catalogue/classify.h"
#include "evidence/catalogue/parse.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;

const Catalogue& built_in() {
  static const Catalogue catalogue = [] {
    auto loaded = Catalogue::load();
    EXPECT_TRUE(loaded.has_value()) << (loaded ? std::string() : loaded.error().text());
    return loaded ? *loaded : Catalogue{};
  }();
  return catalogue;
}

/// A folder of data files that vanishes with the test.
class DataFolder : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              (std::string("dropscope-") + info->test_suite_name() + "-" + info->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const std::string& name, const std::string& content) {
    const fs::path path = folder_ / path_from_utf8(name);
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
  }
  [[nodiscard]] Result<Catalogue> load() const { return Catalogue::load(folder_); }
  [[nodiscard]] std::string error() const {
    const auto loaded = load();
    return loaded ? "no error" : loaded.error().text();
  }

  fs::path folder_;
};

const char* const kHungarian = R"(schema = 1
language = "hu"
profile = "outlook"

[[text]]
meaning = "lost"
text = "A Microsoft Exchange-kapcsolat megszakadt."
confidence = "unverified"
source = "none found"

[[stem]]
meaning = "restored"
stems = ["helyreállt"]
confidence = "unverified"
source = "none found"
)";

const Profile& outlook() {
  return built_in().profiles.at(0);
}

TEST(BuiltInData, HoldsEveryLanguage) {
  std::set<std::string> languages;
  for (const TextTable& table : built_in().texts) {
    languages.insert(table.language);
    EXPECT_EQ(table.profile, "outlook");
    // Each language can tell a loss from a restore by stems alone.
    std::set<Meaning> stems;
    for (const TextRule& rule : table.rules) {
      if (rule.stem) stems.insert(rule.meaning);
    }
    EXPECT_TRUE(stems.count(Meaning::Lost) && stems.count(Meaning::Restored)) << table.language;
  }
  const std::set<std::string> expected = {"cs",    "da", "de", "en", "es",    "fi",   "fr",
                                          "it",    "ja", "ko", "nb", "nl",    "pl",   "pt-BR",
                                          "pt-PT", "ru", "sv", "tr", "zh-CN", "zh-TW"};
  EXPECT_EQ(languages, expected);
}

TEST(BuiltInData, FilesAreNamedByLanguage) {
  for (const DataFile& file : built_in_data()) {
    if (!file.name.starts_with("text/")) continue;
    const auto texts = parse_texts(file.content, std::string(file.name));
    ASSERT_TRUE(texts.has_value()) << texts.error().text();
    EXPECT_EQ(file.name, "text/" + texts->table.language + ".toml");
  }
}

TEST(BuiltInData, OutlookIsNeverRecognisedByIdAlone) {
  const Profile& profile = outlook();
  EXPECT_EQ(profile.id, "outlook");
  EXPECT_EQ(profile.peer, "Microsoft Exchange");
  // Microsoft's help: at once for 5 minutes, then each 15.
  EXPECT_EQ(profile.retry_first_s, 300);
  EXPECT_EQ(profile.retry_then_s, 900);
  std::map<std::uint16_t, const EventRule*> by_id;
  for (const EventRule& rule : profile.rules) {
    EXPECT_FALSE(rule.provider.empty());
    for (const std::uint16_t id : rule.ids) by_id[id] = &rule;
  }
  for (const std::uint16_t id : {std::uint16_t{25}, std::uint16_t{26}, std::uint16_t{27}}) {
    ASSERT_TRUE(by_id.count(id));
    EXPECT_EQ(by_id[id]->provider, "Outlook");
    EXPECT_FALSE(by_id[id]->meaning.has_value()) << "event " << id << " is decided by its text";
  }
  EXPECT_EQ(by_id.at(45)->meaning, Meaning::Started);
  for (const std::uint16_t id : {std::uint16_t{1000}, std::uint16_t{1002}}) {
    EXPECT_EQ(by_id.at(id)->meaning, Meaning::Crashed);
    EXPECT_EQ(by_id.at(id)->data_contains, "OUTLOOK.EXE");
  }
}

std::optional<Meaning> computer_meaning(std::string_view provider, std::uint16_t id,
                                        std::string_view channel) {
  for (const EventRule& rule : built_in().computer_events) {
    if (equals_nocase_ascii(rule.provider, provider) &&
        std::find(rule.ids.begin(), rule.ids.end(), id) != rule.ids.end() &&
        (rule.channel.empty() || equals_nocase_ascii(rule.channel, channel))) {
      return rule.meaning;
    }
  }
  return std::nullopt;
}

TEST(BuiltInData, ComputerEventsNeedTheirProvider) {
  EXPECT_EQ(computer_meaning("Microsoft-Windows-Kernel-Power", 42, "System"), Meaning::Sleep);
  EXPECT_EQ(computer_meaning("Microsoft-Windows-Kernel-Power", 107, "System"), Meaning::Resume);
  EXPECT_EQ(computer_meaning("Microsoft-Windows-Power-Troubleshooter", 1, "System"),
            Meaning::Resume);
  EXPECT_EQ(computer_meaning("Microsoft-Windows-Kernel-General", 1, "System"), Meaning::ClockStep);
  EXPECT_EQ(computer_meaning("Microsoft-Windows-Kernel-General", 12, "System"), Meaning::Boot);
  EXPECT_EQ(computer_meaning("Microsoft-Windows-Kernel-General", 13, "System"), Meaning::Shutdown);
  EXPECT_EQ(computer_meaning("EventLog", 6005, "System"), Meaning::Boot);
  EXPECT_EQ(computer_meaning("EventLog", 6006, "System"), Meaning::Shutdown);
  EXPECT_EQ(computer_meaning("EventLog", 6008, "System"), Meaning::PowerLoss);
  EXPECT_EQ(computer_meaning("EventLog", 6013, "System"), Meaning::ZoneReport);
  EXPECT_EQ(computer_meaning("Microsoft-Windows-Eventlog", 104, "System"), Meaning::LogCleared);
  EXPECT_EQ(computer_meaning("Microsoft-Windows-Eventlog", 1102, "Security"), Meaning::LogCleared);
  EXPECT_EQ(computer_meaning("e1iexpress", 27, "System"), Meaning::Context);
  EXPECT_EQ(computer_meaning("RasClient", 20226, "Application"), Meaning::Context);
  // The same numbers from others mean something else.
  EXPECT_EQ(computer_meaning("Microsoft-Windows-FilterManager", 1, "System"), std::nullopt);
  EXPECT_EQ(computer_meaning("BTHUSB", 27, "System"), std::nullopt);
  EXPECT_EQ(computer_meaning("Microsoft-Windows-Kernel-Power", 1, "System"), std::nullopt);
  for (const EventRule& rule : built_in().computer_events) {
    EXPECT_FALSE(rule.note.empty() || rule.source.empty()) << rule.provider;
  }
}

TEST(BuiltInData, TimersAreTheOnesTheFactsList) {
  const std::vector<Timer>& timers = built_in().timers;
  EXPECT_EQ(timers.size(), 90u);
  std::map<TimerKind, int> kinds;
  const Timer* first_of_the_hour = nullptr;
  int unverified = 0;
  for (const Timer& timer : timers) {
    ++kinds[timer.kind];
    unverified += timer.sources == 0;
    EXPECT_FALSE(timer.confirm.empty() || timer.change.empty() || timer.source.empty());
    if (timer.seconds == 3600 &&
        (first_of_the_hour == nullptr || timer.rank > first_of_the_hour->rank)) {
      first_of_the_hour = &timer;
    }
  }
  EXPECT_EQ(kinds[TimerKind::Idle], 62);
  EXPECT_EQ(kinds[TimerKind::FixedAge], 10);
  EXPECT_EQ(kinds[TimerKind::Clock], 8);
  EXPECT_EQ(kinds[TimerKind::Lease], 5);
  EXPECT_EQ(kinds[TimerKind::Other], 5);
  EXPECT_GT(unverified, 0);
  ASSERT_NE(first_of_the_hour, nullptr);
  EXPECT_EQ(first_of_the_hour->product, "Microsoft BPOS Dedicated load balancer");
  EXPECT_EQ(first_of_the_hour->protocols,
            (std::vector<Protocol>{Protocol::RpcTcp, Protocol::RpcHttp}));
}

TEST(BuiltInData, AdviceAndRetriesCloseNothing) {
  for (const Timer& timer : built_in().timers) {
    if (timer.product == "Outlook") {
      EXPECT_FALSE(timer.closes_connections) << timer.timer;
    }
    if (timer.rank > 0) {
      EXPECT_TRUE(timer.closes_connections) << timer.product << ": " << timer.timer;
    }
  }
}

TEST(Names, ProtocolsInManySpellings) {
  EXPECT_EQ(protocol_from_text("RPC/TCP"), Protocol::RpcTcp);
  EXPECT_EQ(protocol_from_text("TCP/IP"), Protocol::RpcTcp);
  EXPECT_EQ(protocol_from_text("rpc/http"), Protocol::RpcHttp);
  EXPECT_EQ(protocol_from_text(" Outlook Anywhere "), Protocol::RpcHttp);
  EXPECT_EQ(protocol_from_text("RPC over HTTPS"), Protocol::RpcHttp);
  EXPECT_EQ(protocol_from_text("mapi-http"), Protocol::MapiHttp);
  EXPECT_EQ(protocol_from_text("MAPI over HTTP"), Protocol::MapiHttp);
  EXPECT_EQ(protocol_from_text("HTTP"), Protocol::MapiHttp);  // Connection Status, KB 2937684.
  EXPECT_EQ(protocol_from_text(""), Protocol::Unknown);
  EXPECT_EQ(protocol_from_text("carrier pigeon"), Protocol::Unknown);
  for (const Protocol p :
       {Protocol::RpcTcp, Protocol::RpcHttp, Protocol::MapiHttp, Protocol::Other}) {
    EXPECT_EQ(protocol_from_text(to_string(p)), p);
  }
}

TEST(Names, Modes) {
  EXPECT_EQ(mode_from_text("Cached"), ClientMode::Cached);
  EXPECT_EQ(mode_from_text("cached exchange mode"), ClientMode::Cached);
  EXPECT_EQ(mode_from_text("ONLINE"), ClientMode::Online);
  EXPECT_EQ(mode_from_text("offline"), ClientMode::Unknown);
  EXPECT_EQ(mode_from_text(to_string(ClientMode::Online)), ClientMode::Online);
}

TEST_F(DataFolder, AddsALanguageWithOneFile) {
  const TextClassifier before(built_in(), outlook());
  const char* text = "A Microsoft Exchange-kapcsolat helyreállt.";
  EXPECT_EQ(before.classify(text).meaning, Meaning::Unclassified);

  put("text/hu.toml", kHungarian);
  const auto loaded = load();
  ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
  EXPECT_EQ(loaded->texts.size(), built_in().texts.size() + 1);
  const TextClassifier after(*loaded, loaded->profiles.at(0));
  EXPECT_EQ(after.classify(text).meaning, Meaning::Restored);
  EXPECT_EQ(after.classify(text).recognition, Recognition::Stem);
  EXPECT_EQ(after.classify("A Microsoft Exchange-kapcsolat megszakadt").recognition,
            Recognition::Exact);
}

TEST_F(DataFolder, WordsTheReportInALanguage) {
  EXPECT_NE(phrasebook_of(built_in(), "de"), nullptr);
  EXPECT_EQ(phrasebook_of(built_in(), "hu"), nullptr);
  const std::string report = R"(
[report]
name = "Magyar"
decimal = ","
group = " "
date = "YYYY. MM. DD."
[report.phrases]
"{} of {} lost" = "{2} közül {1}"
)";
  put("text/hu.toml", kHungarian + report);
  const auto loaded = load();
  ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
  const Phrasebook* hungarian = phrasebook_of(*loaded, "hu");
  ASSERT_NE(hungarian, nullptr);
  EXPECT_EQ(fill_phrase(hungarian->phrases.at("{} of {} lost"), {"1", "3"}), "3 közül 1");
}

TEST_F(DataFolder, RefusesAPhraseThatLosesAValue) {
  const std::string report = R"(
[report]
name = "Magyar"
decimal = ","
group = " "
date = "YYYY. MM. DD."
[report.phrases]
"{} of {} lost" = "{} elveszett"
)";
  put("text/hu.toml", kHungarian + report);
  EXPECT_NE(error().find("does not hold the values of \"{} of {} lost\""), std::string::npos)
      << error();
  put("text/hu.toml", kHungarian + std::string(R"(
[report]
name = "Magyar"
decimal = ","
group = " "
date = "day first"
[report.phrases]
"x" = "y"
)"));
  EXPECT_NE(error().find("expected DD, MM and YYYY"), std::string::npos) << error();
}

TEST_F(DataFolder, ReplacesAFileOfTheSameName) {
  std::string swedish = kHungarian;
  swedish.replace(swedish.find("\"hu\""), 4, "\"sv\"");
  put("text/sv.toml", swedish);
  const auto loaded = load();
  ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
  EXPECT_EQ(loaded->texts.size(), built_in().texts.size());
  const TextClassifier classifier(*loaded, loaded->profiles.at(0));
  EXPECT_EQ(classifier.classify("Anslutningen till Microsoft Exchange har brutits.").meaning,
            Meaning::Unclassified);
}

TEST_F(DataFolder, AddsAProfileAndItsTexts) {
  put("profiles/rdp.toml", R"(schema = 1
id = "rdp"
title = "Remote Desktop"
peer = "the remote computer"
log = "Microsoft-Windows-TerminalServices-RDPClient/Operational"
product_names = ["Remote Desktop"]
[[event]]
provider = "Microsoft-Windows-TerminalServices-ClientActiveXCore"
ids = [1026]
meaning = "lost"
note = "The session ended."
source = "example"
)");
  put("text/rdp-en.toml", R"(schema = 1
language = "en"
profile = "rdp"
[[stem]]
meaning = "lost"
stems = ["has ended"]
confidence = "unverified"
source = "example"
)");
  const auto loaded = load();
  ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
  ASSERT_EQ(loaded->profiles.size(), 3u);
  EXPECT_EQ(loaded->profiles.front().log, "Application");
  const auto found = std::find_if(loaded->profiles.begin(), loaded->profiles.end(),
                                  [](const Profile& p) { return p.id == "rdp"; });
  ASSERT_NE(found, loaded->profiles.end());
  const Profile& rdp = *found;
  EXPECT_EQ(rdp.log, "Microsoft-Windows-TerminalServices-RDPClient/Operational");
  EXPECT_EQ(rdp.retry_first_s, 0);
  EXPECT_EQ(rdp.rules.at(0).meaning, Meaning::Lost);
  // Texts belong to their profile.
  const TextClassifier classifier(*loaded, rdp);
  EXPECT_EQ(classifier.classify("Your Remote Desktop session has ended.").meaning, Meaning::Lost);
  EXPECT_EQ(classifier.classify("Connection to Microsoft Exchange has been restored.").meaning,
            Meaning::Unclassified);
}

TEST_F(DataFolder, AddsTimersWithoutReplacingTheOthers) {
  put("timers/house.toml", R"(schema = 1
[[timer]]
product = "Our balancer"
timer = "idle"
seconds = 1234.5
kind = "idle"
layer = "load balancer"
confirm = "Ask."
change = "Ask."
confidence = "confirmed by 1 source"
sources = 1
source = "its configuration"
protocols = ["RPC/TCP"]
rank = 5
)");
  const auto loaded = load();
  ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
  EXPECT_EQ(loaded->timers.size(), built_in().timers.size() + 1);
  const auto found =
      std::find_if(loaded->timers.begin(), loaded->timers.end(),
                   [](const Timer& timer) { return timer.product == "Our balancer"; });
  ASSERT_NE(found, loaded->timers.end());
  EXPECT_EQ(found->seconds, 1234.5);
  EXPECT_EQ(found->rank, 5);
}

TEST_F(DataFolder, RefusesFilesElsewhere) {
  put("txt/hu.toml", kHungarian);
  EXPECT_NE(error().find("text/*.toml"), std::string::npos) << error();
  EXPECT_NE(error().find("txt"), std::string::npos) << error();
}

TEST_F(DataFolder, RefusesOtherKindsOfFiles) {
  put("text/hu.txt", kHungarian);
  EXPECT_NE(error().find("hu.txt: not a place for data files; expected profiles/*.toml"),
            std::string::npos)
      << error();
}

TEST_F(DataFolder, IgnoresHiddenFiles) {
  put(".gitignore", "x");
  put("text/.DS_Store", "x");
  EXPECT_EQ(error(), "no error");
}

TEST_F(DataFolder, SaysThatTheFolderIsMissing) {
  fs::remove_all(folder_);
  const auto loaded = load();
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, ErrorCode::NotFound);
}

TEST_F(DataFolder, RefusesATextWithTwoMeanings) {
  std::string text = kHungarian;
  text.replace(text.find("A Microsoft Exchange-kapcsolat megszakadt."), 42,
               "Connection to Microsoft Exchange has been RESTORED");
  put("text/hu.toml", text);
  EXPECT_NE(error().find("hu.toml:7:8: "), std::string::npos) << error();
  EXPECT_NE(error().find("means lost here and restored at built-in text/en.toml:"),
            std::string::npos)
      << error();
}

TEST_F(DataFolder, RefusesAnUnknownProfile) {
  std::string text = kHungarian;
  text.replace(text.find("\"outlook\""), 9, "\"outluck\"");
  put("text/hu.toml", text);
  EXPECT_NE(error().find("hu.toml:3:11: \"profile\" is \"outluck\"; expected the id of a profile: "
                         "outlook"),
            std::string::npos)
      << error();
}

TEST_F(DataFolder, RefusesASecondProfileWithTheSameId) {
  for (const DataFile& file : built_in_data()) {
    if (file.name == "profiles/outlook.toml") put("profiles/copy.toml", std::string(file.content));
  }
  EXPECT_NE(error().find("profile \"outlook\" exists already"), std::string::npos) << error();
}

TEST_F(DataFolder, RefusesATimerThatExists) {
  for (const DataFile& file : built_in_data()) {
    if (file.name == "timers.toml") put("timers/copy.toml", std::string(file.content));
  }
  EXPECT_NE(error().find("exists already, at "), std::string::npos) << error();
}

// Each row: what is wrong, the file, and the beginning of the message with its place.
struct Mistake {
  const char* name;
  const char* content;
  const char* expected;
};
class TextFileMistakes : public ::testing::TestWithParam<Mistake> {};

TEST_P(TextFileMistakes, AreReportedWithTheirPlace) {
  const auto parsed = parse_texts(GetParam().content, "xx.toml");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, ErrorCode::Invalid);
  const std::string text = parsed.error().text();
  EXPECT_TRUE(text.starts_with(GetParam().expected)) << text;
}

#define HEAD "schema = 1\nlanguage = \"xx\"\nprofile = \"outlook\"\n"
INSTANTIATE_TEST_SUITE_P(
    All, TextFileMistakes,
    ::testing::Values(
        Mistake{"Syntax", "schema = 1\nlanguage = \n", "xx.toml:2:12: not valid TOML: "},
        Mistake{"NoSchema", "language = \"xx\"\n",
                "xx.toml:1:1: the language file has no \"schema\""},
        Mistake{"NewSchema", "schema = 2\n",
                "xx.toml:1:10: unknown schema; this version of the program reads schema = 1"},
        Mistake{"Empty", HEAD, "xx.toml:1:1: the language file has neither [[text]] nor [[stem]]"},
        Mistake{"UnknownKey", HEAD "[[text]]\nmeanin = \"lost\"\n",
                "xx.toml:4:1: [[text]] has no \"meaning\"; expected a text"},
        Mistake{"Misspelt",
                HEAD
                "[[text]]\nmeaning = \"lost\"\ntext = \"a\"\nconfidence = \"c\"\nsource = \"s\"\n"
                "prefx = true\n",
                "xx.toml:9:1: \"prefx\" is not a key of [[text]]; did you mean \"prefix\"?"},
        Mistake{
            "WrongMeaning", HEAD "[[text]]\nmeaning = \"sleep\"\ntext = \"a\"\n",
            "xx.toml:5:11: \"meaning\" is \"sleep\"; expected one of: lost, restored, unavailable, "
            "authentication, other"},
        Mistake{"WrongType", HEAD "[[text]]\nmeaning = \"lost\"\ntext = 5\n",
                "xx.toml:6:8: \"text\" is a whole number; expected a text"},
        Mistake{"Blank", HEAD "[[text]]\nmeaning = \"lost\"\ntext = \" \"\n",
                "xx.toml:6:8: \"text\" is empty; expected a text"},
        Mistake{"NotATable", HEAD "text = \"a\"\n",
                "xx.toml:4:8: \"text\" is a text; expected tables, each under [[text]]"},
        Mistake{"StemsNotAList", HEAD "[[stem]]\nmeaning = \"lost\"\nstems = \"a\"\n",
                "xx.toml:6:9: \"stems\" is a text; expected a list of texts"},
        Mistake{"EmptyStems", HEAD "[[stem]]\nmeaning = \"lost\"\nstems = []\n",
                "xx.toml:6:9: \"stems\" is empty; expected a list of texts"},
        Mistake{"Twice",
                HEAD "[[text]]\nmeaning = \"lost\"\ntext = \"Gone.\"\nconfidence = \"c\"\nsource = "
                     "\"s\"\n[[text]]\nmeaning = \"lost\"\ntext = \"GONE\"\nconfidence = "
                     "\"c\"\nsource = \"s\"\n",
                "xx.toml:11:8: \"GONE\" is listed already, at xx.toml:6:8"},
        Mistake{"Language", "schema = 1\nlanguage = \"x x\"\nprofile = \"outlook\"\n",
                "xx.toml:2:12: \"language\" is \"x x\"; expected a tag such as"}),
    [](const auto& instance) { return std::string(instance.param.name); });
#undef HEAD

#define RULE(lines) \
  "schema = 1\n[[event]]\nprovider = \"P\"\nids = [1]\nnote = \"n\"\nsource = \"s\"\n" lines
TEST(EventMapMistakes, AreReportedWithTheirPlace) {
  const auto error = [](const char* content) {
    const auto parsed = parse_event_map(content, "e.toml");
    return parsed ? std::string("no error") : parsed.error().text();
  };
  EXPECT_EQ(error(RULE("meaning = \"sleep\"\n")), "no error");
  EXPECT_TRUE(
      error(RULE("meaning = \"lost\"\n")).starts_with("e.toml:7:11: \"meaning\" is \"lost\""));
  EXPECT_TRUE(error(RULE("")).starts_with("e.toml:2:1: [[event]] has no \"meaning\""));
  EXPECT_TRUE(
      error("schema = 1\n[[event]]\nprovider = \"P\"\nids = [70000]\n")
          .starts_with("e.toml:4:8: \"ids\" is 70000; expected a whole number from 0 to 65535"));
  EXPECT_TRUE(error("schema = 1\n[[event]]\nprovider = \"P\"\nids = [1, 1]\n")
                  .starts_with("e.toml:4:11: \"ids\" holds 1 twice"));
  EXPECT_TRUE(
      error("schema = 1\n[[event]]\nprovider = \"P\"\nids = 1\n")
          .starts_with("e.toml:4:7: \"ids\" is a whole number; expected a list of event ids"));
  EXPECT_TRUE(error(RULE("meaning = \"sleep\"\n[[event]]\nprovider = \"p\"\nids = [1]\nnote = "
                         "\"n\"\nsource = \"s\"\nmeaning = \"boot\"\n"))
                  .starts_with("e.toml:8:1: event 1 of \"p\" has a rule already, at e.toml:2:1"));
}
#undef RULE

TEST(TimerMistakes, AreReportedWithTheirPlace) {
  const std::string head =
      "schema = 1\n[[timer]]\nproduct = \"P\"\ntimer = \"t\"\nkind = \"idle\"\nlayer = \"vpn\"\n"
      "confirm = \"c\"\nchange = \"c\"\nconfidence = \"c\"\nsource = \"s\"\n";
  const auto error = [&](const std::string& lines) {
    const auto parsed = parse_timers(head + lines, "t.toml");
    return parsed ? std::string("no error") : parsed.error().text();
  };
  EXPECT_EQ(error("sources = 0\n"), "no error");
  EXPECT_TRUE(
      error("sources = 0\nseconds = 0\n")
          .starts_with("t.toml:12:11: \"seconds\" is 0; expected a number of seconds above 0"));
  EXPECT_TRUE(
      error("sources = 0\nseconds = -5.5\n").starts_with("t.toml:12:11: \"seconds\" is -5.5"));
  EXPECT_TRUE(
      error("sources = 0\nseconds = inf\n").starts_with("t.toml:12:11: \"seconds\" is inf"));
  EXPECT_TRUE(
      error("sources = 0\nseconds = \"60\"\n")
          .starts_with("t.toml:12:11: \"seconds\" is a text; expected a number of seconds"));
  EXPECT_TRUE(error("sources = -1\n").starts_with("t.toml:11:11: \"sources\" is -1"));
  EXPECT_TRUE(
      error("sources = 0\nprotocols = [\"RPC\"]\n")
          .starts_with("t.toml:12:13: \"protocols\" holds \"RPC\"; expected any of: RPC/TCP, "
                       "RPC/HTTP, MAPI/HTTP, other"));
}

TEST(ProfileMistakes, AreReportedWithTheirPlace) {
  const std::string head =
      "schema = 1\nid = \"x\"\ntitle = \"X\"\npeer = \"Y\"\nproduct_names = [\"Z\"]\n";
  const auto error = [&](const std::string& lines) {
    const auto parsed = parse_profile(head + lines, "p.toml");
    return parsed ? std::string("no error") : parsed.error().text();
  };
  const std::string rule =
      "[[event]]\nprovider = \"P\"\nids = [1]\nmeaning = \"by-text\"\nnote = \"n\"\nsource = "
      "\"s\"\n";
  EXPECT_EQ(error(rule), "no error");
  EXPECT_TRUE(error("").starts_with("p.toml:1:1: the profile has no [[event]]"));
  const auto unnamed = parse_profile(
      "schema = 1\nid = \"x\"\ntitle = \"X\"\npeer = \"Y\"\nproduct_names = [\".\"]\n" + rule,
      "p.toml");
  EXPECT_FALSE(unnamed.has_value()) << "every sentence would name it";
  EXPECT_TRUE(error("retry_first_s = 300\n" + rule)
                  .starts_with("p.toml:1:1: \"retry_first_s\" and \"retry_then_s\" go together"));
  EXPECT_TRUE(error("retry_first_s = 300\nretry_then_s = 900\n" + rule)
                  .starts_with("p.toml:1:1: \"retry_first_s\" has no \"retry_source\""));
  EXPECT_TRUE(error("retry_first_s = 0\nretry_then_s = 900\n" + rule)
                  .starts_with("p.toml:6:17: \"retry_first_s\" is 0"));
}

TEST_F(DataFolder, ServerWordsAreCheckedWithTheirPlace) {
  put("server/ours.toml",
      "schema = 1\n[[reason]]\nlog = \"httper\"\nvalue = \"x\"\nby = \"server\"\n"
      "why = \"idle\"\nnote = \"n\"\nsource = \"s\"\n");
  EXPECT_NE(error().find("ours.toml:3:7: \"log\" is \"httper\"; expected one of: httperr, iis"),
            std::string::npos)
      << error();
  put("server/ours.toml",
      "schema = 1\n[[reason]]\nlog = \"httperr\"\nvalue = \"timer_connectionidle\"\n"
      "harmless = true\nnote = \"n\"\nsource = \"s\"\n");
  EXPECT_NE(error().find("exists already, at built-in server/exchange.toml"), std::string::npos)
      << error();
  put("server/ours.toml",
      "schema = 1\n[[path]]\nprefix = \"mapi\"\nprotocol = \"x\"\nnote = \"n\"\n"
      "source = \"s\"\n");
  EXPECT_NE(error().find("expected a path that begins with /"), std::string::npos) << error();
}

TEST_F(DataFolder, AContextNeedsItsMeaning) {
  const std::string rule =
      "schema = 1\n[[event]]\nprovider = \"P\"\nids = [1]\nnote = \"n\"\nsource = \"s\"\n";
  put("event_map/ours.toml", rule + "meaning = \"sleep\"\ncontext = \"wifi-down\"\n");
  EXPECT_NE(error().find("ours.toml:8:11: \"context\" goes with"), std::string::npos) << error();
  put("event_map/ours.toml", rule + "meaning = \"context\"\ncontext = \"wifi\"\n");
  EXPECT_NE(error().find("expected one of: link-down"), std::string::npos) << error();
  put("event_map/ours.toml", rule + "meaning = \"context\"\ncontext = \"wifi-down\"\n");
  EXPECT_TRUE(load()) << error();
}

}  // namespace
}  // namespace dropscope
