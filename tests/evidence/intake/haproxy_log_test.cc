#include "evidence/intake/haproxy_log.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "base/text.h"
#include "evidence/intake/close_keeper.h"
#include "evidence/intake/log_reader.h"

namespace dropscope {
namespace {

using namespace test_logs;

std::string tcp(std::string_view state, double seconds, std::string_view header = "",
                std::string_view accepted = "01/Sep/2025:08:00:00.000") {
  return fmt::format("{}10.0.1.2:33313 [{}] fe bk/ex01 1/0/{} 212 {} 9/9/9/4/0 0/0\n", header,
                     accepted, static_cast<long>(seconds * 1000), state);
}

TEST(HaproxyLog, TellsWhoAndWhyOfEveryState) {
  struct Case {
    std::string_view state;
    CloseBy by;
    CloseWhy why;
  };
  // HAProxy's manual, section 8.5.
  for (const Case& c : {Case{"cD", CloseBy::Middlebox, CloseWhy::Idle},
                        {"sD", CloseBy::Middlebox, CloseWhy::Idle},
                        {"CD", CloseBy::Client, CloseWhy::Reset},
                        {"SD", CloseBy::Server, CloseWhy::Reset},
                        {"SC", CloseBy::Server, CloseWhy::Failed},
                        {"sC", CloseBy::Middlebox, CloseWhy::Failed},
                        {"sQ", CloseBy::Middlebox, CloseWhy::Limit},
                        {"DD", CloseBy::Admin, CloseWhy::Killed},
                        {"KD", CloseBy::Admin, CloseWhy::Killed},
                        {"UD", CloseBy::Admin, CloseWhy::Killed},
                        {"PR", CloseBy::Middlebox, CloseWhy::Refused},
                        {"RC", CloseBy::Middlebox, CloseWhy::Limit},
                        {"LR", CloseBy::Middlebox, CloseWhy::Finished},
                        {"--", CloseBy::Unknown, CloseWhy::Finished},
                        {"cD--", CloseBy::Middlebox, CloseWhy::Idle}}) {
    SCOPED_TRACE(c.state);
    const HaproxyEnd end = haproxy_end(c.state);
    EXPECT_EQ(end.by, c.by);
    EXPECT_EQ(end.why, c.why);
  }
}

TEST(HaproxyLog, EndIsAcceptPlusDuration) {
  const SourceIntake intake = read_text(tcp("CD", 5400.5, "Sep  1 09:30:00 lb1 haproxy[1]: "));
  EXPECT_EQ(intake.source.kind, "haproxy");
  EXPECT_EQ(intake.source.state, SourceState::Read);
  ASSERT_EQ(intake.closes.size(), 1u);
  const RawClose& raw = intake.closes[0];
  EXPECT_EQ(format_utc(raw.close.opened, 3), "2025-09-01T08:00:00.000Z");
  EXPECT_EQ(format_utc(raw.close.time, 3), "2025-09-01T09:30:00.500Z");
  EXPECT_EQ(raw.close.client.to_string(), "10.0.1.2:33313");
  EXPECT_EQ(raw.device, "lb1");
  EXPECT_EQ(raw.server_name, "ex01");
  EXPECT_EQ(raw.reason, "CD");
  EXPECT_EQ(raw.close.bytes_in, 212u);
  EXPECT_EQ(raw.close.place, 1u);
  ASSERT_EQ(intake.assumptions.size(), 1u);
  EXPECT_NE(intake.assumptions[0].find("UTC"), std::string::npos);
}

TEST(HaproxyLog, UsesTheZoneThatIsGiven) {
  const SourceIntake intake = read_text(tcp("CD", 60), "x.log", TimeZone::find("Europe/Berlin"));
  ASSERT_EQ(intake.closes.size(), 1u);
  EXPECT_EQ(format_utc(intake.closes[0].close.time), "2025-09-01T06:01:00Z");
}

TEST(HaproxyLog, LearnsItsZoneFromHeadersThatHaveOne) {
  // Accepted at 08:00 on its own clock, ended after a minute, written at 12:01 UTC: UTC-4.
  const SourceIntake intake =
      read_text(tcp("CD", 60, "2025-09-01T12:01:00.2+00:00 lb1 haproxy[1]: "), "x.log",
                TimeZone::find("Europe/Berlin"));
  ASSERT_EQ(intake.closes.size(), 1u);
  EXPECT_EQ(format_utc(intake.closes[0].close.time), "2025-09-01T12:01:00Z");
  ASSERT_EQ(intake.assumptions.size(), 1u);
  EXPECT_NE(intake.assumptions[0].find("UTC-04:00"), std::string::npos);
}

TEST(HaproxyLog, TellsTheTimeOutWhenLivesShowIt) {
  std::string log;
  for (const double life : {300.2, 300.9, 300.4, 1200.0, 4000.0, 9000.0, 301.0})
    log += tcp("cD", life);
  for (const double life : {20.0, 900.0, 5000.0, 70.0}) log += tcp("CD", life);
  const SourceIntake intake = read_text(log);
  ASSERT_EQ(intake.closes.size(), 11u);
  for (const RawClose& raw : intake.closes) {
    if (raw.close.why != CloseWhy::Idle) {
      EXPECT_FALSE(raw.close.idle);
      continue;
    }
    ASSERT_TRUE(raw.close.idle);
    EXPECT_NEAR(std::chrono::duration<double>(*raw.close.idle).count(), 300.5, 1.0);
  }
}

TEST(HaproxyLog, ClaimsNoTimeOutWhereLivesDoNot) {
  std::string log;
  for (const double life : {310.0, 900.9, 1530.4, 1200.0, 4000.0, 9000.0}) log += tcp("cD", life);
  for (const RawClose& raw : read_text(log).closes) EXPECT_FALSE(raw.close.idle);
  EXPECT_FALSE(estimate_idle_timer({}));
  EXPECT_FALSE(estimate_idle_timer({60, 60}));
  EXPECT_TRUE(estimate_idle_timer({60, 60, 60.5}));
  // Ten thousand lives spread over a day: some three are always close together.
  std::vector<double> spread;
  for (int i = 0; i < 10'000; ++i) spread.push_back(100 + i * 0.4);
  EXPECT_FALSE(estimate_idle_timer(spread));
}

TEST(HaproxyLog, CountsWhatItCannotRead) {
  const std::string log = tcp("CD", 5) + "Sep  1 08:00:00 lb1 haproxy[1]: Proxy fe started.\n" +
                          "Sep  1 08:00:00 lb1 cron[1]: something\n" +
                          "Sep  1 08:00:00 lb1 haproxy[1]: 1.2.3.4:5 [01/Sep/2025:08:00:00.0\n" +
                          tcp("cD", 7) + tcp("--", 7, "", "31/Feb/2025:08:00:00.000");
  const SourceIntake intake = read_text(log);
  EXPECT_EQ(intake.source.records, 3u);
  EXPECT_EQ(intake.closes.size(), 2u);
  EXPECT_EQ(intake.source.state, SourceState::Damaged);
  ASSERT_EQ(intake.source.damage.size(), 2u);
  EXPECT_EQ(intake.source.damage[0].offset, 4u);
  EXPECT_EQ(intake.source.damage[1].offset, 6u);
}

TEST(HaproxyLog, ReadsUtf16AndWindowsLineEnds) {
  std::string wide = "\xff\xfe";
  for (const char c : tcp("CD", 5) + "\r\n" + tcp("SD", 5)) {
    wide += c;
    wide += '\0';
  }
  EXPECT_EQ(read_text(wide).closes.size(), 2u);
}

TEST(HaproxyLog, ClosesStayBounded) {
  SourceIntake out;
  CloseKeeper keeper(out, nullptr, 0);
  std::uint64_t kept = 0;
  const auto nobody = [] { return std::optional<IpEndpoint>(); };
  for (std::size_t i = 0; i < CloseKeeper::kMostTroubled + 10; ++i) {
    kept += keeper.wants(false, nobody);
  }
  keeper.finish();
  EXPECT_EQ(kept, CloseKeeper::kMostTroubled);
  ASSERT_EQ(out.assumptions.size(), 1u);
  EXPECT_NE(out.assumptions[0].find("the other 10 only counted"), std::string::npos);
}

TEST(HaproxyLog, ComputersOfTheEvidenceHaveRoomOfTheirOwn) {
  const auto at = [](const char* text) { return [text] { return IpEndpoint::parse(text); }; };
  const std::set<IpAddress> known{*IpAddress::parse("10.1.2.11")};
  SourceIntake out;
  CloseKeeper keeper(out, &known, 0);
  for (std::size_t i = 0; i < CloseKeeper::kMostTroubled; ++i) {
    ASSERT_TRUE(keeper.wants(false, at("10.9.9.9:1")));
  }
  EXPECT_FALSE(keeper.wants(false, at("10.9.9.9:1")));
  std::uint64_t kept = 0;
  for (std::size_t i = 0; i < CloseKeeper::kMostKnown + 5; ++i) {
    kept += keeper.wants(false, at("10.1.2.11:50122"));
  }
  EXPECT_EQ(kept, CloseKeeper::kMostKnown);
  keeper.finish();
  ASSERT_EQ(out.assumptions.size(), 2u);
  EXPECT_NE(out.assumptions[1].find("250000 are used after all"), std::string::npos);
}

std::map<std::string, std::size_t> by_reason(const SourceIntake& intake) {
  std::map<std::string, std::size_t> out;
  for (const RawClose& raw : intake.closes) ++out[raw.reason];
  return out;
}

TEST(HaproxyCorpus, CasesAgreeWithTheirLines) {
  const auto one = corpus_text("cases/evidence/smoke-001/haproxy.log");
  if (!one) GTEST_SKIP() << "no corpus at " << DROPSCOPE_CORPUS_DIR;
  // Counted with grep.
  using Counts = std::map<std::string, std::size_t>;
  const SourceIntake first = read_text(*one, "haproxy.log");
  EXPECT_EQ(by_reason(first), (Counts{{"--", 28}, {"CD", 71}, {"SD", 67}}));
  EXPECT_EQ(first.source.damage_count, 0u);
  const SourceIntake third = read_text(*corpus_text("cases/evidence/smoke-003/haproxy.log"));
  EXPECT_EQ(by_reason(third), (Counts{{"--", 37}, {"CD", 51}, {"KD", 69}, {"SD", 1}}));
  const SourceIntake last = read_text(*corpus_text("cases/evidence/smoke-019/haproxy.log"));
  EXPECT_EQ(by_reason(last), (Counts{{"--", 71}, {"CD", 125}, {"DD", 201}}));
}

TEST(HaproxyCorpus, PublishedLogs) {
  const auto syslog = corpus_text("evidence/middlebox/logfile_haproxy.0");
  if (!syslog) GTEST_SKIP() << "no corpus at " << DROPSCOPE_CORPUS_DIR;
  const SourceIntake first = read_text(*syslog);
  EXPECT_EQ(first.source.kind, "haproxy");
  EXPECT_EQ(first.source.records, 14u);
  EXPECT_EQ(first.source.damage_count, 0u);
  EXPECT_EQ(first.closes[0].device, "192.168.4.2");
  EXPECT_EQ(format_utc(first.closes[0].close.opened, 3), "2019-02-25T16:19:48.143Z");
  const SourceIntake second = read_text(*corpus_text("evidence/middlebox/haproxy-logs.log"));
  EXPECT_EQ(second.source.kind, "haproxy");
  EXPECT_EQ(second.source.records, 5u);
  EXPECT_EQ(second.source.damage_count, 0u);
}

TEST(HaproxyCorpus, LinesOfASpecificationWithTheirFields) {
  const auto spec = corpus_text("evidence/middlebox/logstash-haproxy_spec.rb");
  if (!spec) GTEST_SKIP() << "no corpus at " << DROPSCOPE_CORPUS_DIR;
  EXPECT_EQ(kind_of(*spec, "spec.rb"), "");
  std::string log;
  for (const std::string_view line : split(*spec, '\n')) {
    const std::string_view text = trim(line);
    if (text.size() > 40 && text.front() == '\'' && text.find("] ") != std::string_view::npos)
      log += std::string(text.substr(1, text.size() - 2)) + "\n";
  }
  const SourceIntake intake = read_text(log);
  EXPECT_EQ(intake.source.damage_count, 0u);
  ASSERT_EQ(intake.closes.size(), 8u);
  const RawClose& bad = intake.closes[3];
  EXPECT_EQ(bad.reason, "cR--");
  EXPECT_EQ(bad.close.bytes_in, 212u);
  EXPECT_EQ(seconds_between(bad.close.opened, bad.close.time), 6.001);
  EXPECT_EQ(bad.server_name, "http_proxy_ads");
  const RawClose& connection = intake.closes[7];
  EXPECT_EQ(connection.reason, "SC");
  EXPECT_EQ(connection.close.client.to_string(), "127.0.0.1:40962");
  EXPECT_EQ(connection.server_name, "app");
  EXPECT_EQ(connection.close.why, CloseWhy::Failed);
}

TEST(HaproxyLog, LinesAreTakenOutOfWhatCollectedThem) {
  const std::string line =
      "10.1.2.11:50122 [11/May/2026:09:00:00.000] ft_exchange bk_exchange/ex01 1/0/3600004 51234 "
      "cD 12/12/11/6/0 0/0";
  const std::string time = "2026-05-11T10:00:00.123456789Z";
  const std::string wrapped[] = {
      R"({"__REALTIME_TIMESTAMP":"1778493600123456","_HOSTNAME":"lb1","SYSLOG_IDENTIFIER":)"
      R"("haproxy","_PID":"812","MESSAGE":")" +
          line + "\"}",
      R"({"log":")" + line + R"(\n","stream":"stdout","time":")" + time + "\"}",
      R"({"labels":{"job":"lb"},"line":")" + line + R"(","timestamp":")" + time + "\"}",
      R"({"@timestamp":")" + time + R"(","host":{"name":"lb1"},"message":")" + line + "\"}",
      time + " stdout F " + line,
      time + " " + line,
      "lb-1  | " + line,
      "2026-05-11T10:00:00+0000 lb1 haproxy[812]: " + line,
  };
  for (const std::string& text : wrapped) {
    const SourceIntake intake = read_text(text + "\n");
    EXPECT_EQ(intake.source.kind, "haproxy") << text;
    EXPECT_EQ(intake.source.damage_count, 0u) << text;
    ASSERT_EQ(intake.closes.size(), 1u) << text;
    EXPECT_EQ(format_utc(intake.closes[0].close.time, 3), "2026-05-11T10:00:00.004Z") << text;
    EXPECT_EQ(intake.closes[0].close.client.to_string(), "10.1.2.11:50122") << text;
    EXPECT_EQ(intake.closes[0].reason, "cD") << text;
  }
}

}  // namespace
}  // namespace dropscope
