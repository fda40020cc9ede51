// Daily jobs with a random delay beside people who keep to one hour.

#include "analysis/rhythm/fleet_daily.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/fleet_clients.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

constexpr double kQuarter = 900;

/// Sixty clients; each loses on half of the days that are in `week`, up to a quarter of an hour
/// from `time`.
std::vector<Client> daily(double time, int days, const std::vector<bool>& week) {
  worlds::Random random(11);
  const double midnight = std::floor(fleets::kStart / kDay) * kDay;
  std::vector<Client> out;
  for (int client = 0; client < 60; ++client) {
    Client one;
    for (int day = 0; day < days; ++day) {
      if (!week.at(static_cast<std::size_t>(day % 7)) || random.uniform() < 0.5) continue;
      const double lost = midnight + day * kDay + time + random.uniform(-kQuarter, kQuarter);
      one.losses.push_back({std::round(lost), std::round(lost + random.uniform(20, 90)), true});
    }
    if (!one.losses.empty()) out.push_back(one);
  }
  return out;
}

const std::vector<bool> kEachDay(7, true);
const std::vector<bool> kWorkdays = {true, true, true, false, false, true, true};
constexpr double kTwenty = 12'000;  // 03:20.

TEST(FleetDaily, AJobWithARandomDelayIsAClockOfADay) {
  const Answer answer = classify_fleet(daily(kTwenty, 14, kEachDay), {});
  EXPECT_EQ(answer.best.kind, Class::Clock) << sentence_of(answer);
  EXPECT_EQ(answer.best.interval.seconds, kDay);
  ASSERT_EQ(answer.best.times.size(), 1U);
  EXPECT_NEAR(answer.best.times.front(), kTwenty, 120);
  EXPECT_EQ(answer.best.spread, 1'800);
  EXPECT_NE(sentence_of(answer).find("1 d at about 03:"), std::string::npos) << sentence_of(answer);
}

TEST(FleetDaily, RoundMidnightToo) {
  const Candidate found = daily_hour(pool_of(daily(kDay - 100, 14, kEachDay)));
  ASSERT_TRUE(found.reading.has_interval);
  EXPECT_NEAR(distance(found.phase, -100, kDay), 0, 120);
}

TEST(FleetDaily, PeopleRestOnTwoDays) {
  EXPECT_FALSE(daily_hour(pool_of(daily(12 * 3'600, 21, kWorkdays))).reading.has_interval);
  const Answer answer = classify_fleet(daily(12 * 3'600, 21, kWorkdays), {});
  EXPECT_FALSE(is_regular(answer.best.kind)) << sentence_of(answer);
}

TEST(FleetDaily, DaysThatWereNotSeenAreNoRest) {
  // Nobody knows what a weekend would have shown.
  EXPECT_FALSE(daily_hour(pool_of(daily(kTwenty, 5, kEachDay))).reading.has_interval);
}

TEST(FleetDaily, LossesElsewhereSpeakAgainstIt) {
  std::vector<Client> clients = daily(kTwenty, 14, kEachDay);
  for (const Client& other : daily(15 * 3'600, 14, kEachDay)) {
    clients.push_back(other);
    if (clients.size() >= 75) break;
  }
  EXPECT_FALSE(daily_hour(pool_of(clients)).reading.has_interval);
}

TEST(FleetDaily, FewLossesDecideNothing) {
  std::vector<Client> clients = daily(kTwenty, 14, kEachDay);
  clients.resize(4);
  EXPECT_FALSE(daily_hour(pool_of(clients)).reading.has_interval);
}

}  // namespace
}  // namespace dropscope::rhythm
