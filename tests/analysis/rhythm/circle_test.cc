#include "analysis/rhythm/circle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "analysis/rhythm/cycle.h"
#include "analysis/worlds.h"

namespace dropscope::rhythm {
namespace {

/// Losses at `phase` of each cycle, `scatter` seconds about it, and as many anywhere.
std::vector<double> with_strays(double period, double phase, double scatter, int cycles) {
  worlds::Random random(11);
  std::vector<double> times;
  for (int i = 0; i < cycles; ++i) {
    times.push_back(i * period + phase + random.uniform(-scatter, scatter));
    times.push_back(random.uniform(0, cycles * period));
  }
  std::sort(times.begin(), times.end());
  return times;
}

TEST(Circle, HasASpikeAmongStrays) {
  constexpr double kPeriod = 3'600;
  const std::vector<double> times = with_strays(kPeriod, 1'234, 5, 40);
  const PhaseFit fit = fit_spike(times, kPeriod, nullptr, kSpikeWidths, 360);
  EXPECT_NEAR(fit.phase(), 1'234, 3);
  EXPECT_NEAR(fit.hits, 40, 3);
  EXPECT_EQ(fit.cycles, 40);
  EXPECT_GT(fit.evidence, 50);
}

TEST(Circle, HasASpikeAcrossItsEnd) {
  constexpr double kPeriod = 3'600;
  const std::vector<double> times = with_strays(kPeriod, kPeriod, 5, 40);
  const PhaseFit fit = fit_spike(times, kPeriod, nullptr, kSpikeWidths, 360);
  EXPECT_NEAR(distance(fit.phase(), 0, kPeriod), 0, 3);
  EXPECT_NEAR(fit.hits, 40, 3);
}

TEST(Circle, HasNoneWhereLossesAreAnywhere) {
  worlds::Random random(12);
  std::vector<double> times;
  for (int i = 0; i < 60; ++i) times.push_back(random.uniform(0, 3'600 * 60));
  std::sort(times.begin(), times.end());
  EXPECT_LT(fit_spike(times, 3'600, nullptr, kSpikeWidths, 360).evidence, 2);
}

TEST(Circle, CountsCyclesNotLosses) {
  // Twenty losses at one phase, but of two cycles: that is nothing that comes again.
  std::vector<double> times;
  for (int i = 0; i < 10; ++i) times.push_back(100 + 0.1 * i);
  for (int i = 0; i < 10; ++i) times.push_back(3'700 + 0.1 * i);
  EXPECT_EQ(fit_spike(times, 3'600, nullptr, kSpikeWidths, 360).period, 0);
}

TEST(Circle, TakesPeoplesHoursForNoSpike) {
  // All at nine, give or take a quarter of an hour: the profile expects that, an even day does not.
  worlds::Random random(13);
  constexpr double kDay = 86'400;
  std::vector<double> times;
  for (int i = 0; i < 60; ++i) times.push_back(i * kDay + 9.5 * 3'600 + random.uniform(-900, 900));
  const DayProfile profile(times);
  const PhaseFit strict = fit_spike(times, kDay, &profile, kSpikeWidths, 0.1 * kDay);
  const PhaseFit even = fit_spike(times, kDay, nullptr, kSpikeWidths, 0.1 * kDay);
  EXPECT_LT(strict.evidence, even.evidence - 10);
}

TEST(Circle, FoldsAProfileOntoACycle) {
  std::vector<double> times;
  for (int i = 0; i < 1'000; ++i) times.push_back(i * 86'400.0 + 10 * 3'600 + 1'800);
  const DayProfile profile(times);
  const FoldedProfile day(&profile, 86'400);
  EXPECT_LT(day.rarity(10.5 * 3'600), 86'400 / 10.0);
  EXPECT_GT(day.rarity(20.0 * 3'600), 86'400 * 10.0);
  // Ten o'clock is the third hour of every four.
  const FoldedProfile four_hours(&profile, 14'400);
  EXPECT_LT(10 * four_hours.rarity(2.5 * 3'600), four_hours.rarity(1'800));
  EXPECT_EQ(FoldedProfile(&profile, 1'800).rarity(100), 1'800);
  EXPECT_EQ(FoldedProfile(nullptr, 7'200).rarity(100), 7'200);
}

}  // namespace
}  // namespace dropscope::rhythm
