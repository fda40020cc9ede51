#include "simulate/calendar.h"

#include <gtest/gtest.h>

#include "simulate/scenario.h"

namespace dropscope::simulation {
namespace {

Scenario scenario_of(const std::string& more) {
  Result<Scenario> s =
      parse_scenario("schema = 1\nname = \"t\"\ntime_zone = \"Europe/Berlin\"\n" + more, "s.toml");
  EXPECT_TRUE(s) << s.error().text();
  return s ? *s : Scenario{};
}

Calendar calendar_of(const Scenario& scenario) {
  return make_calendar(scenario, make_client(scenario, 0));
}

TEST(Calendar, WallClockStaysOverAChangeOfOffset) {
  // Summer time ends in Berlin on 26 October 2025.
  Scenario s = scenario_of(
      "start = \"2025-10-20\"\ndays = 14\n[client]\nwork_start = \"08:30\"\nwork_end = \"17:00\"\n"
      "work_jitter_min = 0\nabsent = 0\n");
  Calendar calendar = calendar_of(s);
  ASSERT_EQ(calendar.workdays.size(), 10u);
  for (const Span& day : calendar.workdays) {
    CivilTime from = s.zone.to_local(day.from);
    CivilTime to = s.zone.to_local(day.to);
    EXPECT_EQ(from.hour * 60 + from.minute, 8 * 60 + 30);
    EXPECT_EQ(to.hour, 17);
  }
  EXPECT_EQ(to_civil_utc(calendar.workdays.front().from).hour, 6);
  EXPECT_EQ(to_civil_utc(calendar.workdays.back().from).hour, 7);
}

TEST(Calendar, MidnightFollowsTheZone) {
  Scenario s = scenario_of("start = \"2025-10-26\"\ndays = 1\n");
  EXPECT_EQ(seconds_between(s.begin(), s.end()), 25 * 3600.0) << "the day has 25 hours";
}

TEST(Calendar, NobodyWorksOnWeekendsUnlessTold) {
  Scenario s = scenario_of("start = \"2025-09-01\"\ndays = 21\n[client]\nabsent = 0\n");
  for (const Span& day : calendar_of(s).workdays) {
    EXPECT_LT(s.zone.to_local(day.from).weekday, 5);
  }
}

TEST(Calendar, SpansAreOrderedAndInsideOneAnother) {
  Scenario s = scenario_of(
      "start = \"2025-09-01\"\ndays = 60\n[client]\nsleeps_after_min = 20\nmeetings_per_day = 3\n"
      "on_at_night = 0.3\n");
  Calendar calendar = calendar_of(s);
  ASSERT_GT(calendar.powered.size(), 20u);
  for (std::size_t i = 0; i < calendar.powered.size(); ++i) {
    EXPECT_LT(calendar.powered[i].span.from, calendar.powered[i].span.to);
    if (i == 0) continue;
    EXPECT_LE(calendar.powered[i - 1].span.to, calendar.powered[i].span.from);
    // After a sleep comes a resume, after a shutdown a boot.
    bool slept = calendar.powered[i - 1].rest == Rest::Sleep;
    EXPECT_EQ(calendar.powered[i].wake == Wake::Resume, slept);
  }
  for (const Span& desk : calendar.desk) {
    bool powered = false;
    for (const PoweredSpan& p : calendar.powered) {
      powered = powered || (p.span.from <= desk.from && desk.to <= p.span.to);
    }
    EXPECT_TRUE(powered) << "nobody works at a computer without power";
  }
  for (std::size_t i = 1; i < calendar.outlook.size(); ++i) {
    EXPECT_LE(calendar.outlook[i - 1].span.to, calendar.outlook[i].span.from);
  }
}

TEST(Calendar, ComputerThatIsNeverSwitchedOffHasOneSpan) {
  Scenario s = scenario_of(
      "start = \"2025-09-01\"\ndays = 14\n[client]\non_at_night = 1\non_at_weekend = 1\n");
  Calendar calendar = calendar_of(s);
  ASSERT_EQ(calendar.powered.size(), 1u);
  EXPECT_EQ(calendar.powered[0].wake, Wake::Boot);
  EXPECT_EQ(calendar.powered[0].rest, Rest::WorldEnds);
  EXPECT_EQ(calendar.powered[0].span.to, s.end());
  EXPECT_EQ(calendar.outlook.size(), 1u);
}

TEST(Calendar, WithoutOutlookThereIsNoSession) {
  Scenario s = scenario_of("start = \"2025-09-01\"\ndays = 5\n[client]\noutlook = false\n");
  EXPECT_TRUE(calendar_of(s).outlook.empty());
}

}  // namespace
}  // namespace dropscope::simulation
