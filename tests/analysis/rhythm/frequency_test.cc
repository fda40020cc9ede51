#include "analysis/rhythm/frequency.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/worlds.h"

namespace dropscope::rhythm {
namespace {

/// Losses of a cycle of `period` seconds, a few seconds late, of which a share goes unrecorded.
std::vector<double> cycling(double period, int cycles, double unrecorded) {
  worlds::Random random(5);
  std::vector<double> times;
  for (int i = 0; i < cycles; ++i) {
    const double late = random.uniform(0, 3);
    if (random.uniform(0, 1) >= unrecorded) times.push_back(100 + i * period + late);
  }
  return times;
}

TEST(Frequency, IsFoundNearAGuess) {
  for (const double period : {217.0, 3'480.0, 28'800.0}) {
    for (const int cycles : {6, 13, 40, 120, 500}) {
      const std::vector<double> times = cycling(period, cycles, 0);
      const double span = times.back() - times.front();
      for (const double guess : {0.98, 0.995, 1.02}) {
        const double found = refine_period(times, guess * period, 0.03 * period);
        // A step of the search is 0.08 turns over the span.
        EXPECT_NEAR(1 / found, 1 / period, 0.12 / span) << period << " " << cycles << " " << guess;
      }
    }
  }
}

TEST(Frequency, SurvivesUnrecordedLosses) {
  const std::vector<double> times = cycling(3'480, 400, 0.4);
  EXPECT_NEAR(refine_period(times, 3'500, 100), 3'480, 0.5);
}

TEST(Frequency, StaysAtTheGuessWhereTheTimesSpanNoTwoCycles) {
  const std::vector<double> times = {0, 10, 25, 40, 55};
  EXPECT_DOUBLE_EQ(refine_period(times, 1'000, 30), 1'000);
}

}  // namespace
}  // namespace dropscope::rhythm
