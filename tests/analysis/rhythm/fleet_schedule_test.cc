// The cycle of a schedule with several times, of which a shorter one would explain each.

#include "analysis/rhythm/fleet_schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "analysis/rhythm/fleet_clients.h"
#include "analysis/rhythm/phase.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

using Turns = std::vector<std::int64_t>;

/// So many longer cycles of so many places, with some of them met by several losses each.
Turns met(std::int64_t cycles, std::int64_t places, const Turns& chosen, std::size_t losses = 3) {
  Turns out;
  for (std::int64_t cycle = 0; cycle < cycles; ++cycle) {
    for (const std::int64_t place : chosen) out.insert(out.end(), losses, cycle * places + place);
  }
  std::sort(out.begin(), out.end());
  return out;
}

TEST(FleetSchedule, TwoOfThreePlacesAreALongerCycle) {
  EXPECT_EQ(schedule_of(met(40, 3, {0, 2}), 1'200).cycle, 3'600);
  EXPECT_EQ(schedule_of(met(40, 3, {0, 1, 2}), 1'200).cycle, 1'200);
}

TEST(FleetSchedule, ThePlacesOfTheCycleAreTold) {
  const std::vector<std::size_t> two = {0, 2};
  EXPECT_EQ(schedule_of(met(40, 3, {2, 0}), 1'200).places, two);
  const std::vector<std::size_t> own = {0};
  EXPECT_EQ(schedule_of(met(40, 3, {0, 1, 2}), 1'200).places, own);
}

TEST(FleetSchedule, TurnsMayBeNegative) {
  Turns turns = met(40, 3, {0, 2});
  for (std::int64_t& turn : turns) turn -= 1'000;
  EXPECT_EQ(schedule_of(turns, 1'200).cycle, 3'600);
}

TEST(FleetSchedule, FewInstantsDecideNothingHoweverManyClientsMeetThem) {
  EXPECT_EQ(schedule_of(met(5, 3, {0, 2}, 1'000), 1'200).cycle, 1'200);
}

TEST(FleetSchedule, LossesElsewhereSpeakAgainstIt) {
  Turns turns = met(40, 3, {0, 2});
  const Turns elsewhere = met(40, 3, {1}, 1);
  turns.insert(turns.end(), elsewhere.begin(), elsewhere.end());
  std::sort(turns.begin(), turns.end());
  EXPECT_EQ(schedule_of(turns, 1'200).cycle, 1'200);
}

TEST(FleetSchedule, ANightIsNoSchedule) {
  EXPECT_EQ(schedule_of(met(30, 24, {9, 10, 11, 12}), 3'600).cycle, 3'600);
  EXPECT_EQ(schedule_of(met(30, 24, {9, 10, 16, 17}), 3'600).cycle, kDay);
  EXPECT_EQ(schedule_of(met(30, 8, {3, 4}), 10'800).cycle, 10'800);
}

TEST(FleetSchedule, NothingIsNoSchedule) {
  EXPECT_EQ(schedule_of({}, 3'600).cycle, 3'600);
  EXPECT_EQ(schedule_of(met(30, 24, {9, 16}), 0).cycle, 0);
}

TEST(FleetSchedule, AFleetIsToldTheCycleOfItsJobs) {
  worlds::Random random(12);
  // Jobs at five past and at a quarter to each hour, of which a client meets one in seven.
  const double hour = std::floor(fleets::kStart / 3'600) * 3'600;
  const auto next = [&](double t) {
    while (true) {
      t += 60 - std::fmod(t, 60);
      const double minute = std::fmod(t - hour, 3'600) / 60;
      if ((minute == 5 || minute == 45) && random.uniform() < 0.15) return t;
    }
  };
  const Answer answer = classify_fleet(fleets::of_lives(random, 120, 5, next), {});
  EXPECT_EQ(answer.best.kind, Class::Clock) << to_string(answer.best.kind);
  EXPECT_EQ(answer.best.interval.seconds, 3'600);
  ASSERT_EQ(answer.best.times.size(), 2);
  EXPECT_NEAR(answer.best.times[0], 300, 30);
  EXPECT_NEAR(answer.best.times[1], 2'700, 30);
  EXPECT_NE(sentence_of(answer).find("every 1 h at xx:05, xx:45 local time"), std::string::npos)
      << sentence_of(answer);
}

}  // namespace
}  // namespace dropscope::rhythm
