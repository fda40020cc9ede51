#include "present/fleet.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "sample_diagnosis.h"

namespace dropscope::testing {

namespace {

/// The sample's computers again and again, a third of them in Berlin, where losses are frequent.
Sample fleet_of(std::size_t computers) {
  Sample s = fleet_sample();
  const std::vector<ComputerDiagnosis> pattern = s.diagnosis.computers;
  s.diagnosis.computers.clear();
  s.diagnosis.episodes.clear();
  const Computer first = s.evidence.computers.front();
  s.evidence.computers.assign(computers, first);
  Clients& clients = s.diagnosis.verdict.decision.clients;
  clients = {};
  clients.table.attributes.resize(5);
  for (std::size_t a = 0; a < 5; ++a) {
    clients.table.attributes[a].name =
        std::array{"computer", "office", "asset", "server", "version"}[a];
  }
  for (std::uint32_t i = 0; i < computers; ++i) {
    const std::string name = fmt::format("PC{:05}", i);
    s.evidence.computers[i].name = name;
    clients.computers.push_back(i);
    clients.table.attributes[0].add(name);
    clients.table.attributes[1].add(i % 3 == 0 ? "Berlin" : "Kassel");
    clients.table.attributes[2].add("asset of " + name);
    clients.table.attributes[3].add("EX01");
    clients.table.attributes[4].add(i % 3 != 0 ? "" : i % 2 == 0 ? "14" : "15");
    ComputerDiagnosis d = pattern[i % pattern.size()];
    d.computer = i;
    d.frequency.losses = i % 3 == 0 ? 8 : 1;
    d.frequency.watched_hours = 240;
    s.diagnosis.computers.push_back(d);
  }
  return s;
}

}  // namespace

TEST(Fleet, DividesByWhatTellsComputersApart) {
  const Sample s = fleet_of(30);
  const ReportInput input = s.input();
  const Digest digest(input);
  const std::vector<Division> divisions = divide_fleet(digest, s.diagnosis.verdict.decision, 6);
  // One server, an asset for each computer, versions of a third of them: none tells anything.
  ASSERT_EQ(divisions.size(), 1u);
  EXPECT_EQ(divisions[0].attribute, "office");
  ASSERT_EQ(divisions[0].groups.size(), 2u);
  const Group& berlin = divisions[0].groups[0];
  EXPECT_EQ(berlin.name, "Berlin") << "the highest rate comes first";
  EXPECT_EQ(berlin.members.size(), 10u);
  EXPECT_EQ(berlin.affected, 10u);
  EXPECT_EQ(berlin.losses, 80u);
  EXPECT_DOUBLE_EQ(berlin.per_day, 0.8);
  // Garwood's interval for 80 events is 63.4 to 99.6.
  EXPECT_NEAR(berlin.per_day_low, 0.634, 0.001);
  EXPECT_NEAR(berlin.per_day_high, 0.996, 0.001);
  EXPECT_EQ(timeline_rows(digest, s.diagnosis.verdict.decision).attribute, "office");
}

TEST(Fleet, OneComputerIsNotDivided) {
  const Sample s = idle_timer_sample();
  const ReportInput input = s.input();
  const Digest digest(input);
  EXPECT_TRUE(divide_fleet(digest, s.diagnosis.verdict.decision, 6).empty());
  EXPECT_TRUE(timeline_rows(digest, s.diagnosis.verdict.decision).groups.empty());
}

// The page of a large fleet stays one that can be mailed, whatever the number of computers.
TEST(Fleet, PageOfTwentyThousandStaysSmall) {
  const Sample small = fleet_of(300);
  const Sample large = fleet_of(20'000);
  const std::size_t few = render_html(small.input()).size();
  const std::size_t many = render_html(large.input()).size();
  EXPECT_LT(many, few + 50'000);
  EXPECT_LT(many, 3'000'000u);
}

}  // namespace dropscope::testing
