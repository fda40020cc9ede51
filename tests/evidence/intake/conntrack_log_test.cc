// Lines of conntrack 1.4.7 on Linux 6.18, with an idle time-out of 8 s.

#include "evidence/intake/conntrack_log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "evidence/intake/log_reader.h"

namespace dropscope {
namespace {

using namespace test_logs;

constexpr std::int64_t kStart = 1795927400;

std::string event(double seconds, std::string_view kind, std::string_view state,
                  std::string_view more = {}, std::string_view flags = "[ASSURED] ") {
  return fmt::format(
      "[{:.6f}]\t{:>9} ipv4     2 tcp      6 {}src=192.0.2.10 dst=192.0.2.1 sport=50008 dport=443 "
      "src=198.51.100.20 dst=198.51.100.1 sport=443 dport=50008 {}{}\n",
      static_cast<double>(kStart) + seconds, kind, state, flags, more);
}

std::string opened(std::string_view timeout = "8") {
  return event(0, "[NEW]", "3 SYN_SENT ", {}, "[UNREPLIED] ") +
         event(0, "[UPDATE]", "60 SYN_RECV ", {}, {}) +
         event(0, "[UPDATE]", fmt::format("{} ESTABLISHED ", timeout));
}

RawClose only_close(const std::string& log) {
  const SourceIntake intake = read_text(log);
  EXPECT_EQ(intake.source.kind, "conntrack");
  EXPECT_EQ(intake.source.state, SourceState::Read);
  EXPECT_EQ(intake.closes.size(), 1u) << log;
  return intake.closes.empty() ? RawClose{} : intake.closes[0];
}

double life(const RawClose& raw) {
  return seconds_between(raw.close.opened, raw.close.time);
}

TEST(ConntrackLog, AnEntryThatRanOutIsTheFiltersOwnIdleTimer) {
  const SourceIntake intake = read_text(opened() + event(10, "[DESTROY]", "ESTABLISHED "));
  ASSERT_EQ(intake.closes.size(), 1u);
  const Close& close = intake.closes[0].close;
  EXPECT_EQ(close.by, CloseBy::Middlebox);
  EXPECT_EQ(close.why, CloseWhy::Idle);
  EXPECT_EQ(close.idle, Ticks(std::chrono::seconds(8)));
  EXPECT_EQ(close.client.to_string(), "192.0.2.10:50008");
  EXPECT_EQ(close.server.to_string(), "192.0.2.1:443");
  EXPECT_EQ(close.behind.to_string(), "198.51.100.20:443");
  EXPECT_EQ(life(intake.closes[0]), 10);
  ASSERT_EQ(intake.assumptions.size(), 1u);
  EXPECT_NE(intake.assumptions[0].find("8 s without a FIN or RST"), std::string::npos);
  // The kernel's own count tells when it ran out; the line came when that was noticed.
  EXPECT_EQ(life(only_close(opened() + event(10, "[DESTROY]", "ESTABLISHED ", "delta-time=8"))), 8);
}

TEST(ConntrackLog, AnEntryThatRanOutTooSoonHadUnansweredData) {
  const RawClose raw = only_close(opened("432000") + event(340, "[DESTROY]", "ESTABLISHED "));
  EXPECT_EQ(raw.close.by, CloseBy::Unknown);
  EXPECT_EQ(raw.close.why, CloseWhy::Silence);
  EXPECT_FALSE(raw.close.idle);
}

TEST(ConntrackLog, AnEntryThatWasRemovedIsNoTimeOut) {
  const RawClose by_hand = only_close(
      opened() + event(9, "[DESTROY]", "6 ESTABLISHED ", "[USERSPACE] progname=conntrack"));
  EXPECT_EQ(by_hand.close.by, CloseBy::Admin);
  EXPECT_EQ(by_hand.close.why, CloseWhy::Killed);
  const RawClose by_kernel = only_close(opened() + event(9, "[DESTROY]", "6 ESTABLISHED "));
  EXPECT_EQ(by_kernel.close.by, CloseBy::Middlebox);
  EXPECT_EQ(by_kernel.close.why, CloseWhy::Unknown);
  EXPECT_EQ(by_kernel.reason, "ESTABLISHED (removed before its time)");
}

TEST(ConntrackLog, AnOlderKernelDoesNotTellWhyAnEntryWent) {
  const RawClose raw = only_close(opened() + event(10, "[DESTROY]", ""));
  EXPECT_EQ(raw.close.by, CloseBy::Middlebox);
  EXPECT_EQ(raw.close.why, CloseWhy::Unknown);
  EXPECT_FALSE(raw.close.idle);
  // Nor does a log of DESTROY alone tell the time-out.
  const RawClose alone = only_close(event(10, "[DESTROY]", "ESTABLISHED "));
  EXPECT_EQ(alone.close.by, CloseBy::Middlebox);
  EXPECT_EQ(alone.close.why, CloseWhy::Unknown);
  EXPECT_EQ(alone.close.opened, Instant{});
}

TEST(ConntrackLog, EndsCountWhenTheyComeAndNotWhenTheEntryGoes) {
  const RawClose orderly = only_close(
      opened() + event(1, "[UPDATE]", "3 FIN_WAIT ") + event(1.5, "[UPDATE]", "3 LAST_ACK ") +
      event(1.5, "[UPDATE]", "3 TIME_WAIT ") + event(17, "[DESTROY]", "TIME_WAIT "));
  EXPECT_EQ(orderly.close.by, CloseBy::Unknown);  // A FIN of either end makes FIN_WAIT.
  EXPECT_EQ(orderly.close.why, CloseWhy::Finished);
  EXPECT_EQ(life(orderly), 1);
  const RawClose reset =
      only_close(opened() + event(2, "[UPDATE]", "2 CLOSE ") + event(17, "[DESTROY]", "CLOSE "));
  EXPECT_EQ(reset.close.by, CloseBy::Unknown);
  EXPECT_EQ(reset.close.why, CloseWhy::Reset);
  EXPECT_EQ(life(reset), 2);
  EXPECT_EQ(reset.reason, "CLOSE");
  // Nothing but the entry's last line: the state is in it.
  EXPECT_EQ(only_close(event(17, "[DESTROY]", "CLOSE ")).close.why, CloseWhy::Reset);
}

TEST(ConntrackLog, ConnectionsThatNeverCameAboutFailed) {
  const std::string asked = event(0, "[NEW]", "3 SYN_SENT ", {}, "[UNREPLIED] ");
  for (const char* state : {"3 CLOSE ", "SYN_SENT "}) {
    const RawClose raw = only_close(asked + event(1, "[DESTROY]", state, {}, "[UNREPLIED] "));
    EXPECT_EQ(raw.close.by, CloseBy::Unknown) << state;
    EXPECT_EQ(raw.close.why, CloseWhy::Failed) << state;
  }
}

TEST(ConntrackLog, AConnectionPickedUpInItsMiddleHasNoBegin) {
  const RawClose raw = only_close(event(0, "[NEW]", "300 ESTABLISHED ", {}, "[UNREPLIED] ") +
                                  event(5, "[UPDATE]", "2 CLOSE "));
  EXPECT_EQ(raw.close.opened, Instant{});
  EXPECT_EQ(raw.close.why, CloseWhy::Reset);
}

TEST(ConntrackLog, TimesOfSyslogServeWhereTheProgramWroteNone) {
  const std::string line =
      "[DESTROY] tcp      6 CLOSE src=192.0.2.10 dst=192.0.2.1 sport=50008 dport=443 "
      "src=192.0.2.1 dst=192.0.2.10 sport=443 dport=50008 [ASSURED]\n";
  const RawClose raw = only_close("2026-11-29T04:44:13+00:00 gw1 conntrack[77]: " + line);
  EXPECT_EQ(format_utc(raw.close.time), "2026-11-29T04:44:13Z");
  EXPECT_EQ(raw.device, "gw1");
  const SourceIntake bare = read_text(line);
  EXPECT_EQ(bare.source.state, SourceState::Unreadable);
  EXPECT_NE(bare.source.problem.find("-o timestamp"), std::string::npos);
}

TEST(ConntrackLog, OtherLinesAreCounted) {
  const SourceIntake cut = read_text(opened() + "[1795927437.174211]\t [UPDATE] ipv4     2 tc\n");
  EXPECT_EQ(cut.source.state, SourceState::Damaged);
  EXPECT_EQ(cut.source.damage_count, 1u);
  const SourceIntake list = read_text(
      "tcp      6 431999 ESTABLISHED src=192.0.2.10 dst=198.51.100.20 sport=50009 dport=443 "
      "src=198.51.100.20 dst=192.0.2.10 sport=443 dport=50009 [ASSURED] mark=0 use=1\n"
      "conntrack v1.4.7 (conntrack-tools): 1 flow entries have been shown.\n");
  EXPECT_EQ(list.source.kind, "conntrack");
  EXPECT_EQ(list.source.state, SourceState::Read);
  EXPECT_TRUE(list.closes.empty());
  EXPECT_EQ(list.assumptions.size(), 1u);
}

}  // namespace
}  // namespace dropscope
