#include "probe/session_watch.h"

#include <gtest/gtest.h>

#include "probe/plan.h"
#include "probe/simulated_path.h"

namespace dropscope::probe {
namespace {

using Kind = SessionEvent::Kind;

std::vector<SessionEvent> watch(SimulatedPath& path, const WatchPlan& plan, double seconds) {
  SessionWatch sessions(path, plan);
  std::vector<SessionEvent> out;
  const double until = path.now() + seconds;
  while (path.now() < until) EXPECT_TRUE(sessions.step(out));
  return out;
}

std::vector<SessionEvent> of_kind(const std::vector<SessionEvent>& events, Kind kind) {
  std::vector<SessionEvent> out;
  for (const SessionEvent& event : events) {
    if (event.kind == kind) out.push_back(event);
  }
  return out;
}

TEST(SessionWatch, AnIdleTimeOutIsLostAndRestored) {
  SimulatedPath path({.idle_s = 300});
  const auto events = watch(path, {.sessions = {0}}, 1300);
  const auto lost = of_kind(events, Kind::Lost);
  ASSERT_EQ(lost.size(), 4U);
  for (const SessionEvent& one : lost) {
    EXPECT_EQ(one.cause, Cause::Fin);
    EXPECT_NEAR(one.idle_s, 300, 0.3);
    EXPECT_NEAR(one.age_s, 300, 0.3);
    EXPECT_EQ(one.local.port, 40000 + (&one - lost.data()));
  }
  // The host is looked up for each try that follows.
  EXPECT_EQ(path.renewed, (std::vector<std::size_t>{0, 0, 0, 0}));
  const auto up = of_kind(events, Kind::Up);
  ASSERT_GE(up.size(), 4U);
  EXPECT_EQ(up[0].peer.to_string(), "192.0.2.7:443");
  EXPECT_FALSE(up[0].down_s);
  EXPECT_NEAR(*up[1].down_s, kFirstRetry_s, 0.3);
}

TEST(SessionWatch, AResetIsToldFromAFin) {
  SimulatedPath path({.idle_s = 100, .ending = Ending::Rst});
  const auto lost = of_kind(watch(path, {.sessions = {0}}, 150), Kind::Lost);
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].cause, Cause::Rst);
  EXPECT_EQ(lost[0].text, "reset");
}

TEST(SessionWatch, TrafficKeepsAnIdleTimerAway) {
  SimulatedPath path({.idle_s = 100});
  EXPECT_TRUE(
      of_kind(watch(path, {.sessions = {0}, .send_every_s = 60}, 1000), Kind::Lost).empty());
  SimulatedPath age({.age_s = 100});
  const auto lost = of_kind(watch(age, {.sessions = {0}, .send_every_s = 30}, 150), Kind::Lost);
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_NEAR(lost[0].age_s, 100, 0.3);
  EXPECT_LT(lost[0].idle_s, 31);
}

TEST(SessionWatch, SilenceIsATimeOutOnceSomethingIsSent) {
  SimulatedPath path({.idle_s = 50, .ending = Ending::Silence});
  const auto lost =
      of_kind(watch(path, {.sessions = {0}, .send_every_s = 60, .give_up_s = 5}, 70), Kind::Lost);
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].cause, Cause::TimeOut);
  // It had idled for a minute when the line was sent that had no answer.
  EXPECT_NEAR(lost[0].idle_s, 60, 0.3);
  EXPECT_NEAR(lost[0].age_s, 65, 0.5);
  // Without sending, nobody notices.
  SimulatedPath quiet({.idle_s = 50, .ending = Ending::Silence});
  EXPECT_TRUE(of_kind(watch(quiet, {.sessions = {0}}, 1000), Kind::Lost).empty());
}

TEST(SessionWatch, ARefusalIsToldOnceAndTriedLessAndLessOften) {
  SimulatedPath path({.refuses = true});
  const auto events = watch(path, {.sessions = {0}}, 300);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, Kind::Failed);
  EXPECT_EQ(events[0].cause, Cause::Refused);
  // After 1, 2, 4, 8, 16, 32 and then each 60 s.
  EXPECT_EQ(path.opened_at.size(), 10U);
  for (std::size_t i = 7; i < path.opened_at.size(); ++i) {
    EXPECT_NEAR(path.opened_at[i] - path.opened_at[i - 1], kLongestRetry_s, 0.3);
  }
}

TEST(SessionWatch, TlsIsPartOfTheConnection) {
  SimulatedPath path({.idle_s = 100});
  const auto events = watch(path, {.sessions = {0}, .tls = true}, 150);
  ASSERT_GE(events.size(), 2U);
  EXPECT_EQ(events[0].kind, Kind::Up);
  EXPECT_EQ(events[1].cause, Cause::Fin);
  EXPECT_NEAR(events[1].idle_s, 100, 0.3);

  SimulatedPath without({.tls_fails = true});
  const auto failed = watch(without, {.sessions = {0}, .tls = true}, 20);
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].kind, Kind::Failed);
  EXPECT_EQ(failed[0].cause, Cause::Refused);
}

TEST(SessionWatch, AServerThatClosesAtOnceIsNotAskedWithoutEnd) {
  SimulatedPath path({.closes_at_once = true});
  (void)watch(path, {.sessions = {0}}, 300);
  EXPECT_LE(path.opened_at.size(), 11U);
}

TEST(SessionWatch, ConnectionsAreOpenedOneAfterTheOther) {
  SimulatedPath path({});
  const auto events = watch(path, {.sessions = {0, 0, 0, 0}}, 5);
  EXPECT_EQ(of_kind(events, Kind::Up).size(), 4U);
  for (std::size_t i = 1; i < path.opened_at.size(); ++i) {
    EXPECT_GE(path.opened_at[i] - path.opened_at[i - 1], kOpenEvery - 1e-9);
  }
}

}  // namespace
}  // namespace dropscope::probe
