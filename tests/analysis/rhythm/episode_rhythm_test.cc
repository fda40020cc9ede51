// What the episodes of computers become for the classification of rhythms, and what is counted on
// the interval. How often classes are right is measured by bench/rhythm_quality.

#include "analysis/rhythm/episode_rhythm.h"

#include <gtest/gtest.h>

#include "analysis/worlds.h"

namespace dropscope {
namespace {

using worlds::Life;
using worlds::Random;

// 2025-09-01 06:00 UTC, a Monday.
constexpr std::int64_t kMonday = 1'756'706'400;

IntervalEstimate estimate(const ComputerEpisodes& episodes, const TimeZone& zone = {}) {
  return measure_rhythm({&episodes}, std::vector<TimeZone>(1, zone), {});
}

IntervalEstimate estimate_all(const std::vector<ComputerEpisodes>& fleet) {
  std::vector<const ComputerEpisodes*> pointers;
  for (const ComputerEpisodes& computer : fleet) pointers.push_back(&computer);
  return measure_rhythm(pointers, std::vector<TimeZone>(fleet.size()), {});
}

TEST(EpisodeRhythm, FindsIdleTimersAndCountsWhatLiesOnThem) {
  for (const double timer : {900.0, 3600.0, 7200.0}) {
    Random random(11);
    const IntervalEstimate e =
        estimate(worlds::chain(worlds::idle_lives(random, 40, timer, 0.5), kMonday));
    EXPECT_EQ(e.rhythm, Rhythm::Idle) << timer;
    EXPECT_NEAR(e.seconds, timer, 0.01 * timer);
    EXPECT_EQ(e.considered, 40u);
    EXPECT_GT(e.at_interval, 12u);
    EXPECT_LT(e.at_interval, 36u);
    // Two timers at once, of which this is one, are no other reading of it.
    for (const RhythmAlternative& other : e.alternatives) {
      EXPECT_FALSE(other.rhythm == Rhythm::Mixed && other.seconds == e.seconds) << timer;
    }
  }
}

TEST(EpisodeRhythm, FindsLimitsOnAge) {
  for (const double age : {1800.0, 7200.0, 28800.0}) {
    Random random(12);
    const IntervalEstimate e =
        estimate(worlds::chain(worlds::age_lives(random, 30, age, 0.3), kMonday));
    EXPECT_EQ(e.rhythm, Rhythm::FixedAge) << age;
    EXPECT_NEAR(e.seconds, age, 0.01 * age);
  }
}

TEST(EpisodeRhythm, RandomAndWorkingHoursHaveNoInterval) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    EXPECT_FALSE(is_regular(
        estimate(worlds::chain(worlds::random_lives(random, 40, 7200), kMonday)).rhythm));
    EXPECT_FALSE(
        is_regular(estimate(worlds::chain(worlds::working_day_lives(random, 40), kMonday)).rhythm));
  }
}

TEST(EpisodeRhythm, FindsDailySchedulesAcrossSummerTime) {
  const TimeZone berlin = TimeZone::find("Europe/Berlin").value();
  // 03:00 local on 20 days around the end of summer time (2025-10-26).
  std::vector<double> losses;
  Random random(5);
  const Instant first = berlin.from_local({.year = 2025, .month = 10, .day = 12}).value();
  for (int day = 0; day < 20; ++day) {
    CivilTime at3 = berlin.to_local(first + std::chrono::hours{24 * day + 12});
    at3.hour = 3;
    at3.minute = at3.second = at3.ticks = 0;
    losses.push_back(static_cast<double>(to_unix(berlin.from_local(at3).value())) +
                     random.uniform(0, 20));
  }
  losses.push_back(losses.back() + 7000);  // One that has nothing to do with it.
  const IntervalEstimate e = estimate(worlds::at_times(losses, 60), berlin);
  EXPECT_EQ(e.rhythm, Rhythm::Clock);
  EXPECT_DOUBLE_EQ(e.seconds, 86400);
  EXPECT_EQ(e.at_interval, 20u);
  EXPECT_EQ(e.considered, 21u);
  ASSERT_EQ(e.times.size(), 1u);
  EXPECT_NEAR(e.times.front(), 3 * 3600, 30);
}

struct Daily {
  std::uint32_t computers;
  int days;
  std::vector<double> times;  ///< Seconds of each day (UTC).
  double earliest;            ///< Each loss is from so many seconds …
  double latest;              ///< … to so many off its time.
};

std::vector<ComputerEpisodes> fleet_of(const Daily& daily, std::uint64_t seed) {
  std::vector<ComputerEpisodes> fleet;
  for (std::uint32_t computer = 0; computer < daily.computers; ++computer) {
    Random random(seed + computer);
    std::vector<double> losses;
    const double midnight = static_cast<double>(kMonday) - 6 * 3600;
    for (int day = 0; day < daily.days; ++day) {
      for (const double time : daily.times) {
        losses.push_back(midnight + 86400 * day + time +
                         random.uniform(daily.earliest, daily.latest));
      }
    }
    fleet.push_back(worlds::at_times(losses, 60));
    fleet.back().computer = computer;
  }
  return fleet;
}

TEST(EpisodeRhythm, LossesOfAJobWithARandomDelayCount) {
  // At 02:10 UTC of every day, up to ten minutes earlier or later, for each of eight computers.
  const std::vector<ComputerEpisodes> fleet = fleet_of({8, 20, {7800}, -600, 600}, 16);
  const IntervalEstimate e = estimate_all(fleet);
  EXPECT_EQ(e.rhythm, Rhythm::Clock);
  EXPECT_NEAR(e.seconds, 86400, 1e-6);
  ASSERT_EQ(e.times.size(), 1u);
  EXPECT_NEAR(e.times.front(), 7800, 120);
  EXPECT_EQ(e.at_interval, e.considered);
}

TEST(EpisodeRhythm, EachTimeOfAScheduleCounts) {
  // At 02:10 and 14:40 UTC of every day, as each of two computers meets it.
  const std::vector<ComputerEpisodes> fleet = fleet_of({2, 25, {7800, 52800}, 0, 15}, 6);
  for (const IntervalEstimate& e : {estimate(fleet.front()), estimate_all(fleet)}) {
    EXPECT_EQ(e.rhythm, Rhythm::Clock);
    EXPECT_NEAR(e.seconds, 86400, 1e-6);
    ASSERT_EQ(e.times.size(), 2u);
    EXPECT_NEAR(e.times[0], 7800, 30);
    EXPECT_NEAR(e.times[1], 52800, 30);
    EXPECT_EQ(e.at_interval, e.considered);
  }
}

TEST(EpisodeRhythm, FourLossesAreNotEnough) {
  Random random(8);
  const IntervalEstimate e =
      estimate(worlds::chain(worlds::random_lives(random, 4, 7200), kMonday));
  EXPECT_EQ(e.rhythm, Rhythm::NotEnough);
  EXPECT_EQ(e.considered, 4u);
  EXPECT_GT(e.losses_missing, 0u);
  EXPECT_GT(e.days_missing, 0);
}

TEST(EpisodeRhythm, NothingAtAllIsNotEnough) {
  const IntervalEstimate e = measure_rhythm({}, std::vector<TimeZone>(), {});
  EXPECT_EQ(e.rhythm, Rhythm::NotEnough);
  EXPECT_EQ(e.considered, 0u);
  EXPECT_EQ(e.days_missing, 0);
}

TEST(EpisodeRhythm, ALossThatIsLeftOutMakesNoLongLife) {
  // Every second loss is taken away; what is left of the lives begins where it was restored.
  Random random(3);
  ComputerEpisodes episodes = worlds::chain(worlds::age_lives(random, 40, 3600, 0), kMonday);
  std::vector<Outage> kept;
  for (std::size_t i = 0; i < episodes.outages.size(); i += 2) kept.push_back(episodes.outages[i]);
  episodes.outages = kept;
  const IntervalEstimate e = estimate(episodes);
  EXPECT_EQ(e.rhythm, Rhythm::FixedAge);
  EXPECT_NEAR(e.seconds, 3600, 36);
}

TEST(EpisodeRhythm, SurvivorsSpeakAgainstALimitOnAge) {
  // Ten uptimes at one length look like a limit on age; five connections that outlived it, and
  // ended when the computer went to sleep, say that it is none.
  std::vector<Life> lives;
  Random random(10);
  // Downtimes differ, or a free-running period would be as good an answer.
  for (int i = 0; i < 10; ++i) {
    lives.push_back({3600 + random.uniform(0, 4), random.uniform(5, 120)});
  }
  ComputerEpisodes episodes = worlds::chain(lives, kMonday);
  episodes.power_known = true;
  EXPECT_EQ(estimate(episodes).rhythm, Rhythm::FixedAge);
  for (int i = 0; i < 5; ++i) {
    const Instant begin = episodes.watches.front().end + std::chrono::hours{10 * i};
    episodes.uptimes.push_back(
        {begin, begin + std::chrono::hours{6}, Edge::Restored, Edge::Sleep, 900, 901});
  }
  EXPECT_EQ(estimate(episodes).rhythm, Rhythm::Idle);
}

TEST(EpisodeRhythm, PoolsComputersWithDifferentPhases) {
  std::vector<ComputerEpisodes> fleet;
  for (std::uint32_t i = 0; i < 40; ++i) {
    Random random(100 + i);
    // Two measured uptimes each say nothing alone.
    fleet.push_back(worlds::chain(worlds::idle_lives(random, 2, 1800, 0.4), kMonday + 811 * i, i));
  }
  const IntervalEstimate e = estimate_all(fleet);
  EXPECT_EQ(e.rhythm, Rhythm::Idle);
  EXPECT_NEAR(e.seconds, 1800, 18);
}

TEST(EpisodeRhythm, ComputersThatAgreeAreAskedOneByOne) {
  std::vector<ComputerEpisodes> fleet;
  for (std::uint32_t i = 0; i < 5; ++i) {
    Random random(200 + i);
    fleet.push_back(worlds::chain(worlds::age_lives(random, 20, 7200, 0.3), kMonday + 811 * i, i));
  }
  const IntervalEstimate e = estimate_all(fleet);
  EXPECT_EQ(e.rhythm, Rhythm::FixedAge);
  EXPECT_NEAR(e.seconds, 7200, 72);
  EXPECT_GT(e.probability, 0.8);
  EXPECT_LE(e.low, e.seconds);
  EXPECT_GE(e.high, e.seconds);
}

TEST(EpisodeRhythm, DistancesOnTheClockGoRoundIt) {
  const std::vector<Instant> times = {instant_from_unix(86400 - 20),
                                      instant_from_unix(2 * 86400 + 10),
                                      instant_from_unix(3 * 86400 + 40000)};
  const std::vector<TimeZone> zones(3);
  IntervalEstimate clock;
  clock.seconds = 86400;
  const std::vector<double> distances = clock_distances(times, zones, clock);
  EXPECT_LE(distances[0], 30);
  EXPECT_LE(distances[1], 30);
  EXPECT_GT(distances[2], 30000);
  clock.times = {0, 39990};
  EXPECT_EQ(clock_distances(times, zones, clock), (std::vector<double>{20, 10, 10}));
  EXPECT_TRUE(clock_distances({}, {}, clock).empty());
}

}  // namespace
}  // namespace dropscope
