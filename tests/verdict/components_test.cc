// Which losses are put into one part, and which parts are joined again.

#include "verdict/components.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fleet_by_hand.h"

namespace dropscope {
namespace {

constexpr double kHour = 3600;

class ComponentsTest : public FleetByHand {
 protected:
  /// Connections that live exactly one hour each, from `begin`; outages differ, so that the clock
  /// is not what they keep to.
  void hourly_lives(std::uint32_t pc, double begin, int lives, bool wifi) {
    add(pc, begin, Meaning::Started);
    double at = begin;
    for (int i = 0; i < lives; ++i) {
      at += kHour;
      if (wifi) add(pc, at - 4, Meaning::Context, ContextKind::WifiDown);
      const double outage = 20 + 97 * ((7 * i) % 11);
      loss(pc, at, outage);
      at += outage;
    }
  }

  /// Connections that live as long as told, one after the other.
  void lives_of(std::uint32_t pc, double begin, const std::vector<double>& lives) {
    add(pc, begin, Meaning::Started);
    double at = begin;
    for (std::size_t i = 0; i < lives.size(); ++i) {
      at += lives[i];
      const double outage = 20 + 97 * static_cast<double>((7 * i) % 11);
      loss(pc, at, outage);
      at += outage;
    }
  }

  /// What an idle timer of an hour makes of a working week: half at the hour, the others stretched.
  static std::vector<double> idle_lives(int count) {
    std::vector<double> out;
    for (int i = 0; i < count; ++i) {
      out.push_back(i % 2 == 0 ? kHour : kHour * (1.1 + 0.37 * ((i * 7) % 9)));
    }
    return out;
  }

  std::vector<Part> parts() {
    const Diagnosis d = run();
    losses_ = view_losses(evidence_, d);
    return divide(evidence_, d, losses_);
  }

  /// How many losses of the computer are in a part that its rhythm made.
  std::size_t in_rhythm(const std::vector<Part>& all, std::uint32_t pc) const {
    std::size_t out = 0;
    for (const Part& part : all) {
      if (part.by != Part::By::Rhythm) continue;
      for (const std::size_t i : part.losses) out += losses_[i].computer == pc ? 1U : 0U;
    }
    return out;
  }

  std::vector<LossView> losses_;
};

TEST_F(ComponentsTest, WhoLosesSeldomBelongsToTheTimerThatItsLivesKeep) {
  lives_of(computer("OFTEN0", true), 0, idle_lives(40));
  lives_of(computer("OFTEN1", true), 700, idle_lives(40));
  const std::uint32_t seldom = computer("SELDOM", true);
  lives_of(seldom, 1500, {2.3 * kHour, kHour, 4.4 * kHour});
  const std::vector<Part> all = parts();
  EXPECT_EQ(in_rhythm(all, seldom), 3u);
}

TEST_F(ComponentsTest, WhoseLivesTheTimerRulesOutDoesNotBelongToIt) {
  lives_of(computer("OFTEN0", true), 0, idle_lives(40));
  lives_of(computer("OFTEN1", true), 700, idle_lives(40));
  const std::uint32_t other = computer("OTHER", true);
  lives_of(other, 1500, {0.2 * kHour, kHour, 4.4 * kHour, 0.4 * kHour});
  const std::uint32_t longer = computer("LONGER", true);
  lives_of(longer, 2600, {3.1 * kHour, 1.9 * kHour, 4.4 * kHour});
  const std::vector<Part> all = parts();
  EXPECT_EQ(in_rhythm(all, other), 0u);
  EXPECT_EQ(in_rhythm(all, longer), 0u);
}

TEST_F(ComponentsTest, ComputersWithASystemLogTellOfThoseWithout) {
  for (int k = 0; k < 2; ++k) {
    hourly_lives(computer("LOG" + std::to_string(k), true), 400.0 * k, 60, true);
    hourly_lives(computer("BARE" + std::to_string(k), false), 200 + 500.0 * k, 60, false);
  }
  const std::vector<Part> all = parts();
  ASSERT_EQ(losses_.size(), 240u);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all.front().by, Part::By::Near);
  EXPECT_EQ(all.front().losses.size(), 240u);
  EXPECT_TRUE(std::is_sorted(all.front().losses.begin(), all.front().losses.end()));
  EXPECT_NEAR(all.front().interval.seconds, kHour, 60);
}

TEST_F(ComponentsTest, SystemLogsThatShowLossesWithNothingNearThemKeepThePartsApart) {
  hourly_lives(computer("LOG0", true), 0, 60, true);
  hourly_lives(computer("LOG1", true), 400, 60, false);
  hourly_lives(computer("BARE0", false), 200, 60, false);
  const std::vector<Part> all = parts();
  ASSERT_EQ(all.size(), 2u);
  const auto near = std::find_if(all.begin(), all.end(),
                                 [](const Part& part) { return part.by == Part::By::Near; });
  ASSERT_NE(near, all.end());
  EXPECT_EQ(near->losses.size(), 60u);
}

TEST_F(ComponentsTest, AnotherIntervalIsNotJoined) {
  const std::uint32_t with_log = computer("LOG0", true);
  for (int i = 0; i < 40; ++i) {
    const double at = 600 + scattered(i);
    add(with_log, at - 4, Meaning::Context, ContextKind::WifiDown);
    loss(with_log, at);
  }
  hourly_lives(computer("BARE0", false), 0, 60, false);
  const std::vector<Part> all = parts();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].by, Part::By::Near);
  EXPECT_EQ(all[0].losses.size(), 40u);
  EXPECT_EQ(all[1].losses.size(), 60u);
}

class ClockedTest : public ComponentsTest {
 protected:
  /// A loss at every even hour; on every fifth occasion Wi-Fi has something to say.
  void every_two_hours(std::uint32_t pc) {
    for (int i = 1; i < 110; ++i) {
      const double at = 2 * kHour * i + 7 * ((3 * i) % 5);
      if (i % 5 == 0) add(pc, at - 4, Meaning::Context, ContextKind::WifiDown);
      loss(pc, at, 20 + 61 * ((7 * i) % 13));
    }
  }
};

TEST_F(ClockedTest, WhatHasSomethingNearItOnTheClockIsOfTheClock) {
  every_two_hours(computer("PC01", true));
  const std::vector<Part> all = parts();
  ASSERT_EQ(losses_.size(), 109u);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all.front().by, Part::By::Rhythm);
  EXPECT_EQ(all.front().interval.rhythm, Rhythm::Clock);
  EXPECT_EQ(all.front().losses.size(), 109u);
  EXPECT_TRUE(std::is_sorted(all.front().losses.begin(), all.front().losses.end()));
}

TEST_F(ClockedTest, CommonMomentsOnTheClockAreOfTheClock) {
  const std::uint32_t one = computer("PC01", true);
  const std::uint32_t other = computer("PC02", true);
  for (int i = 1; i < 110; ++i) {
    const double at = 2 * kHour * i + 7 * ((3 * i) % 5);
    loss(one, at, 20 + 61 * ((7 * i) % 13));
    if (i % 6 == 0) loss(other, at + 5, 20 + 61 * ((5 * i) % 13));
  }
  const std::vector<Part> all = parts();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all.front().interval.rhythm, Rhythm::Clock);
  EXPECT_EQ(all.front().losses.size(), losses_.size());
}

TEST_F(ClockedTest, WhatIsOffTheClockStaysAPartOfItsOwn) {
  every_two_hours(computer("PC01", true));
  const std::uint32_t roaming = computer("PC02", true);
  for (int i = 0; i < 30; ++i) {
    const double at = 600 + scattered(i);
    add(roaming, at - 4, Meaning::Context, ContextKind::WifiDown);
    loss(roaming, at);
  }
  std::size_t near = 0;
  for (const Part& part : parts()) {
    if (part.by == Part::By::Near) near += part.losses.size();
  }
  EXPECT_GE(near, 30u);
}

}  // namespace
}  // namespace dropscope
