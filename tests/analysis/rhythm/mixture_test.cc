#include "analysis/rhythm/mixture.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/worlds.h"

namespace dropscope::rhythm {
namespace {

/// A limit of `age` seconds on each connection, and a job every `job` seconds (0: none), whichever
/// comes first.
Client aged(double age, double job, int losses) {
  worlds::Random random(7);
  Client client;
  double t = 1'700'000'000;
  for (int i = 0; i < losses; ++i) {
    const double begin = t;
    t += age + random.uniform(-2, 2);
    if (job > 0) t = std::min(t, (std::floor(begin / job) + 1) * job + random.uniform(0, 3));
    client.losses.push_back({t, t + 20, true});
    t += 20;
  }
  return client;
}

std::vector<Component> timers_of(const Client& client, Class first) {
  const Prepared prepared = prepare(client);
  return two_timers(prepared, find_rhythms(prepared, {}), first, {});
}

TEST(Mixture, TheSecondTimerIsInWhatTheFirstLeaves) {
  for (const double job : {21'600.0, 14'400.0, 9'000.0}) {
    const std::vector<Component> timers = timers_of(aged(4'321, job, 90), Class::Age);
    ASSERT_EQ(timers.size(), 2U) << job;
    EXPECT_EQ(timers[0].kind, Class::Age);
    EXPECT_NEAR(timers[0].measure.seconds, 4'321, 5);
    EXPECT_NEAR(timers[1].measure.seconds, job, 0.01 * job);
  }
}

// Three times the first: as a multiple of it, it was no timer of its own once.
TEST(Mixture, TheSecondMayBeAMultipleOfTheFirst) {
  Client client;
  worlds::Random random(3);
  double t = 1'700'000'000;
  for (int i = 0; i < 60; ++i) {
    t += (i % 2 == 0 ? 1'200 : 3'600) + random.uniform(-2, 2);
    client.losses.push_back({t, t + 20, true});
    t += 20;
  }
  const std::vector<Component> timers = timers_of(client, Class::Age);
  ASSERT_EQ(timers.size(), 2U);
  EXPECT_NEAR(timers[0].measure.seconds + timers[1].measure.seconds, 4'800, 20);
}

TEST(Mixture, ATimerThatIsAloneHasNoSecond) {
  EXPECT_EQ(timers_of(aged(4'321, 0, 90), Class::Age).size(), 1U);
  EXPECT_EQ(timers_of(aged(4'321, 0, 5), Class::Age).size(), 1U);
}

TEST(Mixture, AClassWithoutAFindingHasNone) {
  EXPECT_TRUE(two_timers(Prepared{}, Findings{}, Class::Age, {}).empty());
  EXPECT_TRUE(timers_of(aged(4'321, 0, 90), Class::Random).empty());
}

TEST(Mixture, TheAnswerCountsItsTimersAndItsSentenceNamesThem) {
  const Answer answer = classify(aged(4'321, 21'600, 90), {});
  ASSERT_EQ(answer.best.kind, Class::Mixed);
  ASSERT_EQ(answer.timers, 2U);
  ASSERT_GE(answer.alternatives.size(), 2U);
  EXPECT_NEAR(answer.alternatives[1].interval.seconds, 21'600, 200);
  const std::string sentence = sentence_of(answer);
  EXPECT_NE(sentence.find("1 h 12 min"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("6 h"), std::string::npos) << sentence;
}

}  // namespace
}  // namespace dropscope::rhythm
