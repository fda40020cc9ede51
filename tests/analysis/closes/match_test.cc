#include "analysis/closes/match.h"

#include <gtest/gtest.h>

#include "analysis/closes/assign.h"
#include "analysis/fleet.h"

namespace dropscope {
namespace {

using fleet::make;
using fleet::Plan;

/// One computer with a loss that no close is near, and a close.
Evidence one_lonely_loss() {
  Plan plan;
  plan.computers = 1;
  plan.losses = 0;
  plan.lonely_losses = 1;
  plan.other_closes = 1;
  return make(plan);
}

Instant time_of_loss(const Evidence& evidence) {
  for (const Event& event : evidence.events) {
    if (event.meaning == Meaning::Lost) return event.time;
  }
  return {};
}

TEST(MatchCloses, FindsTheCloseOfEveryLossThatHasOne) {
  const Evidence evidence = make({});
  const Matches matches = match_closes(evidence);
  std::uint64_t matched = 0;
  double expected = 0;
  for (const MatchCount& count : matches.counts) {
    // A loss before the device's log begins or after it ends is not held against it.
    EXPECT_GE(count.losses, 24u);
    matched += count.matched;
    expected += count.expected;
  }
  EXPECT_GE(matched, 60u);
  EXPECT_LE(matched, 61u);
  EXPECT_LT(expected, 1);
  for (const LossMatch& match : matches.matches) {
    EXPECT_EQ(evidence.events[match.event].computer, assign_closes(evidence)[match.close]);
    EXPECT_LT(match.chance, 0.02);
  }
}

TEST(MatchCloses, WhatNobodyWasToldOfIsNoticedLate) {
  // Ten minutes behind the close, when the client sends again.
  Evidence evidence = one_lonely_loss();
  ASSERT_FALSE(evidence.closes.empty());
  Close close = evidence.closes.front();
  close.time = time_of_loss(evidence) - std::chrono::minutes(10);
  close.by = CloseBy::Middlebox;
  close.why = CloseWhy::Idle;
  for (const bool untold : {false, true}) {
    close.untold = untold;
    // The log goes on behind the loss.
    Close later = close;
    later.time = close.time + std::chrono::hours(1);
    later.why = CloseWhy::Finished;
    evidence.closes = {close, later};
    EXPECT_EQ(match_closes(evidence).matches.size(), untold ? 1u : 0u);
  }
}

TEST(MatchCloses, AConnectionThatOutlivesItsLossDiedWithoutAWord) {
  Evidence evidence = one_lonely_loss();
  ASSERT_FALSE(evidence.closes.empty());
  const Instant lost = time_of_loss(evidence);
  ASSERT_NE(lost, Instant{});
  Close close = evidence.closes.front();
  close.by = CloseBy::Unknown;
  close.why = CloseWhy::Finished;
  // The log begins before the loss.
  Close other = close;
  other.time = lost - std::chrono::hours(2);
  other.opened = other.time - std::chrono::hours(1);
  const auto outlived = [&](Instant opened, Instant ended) {
    close.opened = opened;
    close.time = ended;
    evidence.closes = {other, close};
    const Matches matches = match_closes(evidence);
    EXPECT_EQ(matches.counts.size(), matches.outlived.size()) << "a count where something is told";
    return matches.outlived.size();
  };
  const Instant before = lost - std::chrono::hours(1);
  const Instant after = lost + std::chrono::hours(5);
  EXPECT_EQ(outlived(before, after), 1u);
  // The connection made after the loss, the one that ended with it, and one of unknown begin.
  EXPECT_EQ(outlived(lost + std::chrono::seconds(5), after), 0u);
  EXPECT_EQ(outlived(before, lost + std::chrono::seconds(20)), 0u);
  EXPECT_EQ(outlived(Instant{}, after), 0u);
  // Not where the source's view ended.
  close.by = CloseBy::Nobody;
  EXPECT_EQ(outlived(before, after), 0u);
}

TEST(MatchCloses, ExpectedIsWhatStrangersGive) {
  double expected = 0;
  std::uint64_t matched = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Plan plan;
    plan.seed = seed;
    plan.losses = 0;
    plan.lonely_losses = 200;
    plan.other_closes = 800;
    for (const MatchCount& count : match_closes(make(plan)).counts) {
      expected += count.expected;
      matched += count.matched;
    }
  }
  EXPECT_NEAR(static_cast<double>(matched) / expected, 1, 0.1);
}

TEST(MatchCloses, ChanceIsTheShareOfStrangersThatAreAsNear) {
  // Of matches with a chance below x, a share of about x of all losses is such a match.
  std::uint64_t losses = 0;
  std::uint64_t below = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Plan plan;
    plan.seed = 100 + seed;
    plan.losses = 0;
    plan.lonely_losses = 200;
    plan.other_closes = 800;
    const Matches matches = match_closes(make(plan));
    for (const MatchCount& count : matches.counts) losses += count.losses;
    for (const LossMatch& match : matches.matches) below += match.chance < 0.01 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(below) / static_cast<double>(losses), 0.01, 0.003);
}

TEST(AssignCloses, AnAddressOfTwoComputersTellsNothing) {
  Evidence evidence = make({});
  AddressUse twice = evidence.addresses[0];
  twice.computer = 1;
  evidence.addresses.push_back(twice);
  const auto computers = assign_closes(evidence);
  for (std::size_t i = 0; i < computers.size(); ++i) {
    if (evidence.closes[i].client.address == twice.address) {
      EXPECT_EQ(computers[i], kNoComputer);
    } else {
      EXPECT_NE(computers[i], kNoComputer);
    }
  }
}

TEST(AssignCloses, ADatedAddressOutranksAnUndatedOne) {
  Evidence evidence = make({});
  AddressUse dated = evidence.addresses[0];
  dated.computer = 2;
  dated.from = evidence.closes.front().time;
  dated.to = evidence.closes.back().time;
  evidence.addresses.push_back(dated);
  const auto computers = assign_closes(evidence);
  for (std::size_t i = 0; i < computers.size(); ++i) {
    if (evidence.closes[i].client.address != dated.address) continue;
    EXPECT_EQ(computers[i], 2u);
  }
}

}  // namespace
}  // namespace dropscope
