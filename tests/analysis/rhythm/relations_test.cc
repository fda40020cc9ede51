#include "analysis/rhythm/relations.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace dropscope::rhythm {
namespace {

/// A client that loses its connection every hour, with a downtime of 30 s.
Prepared hourly(std::size_t losses) {
  Client client;
  for (std::size_t i = 0; i < losses; ++i) {
    const double lost = 1'700'000'000 + 3'630.0 * static_cast<double>(i);
    client.losses.push_back({lost, lost + 30, true});
  }
  return prepare(client);
}

TEST(Relations, AreFiniteWhateverWasFound) {
  for (const double value : relations_of(hourly(4), Findings{}, {}))
    EXPECT_TRUE(std::isfinite(value));
  for (const double value : relations_of(Prepared{}, Findings{}, {}))
    EXPECT_TRUE(std::isfinite(value));
}

TEST(Relations, TellWhichFindingsAreOneTimer) {
  Findings found;
  found.uptimes.age.seconds = 3'600;
  found.uptimes.age.error = 3.6;
  found.uptimes.second_age.seconds = 7'230;  // Twice the first, to 0.4 %.
  found.period.period = 3'630;
  found.gaps.age.seconds = 3'630;
  const auto relations = relations_of(hourly(40), found, {});
  EXPECT_EQ(relations[0], 0);                         // No idle timer was found.
  EXPECT_NEAR(relations[1], 0, 1e-9);                 // The period is the age and its downtime …
  EXPECT_NEAR(relations[2], 0, 1e-9);                 // … and so is the gap.
  EXPECT_NEAR(std::exp(relations[4]), 0.0042, 1e-4);  // The second age is twice the first.
  EXPECT_NEAR(std::exp(relations[7]), 0.001, 1e-9);   // Error of the age, relative.
  EXPECT_EQ(relations[20], 1);                        // All uptimes are at the age.
  EXPECT_EQ(relations[22], 1);                        // All gaps are turns of the period.
}

/// Lives of 1,800 s at night and of 7,200 s by day, as an idle timer under a limit on age makes.
Client idle_below_an_age() {
  Client client;
  double t = 1'699'999'200;  // 22:00 UTC.
  for (int i = 0; i < 60; ++i) {
    const double hour = std::fmod(t, 86'400) / 3'600;
    t += hour < 8 || hour >= 20 ? 1'800 : 7'200;
    client.losses.push_back({t, t + 5, true});
    t += 5;
  }
  return client;
}

TEST(Relations, TellWhatLiesAboveAnIdleTimerAndWhenItStrikes) {
  Findings found;
  found.uptimes.idle.seconds = 1'800;
  found.uptimes.second_age.seconds = 7'200;
  const Prepared prepared = prepare(idle_below_an_age());
  const auto relations = relations_of(prepared, found, {});
  double long_lives = 0;
  for (const double uptime : prepared.uptimes) long_lives += uptime > 2'000 ? 1 : 0;
  EXPECT_NEAR(relations[24], 0, 1e-9);  // Nothing outlives the second age …
  EXPECT_EQ(relations[25], 0);
  EXPECT_NEAR(relations[26], long_lives / static_cast<double>(prepared.uptimes.size()), 1e-12);
  EXPECT_NEAR(relations[27], std::log(4), 1e-9);  // … at which the lives above the timer crowd.
  EXPECT_NEAR(relations[29], 1 - relations[26], 1e-12);
  EXPECT_GT(relations[30], 0.1);  // Nights make runs of lives that end at the timer …
  EXPECT_GT(relations[31], 1);    // … at other times of day than the others.
}

TEST(Relations, DoNotDependOnTheUnit) {
  Findings hours;
  hours.uptimes.age.seconds = 3'600;
  hours.uptimes.idle.seconds = 1'800;
  hours.gaps.age.seconds = 3'630;
  Findings doubled = hours;
  doubled.uptimes.age.seconds *= 2;
  doubled.uptimes.idle.seconds *= 2;
  doubled.gaps.age.seconds *= 2;
  Prepared one = hourly(20);
  Prepared two = one;
  for (double& uptime : two.uptimes) uptime *= 2;
  for (double& gap : two.gaps) gap *= 2;
  two.downtime *= 2;
  const auto a = relations_of(one, hours, {});
  const auto b = relations_of(two, doubled, {});
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-12) << i;
}

/// Lives that end `late` seconds behind an hour, each other one a little later.
Prepared hourly_and_late(const std::vector<double>& late) {
  Client client;
  double t = 1'700'000'000;
  for (const double one : late) {
    t += 3'600 + one;
    client.losses.push_back({t, t + 30, true});
    t += 30;
  }
  return prepare(client);
}

TEST(Relations, TellWhetherLivesLeanToTheLongSide) {
  Findings found;
  found.uptimes.age.seconds = 3'610;
  found.uptimes.age.sigma = 0.015;
  const auto late = relations_of(
      hourly_and_late({0, 0, 1, 1, 2, 2, 3, 4, 5, 7, 9, 12, 16, 22, 30, 45, 60}), found, {});
  const auto even = relations_of(
      hourly_and_late({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}), found, {});
  constexpr std::size_t kSkew = 40;
  EXPECT_GT(late[kSkew], 0.4);
  EXPECT_NEAR(even[kSkew], 0, 0.05);
}

TEST(Relations, TellHowFarFromAUsualLengthATimerIs) {
  Findings found;
  found.uptimes.age.seconds = 3'480;
  found.uptimes.idle.seconds = 3'600;
  const std::array usual = {900.0, 3'600.0};
  const auto relations = relations_of(hourly(10), found, usual);
  constexpr std::size_t kAge = 35;
  EXPECT_NEAR(std::exp(relations[kAge]), 120.0 / 3'600, 1e-9);
  EXPECT_LE(std::exp(relations[kAge + 1]), 1.001e-4);
}

}  // namespace
}  // namespace dropscope::rhythm
