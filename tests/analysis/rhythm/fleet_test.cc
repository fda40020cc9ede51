// Fleets: whether the class and the length of a timer are told from two to six losses of each
// client. How often, over many simulated fleets, is rhythm_quality's to say.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "analysis/rhythm/fleet_clients.h"
#include "analysis/rhythm/fleet_shares.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

constexpr double kDay = 86'400;

/// The end of a life under an idle timer, when somebody uses the connection `rate` times during T
/// on average.
double idle_end(worlds::Random& random, double t, double length, double rate) {
  for (double pause = random.exponential(length / rate); pause < length;
       pause = random.exponential(length / rate)) {
    t += pause;
  }
  return t + length;
}

/// Leaves out a share of the losses.
void forget(worlds::Random& random, std::vector<Client>& fleet, double share) {
  for (Client& client : fleet) {
    std::erase_if(client.losses, [&](const Loss&) { return random.uniform() < share; });
  }
}

void add_strays(worlds::Random& random, std::vector<Client>& fleet) {
  for (Client& client : fleet) {
    if (client.losses.size() < 2) continue;
    const double from = client.losses.front().lost;
    const double to = client.losses.back().lost;
    const double lost = std::floor(random.uniform(from, to));
    client.losses.push_back({lost, lost + 15, true});
  }
}

TEST(Fleet, TellsAnIdleTimerByLivesThatGoOn) {
  worlds::Random random(1);
  const auto fleet = fleets::of_lives(random, 120, 5, [&](double t) {
    return idle_end(random, t, 1'500, 0.4) + random.exponential(5);
  });
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_EQ(answer.best.kind, Class::Idle) << to_string(answer.best.kind);
  EXPECT_NEAR(answer.best.interval.seconds, 1'500, 15);
}

TEST(Fleet, StraysAndLossesUnrecordedMakeNoIdleTimerOfAnAge) {
  worlds::Random random(2);
  auto fleet = fleets::of_lives(
      random, 150, 6, [&](double t) { return t + 4'200 * (1 + 0.02 * random.normal(0, 1)); });
  forget(random, fleet, 0.35);
  add_strays(random, fleet);
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_EQ(answer.best.kind, Class::Age) << to_string(answer.best.kind);
  EXPECT_NEAR(answer.best.interval.seconds, 4'200, 42);
}

TEST(Fleet, LooksForAnAgeAtTheEdgeWhereItsEndIsNoticedLate) {
  worlds::Random random(3);
  const auto fleet =
      fleets::of_lives(random, 100, 5, [&](double t) { return t + 600 + random.exponential(14); });
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_EQ(answer.best.kind, Class::Age) << to_string(answer.best.kind);
  EXPECT_NEAR(answer.best.interval.seconds, 600, 6);
}

TEST(Fleet, MeasuresAPeriodOverAllCyclesOfAClient) {
  worlds::Random random(4);
  auto fleet = fleets::of_periods(random, 60, 6, 7'000, 150);
  forget(random, fleet, 0.3);
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_EQ(answer.best.kind, Class::Period) << to_string(answer.best.kind);
  EXPECT_NEAR(answer.best.interval.seconds, 7'000, 14);
  EXPECT_LE(answer.best.interval.low, 7'000);
  EXPECT_GE(answer.best.interval.high, 7'000);
}

TEST(Fleet, InstantsThatAllShareAreAnOutageUnlessTheyFollowAClock) {
  worlds::Random random(5);
  const double midnight = std::ceil(fleets::kStart / kDay) * kDay;
  std::vector<double> thrice_a_day;
  for (int day = 0; day < 4; ++day) {
    for (const double hour : {2.0, 5.29, 17.52}) {
      thrice_a_day.push_back(midnight + day * kDay + hour * 3'600);
    }
  }
  const Answer clock = classify_fleet(fleets::of_instants(random, 80, thrice_a_day), {});
  EXPECT_EQ(clock.best.kind, Class::Clock) << to_string(clock.best.kind);
  EXPECT_EQ(clock.best.interval.seconds, kDay);

  std::vector<double> outages = {midnight};
  for (int i = 0; i < 7; ++i) outages.push_back(outages.back() + random.exponential(40'000));
  const Answer outage = classify_fleet(fleets::of_instants(random, 80, outages), {});
  EXPECT_EQ(outage.best.kind, Class::Outage) << to_string(outage.best.kind);
}

TEST(Fleet, TwoAgesAreBothNamedThoughOneIsSixTimesTheOther) {
  worlds::Random random(6);
  std::vector<Client> fleet;
  for (const double length : {350.0, 2'250.0}) {
    for (Client& one : fleets::of_lives(random, 70, 4, [&](double t) { return t + length; })) {
      fleet.push_back(std::move(one));
    }
  }
  const Answer answer = classify_fleet(fleet, {});
  ASSERT_EQ(answer.best.kind, Class::Mixed) << to_string(answer.best.kind);
  ASSERT_GE(answer.alternatives.size(), 2U);
  const double first = answer.alternatives[0].interval.seconds;
  const double second = answer.alternatives[1].interval.seconds;
  EXPECT_NEAR(std::min(first, second), 350, 3.5);
  EXPECT_NEAR(std::max(first, second), 2'250, 22);
}

TEST(Fleet, TriesOfOutlookAreBurstsAndAnIdleTimerOfTheirLengthIsNone) {
  worlds::Random random(7);
  const auto bursts = fleets::of_lives(random, 120, 5, [&](double t) {
    if (random.uniform() < 0.4) return t + random.exponential(60'000) + 4'000;
    return t + (random.uniform() < 0.5 ? 300 : 900) + random.exponential(8);
  });
  const Answer burst = classify_fleet(bursts, {});
  EXPECT_FALSE(is_regular(burst.best.kind)) << to_string(burst.best.kind);

  const auto idle =
      fleets::of_lives(random, 120, 5, [&](double t) { return idle_end(random, t, 900, 0.5); });
  EXPECT_EQ(classify_fleet(idle, {}).best.kind, Class::Idle);
}

TEST(Fleet, TriesOnTheQuartersOfTheHourAreBurstsAndAScheduleIsNone) {
  worlds::Random random(9);
  const auto quarter = [&](double t) {
    return std::ceil((t + 1) / 900) * 900 + random.uniform(0, 5);
  };
  const auto bursts = fleets::of_lives(random, 150, 5, [&](double t) {
    if (random.uniform() < 0.35) return t + random.exponential(80'000) + 10'000;
    return random.uniform() < 0.3 ? t + 300 + random.exponential(5) : quarter(t);
  });
  EXPECT_EQ(classify_fleet(bursts, {}).best.kind, Class::Burst);

  // The machines sleep now and then.
  const auto scheduled = fleets::of_lives(random, 150, 5, [&](double t) {
    return quarter(random.uniform() < 0.05 ? t + random.exponential(20'000) : t);
  });
  const Answer clock = classify_fleet(scheduled, {});
  EXPECT_EQ(clock.best.kind, Class::Clock) << to_string(clock.best.kind);
  EXPECT_EQ(clock.best.interval.seconds, 900);
}

TEST(Fleet, PeopleWhoComeAtTheirHourAreNoPeriodOfADay) {
  worlds::Random random(8);
  const double midnight = std::ceil(fleets::kStart / kDay) * kDay;
  std::vector<Client> fleet;
  for (int i = 0; i < 300; ++i) {
    Client client;
    const double hour = random.uniform(7, 10);
    // Some are punctual to the minute, others come within the hour.
    const double spread = 60 * std::exp(random.uniform(0, 4));
    for (int day = 0; day < 5; ++day) {
      const double lost = midnight + day * kDay + hour * 3'600 + random.normal(0, spread);
      if (random.uniform() < 0.8) client.losses.push_back({lost, lost + 30, true});
    }
    fleet.push_back(std::move(client));
  }
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_EQ(answer.best.kind, Class::Modulated) << to_string(answer.best.kind);
}

TEST(Fleet, TheOrderOfClientsChangesNoBit) {
  worlds::Random random(9);
  auto fleet = fleets::of_periods(random, 70, 5, 5'300, 90);
  const Answer a = classify_fleet(fleet, {});
  std::reverse(fleet.begin(), fleet.end());
  std::rotate(fleet.begin(), fleet.begin() + 17, fleet.end());
  const Answer b = classify_fleet(fleet, {});
  EXPECT_EQ(a.best.kind, b.best.kind);
  EXPECT_EQ(a.best.interval.seconds, b.best.interval.seconds);
  EXPECT_EQ(a.best.interval.low, b.best.interval.low);
}

TEST(Fleet, CountsEveryLossThoughItFitsFewer) {
  worlds::Random random(10);
  const auto fleet =
      fleets::of_lives(random, 400, 5, [&](double t) { return t + random.exponential(9'000); });
  EXPECT_EQ(classify_fleet(fleet, {}).losses, 2'000U);
}

TEST(Fleet, AClientWithVeryManyLossesIsNoTrouble) {
  worlds::Random random(11);
  auto fleet = fleets::of_periods(random, 3, 4'000, 1'800, 20);
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_TRUE(is_regular(answer.best.kind)) << to_string(answer.best.kind);
  EXPECT_NEAR(answer.best.interval.seconds, 1'800, 18);
}

TEST(Fleet, PeopleWhoComeAtHoursOfTheirOwnAreNoTimer) {
  worlds::Random random(31);
  std::vector<Client> fleet;
  for (int k = 0; k < 150; ++k) {
    Client client;
    const double hour = random.uniform(0, kDay);  // Early, late and night shifts.
    for (int day = 0; day < 8; ++day) {
      if (random.uniform() < 0.3) continue;  // Off.
      const double lost = fleets::kStart + day * kDay + hour + random.normal(0, 1'200);
      client.losses.push_back({lost, lost + random.uniform(20, 90), true});
      if (random.uniform() > 0.4) continue;
      const double back = lost + random.uniform(2 * 3'600, 6 * 3'600);  // From a meeting.
      client.losses.push_back({back, back + random.uniform(20, 90), true});
    }
    fleet.push_back(std::move(client));
  }
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_EQ(answer.best.kind, Class::Modulated) << to_string(answer.best.kind);
}

TEST(Fleet, AWeeklyJobIsNotADailyOne) {
  worlds::Random random(32);
  std::vector<double> instants;
  for (int week = 0; week < 6; ++week) instants.push_back(fleets::kStart + week * 7 * kDay);
  const Answer answer = classify_fleet(fleets::of_instants(random, 120, instants), {});
  EXPECT_EQ(answer.best.kind, Class::Clock) << to_string(answer.best.kind);
  EXPECT_EQ(answer.best.interval.seconds, 7 * kDay);
}

TEST(Fleet, AnIdleTimerOfEvenJitterIsItsMiddle) {
  worlds::Random random(33);
  const auto fleet = fleets::of_lives(random, 200, 5, [&](double t) {
    const double end = idle_end(random, t, 2'400, 0.8);
    return end + 2'400 * 0.015 * random.normal(0, 1);
  });
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_EQ(answer.best.kind, Class::Idle) << to_string(answer.best.kind);
  EXPECT_NEAR(answer.best.interval.seconds, 2'400, 24);
}

TEST(Fleet, DowntimesThatNobodyKnowsMakeNoIdleTimerOfAnAge) {
  worlds::Random random(34);
  auto fleet = fleets::of_lives(random, 150, 5, [&](double t) {
    return t + 1'247 + (random.uniform() < 0.3 ? random.uniform(40, 300) : random.uniform(0, 8));
  });
  for (Client& client : fleet) {
    for (Loss& loss : client.losses) loss.has_restored = false;
  }
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_NE(answer.best.kind, Class::Idle) << answer.best.interval.seconds;
}

TEST(Fleet, BoundsReachATimerBelowDowntimesThatNobodyKnows) {
  worlds::Random random(12);
  auto fleet = fleets::of_lives(random, 150, 5, [](double t) { return t + 900; });
  const auto interval_of = [&] { return classify_fleet(fleet, {}).best.interval; };
  const Interval known = interval_of();
  EXPECT_NEAR(known.seconds, 900, 1);
  EXPECT_GT(known.low, 890);
  for (Client& client : fleet) {
    for (Loss& loss : client.losses) loss.has_restored = false;
  }
  EXPECT_LE(interval_of().low, 900);
}

TEST(Fleet, TriesOfOneMomentAreNoTimer) {
  worlds::Random random(35);
  const auto fleet = fleets::of_lives(random, 200, 6, [&](double t) {
    return t + (random.uniform() < 0.6 ? 3 + random.exponential(3) : random.exponential(40'000));
  });
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_FALSE(is_regular(answer.best.kind)) << answer.best.interval.seconds;
}

TEST(Fleet, NightsBetweenLeavingAndComingAreNoTimer) {
  worlds::Random random(36);
  std::vector<Client> fleet;
  for (int k = 0; k < 220; ++k) {
    Client client;
    for (int day = 0; day < 5; ++day) {
      // In the afternoon and again the next morning, 19 hours on, each to an hour or so.
      const double lost = fleets::kStart + day * kDay + random.normal(0, 4'000);
      if (random.uniform() < 0.5) client.losses.push_back({lost, lost + 40, true});
      const double next = fleets::kStart + day * kDay + 69'000 + random.normal(0, 3'000);
      if (random.uniform() < 0.5) client.losses.push_back({next, next + 40, true});
    }
    fleet.push_back(std::move(client));
  }
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_FALSE(is_regular(answer.best.kind))
      << to_string(answer.best.kind) << ' ' << answer.best.interval.seconds;
}

TEST(Fleet, AJobAndAPeriodOfEachClientsOwnPhaseAreBothNamed) {
  worlds::Random random(37);
  std::vector<Client> fleet;
  for (int k = 0; k < 200; ++k) {
    Client client;
    const double start = fleets::kStart + random.uniform(0, 5 * kDay);
    double next_job = std::ceil(start / 7'200) * 7'200;
    double next_lease = start + random.uniform(0, 9'260);
    for (int i = 0; i < 6; ++i) {
      const double lost = std::floor(std::min(next_job, next_lease) + random.uniform(0, 3));
      (next_job < next_lease ? next_job += 7'200 : next_lease += 9'260);
      client.losses.push_back({lost, lost + std::floor(random.uniform(5, 200)), true});
    }
    fleet.push_back(std::move(client));
  }
  const Answer answer = classify_fleet(fleet, {});
  ASSERT_EQ(answer.best.kind, Class::Mixed) << to_string(answer.best.kind);
  ASSERT_GE(answer.alternatives.size(), 2U);
  EXPECT_EQ(answer.alternatives[0].kind, Class::Clock);
  EXPECT_EQ(answer.alternatives[0].interval.seconds, 7'200);
  EXPECT_EQ(answer.alternatives[1].kind, Class::Period);
  EXPECT_NEAR(answer.alternatives[1].interval.seconds, 9'260, 5);
}

/// The morning after `t`, at eight or some minutes later, if a computer sleeps at `t`: from 18
/// to 8.
double awake(worlds::Random& random, double t) {
  const double hour = std::fmod(t, kDay) / 3'600;
  if (hour >= 8 && hour < 18) return t;
  const double midnight = std::floor(t / kDay) * kDay + (hour >= 18 ? kDay : 0);
  return midnight + 8 * 3'600 + random.uniform(0, 1'200);
}

TEST(Fleet, NightsThatAnAgeIsSleptThroughAreNoSecondTimer) {
  worlds::Random random(38);
  const auto fleet = fleets::of_lives(random, 200, 6, [&](double t) {
    for (double from = awake(random, t);; from = awake(random, from)) {
      const double end = from + 14'400;
      if (awake(random, end) == end) return end;
      from = end;  // Asleep: connected again in the morning, without a record.
    }
  });
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_EQ(answer.best.kind, Class::Age) << to_string(answer.best.kind);
  EXPECT_NEAR(answer.best.interval.seconds, 14'400, 50);
}

TEST(Fleet, AScheduleThatSleepsAtNightIsNoDailyOne) {
  worlds::Random random(39);
  const auto fleet = fleets::of_lives(random, 200, 6, [&](double t) {
    for (double next = std::floor(t / 10'800 + 1) * 10'800;; next += 10'800) {
      if (awake(random, next) == next) return next + random.uniform(0, 60);
    }
  });
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_EQ(answer.best.kind, Class::Clock) << to_string(answer.best.kind);
  EXPECT_EQ(answer.best.interval.seconds, 10'800);
}

TEST(Fleet, ShortMemorylessLivesAreNoBursts) {
  worlds::Random random(40);
  const auto fleet =
      fleets::of_lives(random, 200, 6, [&](double t) { return t + random.exponential(250); });
  EXPECT_EQ(classify_fleet(fleet, {}).best.kind, Class::Random);
}

TEST(Fleet, LateLivesOfAnAgeAreNoSecondOne) {
  worlds::Random random(41);
  const auto fleet = fleets::of_lives(random, 250, 6, [&](double t) {
    return t + 2'400 * (1 + 0.03 * std::abs(random.normal(0, 1)));
  });
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_NE(answer.best.kind, Class::Mixed);
  EXPECT_NEAR(answer.best.interval.seconds, 2'400, 60);
}

TEST(Fleet, EndsThatAreNoticedLateAreNoSecondTimer) {
  worlds::Random random(41);
  const auto fleet = fleets::of_lives(random, 250, 6, [&](double t) {
    const double more = random.uniform() < 0.1 ? random.exponential(3'000) : 0;  // In use.
    return t + 2'400 + random.exponential(96) + more;
  });
  EXPECT_NE(classify_fleet(fleet, {}).best.kind, Class::Mixed);
}

TEST(Fleet, DaysAtTheOfficeAreNoTimerOfNineHours) {
  worlds::Random random(42);
  std::vector<Client> fleet;
  for (int k = 0; k < 250; ++k) {
    Client client;
    for (int day = 0; day < 5; ++day) {
      const double morning = std::floor(fleets::kStart / kDay) * kDay + day * kDay + 8 * 3'600;
      // When they come, once at any time, and when they go.
      for (const double hours : {0.0, random.uniform(1, 8), 9.0}) {
        const double lost = std::floor(morning + hours * 3'600 + random.normal(0, 1'200));
        if (random.uniform() < 0.6) client.losses.push_back({lost, lost + 40, true});
      }
    }
    fleet.push_back(std::move(client));
  }
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_FALSE(is_regular(answer.best.kind)) << answer.best.interval.seconds;
}

TEST(Fleet, ALeaseOfFourDaysIsNobodysHabit) {
  worlds::Random random(43);
  const auto fleet = fleets::of_periods(random, 120, 4, 4 * kDay, 0.02 * 4 * kDay);
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_TRUE(is_regular(answer.best.kind)) << to_string(answer.best.kind);
  EXPECT_NEAR(answer.best.interval.seconds, 4 * kDay, 0.01 * 4 * kDay);
}

TEST(Fleet, AWeeklyJobWhoseStartWandersIsAClock) {
  worlds::Random random(44);
  const double start = std::ceil(fleets::kStart / kDay) * kDay + 3 * 3'600;
  std::vector<Client> fleet;
  for (int k = 0; k < 200; ++k) {
    Client client;
    for (int week = 0; week < 5; ++week) {
      const double lost = std::floor(start + week * 7 * kDay + random.normal(0, 400));
      client.losses.push_back({lost, lost + std::floor(random.uniform(10, 90)), true});
    }
    fleet.push_back(std::move(client));
  }
  const Answer answer = classify_fleet(fleet, {});
  EXPECT_EQ(answer.best.kind, Class::Clock) << to_string(answer.best.kind);
  EXPECT_EQ(answer.best.interval.seconds, 7 * kDay);
}

TEST(Fleet, AFewClientsAreLessSureThanMany) {
  worlds::Random random(45);
  auto fleet = fleets::of_lives(random, 120, 4, [&](double t) { return t + 2'000; });
  const Answer many = classify_fleet(fleet, {});
  fleet.resize(5);
  const Answer few = classify_fleet(fleet, {});
  ASSERT_EQ(many.best.kind, Class::Age);
  ASSERT_EQ(few.best.kind, Class::Age);
  EXPECT_GT(many.best.probability, 0.85);
  EXPECT_LT(few.best.probability, 0.7);
  EXPECT_EQ(many.missing, 0U);
  EXPECT_GT(few.missing, 20U);
  EXPECT_GT(few.missing_days, 0);
  // Fifteen lives of which none went on may be those of an idle timer that nobody delayed.
  ASSERT_FALSE(few.alternatives.empty());
  EXPECT_EQ(few.alternatives.front().kind, Class::Idle);
  EXPECT_NEAR(few.alternatives.front().interval.seconds, 2'000, 20);
}

TEST(Fleet, ProbabilitiesOfAllClassesAddUpToOne) {
  for (const auto& band : fleet_shares()) {
    for (const Posterior& shares : band) {
      double sum = 0;
      for (const double share : shares) sum += share;
      EXPECT_NEAR(sum, 1, 1e-3);
    }
  }
  EXPECT_EQ(fleet_band_of(14), 0U);
  EXPECT_EQ(fleet_band_of(15), 1U);
  EXPECT_EQ(fleet_band_of(100'000), kFleetBands - 1);
}

}  // namespace
}  // namespace dropscope::rhythm
