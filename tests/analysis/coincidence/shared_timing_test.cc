#include "analysis/coincidence/shared_timing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/worlds.h"

namespace dropscope {
namespace {

using worlds::Random;

constexpr std::int64_t kMonday = 1'756'684'800;
constexpr double kDay = 86'400;

/// Losses of each computer as Unix seconds, as episodes.
std::vector<ComputerEpisodes> fleet_of(std::vector<std::vector<double>> losses) {
  std::vector<ComputerEpisodes> fleet;
  for (std::size_t c = 0; c < losses.size(); ++c) {
    std::sort(losses[c].begin(), losses[c].end());
    fleet.push_back(worlds::at_times(losses[c], 20, static_cast<std::uint32_t>(c)));
  }
  return fleet;
}

/// `per_day` losses of a computer, crowded at nine and at noon; `mornings` puts half of them into
/// the ten minutes in which everybody switches on.
std::vector<std::vector<double>> daily_course(Random& random, std::size_t computers, int days,
                                              double per_day, bool mornings) {
  std::vector<std::vector<double>> losses(computers);
  for (std::vector<double>& own : losses) {
    for (int day = 0; day < days; ++day) {
      for (double left = per_day; random.uniform() < left; left -= 1) {
        double hour = random.uniform() < 0.5 ? 9 + random.normal(0, 0.7) : 12 + random.normal(0, 2);
        if (mornings && random.uniform() < 0.5) hour = 8 + random.uniform(0, 10.0 / 60);
        own.push_back(kMonday + day * kDay + hour * 3600);
      }
    }
  }
  return losses;
}

void add_outage(Random& random, std::vector<std::vector<double>>& losses, double at, double share) {
  for (std::vector<double>& own : losses) {
    if (random.uniform() < share) own.push_back(at + random.uniform(0, 20));
  }
}

IntervalEstimate hour_timer() {
  IntervalEstimate interval;
  interval.rhythm = Rhythm::Idle;
  interval.seconds = 3600;
  interval.low = 3590;
  interval.high = 3610;
  return interval;
}

TEST(SharedTiming, TheCourseOfTheDayIsNoMoment) {
  int alarms = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const auto computers = static_cast<std::size_t>(3 + random.uniform() * 60);
    const auto losses = daily_course(random, computers, 10, random.uniform(0.3, 3), seed % 2 == 0);
    const SharedTiming found = find_shared_timing(fleet_of(losses), {});
    if (found.kind == SharedTimingKind::Together) ++alarms;
  }
  EXPECT_LE(alarms, 4) << "of 200";
}

TEST(SharedTiming, OutagesAreEpisodesOfTheFleet) {
  int found_all = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(900 + seed);
    auto losses = daily_course(random, 30, 10, 1, false);
    for (const double day : {2.0, 5.0, 8.0}) {
      add_outage(random, losses, kMonday + (day + random.uniform(0.3, 0.8)) * kDay, 0.6);
    }
    const SharedTiming found = find_shared_timing(fleet_of(losses), {});
    if (found.kind == SharedTimingKind::Together && found.moments.size() == 3) ++found_all;
  }
  EXPECT_GE(found_all, 38) << "of 40";
}

TEST(SharedTiming, ThreeOfThreeAreEnoughInAQuietHour) {
  Random random(5);
  std::vector<std::vector<double>> losses(3);
  add_outage(random, losses, kMonday + 11 * 3600, 1.1);
  for (int day = 1; day < 5; ++day) {
    for (std::vector<double>& own : losses) {
      own.push_back(kMonday + day * kDay + random.uniform(0, kDay));
    }
  }
  const SharedTiming found = find_shared_timing(fleet_of(losses), {});
  ASSERT_EQ(found.moments.size(), 1u);
  EXPECT_EQ(found.moments[0].computers, 3u);
  EXPECT_EQ(found.kind, SharedTimingKind::Together);
}

TEST(SharedTiming, EqualIntervalsWithDifferentPhasesAreNoCommonCause) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<ComputerEpisodes> fleet;
    for (std::uint32_t i = 0; i < 25; ++i) {
      Random random(seed * 1000 + i);
      fleet.push_back(worlds::chain(worlds::idle_lives(random, 40, 3600, 0.3),
                                    kMonday + static_cast<std::int64_t>(random.uniform(0, 7200)),
                                    i));
    }
    const SharedTiming found = find_shared_timing(fleet, hour_timer());
    EXPECT_EQ(found.kind, SharedTimingKind::EqualIntervals) << seed;
    EXPECT_LE(found.moments.size(), 1u) << seed;
  }
}

TEST(SharedTiming, ATimerKeepsThoseInStepThatConnectedTogether) {
  // All come back after one outage; the timer then ends them all an hour later, again and again.
  std::vector<ComputerEpisodes> fleet;
  for (std::uint32_t i = 0; i < 20; ++i) {
    Random random(70 + i);
    std::vector<worlds::Life> lives;
    for (int k = 0; k < 6; ++k) lives.push_back({3600 + random.uniform(0, 1), 5});
    fleet.push_back(worlds::chain(lives, kMonday, i));
  }
  const SharedTiming found = find_shared_timing(fleet, hour_timer());
  EXPECT_TRUE(found.moments.empty());
  EXPECT_EQ(found.kind, SharedTimingKind::EqualIntervals);
  // Without a timer it is what it looks like.
  EXPECT_EQ(find_shared_timing(fleet, {}).kind, SharedTimingKind::Together);
}

TEST(SharedTiming, EveryNightAtThreeIsATimeOfDay) {
  Random random(9);
  auto losses = daily_course(random, 20, 10, 0.5, false);
  for (int day = 0; day < 10; ++day) {
    add_outage(random, losses, kMonday + day * kDay + 3 * 3600, 0.9);
  }
  const SharedTiming found = find_shared_timing(fleet_of(losses), {});
  EXPECT_EQ(found.kind, SharedTimingKind::SameTimeOfDay);
  EXPECT_EQ(found.moments.size(), 10u);
}

TEST(SharedTiming, TwoComputersAreNoFleet) {
  Random random(1);
  EXPECT_EQ(find_shared_timing(fleet_of(daily_course(random, 2, 5, 2, false)), {}).kind,
            SharedTimingKind::TooFew);
  EXPECT_EQ(find_shared_timing({}, {}).kind, SharedTimingKind::TooFew);
}

}  // namespace
}  // namespace dropscope
