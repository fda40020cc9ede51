#include "analysis/change/judge.h"

#include <gtest/gtest.h>

#include <vector>

#include "analysis/change/rate_worlds.h"

namespace dropscope {
namespace {

using worlds::Random;
using worlds::RatePlan;

/// Enough for every fleet here.
const std::vector<TimeZone> kZones(40);
const ChangeSetting kSetting{TimeZone(), kZones, {}};

ChangeJudgement judge(const RatePlan& plan, std::uint64_t seed) {
  Random random(seed);
  const auto fleet = worlds::make_rates(plan, random);
  return judge_change(worlds::pointers_to(fleet), {}, kSetting, worlds::change_of(plan));
}

/// A client whose connection an idle timer of an hour ends again and again for `days` days of eight
/// hours; on the last one it has been fixed at 9 o'clock and is watched for `hours_after`.
ComputerEpisodes timer_client(double days, double hours_after) {
  ComputerEpisodes one;
  std::uint32_t event = 0;
  const auto at = [](double hours) {
    return instant_from_unix(worlds::kFirstMonday) + ticks_from_seconds(hours * 3600);
  };
  for (double day = 0; day < days; ++day) {
    double hour = day * 24 + 8;
    const double end = hour + 8;
    Edge edge = Edge::AppStart;
    Random random(static_cast<std::uint64_t>(day) + 1);
    for (;;) {
      const double lost = hour + 1 + random.uniform(0, 8.0 / 3600);
      if (lost >= end) break;
      one.uptimes.push_back({at(hour), at(lost), edge, Edge::Lost, kNoEvent, event});
      one.outages.push_back({at(lost), at(lost + 0.01), Edge::Restored, event, event + 1});
      event += 2;
      hour = lost + 0.01;
      edge = Edge::Restored;
    }
    one.uptimes.push_back({at(hour), at(end), edge, Edge::Shutdown, kNoEvent, kNoEvent});
    one.watches.push_back({at(day * 24 + 8), at(end)});
  }
  const double begin = days * 24 + 8;
  one.uptimes.push_back(
      {at(begin), at(begin + 1 + hours_after), Edge::AppStart, Edge::LogEnd, kNoEvent, kNoEvent});
  one.watches.push_back({at(begin), at(begin + 1 + hours_after)});
  return one;
}

TEST(JudgeChange, ASuccessIsToldWithItsSize) {
  const ChangeJudgement found = judge({8, 14, 7, 1.5, 0.1}, 1);
  EXPECT_EQ(found.outcome, ChangeOutcome::Better);
  EXPECT_LE(found.effect.low, 0.1);
  EXPECT_GE(found.effect.high, 0.1);
  EXPECT_GT(found.expected, 20);
  EXPECT_FALSE(found.wait);
  EXPECT_EQ(found.history.changes.size(), 1u);
}

TEST(JudgeChange, NoEffectIsTold) {
  EXPECT_EQ(judge({30, 14, 14, 4, 1}, 2).outcome, ChangeOutcome::Same);
}

TEST(JudgeChange, WorseIsTold) {
  EXPECT_EQ(judge({8, 14, 7, 1.5, 5}, 3).outcome, ChangeOutcome::Worse);
}

TEST(JudgeChange, TooEarlyIsToldWithTheTimeToWait) {
  const ChangeJudgement found = judge({2, 14, 1, 0.5, 0}, 4);
  ASSERT_EQ(found.outcome, ChangeOutcome::Open);
  ASSERT_TRUE(found.wait);
  ASSERT_TRUE(found.wait->if_silent);
  EXPECT_GT(*found.wait->if_silent, 0.5);
  EXPECT_LT(*found.wait->if_silent, 30);
  if (found.wait->if_halved) {
    EXPECT_GT(*found.wait->if_halved, *found.wait->if_silent);
  }
}

TEST(JudgeChange, AfterTheWaitInSilenceTheAnswerIsThere) {
  for (std::uint64_t seed = 4; seed < 12; ++seed) {
    RatePlan plan{2, 14, 1, 0.5, 0};
    const ChangeJudgement early = judge(plan, seed);
    if (early.outcome != ChangeOutcome::Open || !early.wait->if_silent) continue;
    // Days come whole in these worlds, weekends are quieter.
    plan.days_after += std::ceil(*early.wait->if_silent) + 2;
    EXPECT_EQ(judge(plan, seed).outcome, ChangeOutcome::Better) << seed;
  }
}

TEST(JudgeChange, LossesOfTheWorkItselfCountOnNeitherSide) {
  RatePlan plan{3, 10, 5, 1, 0};
  plan.days_before = 10.5;
  Random random(5);
  auto fleet = worlds::make_rates(plan, random);
  const Instant change = worlds::change_of(plan);
  for (ComputerEpisodes& one : fleet) {
    const Instant lost = change + std::chrono::minutes{2};
    one.outages.push_back({lost, lost + std::chrono::minutes{1}, Edge::Restored, 9'000, 9'001});
  }
  const ChangeJudgement found = judge_change(worlds::pointers_to(fleet), {}, kSetting, change);
  EXPECT_GE(found.left_out, 3u);
  EXPECT_EQ(found.changed.after.losses, 0u);
  EXPECT_EQ(found.outcome, ChangeOutcome::Better);
}

TEST(JudgeChange, NothingAfterwardsIsNoSuccess) {
  EXPECT_EQ(judge({3, 10, 0, 1, 0}, 6).outcome, ChangeOutcome::NoTime);
}

TEST(JudgeChange, NothingBeforeIsNoSuccessEither) {
  RatePlan plan{3, 10, 5, 1, 0};
  Random random(7);
  auto fleet = worlds::make_rates(plan, random);
  for (ComputerEpisodes& one : fleet) one.outages.clear();
  EXPECT_EQ(judge_change(worlds::pointers_to(fleet), {}, kSetting, worlds::change_of(plan)).outcome,
            ChangeOutcome::NoLosses);
}

TEST(JudgeChange, OthersThatGotBetterTooTakeTheCreditAway) {
  RatePlan plan{10, 14, 10, 3, 0.4};
  Random random(8);
  const auto changed = worlds::make_rates(plan, random);
  const auto others = worlds::make_rates(plan, random);
  const ChangeJudgement alone =
      judge_change(worlds::pointers_to(changed), {}, kSetting, worlds::change_of(plan));
  EXPECT_EQ(alone.outcome, ChangeOutcome::Better);
  const ChangeJudgement compared = judge_change(
      worlds::pointers_to(changed), worlds::pointers_to(others), kSetting, worlds::change_of(plan));
  EXPECT_TRUE(compared.controlled);
  EXPECT_NE(compared.outcome, ChangeOutcome::Better);
  EXPECT_NEAR(std::log(compared.effect.ratio), 0, 0.4);
}

TEST(JudgeChange, ATimersSilenceIsMeasuredInConnectionsThatPassedItsInterval) {
  // Ten days with seven losses each; then one connection that lives for three and a half hours.
  const ComputerEpisodes one = timer_client(10, 2.5);
  const ComputerEpisodes* pointer = &one;
  const Instant change = instant_from_unix(worlds::kFirstMonday + 10 * 86400 + 9 * 3600 - 3000);
  const ChangeJudgement found = judge_change({&pointer, 1}, {}, kSetting, change);
  EXPECT_TRUE(found.by_age);
  EXPECT_NEAR(found.interval.seconds, 3600, 60);
  EXPECT_EQ(found.outcome, ChangeOutcome::Better);
  EXPECT_LT(found.silence, 0.01);
}

TEST(JudgeChange, BeforeATimerCouldStrikeSilenceSaysNothing) {
  const ComputerEpisodes one = timer_client(10, -0.3);
  const ComputerEpisodes* pointer = &one;
  const Instant change = instant_from_unix(worlds::kFirstMonday + 10 * 86400 + 8 * 3600 - 1800);
  const ChangeJudgement found = judge_change({&pointer, 1}, {}, kSetting, change);
  EXPECT_TRUE(found.by_age);
  EXPECT_EQ(found.outcome, ChangeOutcome::Open);
  EXPECT_GT(found.silence, 0.9);
  ASSERT_TRUE(found.wait);
  EXPECT_TRUE(found.wait->if_silent);
}

}  // namespace
}  // namespace dropscope
