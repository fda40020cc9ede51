#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "verdict/verdict.h"

namespace dropscope {
namespace {

constexpr std::int64_t kMonday = 1'756'713'600;  // 2025-09-01 08:00 UTC

Instant second(double s) {
  return instant_from_unix(kMonday) + ticks_from_seconds(s);
}

class DiagnoseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto loaded = Catalogue::load();
    ASSERT_TRUE(loaded) << loaded.error().text();
    catalogue_ = std::move(*loaded);
    Computer computer;
    computer.name = "PC01";
    evidence_.computers.push_back(computer);
    Source source;
    source.path = "Application.evtx";
    source.state = SourceState::Read;
    evidence_.sources.push_back(source);
  }

  void cover(double seconds) {
    Coverage c;
    c.channel = evidence_.strings.add("Application");
    c.first = second(0);
    c.last = second(seconds);
    c.records = 1;
    evidence_.coverage.push_back(c);
  }

  void add(double at, Meaning meaning, const std::string& text = "x") {
    Event event;
    event.time = second(at);
    event.meaning = meaning;
    event.record_id = evidence_.events.size() + 1;
    event.text = evidence_.strings.add(text);
    event.provider = evidence_.strings.add("Outlook");
    event.event_id = 26;
    evidence_.events.push_back(event);
  }

  /// Uptimes as given, each followed by an outage of ten seconds.
  void lives(const std::vector<double>& uptimes) {
    double t = 100;
    add(t - 10, Meaning::Lost);
    add(t, Meaning::Restored);
    for (const double uptime : uptimes) {
      t += uptime;
      add(t, Meaning::Lost);
      t += 10;
      add(t, Meaning::Restored);
    }
    cover(t + 100);
  }

  static std::vector<double> hourly(std::size_t n) {
    std::vector<double> out;
    for (std::size_t i = 0; i < n; ++i) {
      // Half on the timer, half delayed by activity.
      out.push_back(3601 + static_cast<double>(i % 2 == 0 ? i % 5 : 400 + 331 * i));
    }
    return out;
  }

  Diagnosis run(const DiagnoseOptions& options = {}) {
    auto result = diagnose(evidence_, catalogue_, options);
    EXPECT_TRUE(result) << result.error().text();
    return std::move(*result);
  }

  const Statement* statement(const Diagnosis& d, std::string_view id) {
    for (const Statement& s : d.verdict.statements) {
      if (s.id == id) return &s;
    }
    return nullptr;
  }

  Catalogue catalogue_;
  Evidence evidence_;
};

TEST_F(DiagnoseTest, NamesAnIdleTimerOfAnHour) {
  lives(hourly(24));
  evidence_.computers[0].attributes.values["protocol"] = "RPC/TCP";
  evidence_.computers[0].attributes.values["mode"] = "cached";
  const Diagnosis d = run();
  EXPECT_EQ(d.verdict.outcome, Outcome::IdleTimer);
  EXPECT_NEAR(d.interval.seconds, 3600, 60);
  EXPECT_EQ(d.protocol, Protocol::RpcTcp);
  EXPECT_EQ(d.mode, ClientMode::Cached);
  ASSERT_FALSE(d.verdict.candidates.empty());
  EXPECT_EQ(d.verdict.candidates[0].timer.product, "Microsoft BPOS Dedicated load balancer");
  EXPECT_NE(d.verdict.headline.find("60 min"), std::string::npos);
  ASSERT_TRUE(d.verdict.probability);
  EXPECT_GE(*d.verdict.probability, 0.9);
  for (const char* id : {"behaviour", "frequency", "outages", "interval", "protocol", "scope"}) {
    ASSERT_NE(statement(d, id), nullptr) << id;
  }
  EXPECT_EQ(statement(d, "behaviour")->events_total, 25u);
  EXPECT_FALSE(d.verdict.next_steps.empty());
}

TEST_F(DiagnoseTest, TheSameLossesWithMapiHttpGetNoIdleVerdict) {
  lives(hourly(24));
  evidence_.computers[0].attributes.values["protocol"] = "MAPI/HTTP";
  const Diagnosis d = run();
  EXPECT_EQ(d.verdict.outcome, Outcome::RegularUnexplained);
  EXPECT_TRUE(std::none_of(d.verdict.candidates.begin(), d.verdict.candidates.end(),
                           [](const CandidateTimer& c) { return c.possible; }));
  EXPECT_EQ(d.verdict.headline.find("inactivity time-out"), std::string::npos);
}

TEST_F(DiagnoseTest, WhatRunsAtATimeOfTheClockIsLookedForByIt) {
  std::vector<double> uptimes;
  for (int day = 0; day < 30; ++day) uptimes.push_back(86'390 + (day * 7 % 5) - (day * 3 % 5));
  lives(uptimes);
  const Diagnosis d = run();
  ASSERT_EQ(d.verdict.outcome, Outcome::ClockSchedule) << d.verdict.headline;
  ASSERT_EQ(d.interval.times.size(), 1u);
  const auto tells = [](const NextStep& step) {
    return step.what.find("every 1 d at ") != std::string::npos &&
           step.what.find(" local time: jobs of the firewall") != std::string::npos;
  };
  EXPECT_TRUE(std::any_of(d.verdict.next_steps.begin(), d.verdict.next_steps.end(), tells));
}

TEST_F(DiagnoseTest, SpreadOutLossesHaveNoInterval) {
  std::vector<double> uptimes;
  double u = 120;
  for (int i = 0; i < 20; ++i, u *= 1.31) uptimes.push_back(u);
  lives(uptimes);
  const Diagnosis d = run();
  EXPECT_EQ(d.verdict.outcome, Outcome::NoRegularInterval);
  EXPECT_TRUE(d.verdict.candidates.empty());
}

TEST_F(DiagnoseTest, FourLossesSayHowLongToWatch) {
  lives({3601, 5000, 3602});
  const Diagnosis d = run();
  EXPECT_EQ(d.alerts.lost, 4u);
  EXPECT_EQ(d.verdict.outcome, Outcome::NotEnough);
  EXPECT_NE(d.verdict.headline.find("Watch"), std::string::npos);
  EXPECT_NE(d.verdict.headline.find("day"), std::string::npos);
}

TEST_F(DiagnoseTest, NothingReadNothingSaid) {
  evidence_.sources[0].state = SourceState::Unreadable;
  const Diagnosis d = run();
  EXPECT_EQ(d.verdict.outcome, Outcome::NothingUsable);
  EXPECT_FALSE(d.verdict.decision.next_step.command.empty());
}

TEST_F(DiagnoseTest, ALogWithoutTheApplication) {
  cover(10'000);
  EXPECT_EQ(run().verdict.outcome, Outcome::NoApplication);
}

TEST_F(DiagnoseTest, ComputerEventsAreNotTheApplication) {
  cover(10'000);
  add(5, Meaning::Sleep);
  EXPECT_EQ(run().verdict.outcome, Outcome::NoApplication);
}

TEST_F(DiagnoseTest, SignInPromptsAreOutOfScope) {
  cover(10'000);
  for (int i = 0; i < 7; ++i) add(10 + i, Meaning::Authentication, "Need Password");
  const Diagnosis d = run();
  EXPECT_EQ(d.verdict.outcome, Outcome::NoDisconnect);
  EXPECT_EQ(d.alerts.authentication, 7u);
  ASSERT_NE(statement(d, "out-of-scope"), nullptr);
  EXPECT_NE(statement(d, "out-of-scope")->text.find("7 seen"), std::string::npos);
}

TEST_F(DiagnoseTest, UnknownTextsAreShownByFrequency) {
  cover(10'000);
  add(1, Meaning::Unclassified, "rare");
  for (int i = 0; i < 3; ++i) add(10 + i, Meaning::Unclassified, "frequent");
  const Diagnosis d = run();
  ASSERT_EQ(d.alerts.unknown_texts.size(), 2u);
  EXPECT_EQ(d.alerts.unknown_texts[0].text, "frequent");
  EXPECT_EQ(d.alerts.unknown_texts[0].count, 3u);
}

TEST_F(DiagnoseTest, TheZoneIsAlwaysExplained) {
  cover(10'000);
  EXPECT_EQ(run().zone.name(), "UTC");
  EXPECT_NE(run().zone_reason.find("--tz"), std::string::npos);
  evidence_.computers[0].time_zone = "Europe/Berlin";
  evidence_.computers[0].time_zone_source = "event 6013";
  EXPECT_EQ(run().zone.name(), "Europe/Berlin");
  EXPECT_NE(run().zone_reason.find("event 6013"), std::string::npos);
  DiagnoseOptions options;
  options.zone = TimeZone::find("Asia/Tokyo");
  EXPECT_EQ(run(options).zone.name(), "Asia/Tokyo");
  EXPECT_EQ(run(options).zone_reason, "given with --tz");
}

TEST_F(DiagnoseTest, AnUnknownProfileIsAnError) {
  DiagnoseOptions options;
  options.profile = "lotus";
  const auto result = diagnose(evidence_, catalogue_, options);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("outlook"), std::string::npos);
}

}  // namespace
}  // namespace dropscope
