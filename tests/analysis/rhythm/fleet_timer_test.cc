// How much evidence a length of a fleet needs: more where people make such lengths, too.

#include "analysis/rhythm/fleet_timer.h"

#include <gtest/gtest.h>

#include <limits>

#include "analysis/rhythm/cycle.h"

namespace dropscope::rhythm {
namespace {

/// A length told by a hundred lives, with a scatter of `width` of it.
Candidate of_hundred(double seconds, double width) {
  Candidate out;
  out.reading.kind = Class::Age;
  out.reading.interval.seconds = seconds;
  out.width = width;
  out.lengths = 100;
  return out;
}

Pool with_gaps(std::size_t days, std::size_t four_days) {
  Pool out;
  out.gaps.assign(days, kDay);
  out.gaps.insert(out.gaps.end(), four_days, 4 * kDay);
  return out;
}

TEST(FleetTimer, WideLengthsOfAWorkdayNeedMoreThanSharpOnes) {
  EXPECT_EQ(gate_of(of_hundred(9 * 3'600, 0.001), {}), kFleetGate);
  EXPECT_EQ(gate_of(of_hundred(9 * 3'600, 0.03), {}), 25);
  EXPECT_EQ(gate_of(of_hundred(3 * 3'600, 0.03), {}), kFleetGate);
}

TEST(FleetTimer, WholeDaysNeedMostWherePeopleComeDaily) {
  EXPECT_EQ(gate_of(of_hundred(4 * kDay, 0.03), with_gaps(40, 60)), 100);
  EXPECT_EQ(gate_of(of_hundred(4 * kDay, 0.004), with_gaps(40, 60)), 50);
  EXPECT_EQ(gate_of(of_hundred(4 * kDay, 0.03), with_gaps(5, 60)), 25);
}

TEST(FleetTimer, TriesOfOneMomentAreNeverATimer) {
  EXPECT_EQ(gate_of(of_hundred(20, 0.01), {}), std::numeric_limits<double>::infinity());
}

TEST(FleetTimer, AFreePeriodIsExplainedByGapsAndAnAgeByUptimes) {
  Life life;
  life.uptime = 900;
  life.gap = 1'000;
  Candidate age = of_hundred(900, 0.001);
  EXPECT_TRUE(explains(age, life, 100));
  age.reading.kind = Class::Period;
  EXPECT_FALSE(explains(age, life, 100));
  age.reading.interval.seconds = 1'000;
  EXPECT_TRUE(explains(age, life, 100));
  // Whose life began before the log still has a gap once others were taken out.
  life.uptime = 0;
  EXPECT_TRUE(explains(age, life, 100));
  life.gap = 0;
  EXPECT_FALSE(explains(age, life, 100));
}

}  // namespace
}  // namespace dropscope::rhythm
