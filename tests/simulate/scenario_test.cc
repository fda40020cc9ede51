#include "simulate/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "base/files.h"
#include "evidence/catalogue/catalogue.h"

namespace dropscope::simulation {
namespace {

std::string minimal(const std::string& more = "") {
  return "schema = 1\nname = \"t\"\nstart = \"2025-09-01\"\ndays = 5\n" + more;
}

// The text of the error that the scenario gives; empty when it loads.
std::string error_of(const std::string& toml) {
  Result<Scenario> scenario = parse_scenario(toml, "s.toml");
  return scenario ? "" : scenario.error().text();
}

TEST(Scenario, MinimalOneLoadsWithDefaults) {
  Result<Scenario> s = parse_scenario(minimal(), "s.toml");
  ASSERT_TRUE(s) << s.error().text();
  EXPECT_EQ(s->days, 5);
  EXPECT_EQ(s->fleet.computers, 1u);
  EXPECT_EQ(s->client.mode, "cached");
  EXPECT_TRUE(s->system_log);
  EXPECT_EQ(format_utc(s->begin()), "2025-09-01T00:00:00Z");
  EXPECT_EQ(format_utc(s->end()), "2025-09-06T00:00:00Z");
}

TEST(Scenario, WorkingDaysReachOverWeekends) {
  Result<Scenario> s = parse_scenario(
      "schema = 1\nname = \"t\"\nstart = \"2025-09-04\"\nworking_days = 4\n", "s.toml");
  ASSERT_TRUE(s) << s.error().text();
  EXPECT_EQ(s->days, 6) << "Thursday, Friday, a weekend, Monday, Tuesday";
}

TEST(Scenario, SyntaxErrorHasItsPlace) {
  std::string e = error_of("schema = 1\nname = \n");
  EXPECT_EQ(e.rfind("s.toml:2:", 0), 0u) << e;
  EXPECT_NE(e.find("not valid TOML"), std::string::npos) << e;
}

TEST(Scenario, UnknownKeyIsNamedWithPlaceAndSuggestion) {
  std::string e = error_of(minimal("[fleet]\ncomputer = 3\n"));
  EXPECT_EQ(e.rfind("s.toml:6:1: unknown key fleet.computer", 0), 0u) << e;
  EXPECT_NE(e.find("did you mean \"computers\"?"), std::string::npos) << e;
}

TEST(Scenario, KeyOfAnotherKindOfCauseIsRefused) {
  std::string e = error_of(minimal("[[cause]]\nkind = \"random\"\nper_day = 2\nsilent = true\n"));
  EXPECT_NE(e.find("unknown key cause.silent"), std::string::npos) << e;
}

TEST(Scenario, AllMistakesAreReportedInTheOrderOfTheFile) {
  std::string e =
      error_of(minimal("[client]\nmode = \"half\"\n[fleet]\nlaptops = 3\n[noise]\nx = 1\n"));
  std::size_t mode = e.find("s.toml:6:");
  std::size_t laptops = e.find("s.toml:8:");
  std::size_t x = e.find("s.toml:10:");
  ASSERT_NE(mode, std::string::npos) << e;
  ASSERT_NE(laptops, std::string::npos) << e;
  ASSERT_NE(x, std::string::npos) << e;
  EXPECT_LT(mode, laptops);
  EXPECT_LT(laptops, x);
}

struct Wrong {
  const char* toml;
  const char* expected;
};

class WrongScenario : public testing::TestWithParam<Wrong> {};

TEST_P(WrongScenario, IsRefusedWithAClearSentence) {
  std::string e = error_of(minimal(GetParam().toml));
  EXPECT_NE(e.find(GetParam().expected), std::string::npos) << "got: " << e;
  EXPECT_EQ(e.rfind("s.toml:", 0), 0u) << e;
}

INSTANTIATE_TEST_SUITE_P(
    Scenario, WrongScenario,
    testing::Values(
        Wrong{"working_days = 3\n", "days or working_days, not both"},
        Wrong{"time_zone = \"Europe/Berln\"\n", "near it: Europe/Berlin"},
        Wrong{"seed = \"x\"\n", "expected a whole number, found a text"},
        Wrong{"seed = 0\n", "0 is outside 1 to"},
        Wrong{"lost_text = \"weg\"\n", "restored_text is missing"},
        Wrong{"[fleet]\ncomputers = 2\nname = \"PC\"\n", "needs {number}"},
        Wrong{"[fleet]\nname = \"../x\"\n", "may hold letters"},
        Wrong{"[[fleet.office]]\nshare = 1\n", "fleet.office.name is missing"},
        Wrong{"[[fleet.office]]\nname = \"A\"\n[[fleet.office]]\nname = \"A\"\n", "two offices"},
        Wrong{"[client]\nprotocol = \"TCP\"\n", "one of: RPC/TCP"},
        Wrong{"[client]\nwork_start = \"25:00\"\n", "is no time of day"},
        Wrong{"[client]\nwork_end = \"07:00\"\n", "at least an hour after work_start"},
        Wrong{"[client]\nreconnect_s = [5, 1]\n", "is above the second"},
        Wrong{"[client]\nreconnect_s = [1]\n", "expected two numbers"},
        Wrong{"[[cause]]\nseconds = 3600\n", "cause.kind is missing"},
        Wrong{"[[cause]]\nkind = \"idel\"\n", "one of: idle, fixed-age"},
        Wrong{"[[cause]]\nkind = \"idle\"\n", "cause.seconds is missing"},
        Wrong{"[[cause]]\nkind = \"idle\"\nseconds = 1\n", "1 is outside 5"},
        Wrong{"[[cause]]\nkind = \"clock\"\n", "either times"},
        Wrong{"[[cause]]\nkind = \"clock\"\nseconds = 7000\n", "must divide a day"},
        Wrong{"[[cause]]\nkind = \"outage\"\nat = \"2025-13-01\"\n", "is no date and time"},
        Wrong{"[[cause]]\nkind = \"idle\"\nseconds = 60\nstart = \"2025-09-02\"\nend = "
              "\"2025-09-01\"\n",
              "must be after start"},
        Wrong{"[[cause]]\nkind = \"idle\"\nseconds = 60\nwhere = { offices = \"A\" }\n",
              "did you mean \"office\"?"},
        Wrong{"[log]\nmax_bytes = 100\n", "100 is outside 69632"},
        Wrong{"forwarded = true\n[log]\nmax_bytes = 1000000\n", "cannot be combined"},
        Wrong{"forwarded = true\n[fleet]\ncomputers = 2000\n", "at most 1000 computers"},
        Wrong{"[expect]\noutcome = \"idle\"\n", "one of: nothing-usable"}));

TEST(Scenario, LanguageGivesTheCataloguesTexts) {
  Result<Catalogue> catalogue = Catalogue::load();
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  Result<Scenario> s = parse_scenario(minimal("language = \"de\"\n"), "s.toml");
  ASSERT_TRUE(s);
  ASSERT_TRUE(resolve_texts(*s, *catalogue));
  EXPECT_NE(s->lost_text.find("Microsoft Exchange"), std::string::npos);
  EXPECT_NE(s->lost_text, s->restored_text);
}

TEST(Scenario, UnknownLanguageNamesTheLineAndTheWayOut) {
  Result<Catalogue> catalogue = Catalogue::load();
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  Result<Scenario> s = parse_scenario(minimal("language = \"et\"\n"), "s.toml");
  ASSERT_TRUE(s);
  Result<void> texts = resolve_texts(*s, *catalogue);
  ASSERT_FALSE(texts);
  EXPECT_EQ(texts.error().where, "s.toml:5:12");
  EXPECT_NE(texts.error().message.find("lost_text"), std::string::npos);
}

TEST(ScenarioFiles, AllLoadAndSayWhatIsExpected) {
  std::filesystem::path folder =
      std::filesystem::path(DROPSCOPE_SOURCE_DIR) / "tests" / "scenarios";
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".toml") continue;
    Result<Scenario> s = load_scenario(entry.path());
    ASSERT_TRUE(s) << s.error().text();
    EXPECT_EQ(path_to_utf8(entry.path().stem()), s->name);
    EXPECT_FALSE(s->description.empty()) << s->name;
    EXPECT_FALSE(s->expect.outcomes.empty()) << s->name;
    names.insert(s->name);
  }
  EXPECT_GE(names.size(), 14u);
}

}  // namespace
}  // namespace dropscope::simulation
