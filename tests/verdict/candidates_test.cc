#include "verdict/candidates.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dropscope {
namespace {

class CandidatesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = Catalogue::load();
    ASSERT_TRUE(loaded) << loaded.error().text();
    catalogue_ = std::move(*loaded);
  }
  static IntervalEstimate interval(Rhythm rhythm, double seconds) {
    IntervalEstimate e;
    e.rhythm = rhythm;
    e.seconds = seconds;
    e.low = seconds - 5;
    e.high = seconds + 20;
    return e;
  }
  Catalogue catalogue_;
};

TEST_F(CandidatesTest, TheVendorsBalancerIsFirstForAnHourOfRpc) {
  for (const Protocol protocol : {Protocol::RpcTcp, Protocol::RpcHttp, Protocol::Unknown}) {
    const auto found = find_candidates(interval(Rhythm::Idle, 3604), protocol, catalogue_);
    ASSERT_GE(found.size(), 4u);
    EXPECT_TRUE(found[0].possible);
    EXPECT_EQ(found[0].timer.product, "Microsoft BPOS Dedicated load balancer");
    EXPECT_NEAR(found[0].deviation_s, 4, 1e-9);
    EXPECT_FALSE(how_to_tell_apart(found).empty());
  }
}

TEST_F(CandidatesTest, NoIdleTimerOfAnHourForMapiHttp) {
  const auto found = find_candidates(interval(Rhythm::Idle, 3604), Protocol::MapiHttp, catalogue_);
  ASSERT_FALSE(found.empty());
  for (const CandidateTimer& candidate : found) {
    EXPECT_FALSE(candidate.possible) << candidate.timer.product;
    EXPECT_FALSE(candidate.reason.empty());
  }
  EXPECT_TRUE(how_to_tell_apart(found).empty());
  EXPECT_FALSE(idle_timer_possible(Protocol::MapiHttp, 3600));
  EXPECT_TRUE(idle_timer_possible(Protocol::MapiHttp, 45));
  EXPECT_TRUE(idle_timer_possible(Protocol::RpcHttp, 3600));
}

TEST_F(CandidatesTest, TheKindMustAgree) {
  for (const CandidateTimer& c :
       find_candidates(interval(Rhythm::FixedAge, 3600), Protocol::RpcTcp, catalogue_)) {
    EXPECT_NE(c.timer.kind, TimerKind::Idle) << c.timer.product;
  }
  for (const CandidateTimer& c :
       find_candidates(interval(Rhythm::Idle, 3600), Protocol::RpcTcp, catalogue_)) {
    EXPECT_EQ(c.timer.kind, TimerKind::Idle) << c.timer.product;
  }
}

TEST_F(CandidatesTest, AnOddLengthHasNoCandidate) {
  EXPECT_TRUE(find_candidates(interval(Rhythm::Idle, 3480), Protocol::RpcTcp, catalogue_).empty());
}

TEST_F(CandidatesTest, NoIntervalNoCandidate) {
  EXPECT_TRUE(find_candidates(interval(Rhythm::Random, 0), Protocol::RpcTcp, catalogue_).empty());
}

TEST_F(CandidatesTest, WhatClosesNothingIsNotPossible) {
  const auto found = find_candidates(interval(Rhythm::Clock, 900), Protocol::RpcTcp, catalogue_);
  const auto retry = std::find_if(found.begin(), found.end(), [](const CandidateTimer& c) {
    return c.timer.product == "Outlook";
  });
  ASSERT_NE(retry, found.end());
  EXPECT_FALSE(retry->possible);
}

}  // namespace
}  // namespace dropscope
