// Whole searches over a simulated path: is what ends its connections found, and how long it takes?

#include "probe/search.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "probe/finding.h"
#include "probe/plan.h"
#include "probe/record.h"
#include "simulated_path.h"

namespace dropscope::probe {
namespace {

const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n";
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
    PathRules rules{.idle_s = 300, .ending = Ending::Silence, .keep_alive_refreshes = true};
    if (payload == Payload::Http) rules.answer = kAnswer;
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

bool has_note(const Finding& finding, const std::string& words) {
  return std::any_of(finding.notes.begin(), finding.notes.end(), [&](const std::string& note) {
    return note.find(words) != std::string::npos;
  });
}

// Mail servers say "421 timeout" and web servers "408 Request Time-out" before they close.
TEST(Search, AFarewellIsTheEndOfTheIdleTimeAndNoTraffic) {
  for (const Payload payload : {Payload::None, Payload::Echo}) {
    expect_found(probe({.idle_s = 5, .says_goodbye = true}, options_of(Mode::Full, 20, payload)),
                 Mechanism::ProxyOrServer, 5);
  }
}

TEST(Search, TellsTheKeepAliveTimeOutOfHttpFromThatOfThePath) {
  const Options options = options_of(Mode::Full, 20, Payload::Http);
  const auto server = probe({.answer = kAnswer, .request_idle_s = 5}, options);
  expect_found(server, Mechanism::HttpKeepAlive, 5);
  EXPECT_TRUE(server.notes.empty()) << server.notes.front();
  // The first request is waited for longer, and that is seen to end.
  const auto both =
      probe({.says_goodbye = true, .answer = kAnswer, .request_idle_s = 5, .first_request_s = 5.5},
            options);
  expect_found(both, Mechanism::HttpKeepAlive, 5);

  const auto path = probe({.idle_s = 5, .answer = kAnswer}, options);
  expect_found(path, Mechanism::ProxyOrServer, 5);
  EXPECT_TRUE(has_note(path, "ends at the same idle time"));

  const auto early = probe({.answer = kAnswer, .request_idle_s = 5, .first_request_s = 2}, options);
  expect_found(early, Mechanism::ProxyOrServer, 5);
  EXPECT_TRUE(has_note(early, "ends already after 2.00 s"));

  expect_found(probe({.age_s = 5, .answer = kAnswer}, options), Mechanism::FixedAge, 5);
}

TEST(Search, TellsWhatAServerOfHttpSays) {
  const Options options = options_of(Mode::Full, 20, Payload::Http);
  const auto closes = probe(
      {.closes_at_once = true, .answer = "HTTP/1.1 403 No\r\nConnection: close\r\n\r\n"}, options);
  EXPECT_EQ(closes.mechanism, Mechanism::ClosedAtOnce);
  EXPECT_NE(closes.sentence.find("status 403 and closes"), std::string::npos) << closes.sentence;

  const auto announced = [&](const std::string& seconds) {
    return probe({.answer = "HTTP/1.1 404 No\r\nKeep-Alive: timeout=" + seconds + "\r\n\r\n",
                  .request_idle_s = 5},
                 options);
  };
  EXPECT_TRUE(has_note(announced("5"), "status 404"));
  EXPECT_TRUE(has_note(announced("5"), "for 5 s, which agrees"));
  EXPECT_TRUE(has_note(announced("15"), "for 15 s; something ends them sooner"));
  EXPECT_TRUE(has_note(announced("2"), "for 2 s."));

  const auto other = probe({.answer = "220 mail.example ESMTP\r\n"}, options);
  EXPECT_EQ(other.mechanism, Mechanism::Unreachable);
  EXPECT_NE(other.sentence.find("it says \"220 mail.example ESMTP\""), std::string::npos)
      << other.sentence;
}

TEST(Search, MeasuresAnswersThatAreKeptOpen) {
  const Options options = options_of(Mode::Full, 20, Payload::LongPoll);
  const std::string peer = kAnswer + "a\r\ndropscope\n\r\n";
  for (const double seconds : {1.6, 2.0, 5.0}) {
    const auto proxy = probe({.idle_s = seconds, .answer = peer}, options);
    expect_found(proxy, Mechanism::ProxyOrServer, seconds);
    EXPECT_TRUE(has_note(proxy, "the server has to send something sooner"));
  }
  expect_found(
      probe({.idle_s = 5, .ending = Ending::Silence, .keep_alive_refreshes = true, .answer = peer},
            options),
      Mechanism::PacketFilter, 5);
  expect_found(probe({.idle_s = 5, .ending = Ending::Silence, .answer = peer}, options),
               Mechanism::UnclearIdle, 5);
  for (const Ending ending : {Ending::Fin, Ending::Rst, Ending::Silence}) {
    const auto age = probe({.age_s = 6, .ending = ending, .answer = peer}, options);
    expect_found(age, Mechanism::FixedAge, 6);
    EXPECT_TRUE(has_note(age, "the client has to ask again sooner"));
  }
  EXPECT_EQ(probe({.answer = peer}, options).mechanism, Mechanism::NoneFound);

  const auto none = probe({.answer = "HTTP/1.1 404 No\r\n\r\n"}, options);
  EXPECT_EQ(none.mechanism, Mechanism::Unreachable);
  EXPECT_NE(none.sentence.find("status 404: the other end does not answer as a peer"),
            std::string::npos)
      << none.sentence;
  const auto other = probe({.answer = kAnswer}, options);
  EXPECT_NE(other.sentence.find("does not answer as a peer"), std::string::npos) << other.sentence;
  const auto mute = probe({.answers = false}, options);
  EXPECT_EQ(mute.mechanism, Mechanism::Unreachable);
  EXPECT_NE(mute.sentence.find("does not answer as a peer"), std::string::npos);
}

TEST(Search, GoesThroughTlsAndSaysWhenThereIsNone) {
  Options options = options_of(Mode::Full, 20);
  options.tls = true;
  const auto finding = probe({.idle_s = 5}, options);
  expect_found(finding, Mechanism::ProxyOrServer, 5);
  EXPECT_TRUE(has_note(finding, "certificate of the server was not verified"));
  // Where nobody answered, nothing is said about who did.
  const auto none = probe({.tls_fails = true}, options);
  EXPECT_EQ(none.mechanism, Mechanism::Unreachable);
  EXPECT_FALSE(has_note(none, "certificate"));
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
