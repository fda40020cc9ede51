// The estimator is tested by its error rates over many small worlds with fixed seeds. The bounds
// leave room for the number of worlds (a rate of 1 % in 400 worlds has a standard error of 0.5 %);
// bench/interval_rates prints the rates themselves.

#include "analysis/rhythm/interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "analysis/worlds.h"

namespace dropscope {
namespace {

using worlds::Life;
using worlds::Random;

// 2025-09-01 06:00 UTC, a Monday.
constexpr std::int64_t kMonday = 1'756'706'400;

IntervalEstimate estimate(const ComputerEpisodes& episodes, const TimeZone& zone = {}) {
  return estimate_interval({&episodes}, zone);
}

bool is_regular(const IntervalEstimate& e) {
  return e.rhythm == Rhythm::Idle || e.rhythm == Rhythm::FixedAge || e.rhythm == Rhythm::Clock;
}

using World = std::function<std::vector<Life>(Random&)>;

struct Rates {
  double regular = 0, right_kind = 0, right_length = 0, covered = 0, none = 0;
};

Rates run(const World& world, Rhythm kind, double seconds, int worlds = 400) {
  Rates rates;
  for (int i = 0; i < worlds; ++i) {
    Random random(1000 + static_cast<std::uint64_t>(i));
    const IntervalEstimate e = estimate(worlds::chain(world(random), kMonday + 37 * i));
    if (e.rhythm == Rhythm::None) rates.none += 1;
    if (!is_regular(e)) continue;
    rates.regular += 1;
    if (e.rhythm == kind) rates.right_kind += 1;
    if (std::abs(e.seconds - seconds) <= std::max(0.01 * seconds, 5.0)) rates.right_length += 1;
    if (e.low <= seconds && seconds <= e.high) rates.covered += 1;
  }
  for (double* rate : {&rates.right_kind, &rates.right_length, &rates.covered}) {
    *rate = rates.regular > 0 ? *rate / rates.regular : 0;
  }
  rates.regular /= worlds;
  rates.none /= worlds;
  return rates;
}

TEST(Interval, RandomLossesAreNotRegular) {
  for (const std::size_t n : {6u, 12u, 40u, 200u}) {
    const Rates r =
        run([&](Random& x) { return worlds::random_lives(x, n, 5400); }, Rhythm::None, 0);
    EXPECT_LE(r.regular, 0.015) << n << " uptimes";
    if (n >= 40) {
      EXPECT_GE(r.none, 0.98) << n << " uptimes";
    }
  }
}

TEST(Interval, WorkingHoursAreNotRegular) {
  for (const std::size_t n : {8u, 30u, 120u}) {
    const Rates r =
        run([&](Random& x) { return worlds::working_day_lives(x, n); }, Rhythm::None, 0);
    EXPECT_LE(r.regular, 0.015) << n << " uptimes";
  }
}

TEST(Interval, MorningsAreNotRegular) {
  for (const std::size_t n : {6u, 20u, 60u}) {
    const Rates r = run([&](Random& x) { return worlds::morning_lives(x, n); }, Rhythm::None, 0);
    EXPECT_LE(r.regular, 0.015) << n << " uptimes";
  }
}

TEST(Interval, EvenlySpacedOverloadIsNotRegular) {
  for (const std::size_t n : {6u, 20u, 100u}) {
    const Rates r = run([&](Random& x) { return worlds::overload_lives(x, n); }, Rhythm::None, 0);
    EXPECT_LE(r.regular, 0.015) << n << " uptimes";
  }
}

TEST(Interval, FindsIdleTimers) {
  for (const double timer : {240.0, 350.0, 900.0, 3600.0, 7200.0}) {
    const Rates r =
        run([&](Random& x) { return worlds::idle_lives(x, 40, timer, 0.5); }, Rhythm::Idle, timer);
    EXPECT_GE(r.regular, 0.98) << timer;
    EXPECT_GE(r.right_kind, 0.98) << timer;
    EXPECT_GE(r.right_length, 0.98) << timer;
    EXPECT_GE(r.covered, 0.95) << timer;
  }
}

TEST(Interval, FindsIdleTimersInFewUptimes) {
  const Rates r =
      run([](Random& x) { return worlds::idle_lives(x, 10, 3600, 0.4); }, Rhythm::Idle, 3600);
  EXPECT_GE(r.regular, 0.80);
  EXPECT_GE(r.right_length, 0.95);
  EXPECT_GE(r.covered, 0.93);
}

TEST(Interval, FindsLimitsOnAge) {
  for (const double age : {1800.0, 3600.0, 7200.0, 28800.0}) {
    const Rates r =
        run([&](Random& x) { return worlds::age_lives(x, 30, age, 0.3); }, Rhythm::FixedAge, age);
    EXPECT_GE(r.regular, 0.98) << age;
    EXPECT_GE(r.right_kind, 0.95) << age;
    EXPECT_GE(r.right_length, 0.98) << age;
    EXPECT_GE(r.covered, 0.93) << age;
  }
}

TEST(Interval, ATrueOddLengthIsNotPulledToAUsualOne) {
  const Rates r =
      run([](Random& x) { return worlds::idle_lives(x, 60, 3480, 0.5); }, Rhythm::Idle, 3480);
  EXPECT_GE(r.right_length, 0.98);
}

TEST(Interval, FindsDailySchedulesAcrossSummerTime) {
  const TimeZone berlin = TimeZone::find("Europe/Berlin").value();
  // 03:00 local on 20 days around the end of summer time (2025-10-26).
  std::vector<double> losses;
  Random random(5);
  for (int day = 0; day < 20; ++day) {
    CivilTime local;
    local.year = 2025;
    local.month = 10;
    local.day = 12;
    const Instant first = berlin.from_local(local).value();
    const CivilTime date = berlin.to_local(first + std::chrono::hours{24 * day + 12});
    CivilTime at3 = date;
    at3.hour = 3;
    at3.minute = at3.second = at3.ticks = 0;
    losses.push_back(static_cast<double>(to_unix(berlin.from_local(at3).value())) +
                     random.uniform(0, 20));
  }
  const ComputerEpisodes episodes = worlds::at_times(losses, 60);
  const IntervalEstimate e = estimate(episodes, berlin);
  EXPECT_EQ(e.rhythm, Rhythm::Clock);
  EXPECT_DOUBLE_EQ(e.seconds, 86400);
  EXPECT_GE(e.probability, 0.9);
}

TEST(Interval, FindsHourlySchedules) {
  std::vector<double> losses;
  Random random(6);
  for (int day = 0; day < 8; ++day) {
    for (int hour = 8; hour < 18; ++hour) {
      if (random.uniform() < 0.3) continue;  // Nobody was connected.
      losses.push_back(1'756'684'800.0 + day * 86400.0 + hour * 3600.0 + random.uniform(0, 5));
    }
  }
  const IntervalEstimate e = estimate(worlds::at_times(losses, 20));
  EXPECT_EQ(e.rhythm, Rhythm::Clock);
  EXPECT_DOUBLE_EQ(e.seconds, 3600);
}

TEST(Interval, AChainOfIdleTimeoutsOverNightIsNotASchedule) {
  // Every hour and a few seconds, in nights that begin at different times.
  std::vector<ComputerEpisodes> nights;
  Random random(7);
  std::vector<double> losses;
  for (int day = 0; day < 10; ++day) {
    double t = 1'756'684'800.0 + day * 86400.0 + random.uniform(0, 3600) + 18 * 3600.0;
    for (int i = 0; i < 12; ++i) {
      losses.push_back(t);
      t += 3600 + 4 + random.uniform(0, 3);
    }
  }
  const IntervalEstimate e = estimate(worlds::at_times(losses, 4));
  EXPECT_NE(e.rhythm, Rhythm::Clock);
  EXPECT_NEAR(e.seconds, 3600, 10);
}

TEST(Interval, FourLossesAreNotEnough) {
  Random random(8);
  const IntervalEstimate e =
      estimate(worlds::chain(worlds::idle_lives(random, 4, 3600, 0), kMonday));
  EXPECT_EQ(e.rhythm, Rhythm::NotEnough);
  EXPECT_EQ(e.considered, 4u);
  EXPECT_EQ(e.losses_missing, 8u);
  EXPECT_GT(e.days_missing, 0);
}

TEST(Interval, NothingAtAllIsNotEnough) {
  const IntervalEstimate e = estimate_interval({}, TimeZone());
  EXPECT_EQ(e.rhythm, Rhythm::NotEnough);
  EXPECT_EQ(e.considered, 0u);
  EXPECT_EQ(e.days_missing, 0);
}

TEST(Interval, AShiftedClockShiftsNothingElse) {
  Random random(9);
  const auto lives = worlds::idle_lives(random, 30, 3600, 0.5);
  const IntervalEstimate a = estimate(worlds::chain(lives, kMonday));
  const IntervalEstimate b = estimate(worlds::chain(lives, kMonday + 86400 * 30 + 1234));
  EXPECT_EQ(a.rhythm, b.rhythm);
  EXPECT_NEAR(a.seconds, b.seconds, 1e-3);
  EXPECT_EQ(a.at_interval, b.at_interval);
}

TEST(Interval, SurvivorsSpeakAgainstALimitOnAge) {
  // Ten uptimes at one length look like a limit on age; five connections that outlived it, and
  // ended when the computer went to sleep, say that it is none.
  std::vector<Life> lives;
  Random random(10);
  for (int i = 0; i < 10; ++i) lives.push_back({3600 + random.uniform(0, 4), 10});
  ComputerEpisodes episodes = worlds::chain(lives, kMonday);
  EXPECT_EQ(estimate(episodes).rhythm, Rhythm::FixedAge);
  for (int i = 0; i < 5; ++i) {
    const Instant begin = episodes.watches.front().end + std::chrono::hours{10 * i};
    episodes.uptimes.push_back(
        {begin, begin + std::chrono::hours{6}, Edge::Restored, Edge::Sleep, 900, 901});
  }
  EXPECT_EQ(estimate(episodes).rhythm, Rhythm::Idle);
}

TEST(Interval, PoolsComputersWithDifferentPhases) {
  std::vector<ComputerEpisodes> fleet;
  for (std::uint32_t i = 0; i < 40; ++i) {
    Random random(100 + i);
    // Two measured uptimes each say nothing alone.
    fleet.push_back(worlds::chain(worlds::idle_lives(random, 2, 1800, 0.4), kMonday + 811 * i, i));
  }
  std::vector<const ComputerEpisodes*> pointers;
  for (const auto& computer : fleet) pointers.push_back(&computer);
  EXPECT_EQ(estimate(fleet[0]).rhythm, Rhythm::NotEnough);
  const IntervalEstimate e = estimate_interval(pointers, TimeZone());
  EXPECT_EQ(e.rhythm, Rhythm::Idle);
  EXPECT_NEAR(e.seconds, 1800, 18);
}

}  // namespace
}  // namespace dropscope
