// From evidence made by hand to causes: the division of losses, what is measured of each part, and
// the outcome.

#include "verdict/decision.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fleet_by_hand.h"
#include "verdict/components.h"

namespace dropscope {
namespace {

using DecisionTest = FleetByHand;

TEST_F(DecisionTest, LossesWithWifiEventsNearThemAreWifi) {
  const std::uint32_t pc = computer("PC01", true);
  for (int i = 0; i < 20; ++i) {
    const double at = 600 + scattered(i);
    add(pc, at - 4, Meaning::Context, ContextKind::WifiDown);
    loss(pc, at);
  }
  const Diagnosis d = run();
  EXPECT_EQ(d.verdict.decision.cause, "wifi");
  EXPECT_GT(d.verdict.decision.probability, 0.6);
  ASSERT_FALSE(d.verdict.decision.verdicts.empty());
  EXPECT_EQ(d.verdict.decision.verdicts.front().losses, 20u);
  EXPECT_EQ(d.verdict.decision.impacted, std::vector<std::string>{"PC01"});
}

TEST_F(DecisionTest, OfSeveralEventsTheOneUpstreamCounts) {
  const std::uint32_t pc = computer("PC01", true);
  for (int i = 0; i < 20; ++i) {
    const double at = 600 + scattered(i);
    add(pc, at - 30, Meaning::Resume);
    add(pc, at - 20, Meaning::Context, ContextKind::WifiDown);
    add(pc, at - 10, Meaning::Context, ContextKind::InternetState);
    loss(pc, at);
  }
  EXPECT_EQ(run().verdict.decision.cause, "sleep");
}

TEST_F(DecisionTest, TheSameLossesWithoutASystemLogCannotBeTold) {
  const std::uint32_t pc = computer("PC01", false);
  for (int i = 0; i < 20; ++i) loss(pc, 600 + scattered(i));
  const Decision decision = run().verdict.decision;
  EXPECT_EQ(decision.cause, kUndetermined);
  EXPECT_EQ(decision.next_step.item, "system-log");
  EXPECT_EQ(decision.next_step.command, "wevtutil epl System System.evtx");
  EXPECT_FALSE(decision.next_step.cost.empty());
}

TEST_F(DecisionTest, EventsThatAreEverywhereExplainNothing) {
  const std::uint32_t pc = computer("PC01", true);
  for (int i = 0; i < 20; ++i) loss(pc, 600 + scattered(i));
  // A change of the network's status every three minutes is near every loss, by chance.
  for (double t = 0; t < 10 * kDay; t += 180) {
    add(pc, t, Meaning::Context, ContextKind::InternetState);
  }
  EXPECT_NE(run().verdict.decision.cause, "no-internet-status");
}

TEST_F(DecisionTest, CommonMomentsAreAPartOfTheirOwn) {
  std::vector<std::uint32_t> all;
  for (int k = 0; k < 5; ++k) all.push_back(computer("PC0" + std::to_string(k), true));
  for (int i = 0; i < 12; ++i) {
    for (std::size_t k = 0; k < all.size(); ++k) {
      loss(all[k], 600 + scattered(i) + 3 * static_cast<double>(k), 300);
    }
  }
  loss(all[0], 9.6 * kDay);
  const Diagnosis d = run();
  const std::vector<LossView> losses = view_losses(evidence_, d);
  const std::vector<Part> parts = divide(evidence_, d, losses);
  ASSERT_EQ(losses.size(), 61u);
  std::size_t sum = 0;
  for (const Part& part : parts) sum += part.losses.size();
  EXPECT_EQ(sum, losses.size()) << "every loss is in exactly one part";
  ASSERT_FALSE(parts.empty());
  EXPECT_EQ(parts.front().by, Part::By::Together);
  EXPECT_EQ(parts.front().losses.size(), 60u);
  // However many computers confirm it, twelve moments are twelve observations.
  EXPECT_LE(parts.front().interval.considered, 12u);
}

TEST_F(DecisionTest, ADeviceNamesWhoEndedTheSessions) {
  const std::uint32_t pc = computer("PC01", true);
  Source log;
  log.path = "haproxy.log";
  log.kind = "haproxy";
  log.state = SourceState::Read;
  evidence_.sources.push_back(log);
  for (int i = 0; i < 12; ++i) {
    const double at = 600 + scattered(i);
    loss(pc, at);
    Close close;
    close.time = second(at - 1);
    close.source = 1;
    close.device = evidence_.strings.add("lb1");
    close.reason = evidence_.strings.add("KD");
    close.by = CloseBy::Admin;
    close.why = CloseWhy::Killed;
    evidence_.closes.push_back(close);
  }
  const Decision killed = run().verdict.decision;
  EXPECT_EQ(killed.cause, "admin-kill");
  ASSERT_FALSE(killed.verdicts.empty());
  EXPECT_EQ(killed.verdicts.front().reasons_for.front(),
            "in logs of devices and servers 12 of 12 end as \"admin\"");
  for (Close& close : evidence_.closes) close.reason = evidence_.strings.add("DD");
  EXPECT_EQ(run().verdict.decision.cause, "balancer-health");
}

/// The command of the leading step is in no step below it.
void expect_asked_once(const Verdict& verdict) {
  for (const NextStep& step : verdict.next_steps) {
    EXPECT_NE(step.command, verdict.decision.next_step.command) << step.what;
  }
}

StepState state_of(const Verdict& verdict, std::string_view id) {
  const auto found = std::find_if(verdict.checklist.begin(), verdict.checklist.end(),
                                  [&](const ChecklistStep& step) { return step.id == id; });
  EXPECT_NE(found, verdict.checklist.end()) << id;
  return found == verdict.checklist.end() ? StepState::Done : found->state;
}

TEST_F(DecisionTest, NothingToJudgeIsUndeterminedAndAsksForTheLogOnce) {
  const Verdict verdict = run().verdict;
  EXPECT_EQ(verdict.outcome, Outcome::NothingUsable);
  EXPECT_EQ(verdict.decision.cause, kUndetermined);
  EXPECT_EQ(verdict.decision.next_step.item, "application-log");
  EXPECT_EQ(verdict.decision.next_step.what,
            "Export the Application log of an affected computer and give that file.");
  EXPECT_EQ(verdict.decision.next_step.command, "wevtutil epl Application Application.evtx");
  expect_asked_once(verdict);
  EXPECT_EQ(state_of(verdict, "idle-timer"), StepState::NotApplicable);
}

TEST_F(DecisionTest, ALogWithoutTheApplicationIsAskedForOnce) {
  computer("PC01", true);
  const Verdict verdict = run().verdict;
  EXPECT_EQ(verdict.outcome, Outcome::NoApplication);
  EXPECT_EQ(verdict.decision.next_step.what,
            "Export the Application log on a computer where Microsoft Outlook runs and loses the "
            "connection.");
  expect_asked_once(verdict);
}

TEST_F(DecisionTest, TheSystemLogIsAskedForOnce) {
  const std::uint32_t pc = computer("PC01", false);
  for (int i = 0; i < 20; ++i) loss(pc, 600 + scattered(i));
  const Verdict verdict = run().verdict;
  EXPECT_EQ(verdict.decision.next_step.item, "system-log");
  expect_asked_once(verdict);
  EXPECT_FALSE(verdict.next_steps.empty());
}

TEST_F(DecisionTest, TooFewLossesTellNothingOfATimeOut) {
  const std::uint32_t pc = computer("PC01", true);
  for (int i = 0; i < 3; ++i) loss(pc, 600 + scattered(i));
  EXPECT_EQ(state_of(run().verdict, "idle-timer"), StepState::Missing);
}

TEST_F(DecisionTest, TheChecklistNamesWhatIsMissing) {
  const std::uint32_t pc = computer("PC01", false);
  for (int i = 0; i < 20; ++i) loss(pc, 600 + scattered(i));
  const Verdict verdict = run().verdict;
  EXPECT_EQ(state_of(verdict, "behaviour"), StepState::Finding);
  EXPECT_EQ(state_of(verdict, "protocol"), StepState::Missing);
  EXPECT_EQ(state_of(verdict, "scope"), StepState::Missing);
  EXPECT_EQ(state_of(verdict, "authentication"), StepState::NotApplicable);
  for (const ChecklistStep& step : verdict.checklist) {
    EXPECT_FALSE(step.text.empty()) << step.id;
    EXPECT_TRUE(step.command.empty() || step.state == StepState::Missing) << step.id;
  }
}

TEST_F(DecisionTest, UsersAreNamedWhereTheyAreKnown) {
  const std::uint32_t pc = computer("PC01.corp.example", true);
  ClientIdentity client;
  client.computer = pc;
  client.user = evidence_.strings.add("anna");
  evidence_.clients.push_back(client);
  for (int i = 0; i < 20; ++i) {
    const double at = 600 + scattered(i);
    add(pc, at - 4, Meaning::Context, ContextKind::LinkDown);
    loss(pc, at);
  }
  EXPECT_EQ(run().verdict.decision.impacted, std::vector<std::string>{"PC01/anna"});
}

}  // namespace
}  // namespace dropscope
