// The outputs of the samples, compared byte for byte with tests/golden. DROPSCOPE_UPDATE_GOLDEN=1
// rewrites the files; the change is then reviewed like code.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/files.h"
#include "base/timezone.h"
#include "present/present.h"
#include "present/version.h"
#include "sample_diagnosis.h"

namespace dropscope::testing {

namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

// The version of the program and of the zone rules change without the outputs changing.
std::string without_versions(std::string text) {
  const std::string program(version());
  const std::string rules(time_zone_version());
  replace_all(text, "\"version\": \"" + program, "\"version\": \"VERSION");
  replace_all(text, "\"version\":\"" + program, "\"version\":\"VERSION");
  replace_all(text, "\"zone_rules\": \"" + rules, "\"zone_rules\": \"RULES");
  replace_all(text, "\"zone_rules\":\"" + rules, "\"zone_rules\":\"RULES");
  replace_all(text, "dropscope " + program, "dropscope VERSION");
  replace_all(text, "time zone rules " + rules, "time zone rules RULES");
  return text;
}

void expect_golden(const std::string& name, const std::string& output) {
  const std::filesystem::path path =
      path_from_utf8(DROPSCOPE_SOURCE_DIR) / "tests" / "golden" / name;
  const std::string actual = without_versions(output);
  if (std::getenv("DROPSCOPE_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file(path, actual).has_value()) << name;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  ASSERT_TRUE(file) << name << " is missing; run the test with DROPSCOPE_UPDATE_GOLDEN=1";
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  std::size_t at = 0;
  while (at < std::min(expected.size(), actual.size()) && expected[at] == actual[at]) ++at;
  const std::size_t from = at < 60 ? 0 : at - 60;
  EXPECT_TRUE(expected == actual)
      << name << " differs at byte " << at << "\nexpected: " << expected.substr(from, 160)
      << "\nactual:   " << actual.substr(from, 160)
      << "\nIf the change is wanted, run the test with DROPSCOPE_UPDATE_GOLDEN=1.";
}

struct Named {
  const char* name;
  Sample (*make)();
};

const Named kSamples[] = {{"idle", idle_timer_sample},
                          {"not_enough", not_enough_sample},
                          {"no_log", no_log_sample},
                          {"fleet", fleet_sample}};

}  // namespace

TEST(Golden, Terminal) {
  for (const Named& n : kSamples) {
    const Sample s = n.make();
    const std::string name(n.name);
    expect_golden(name + "_80.txt", render_terminal(s.input(), {.colour = false, .width = 80}));
    expect_golden(name + "_120_colour.txt",
                  render_terminal(s.input(), {.colour = true, .width = 120}));
    expect_golden(name + "_80_ascii.txt",
                  render_terminal(s.input(), {.colour = false, .width = 80, .unicode = false}));
  }
}

TEST(Golden, Json) {
  for (const Named& n : kSamples) {
    const Sample s = n.make();
    expect_golden(std::string(n.name) + ".json", render_json(s.input()));
  }
}

TEST(Golden, Markdown) {
  for (const Named& n : kSamples) {
    const Sample s = n.make();
    expect_golden(std::string(n.name) + ".md", render_markdown(s.input()));
  }
}

TEST(Golden, Csv) {
  const Sample s = fleet_sample();
  for (const CsvTable table : all_csv_tables()) {
    expect_golden(fmt::format("fleet_{}.csv", to_string(table)), render_csv(s.input(), table));
  }
}

TEST(Golden, Html) {
  for (const Named& n : kSamples) {
    const Sample s = n.make();
    expect_golden(std::string(n.name) + ".html", render_html(s.input()));
  }
}

}  // namespace dropscope::testing
