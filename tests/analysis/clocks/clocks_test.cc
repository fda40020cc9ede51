#include "analysis/clocks/clocks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/closes/match.h"
#include "analysis/fleet.h"

namespace dropscope {
namespace {

using fleet::make;
using fleet::Plan;

const ClockOffset* of_device(const std::vector<ClockOffset>& offsets) {
  for (const ClockOffset& offset : offsets) {
    if (offset.computer == kNoComputer) return &offset;
  }
  return nullptr;
}

const ClockOffset* of_computer(const std::vector<ClockOffset>& offsets, std::uint32_t computer) {
  for (const ClockOffset& offset : offsets) {
    if (offset.computer == computer) return &offset;
  }
  return nullptr;
}

TEST(Clocks, ThatAgreeAreLeftAlone) {
  const auto offsets = compare_clocks(make({}));
  ASSERT_NE(of_device(offsets), nullptr);
  EXPECT_FALSE(of_device(offsets)->applied);
  EXPECT_NEAR(of_device(offsets)->offset_s, 0, 1);
  EXPECT_LT(of_device(offsets)->chance, 1e-6);
  EXPECT_EQ(offsets.size(), 1u);
}

TEST(Clocks, ADevicesOffsetIsFoundToASecond) {
  for (const double planted : {-37.0, 37.0, 612.0, -7200.0, 41.5}) {
    Plan plan;
    plan.device_offset_s = planted;
    plan.seed = 7;
    const auto offsets = compare_clocks(make(plan));
    const ClockOffset* found = of_device(offsets);
    ASSERT_NE(found, nullptr) << planted;
    EXPECT_NEAR(found->offset_s, planted, 1);
    EXPECT_LE(found->low_s, planted);
    EXPECT_GE(found->high_s, planted);
    EXPECT_TRUE(found->applied);
    EXPECT_EQ(offsets.size(), 1u);
  }
}

TEST(Clocks, AComputersOffsetIsFoundAndIsNotTheDevices) {
  Plan plan;
  plan.computers = 3;
  plan.computer_offset_s = {0, -37, 0};
  const auto offsets = compare_clocks(make(plan));
  ASSERT_NE(of_computer(offsets, 1), nullptr);
  EXPECT_NEAR(of_computer(offsets, 1)->offset_s, -37, 1);
  EXPECT_TRUE(of_computer(offsets, 1)->applied);
  EXPECT_EQ(of_computer(offsets, 0), nullptr);
  EXPECT_FALSE(of_device(offsets)->applied);
}

TEST(Clocks, BothWrongAreToldApart) {
  Plan plan;
  plan.computers = 4;
  plan.device_offset_s = 95;
  plan.computer_offset_s = {0, 0, 2220};
  const auto offsets = compare_clocks(make(plan));
  EXPECT_NEAR(of_device(offsets)->offset_s, 95, 1);
  ASSERT_NE(of_computer(offsets, 2), nullptr);
  EXPECT_NEAR(of_computer(offsets, 2)->offset_s, 2220, 1);
  EXPECT_EQ(offsets.size(), 2u);
}

TEST(Clocks, TheZoneOfALogThatNamesNoneIsFoundAcrossAChangeToSummerTime) {
  Plan plan;
  plan.device_zone = "America/New_York";
  plan.losses = 30;
  Evidence evidence = make(plan);
  evidence.computers[0].time_zone = "America/New_York";
  evidence.computers[1].time_zone = "America/Chicago";
  const auto offsets = compare_clocks(evidence);
  ASSERT_NE(of_device(offsets), nullptr);
  EXPECT_EQ(of_device(offsets)->zone, "America/New_York");
  EXPECT_TRUE(of_device(offsets)->applied);
  correct_clocks(evidence, offsets);
  const Matches matches = match_closes(evidence);
  EXPECT_GE(matches.matches.size(), 85u);  // Of 90.
}

TEST(Clocks, AZoneThatNoComputerTellsIsFoundAsAnOffset) {
  Plan plan;
  plan.device_zone = "Asia/Kolkata";
  Evidence evidence = make(plan);
  const auto offsets = compare_clocks(evidence);
  ASSERT_NE(of_device(offsets), nullptr);
  EXPECT_EQ(of_device(offsets)->zone, "UTC+05:30");
}

TEST(Clocks, ADriftIsFollowed) {
  Plan plan;
  plan.device_drift_s_per_day = -3;
  plan.computers = 5;
  plan.losses = 40;
  Evidence evidence = make(plan);
  const auto offsets = compare_clocks(evidence);
  ASSERT_NE(of_device(offsets), nullptr);
  ASSERT_TRUE(of_device(offsets)->drift_s_per_day);
  EXPECT_NEAR(*of_device(offsets)->drift_s_per_day, -3, 0.3);
  correct_clocks(evidence, offsets);
  EXPECT_GE(match_closes(evidence).matches.size(), 190u);  // Of 200.
}

TEST(Clocks, RegularLossesDoNotMakeAnOffsetOfTheirInterval) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Plan plan;
    plan.seed = seed;
    plan.period_s = 3600;
    plan.losses = 60;
    for (const ClockOffset& offset : compare_clocks(make(plan))) {
      EXPECT_LT(std::abs(offset.offset_s), 2) << seed;
      EXPECT_FALSE(offset.applied) << seed;
    }
  }
}

TEST(Clocks, StrangersAreNotMadeToAgree) {
  int claims = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Plan plan;
    plan.seed = seed;
    plan.computers = 2;
    plan.losses = 0;
    plan.lonely_losses = 40;
    plan.other_closes = 60;
    claims += compare_clocks(make(plan)).empty() ? 0 : 1;
  }
  // Each run may claim with a probability of 0.001.
  EXPECT_LE(claims, 2);
}

TEST(Clocks, OfASingleComputerItIsNotKnownWhichIsWrong) {
  Plan plan;
  plan.computers = 1;
  plan.computer_offset_s = {-37};
  const auto offsets = compare_clocks(make(plan));
  ASSERT_EQ(offsets.size(), 1u);
  EXPECT_TRUE(offsets[0].alone);
  EXPECT_NEAR(offsets[0].offset_s, 37, 1);
}

TEST(Clocks, TheIntervalHoldsTheOffsetInNineteenOfTwenty) {
  int held = 0;
  constexpr int kRuns = 100;
  for (int run = 0; run < kRuns; ++run) {
    Plan plan;
    plan.seed = 1000 + static_cast<std::uint64_t>(run);
    plan.losses = 8;
    plan.device_offset_s = -37;
    const auto offsets = compare_clocks(make(plan));
    const ClockOffset* found = of_device(offsets);
    if (found != nullptr && found->low_s <= -37 && -37 <= found->high_s) ++held;
  }
  EXPECT_GE(held, 90);
}

}  // namespace
}  // namespace dropscope
