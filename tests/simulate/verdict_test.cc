// From scenario to verdict: every file in tests/scenarios is simulated, read back and judged, and
// the verdict is compared with its [expect] table. To add a case, add a file.

#include <gtest/gtest.h>

#include <toml++/toml.h>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <string>

#include "base/files.h"
#include "evidence/intake/intake.h"
#include "simulate/simulate.h"
#include "verdict/verdict.h"

namespace dropscope {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> scenarios() {
  std::vector<std::string> names;
  for (const auto& entry :
       fs::directory_iterator(fs::path(DROPSCOPE_SOURCE_DIR) / "tests" / "scenarios")) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class ScenarioVerdict : public ::testing::TestWithParam<std::string> {};

TEST_P(ScenarioVerdict, IsAsExpected) {
  const fs::path file =
      fs::path(DROPSCOPE_SOURCE_DIR) / "tests" / "scenarios" / (GetParam() + ".toml");
  const toml::table scenario = toml::parse_file(file.string());
  const toml::table* expect = scenario["expect"].as_table();
  ASSERT_NE(expect, nullptr) << "a scenario says what is expected of it";

  const fs::path out = fs::temp_directory_path() / ("dropscope-scenario-" + GetParam());
  fs::remove_all(out);
  SimulateOptions options;
  options.scenario = file;
  options.output = out;
  // A large fleet is shown by a few of its computers.
  if (scenario["fleet"]["computers"].value_or(1) > 100) options.computers = 20;
  const auto made = simulate(options);
  ASSERT_TRUE(made) << made.error().text();

  const auto catalogue = Catalogue::load();
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  const Evidence evidence = read_evidence({out / "evidence"}, *catalogue);
  const auto diagnosis = diagnose(evidence, *catalogue);
  ASSERT_TRUE(diagnosis) << diagnosis.error().text();
  const Verdict& verdict = diagnosis->verdict;

  SCOPED_TRACE(verdict.headline);
  std::vector<std::string> accepted;
  if (const toml::array* several = (*expect)["outcome"].as_array()) {
    for (const auto& one : *several) accepted.push_back(one.value_or(std::string()));
  } else {
    accepted.push_back((*expect)["outcome"].value_or(std::string()));
  }
  EXPECT_NE(std::find(accepted.begin(), accepted.end(), to_string(verdict.outcome)), accepted.end())
      << to_string(verdict.outcome);
  if (const toml::node* cause = expect->get("cause")) {
    std::vector<std::string> causes;
    if (const toml::array* several = cause->as_array()) {
      for (const auto& one : *several) causes.push_back(one.value_or(std::string()));
    } else {
      causes.push_back(cause->value_or(std::string()));
    }
    const Decision& decision = verdict.decision;
    EXPECT_NE(std::find(causes.begin(), causes.end(), decision.cause), causes.end())
        << decision.cause << " with " << decision.probability << ", then "
        << decision.candidates[1].cause << " with " << decision.candidates[1].probability;
  }
  if (const auto interval = (*expect)["interval_s"].value<double>()) {
    EXPECT_NEAR(diagnosis->interval.seconds, *interval, (*expect)["tolerance_s"].value_or(60.0));
  }
  if (const toml::array* names = (*expect)["candidates"].as_array()) {
    std::size_t i = 0;
    for (const auto& name : *names) {
      ASSERT_LT(i, verdict.candidates.size());
      EXPECT_TRUE(verdict.candidates[i].possible);
      EXPECT_EQ(verdict.candidates[i++].timer.product, name.value_or(std::string()));
    }
  }
  fs::remove_all(out);
}

TEST(Verdict, SystemLogsOfSomeComputersTellOfTheOthersWithTheSameInterval) {
  const fs::path out = fs::temp_directory_path() / "dropscope-scenario-some-system-logs";
  fs::remove_all(out);
  SimulateOptions options;
  options.scenario =
      fs::path(DROPSCOPE_SOURCE_DIR) / "tests" / "scenarios" / "cause-wifi-reauth.toml";
  options.output = out;
  ASSERT_TRUE(simulate(options));
  std::vector<fs::path> computers;
  for (const auto& entry : fs::directory_iterator(out / "evidence")) {
    if (fs::exists(entry.path() / "System.evtx")) computers.push_back(entry.path());
  }
  std::sort(computers.begin(), computers.end());
  ASSERT_EQ(computers.size(), 6U);
  for (std::size_t i = 2; i < computers.size(); ++i) fs::remove(computers[i] / "System.evtx");

  const auto catalogue = Catalogue::load();
  ASSERT_TRUE(catalogue) << catalogue.error().text();
  const Evidence evidence = read_evidence({out / "evidence"}, *catalogue);
  const auto diagnosis = diagnose(evidence, *catalogue);
  ASSERT_TRUE(diagnosis) << diagnosis.error().text();
  const Decision& decision = diagnosis->verdict.decision;
  EXPECT_EQ(decision.cause, "wifi") << decision.probability;
  ASSERT_FALSE(decision.verdicts.empty());
  EXPECT_EQ(decision.verdicts.front().computers.size(), 6U);
  fs::remove_all(out);
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioVerdict, ::testing::ValuesIn(scenarios()),
                         [](const ::testing::TestParamInfo<std::string>& tested) {
                           std::string name = tested.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace dropscope
