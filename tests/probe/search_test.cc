// Whole searches over a simulated path: is what ends its connections found, and how long it takes?

#include "probe/search.h"

#include <gtest/gtest.h>

#include "probe/finding.h"
#include "probe/plan.h"
#include "probe/record.h"
#include "simulated_path.h"

namespace dropscope::probe {
namespace {

const std::vector<double> kKnown{60, 240, 300, 350, 600, 900, 1800, 3600};

Options options_of(Mode mode, double max_s, Payload payload = Payload::Echo) {
  Options out;
  out.mode = mode;
  out.max_s = max_s;
  out.connections = 16;
  out.payload = payload;
  return out;
}

Finding probe(SimulatedPath& path, const Options& options) {
  Observations seen;
  const auto whole = search(path, options, "server", kKnown, {}, seen);
  EXPECT_TRUE(whole && *whole);
  return judge(options, seen, true);
}

Finding probe(const PathRules& rules, const Options& options) {
  SimulatedPath path(rules);
  return probe(path, options);
}

void expect_found(const Finding& finding, Mechanism mechanism, double seconds) {
  EXPECT_EQ(finding.mechanism, mechanism) << finding.sentence;
  ASSERT_TRUE(finding.seconds) << finding.sentence;
  EXPECT_NEAR(*finding.seconds, seconds, aim(seconds)) << finding.sentence;
  ASSERT_TRUE(finding.accuracy_s);
  EXPECT_LE(*finding.accuracy_s, aim(seconds));
  EXPECT_TRUE(finding.complete);
}

TEST(Search, FindsAProxyThatFinishesOrResets) {
  for (const Ending ending : {Ending::Fin, Ending::Rst}) {
    for (const double seconds : {2.0, 4.0, 7.0, 30.0}) {
      const auto finding = probe({.idle_s = seconds, .ending = ending}, options_of(Mode::Full, 60));
      expect_found(finding, Mechanism::ProxyOrServer, seconds);
      EXPECT_EQ(finding.end, ending == Ending::Fin ? Outcome::Finished : Outcome::Reset);
      EXPECT_TRUE(finding.notes.empty()) << finding.notes.front();
    }
  }
}

TEST(Search, FindsASilentPacketFilterInEveryModeAndWithEveryPayload) {
  for (const Payload payload : {Payload::None, Payload::Echo, Payload::Http}) {
    const PathRules rules{.idle_s = 300, .ending = Ending::Silence, .keep_alive_refreshes = true};
    expect_found(probe(rules, options_of(Mode::Quick, 3700, payload)), Mechanism::PacketFilter,
                 300);
    expect_found(probe(rules, options_of(Mode::Full, 1000, payload)), Mechanism::PacketFilter, 300);
    Options confirm = options_of(Mode::Confirm, 3700, payload);
    confirm.confirm_s = 300;
    expect_found(probe(rules, confirm), Mechanism::PacketFilter, 300);
  }
}

TEST(Search, FindsAFilterThatResetsWhatComesLater) {
  const auto finding =
      probe({.idle_s = 5, .ending = Ending::RstOnSend, .keep_alive_refreshes = true},
            options_of(Mode::Full, 20));
  expect_found(finding, Mechanism::PacketFilter, 5);
  EXPECT_EQ(finding.end, Outcome::ResetOnSend);
}

TEST(Search, DoesNotCallItAPacketFilterWhenKeepAlivesDoNotHelp) {
  expect_found(probe({.idle_s = 5, .ending = Ending::Silence}, options_of(Mode::Full, 20)),
               Mechanism::UnclearIdle, 5);
}

TEST(Search, KnowsAPacketFilterThatSendsAFin) {
  expect_found(probe({.idle_s = 5, .keep_alive_refreshes = true}, options_of(Mode::Full, 20)),
               Mechanism::PacketFilter, 5);
}

TEST(Search, TellsALimitOnAgeByTheConnectionInUse) {
  for (const Ending ending : {Ending::Fin, Ending::Rst, Ending::Silence, Ending::RstOnSend}) {
    for (const double seconds : {6.0, 45.0}) {
      const auto finding = probe({.age_s = seconds, .ending = ending}, options_of(Mode::Full, 60));
      EXPECT_EQ(finding.mechanism, Mechanism::FixedAge) << finding.sentence;
      ASSERT_TRUE(finding.seconds);
      EXPECT_NEAR(*finding.seconds, seconds, aim(seconds));
    }
  }
}

TEST(Search, FindsNothingWhereThereIsNothing) {
  const auto finding = probe({}, options_of(Mode::Full, 60));
  EXPECT_EQ(finding.mechanism, Mechanism::NoneFound);
  EXPECT_GE(finding.seconds.value_or(0), 60);
  EXPECT_TRUE(finding.complete);
}

TEST(Search, KeepAliveOnAllConnectionsKeepsAFilterOpen) {
  Options options = options_of(Mode::Full, 20);
  options.keep_alive = true;
  const PathRules rules{.idle_s = 5, .ending = Ending::Silence, .keep_alive_refreshes = true};
  EXPECT_EQ(probe(rules, options).mechanism, Mechanism::NoneFound);
}

TEST(Search, TakesARestartForNoTimer) {
  for (double moment = 101; moment < 160; moment += 0.7) {
    const auto finding = probe({.moment_s = moment}, options_of(Mode::Full, 60));
    EXPECT_EQ(finding.mechanism, Mechanism::NoneFound) << moment << ": " << finding.sentence;
  }
}

TEST(Search, SaysSoWhenStoppedAfterARestart) {
  SimulatedPath path({.moment_s = 109});
  Observations seen;
  const Options options = options_of(Mode::Full, 60);
  const auto whole =
      search(path, options, "server", kKnown, {[&] { return path.now() > 111; }, {}}, seen);
  ASSERT_TRUE(whole);
  EXPECT_FALSE(*whole);
  EXPECT_EQ(judge(options, seen, false).mechanism, Mechanism::OneMoment);
}

TEST(Search, SaysThatNothingCanBeReached) {
  const auto finding = probe({.refuses = true}, options_of(Mode::Full, 60));
  EXPECT_EQ(finding.mechanism, Mechanism::Unreachable);
  EXPECT_NE(finding.sentence.find("refused"), std::string::npos) << finding.sentence;
}

TEST(Search, SaysThatTheServerClosesAtOnce) {
  const auto finding = probe({.closes_at_once = true}, options_of(Mode::Full, 60, Payload::None));
  EXPECT_EQ(finding.mechanism, Mechanism::ClosedAtOnce) << finding.sentence;
}

TEST(Search, AConnectionLostByChanceIsNoTimeOut) {
  const auto finding = probe({.loses = {5}}, options_of(Mode::Full, 60));
  EXPECT_EQ(finding.mechanism, Mechanism::NoneFound) << finding.sentence;
  ASSERT_EQ(finding.notes.size(), 1U);
  EXPECT_NE(finding.notes.front().find("by chance"), std::string::npos);
}

TEST(Search, TakesAcknowledgementsWhereTheServerDoesNotAnswer) {
  for (const double seconds : {2.0, 5.0}) {
    const PathRules rules{.idle_s = seconds,
                          .ending = Ending::Silence,
                          .keep_alive_refreshes = true,
                          .answers = false};
    const auto finding = probe(rules, options_of(Mode::Full, 20));
    expect_found(finding, Mechanism::PacketFilter, seconds);
    ASSERT_FALSE(finding.notes.empty());
    EXPECT_NE(finding.notes.back().find("does not answer"), std::string::npos);
  }
}

TEST(Search, IsPoliteToTheHost) {
  SimulatedPath path({.idle_s = 5, .ending = Ending::Silence});
  Options options = options_of(Mode::Full, 20);
  options.connections = 4;
  EXPECT_EQ(probe(path, options).mechanism, Mechanism::UnclearIdle);
  EXPECT_LE(path.most_open, 7U);
  for (std::size_t i = 1; i < path.opened_at.size(); ++i) {
    EXPECT_GE(path.opened_at[i] - path.opened_at[i - 1], kOpenEvery - 1e-9);
  }
}

TEST(Search, TakesNoLongerThanItSaid) {
  const Options options = options_of(Mode::Full, 60);
  const Forecast said = forecast(options, kKnown, {});
  for (const double seconds : {1.5, 5.0, 17.0, 44.0, 59.9, 0.0}) {
    SimulatedPath path({.idle_s = seconds, .ending = Ending::Silence});
    const double began = path.now();
    [[maybe_unused]] const Finding finding = probe(path, options);
    EXPECT_LE(path.now() - began, seconds == 0 ? said.none : said.longest) << seconds;
  }
}

// Stopped at any time, written down, read again and gone on with: the answer is the same.
TEST(Search, GoesOnFromWhereItWasStopped) {
  const Options options = options_of(Mode::Full, 20);
  const std::vector<std::pair<PathRules, Mechanism>> cases{
      {{.idle_s = 5}, Mechanism::ProxyOrServer},
      {{.idle_s = 5, .ending = Ending::Silence, .keep_alive_refreshes = true},
       Mechanism::PacketFilter},
      {{.age_s = 5}, Mechanism::FixedAge}};
  for (const auto& [rules, mechanism] : cases) {
    for (double after = 0.5; after < 25; after += 0.5) {
      SimulatedPath path(rules);
      const double until = path.now() + after;
      Record record{"server", 25, "192.0.2.1:25", options, {}};
      const auto first = search(path, options, "server", kKnown,
                                {[&] { return path.now() >= until; }, {}}, record.seen);
      ASSERT_TRUE(first);
      const auto read = read_record(to_json(record, judge(options, record.seen, *first), "1"));
      ASSERT_TRUE(read) << read.error().text();
      EXPECT_EQ(read->options, options);
      Observations seen = read->seen;
      const auto second = search(path, options, "server", kKnown, {}, seen);
      ASSERT_TRUE(second && *second);
      expect_found(judge(options, seen, true), mechanism, 5);
    }
  }
}

TEST(Search, SaysWhatIsKnownWhenStopped) {
  const Options options = options_of(Mode::Full, 60);
  SimulatedPath path({});
  const double until = path.now() + 20;
  Observations seen;
  const auto whole =
      search(path, options, "server", kKnown, {[&] { return path.now() >= until; }, {}}, seen);
  ASSERT_TRUE(whole);
  EXPECT_FALSE(*whole);
  const Finding finding = judge(options, seen, false);
  EXPECT_EQ(finding.mechanism, Mechanism::Unfinished);
  EXPECT_FALSE(finding.complete);
  EXPECT_GT(finding.seconds.value_or(0), 10);
}

}  // namespace
}  // namespace dropscope::probe
