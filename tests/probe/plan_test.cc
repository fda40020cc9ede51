#include "probe/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dropscope::probe {
namespace {

Timer timer(double seconds, TimerKind kind = TimerKind::Idle, bool closes = true) {
  Timer out;
  out.seconds = seconds;
  out.kind = kind;
  out.closes_connections = closes;
  return out;
}

Options options_of(Mode mode, double max_s, int connections) {
  Options out;
  out.mode = mode;
  out.max_s = max_s;
  out.connections = connections;
  return out;
}

TEST(Plan, TakesTheIdleTimersThatMostProductsHave) {
  Catalogue catalogue;
  catalogue.timers = {timer(60),
                      timer(300),
                      timer(300),
                      timer(3600),
                      timer(3600),
                      timer(900, TimerKind::FixedAge),
                      timer(120, TimerKind::Idle, false),
                      timer(0.5),
                      timer(7200)};
  EXPECT_EQ(known_times(catalogue, 3700, 8), (std::vector<double>{60, 300, 3600}));
  EXPECT_EQ(known_times(catalogue, 3700, 2), (std::vector<double>{300, 3600}));
  EXPECT_EQ(known_times(catalogue, 1000, 8), (std::vector<double>{60, 300}));
}

TEST(Plan, QuickTriesJustAboveKnownTimersAndEndsAtTheLongest) {
  const auto times = ladder(options_of(Mode::Quick, 1000, 16), {10, 60, 300, 990});
  EXPECT_EQ(times, (std::vector<double>{10.5, 61.2, 306, 1000}));
}

TEST(Plan, LaddersAscendToTheLongestWithinTheCap) {
  for (const Mode mode : {Mode::Quick, Mode::Full, Mode::Confirm}) {
    for (const int connections : {2, 3, 8, 16, 64}) {
      Options options = options_of(mode, 600, connections);
      options.confirm_s = 300;
      const auto times = ladder(options, {60, 120, 180, 240, 300});
      ASSERT_FALSE(times.empty());
      EXPECT_LE(times.size(), static_cast<std::size_t>(connections));
      EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
      EXPECT_GT(times.front(), 0);
      EXPECT_LE(times.back(), 600);
      EXPECT_EQ(std::adjacent_find(times.begin(), times.end()), times.end());
    }
  }
}

TEST(Plan, TheBracketIgnoresDeathsBelowASurvivor) {
  const auto bracket = bracket_of({{Outcome::Silent, 3, 3, 0},
                                   {Outcome::Survived, 10, 10, 0},
                                   {Outcome::Silent, 14, 14, 0},
                                   {Outcome::Silent, 12, 12, 0}});
  EXPECT_EQ(bracket.survivor, 10);
  EXPECT_EQ(bracket.casualty, 12);
  EXPECT_EQ(bracket.chance, 1);
  EXPECT_EQ(bracket.deaths, 2);
  EXPECT_EQ(estimate_of(bracket), 11);
}

TEST(Plan, NarrowsASilentBracketToTheAim) {
  const Options options = options_of(Mode::Full, 600, 9);
  Observations seen;
  seen.samples = {{Outcome::Survived, 100, 0, 0}, {Outcome::Silent, 200, 0, 0}};
  const auto times = next_times(options, {}, seen);
  ASSERT_EQ(times.size(), 9U);
  EXPECT_DOUBLE_EQ(times.front(), 110);
  EXPECT_DOUBLE_EQ(times.back(), 190);
  seen.samples.push_back({Outcome::Survived, 197, 0, 1});
  EXPECT_TRUE(next_times(options, {}, seen).empty());
}

TEST(Plan, OneEndByItselfIsTriedAgain) {
  const Options options = options_of(Mode::Full, 600, 16);
  Observations seen;
  seen.samples = {{Outcome::Survived, 50, 0, 0}, {Outcome::Finished, 60, 0, 0}};
  EXPECT_EQ(next_times(options, {}, seen).size(), 3U);
  seen.samples.push_back({Outcome::Finished, 60.1, 0, 1});
  seen.samples.push_back({Outcome::Finished, 60.1, 0.1, 1});
  EXPECT_TRUE(next_times(options, {}, seen).empty());
}

}  // namespace
}  // namespace dropscope::probe
