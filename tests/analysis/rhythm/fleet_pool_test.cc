// Whether the losses of a fleet keep to people's hours, by the hours in which it was watched.

#include "analysis/rhythm/fleet_pool.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/fleet_clients.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

constexpr double kHour = 3'600;
const double kMorning = std::floor(fleets::kStart / kDay) * kDay + 9 * kHour;

/// Memoryless clients that are all watched from one morning on.
std::vector<Client> from_one_morning(worlds::Random& random, double mean) {
  std::vector<Client> fleet;
  for (int k = 0; k < 100; ++k) {
    Client client;
    double t = kMorning + random.uniform(0, kHour);
    for (int i = 0; i < 5; ++i) {
      const double lost = std::floor(t + random.exponential(mean) + 3);
      client.losses.push_back({lost, lost + 10, true});
      t = lost + 10;
    }
    fleet.push_back(std::move(client));
  }
  return fleet;
}

TEST(FleetPool, LossesOfAFewHoursFollowNobody) {
  worlds::Random random(1);
  const auto fleet = from_one_morning(random, 1'200);
  EXPECT_FALSE(follows_people(pool_of(fleet)));
  EXPECT_EQ(classify_fleet(fleet, {}).best.kind, Class::Random);
}

TEST(FleetPool, LossesAtAnyHourFollowNobody) {
  worlds::Random random(2);
  EXPECT_FALSE(follows_people(pool_of(from_one_morning(random, 40'000))));
}

TEST(FleetPool, LossesInWorkingHoursFollowPeople) {
  worlds::Random random(3);
  const auto fleet = fleets::of_lives(random, 100, 5, [&](double t) {
    do t += random.exponential(10'000);
    while (std::fmod(t, kDay) < 8 * kHour || std::fmod(t, kDay) > 17 * kHour);
    return t;
  });
  EXPECT_TRUE(follows_people(pool_of(fleet)));
}

TEST(FleetPool, NoLossesFollowNobody) {
  EXPECT_FALSE(follows_people(pool_of({})));
}

}  // namespace
}  // namespace dropscope::rhythm
