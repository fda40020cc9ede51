// What a history leaves in the logs beside its losses.

#include "simulate/records.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dropscope::simulation {
namespace {

TEST(Records, WhatAComputerNotesIsInItsLogsByTime) {
  const Result<Scenario> scenario = parse_scenario(
      "schema = 1\nname = \"t\"\nstart = \"2025-09-01\"\ntime_zone = \"Europe/Berlin\"\ndays = 5\n",
      "s.toml");
  ASSERT_TRUE(scenario) << scenario.error().text();
  const Client client = make_client(*scenario, 0);
  ClientHistory history = live(*scenario, make_outages(*scenario), client);
  const Instant middle = scenario->begin() + std::chrono::hours(60);
  const ClientRecords before = make_records(*scenario, client, history);
  history.noted = {{middle, NearEvent::Link}, {middle, NearEvent::Vpn}, {middle, NearEvent::None}};
  const ClientRecords after = make_records(*scenario, client, history);

  const auto check_log = [&](const std::vector<Record>& with, const std::vector<Record>& without,
                             RecordKind kind) {
    EXPECT_EQ(with.size(), without.size() + 1);
    EXPECT_TRUE(std::is_sorted(
        with.begin(), with.end(),
        [](const Record& one, const Record& other) { return one.time < other.time; }));
    EXPECT_EQ(
        std::count_if(with.begin(), with.end(),
                      [&](const Record& one) { return one.kind == kind && one.time == middle; }),
        1);
  };
  check_log(after.system, before.system, RecordKind::NearInSystem);
  check_log(after.application, before.application, RecordKind::NearInApplication);
}

}  // namespace
}  // namespace dropscope::simulation
