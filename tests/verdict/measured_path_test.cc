#include "verdict/measured_path.h"

#include <gtest/gtest.h>

namespace dropscope {
namespace {

using probe_result::Mechanism;

PathProbe time_out(Mechanism mechanism, double low, double high) {
  PathProbe out;
  out.host = "mail.example";
  out.port = 443;
  out.mechanism = mechanism;
  out.low_s = low;
  out.high_s = high;
  out.survived_s = low;
  return out;
}

PathProbe survivors(double seconds, bool near_only = false) {
  PathProbe out;
  out.host = "mail.example";
  out.port = 443;
  out.mechanism = Mechanism::NoneFound;
  out.survived_s = seconds;
  out.near_only = near_only;
  return out;
}

IntervalEstimate interval(double seconds, Rhythm rhythm = Rhythm::Idle) {
  IntervalEstimate out;
  out.rhythm = rhythm;
  out.seconds = seconds;
  out.low = seconds - 2;
  out.high = seconds + 2;
  return out;
}

double fit(const AspectFinding& finding, std::string_view state) {
  return finding.fit.at(state_index(Aspect::Path, state));
}

TEST(MeasuredPath, ATimeOutAsLongAsTheIntervalSpeaksForItsKind) {
  const auto idle = path_finding({time_out(Mechanism::ProxyOrServer, 298, 301)}, interval(300));
  ASSERT_TRUE(idle.known());
  EXPECT_EQ(fit(idle, "idle"), 1);
  EXPECT_LT(fit(idle, "free"), 0.1);
  EXPECT_NE(idle.words.find("mail.example port 443"), std::string::npos) << idle.words;
  EXPECT_NE(idle.words.find("agrees with the interval"), std::string::npos) << idle.words;
  const auto age = path_finding({time_out(Mechanism::FixedAge, 298, 301)}, interval(300));
  EXPECT_EQ(fit(age, "age"), 1);
  EXPECT_LT(fit(age, "idle"), 0.1);
  // What a client sees comes a little after the timer.
  EXPECT_TRUE(
      path_finding({time_out(Mechanism::PacketFilter, 3599, 3601)}, interval(3630)).known());
}

TEST(MeasuredPath, ConnectionsThatOutliveTheIntervalSpeakAgainstATimer) {
  const auto none = path_finding({survivors(600)}, interval(300));
  EXPECT_EQ(fit(none, "free"), 1);
  EXPECT_LT(fit(none, "idle"), 0.1);
  // So do those of a probe that found a longer time-out.
  const auto longer = path_finding({time_out(Mechanism::PacketFilter, 899, 901)}, interval(300));
  EXPECT_EQ(fit(longer, "free"), 1);
  // Measured up to a first device only, that is weaker.
  EXPECT_GT(fit(path_finding({survivors(600, true)}, interval(300)), "idle"), fit(none, "idle"));
}

TEST(MeasuredPath, WhatCannotBeComparedSaysNothing) {
  EXPECT_FALSE(path_finding({}, interval(300)).known());
  EXPECT_FALSE(path_finding({survivors(600)}, IntervalEstimate{}).known());
  EXPECT_FALSE(path_finding({survivors(200)}, interval(300)).known());
  EXPECT_FALSE(path_finding({time_out(Mechanism::ProxyOrServer, 59, 61)}, interval(300)).known());
  PathProbe at_once;
  at_once.mechanism = Mechanism::ClosedAtOnce;
  EXPECT_FALSE(path_finding({at_once}, interval(300)).known());
}

TEST(MeasuredPath, ProbesThatDisagreeCancelOut) {
  const auto both =
      path_finding({time_out(Mechanism::ProxyOrServer, 299, 301), survivors(600)}, interval(300));
  ASSERT_TRUE(both.known());
  EXPECT_DOUBLE_EQ(fit(both, "idle"), fit(both, "free"));
}

TEST(MeasuredPath, AnotherComputerOrTimeWeighsLessAndIsSaid) {
  const Instant first = instant_from_unix(1'790'000'000);
  const auto after = [&](int days) { return first + std::chrono::hours{24 * days}; };
  const LossFrame frame{{"PC01.corp.example", "PC02"}, first, after(10)};
  PathProbe probe = time_out(Mechanism::ProxyOrServer, 298, 301);
  const auto found = [&] { return path_finding({probe}, interval(300), frame); };
  const double sure = fit(found(), "free");

  // By its own word it is one of those that are hit, while they are.
  probe.computer = "pc01";
  probe.began = after(3);
  probe.ended = after(4);
  EXPECT_EQ(fit(found(), "free"), sure);
  EXPECT_EQ(found().words.find("elsewhere"), std::string::npos) << found().words;

  probe.computer = "MON01";
  EXPECT_GT(fit(found(), "free"), sure);
  EXPECT_EQ(fit(found(), "idle"), 1);
  EXPECT_NE(found().words.find("elsewhere or at another time"), std::string::npos) << found().words;

  probe.computer = "PC02";
  probe.began = after(-3);
  probe.ended = after(-2);
  EXPECT_GT(fit(found(), "free"), sure);
  EXPECT_NE(found().words.find("elsewhere or at another time"), std::string::npos) << found().words;

  probe.began = after(30);
  probe.ended = after(31);
  EXPECT_EQ(fit(found(), "free"), sure);
  probe.began = after(50);
  probe.ended = after(51);
  EXPECT_GT(fit(found(), "free"), sure);
  EXPECT_NE(found().words.find("elsewhere or at another time"), std::string::npos) << found().words;
}

TEST(MeasuredPath, ASilentTimeOutAgreesWithLossesAtTheCheckOfWindows) {
  const IntervalEstimate pile = interval(7200);
  EXPECT_EQ(fit(path_finding({time_out(Mechanism::PacketFilter, 1799, 1801)}, pile), "idle"), 1);
  // A proxy that closes is noticed at once.
  EXPECT_FALSE(path_finding({time_out(Mechanism::ProxyOrServer, 1799, 1801)}, pile).known());
}

}  // namespace
}  // namespace dropscope
