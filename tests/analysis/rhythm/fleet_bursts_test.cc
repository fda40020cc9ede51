// What makes losses of a fleet bursts: short uptimes that take turns with long ones, and the pauses
// between a client's own tries to connect.

#include "analysis/rhythm/fleet_bursts.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/rhythm/fleet_clients.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

/// Uptimes of some seconds, after which the client tries again a quarter of an hour later; long
/// pauses between bursts, or none.
std::vector<Client> tries(worlds::Random& random, double pause) {
  std::vector<Client> fleet;
  for (int k = 0; k < 150; ++k) {
    Client client;
    double t = fleets::kStart + random.uniform(0, 100'000);
    for (int i = 0; i < 6; ++i) {
      const double lost = std::floor(t + random.exponential(60) + 5);
      const double restored = std::floor(lost + 900 + random.uniform(0, 3));
      client.losses.push_back({lost, restored, true});
      t = restored + (random.uniform() < 0.4 ? random.exponential(pause) : 0);
    }
    fleet.push_back(std::move(client));
  }
  return fleet;
}

TEST(FleetBursts, ShortUptimesAmongLongOnesAreClumps) {
  worlds::Random random(1);
  const auto fleet = fleets::of_lives(random, 100, 6, [&](double t) {
    return t + random.exponential(random.uniform() < 0.6 ? 60 : 90'000);
  });
  EXPECT_TRUE(comes_in_clumps(pool_of(fleet)));
}

TEST(FleetBursts, UptimesThatAreShortForTheClientAreClumps) {
  worlds::Random random(6);
  const auto fleet = fleets::of_lives(random, 100, 6, [&](double t) {
    return t + random.exponential(random.uniform() < 0.6 ? 3'000 : 400'000);
  });
  EXPECT_TRUE(comes_in_clumps(pool_of(fleet)));
}

TEST(FleetBursts, ShortUptimesAloneAreNoClumps) {
  worlds::Random random(2);
  const auto fleet =
      fleets::of_lives(random, 100, 6, [&](double t) { return t + random.exponential(200); });
  EXPECT_FALSE(comes_in_clumps(pool_of(fleet)));
}

TEST(FleetBursts, MemorylessUptimesOfMinutesWithSomeFailedTriesAreNoClumps) {
  worlds::Random random(7);
  const auto fleet = fleets::of_lives(random, 400, 6, [&](double t) {
    return t + (random.uniform() < 0.08 ? random.uniform(2, 8) : random.exponential(300));
  });
  EXPECT_FALSE(comes_in_clumps(pool_of(fleet)));
}

TEST(FleetBursts, WhatComesAgainWithoutAConnectionIsARetry) {
  worlds::Random random(3);
  for (const double pause : {4'000.0, 100'000.0}) {
    const auto fleet = tries(random, pause);
    EXPECT_TRUE(is_retry(pool_of(fleet), 950, 1)) << pause;
    EXPECT_EQ(classify_fleet(fleet, {}).best.kind, Class::Burst) << pause;
  }
}

TEST(FleetBursts, ATimerOfARetrysLengthWithFewShorterLivesIsNone) {
  worlds::Random random(4);
  // Some lives are long, as nobody is at work.
  const auto fleet = fleets::of_lives(random, 150, 6, [&](double t) {
    return t + (random.uniform() < 0.16 ? random.exponential(90'000) : 900);
  });
  EXPECT_FALSE(is_retry(pool_of(fleet), 900, 2));
  EXPECT_FALSE(is_retry(pool_of(fleet), 900, 0.2));
  // Where most are long, bursts of two losses do that as well.
  const auto pauses = fleets::of_lives(random, 150, 6, [&](double t) {
    return t + (random.uniform() < 0.6 ? random.exponential(90'000) : 900);
  });
  EXPECT_TRUE(is_retry(pool_of(pauses), 900, 0.2));
}

TEST(FleetBursts, AClearTimerOfARetrysLengthIsNone) {
  worlds::Random random(8);
  const auto fleet = fleets::of_lives(random, 150, 6, [&](double t) {
    const double sort = random.uniform();
    return t + (sort < 0.16  ? random.exponential(90'000)
                : sort < 0.4 ? random.exponential(200)
                             : 900);
  });
  EXPECT_FALSE(is_retry(pool_of(fleet), 900, 2));
  EXPECT_TRUE(is_retry(pool_of(fleet), 900, 0.2));
}

TEST(FleetBursts, OtherLengthsAreNoRetries) {
  worlds::Random random(5);
  const auto fleet = fleets::of_lives(random, 100, 5, [&](double t) { return t + 1'800; });
  EXPECT_FALSE(is_retry(pool_of(fleet), 1'800, 3));
}

}  // namespace
}  // namespace dropscope::rhythm
