#include "analysis/rhythm/phase.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/worlds.h"

namespace dropscope::rhythm {
namespace {

constexpr double kDay = 86'400;
constexpr double kMidnight = 1'699'833'600;  // UTC.

/// Losses at these seconds of each cycle, a few seconds late, for so many cycles.
Prepared scheduled(double cycle, const std::vector<double>& phases, int cycles) {
  worlds::Random random(3);
  Client client;
  for (int i = 0; i < cycles; ++i) {
    for (const double phase : phases) {
      const double lost = kMidnight + i * cycle + phase + random.uniform(0, 4);
      client.losses.push_back({lost, lost + 25, true});
    }
  }
  return prepare(client);
}

TEST(Clock, HasSeveralTimesOfADay) {
  const Prepared losses = scheduled(kDay, {7 * 3'600, 13 * 3'600 + 1'800, 22 * 3'600}, 20);
  const PhaseFit clock = fit_clock(losses);
  EXPECT_EQ(clock.period, kDay);
  ASSERT_EQ(clock.spikes, 3U);
  EXPECT_NEAR(clock.hits, 60, 2);
  for (const double time : losses.local) EXPECT_TRUE(clock.holds(time));
  EXPECT_FALSE(clock.holds(kMidnight + 10 * 3'600));
}

TEST(Clock, IsTheShorterCycleWhereItsTimesAreEven) {
  EXPECT_EQ(fit_clock(scheduled(3'600, {300}, 60)).period, 3'600);
  EXPECT_EQ(fit_clock(scheduled(kDay, {3'600, 9 * 3'600, 17 * 3'600}, 20)).period, 8 * 3'600);
  EXPECT_EQ(fit_clock(scheduled(kDay, {3'600, 13 * 3'600}, 20)).period, 12 * 3'600);
}

TEST(Clock, OfOneTimeHasOne) {
  const PhaseFit clock = fit_clock(scheduled(kDay, {3 * 3'600}, 25));
  EXPECT_EQ(clock.period, kDay);
  EXPECT_EQ(clock.spikes, 1U);
}

TEST(Clock, KnowsTheCyclesOfSchedules) {
  EXPECT_EQ(listed_cycle(604'755), 604'800);
  EXPECT_EQ(listed_cycle(3'595), 3'600);
  EXPECT_EQ(listed_cycle(3'480), 0);
}

}  // namespace
}  // namespace dropscope::rhythm
