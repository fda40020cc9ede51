#include "analysis/rhythm/agreement.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dropscope::rhythm {
namespace {

/// Losses after lives of these lengths in seconds, each with a downtime of 30 s.
Prepared after_lives(double start, const std::vector<double>& lives) {
  Client client;
  double t = start;
  client.losses.push_back({t, t + 30, true});
  for (const double life : lives) {
    t += 30 + life;
    client.losses.push_back({t, t + 30, true});
  }
  return prepare(client);
}

constexpr double kMonday = 1'699'833'600;  // 2023-11-13, 0:00 UTC.

// Places among the numbers.
constexpr std::size_t kThreeUptimes = 1;
constexpr std::size_t kFourUptimes = 2;
constexpr std::size_t kThreeOfAnHour = 12;
constexpr std::size_t kOffice = 18;
constexpr std::size_t kNight = 19;

TEST(Agreement, IsFiniteForAnyNumberOfLosses) {
  for (std::size_t lives = 0; lives < 6; ++lives) {
    const auto numbers = agreements_of(after_lives(kMonday, std::vector<double>(lives, 100)));
    for (const double number : numbers) EXPECT_TRUE(std::isfinite(number));
  }
  for (const double number : agreements_of(Prepared{})) EXPECT_TRUE(std::isfinite(number));
}

TEST(Agreement, IsThatOfTheClosestLengths) {
  const auto numbers = agreements_of(after_lives(kMonday, {3'600, 50'000, 3'610, 900, 3'636}));
  EXPECT_NEAR(std::exp(numbers[kThreeUptimes]), std::log(3'636.0 / 3'600), 1e-6);
  EXPECT_NEAR(std::exp(numbers[kFourUptimes]), std::log(3'636.0 / 900), 1e-6);
}

TEST(Agreement, SeesThePhasesOfACycleAcrossItsEnd) {
  // 10 s before, at, and 10 s after a full hour of three different ones.
  const auto numbers = agreements_of(after_lives(kMonday - 10, {7'180.0, 10'780.0, 5'000.0}));
  EXPECT_NEAR(std::exp(numbers[kThreeOfAnHour]), 20.0 / 3'600, 1e-6);
}

TEST(Agreement, KnowsTheHoursOfAnOfficeAndOfANight) {
  // Monday at 9:00, 10:00, 23:00 and Saturday at 10:00.
  const auto numbers = agreements_of(
      after_lives(kMonday + 9 * 3'600, {3'570, 13 * 3'600 - 30, 4 * 86'400 + 11 * 3'600 - 30}));
  EXPECT_DOUBLE_EQ(numbers[kOffice], 0.5);
  EXPECT_DOUBLE_EQ(numbers[kNight], 0.25);
}

}  // namespace
}  // namespace dropscope::rhythm
