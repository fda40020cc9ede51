#include "analysis/rhythm/rhythm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace dropscope::rhythm {
namespace {

constexpr double kStart = 1'700'000'000;

/// A client whose connections live for these seconds, with 20 s between them.
Client client_of(const std::vector<double>& lives, double scale = 1) {
  Client client;
  double t = kStart;
  for (const double life : lives) {
    t += life * scale;
    client.losses.push_back({t, t + 20 * scale, true});
    t += 20 * scale;
  }
  return client;
}

std::vector<double> same_lives(double seconds, std::size_t count) {
  std::vector<double> lives(count, seconds);
  for (std::size_t i = 0; i < count; ++i) lives[i] += static_cast<double>(i * 7 % 5) - 2;
  return lives;
}

// Exponential quantiles in a scrambled order: as memoryless as a list can be.
std::vector<double> memoryless(double mean, std::size_t count) {
  std::vector<double> lives;
  for (std::size_t i = 0; i < count; ++i) {
    const double p = (static_cast<double>(i * 17 % count) + 0.5) / static_cast<double>(count);
    lives.push_back(std::max(3.0, -mean * std::log(1 - p)));
  }
  return lives;
}

TEST(Rhythm, FindsALimitOnAge) {
  std::vector<double> lives = same_lives(3'480, 30);
  for (std::size_t i = 0; i < lives.size(); ++i) lives[i] += static_cast<double>(i * i * 31 % 23);
  Client client = client_of(lives);
  // Downtimes that differ tell an age from a period.
  for (std::size_t i = 0; i < client.losses.size(); ++i) {
    for (std::size_t k = i; k < client.losses.size(); ++k) {
      const double more = static_cast<double>(i * 13 % 7) * 60;
      client.losses[k].restored += more;
      if (k > i) client.losses[k].lost += more;
    }
  }
  const std::array<double, 2> usual = {3'600, 1'800};
  const Answer answer = classify(client, usual);
  ASSERT_TRUE(answer.enough);
  EXPECT_TRUE(is_regular(answer.best.kind)) << to_string(answer.best.kind);
  // A usual length nearby is a prior, never a magnet.
  EXPECT_NEAR(answer.best.interval.seconds, 3'490, 35);
}

TEST(Rhythm, IsSilentWithoutATimer) {
  for (const std::size_t count : {4U, 6U, 9U, 20U, 60U, 200U}) {
    const Answer answer = classify(client_of(memoryless(5'000, count)), {});
    EXPECT_FALSE(is_regular(answer.best.kind)) << count << ": " << to_string(answer.best.kind);
    EXPECT_FALSE(answer.best.has_interval);
  }
}

TEST(Rhythm, TheTimesOfAClockAreToldAsPeopleDo) {
  const auto told = [](double cycle, const std::vector<double>& times) {
    return clock_times(cycle, times, 0);
  };
  EXPECT_EQ(told(86'400, {11'700}), "03:15");
  EXPECT_EQ(told(86'400, {11'700, 56'690}), "03:15, 15:45");
  EXPECT_EQ(told(86'400, {86'390}), "00:00");  // To the minute.
  EXPECT_EQ(told(3'600, {300, 2'700}), "xx:05, xx:45");
  EXPECT_EQ(told(900, {180}), "xx:03, xx:18, xx:33, xx:48");
  EXPECT_EQ(told(21'600, {600}), "00:10, 06:10, 12:10, 18:10");
  EXPECT_EQ(told(7'200, {600}), "00:10, 02:10, …");
  EXPECT_EQ(told(7'200, {600, 3'000}), "00:10, 00:50, 02:10, …");
  EXPECT_EQ(told(604'800, {0, 357'300}), "Thu 00:00, Mon 03:15");
  EXPECT_EQ(told(172'800, {86'400 + 11'700}), "03:15");
  EXPECT_EQ(told(86'400, {}), "");
  EXPECT_EQ(told(0, {5}), "");
  const std::vector<double> one = {11'700};
  EXPECT_EQ(clock_times(86'400, one, 1'800), "about 03:15");
}

TEST(Rhythm, AClockIsToldWithItsTimeOfTheZone) {
  Client client;
  client.zone = TimeZone::find("Asia/Tokyo").value();
  // At 03:15 in Tokyo, which is 18:15 UTC of the day before.
  const double first = std::floor(kStart / 86'400) * 86'400 + 65'700;
  for (int day = 0; day < 30; ++day) {
    const double lost = first + 86'400 * day + day * 7 % 5;
    client.losses.push_back({lost, lost + 20 + day * 11 % 40, true});
  }
  const Answer answer = classify(client, {});
  ASSERT_EQ(answer.best.kind, Class::Clock) << to_string(answer.best.kind);
  ASSERT_EQ(answer.best.times.size(), 1U);
  EXPECT_NEAR(answer.best.times.front(), 11'700, 10);
  const std::string sentence = sentence_of(answer);
  EXPECT_NE(sentence.find("every 1 d at 03:15 local time"), std::string::npos) << sentence;
}

TEST(Rhythm, AsksForMoreWhenThereAreFew) {
  const Answer answer = classify(client_of({3'600, 3'600, 3'600}), {});
  EXPECT_FALSE(answer.enough);
  EXPECT_GT(answer.missing, 0U);
  EXPECT_NE(sentence_of(answer).find("not enough"), std::string::npos);
  EXPECT_FALSE(classify(Client{}, {}).enough);
}

TEST(Rhythm, AsksForLossesUpToFifteen) {
  const Answer few = classify(client_of(memoryless(5'000, 13)), {});
  ASSERT_LT(few.best.probability, 0.9);
  EXPECT_EQ(few.losses + few.missing, 15U);
  EXPECT_GT(few.missing_days, 0);
  EXPECT_EQ(classify(client_of(memoryless(5'000, 15)), {}).missing, 0U);
}

TEST(Rhythm, NamesAnOutageThatPeersShare) {
  Client client = client_of(memoryless(40'000, 14));
  for (int peer = 0; peer < 10; ++peer) {
    std::vector<double> times;
    for (const Loss& loss : client.losses) times.push_back(loss.lost + peer);
    client.peers.push_back(std::move(times));
  }
  EXPECT_EQ(classify(client, {}).best.kind, Class::Outage);
}

TEST(Rhythm, DoesNotDependOnOrderOrRepetition) {
  const Client client = client_of(same_lives(5'400, 12));
  Client other = client;
  std::reverse(other.losses.begin(), other.losses.end());
  other.losses.push_back(client.losses[3]);
  const Answer a = classify(client, {});
  const Answer b = classify(other, {});
  EXPECT_EQ(a.best.kind, b.best.kind);
  EXPECT_EQ(a.best.interval.seconds, b.best.interval.seconds);
  EXPECT_EQ(a.best.probability, b.best.probability);
}

TEST(Rhythm, IntervalScalesWithTheTimes) {
  const Answer once = classify(client_of(same_lives(2'000, 20)), {});
  const Answer twice = classify(client_of(same_lives(2'000, 20), 2), {});
  ASSERT_TRUE(once.best.has_interval);
  ASSERT_TRUE(twice.best.has_interval);
  EXPECT_NEAR(twice.best.interval.seconds / once.best.interval.seconds, 2, 0.03);
}

TEST(Rhythm, AShiftMovesNothingButPhases) {
  const Client client = client_of(same_lives(5'400, 14));
  Client later = client;
  for (Loss& loss : later.losses) {
    loss.lost += 7 * 86'400;
    loss.restored += 7 * 86'400;
  }
  const Answer a = classify(client, {});
  const Answer b = classify(later, {});
  EXPECT_EQ(a.best.kind, b.best.kind);
  EXPECT_NEAR(a.best.interval.seconds, b.best.interval.seconds, 1e-6);
  EXPECT_NEAR(a.best.probability, b.best.probability, 1e-6);
}

TEST(Rhythm, NamesBothTimersOfAFleet) {
  std::vector<Client> clients;
  for (int i = 0; i < 80; ++i) {
    Client client = client_of(same_lives(i % 2 == 0 ? 5'000 : 13'000, 4));
    for (Loss& loss : client.losses) {
      loss.lost += i * 1'234.0;
      loss.restored += i * 1'234.0;
    }
    clients.push_back(std::move(client));
  }
  const Answer answer = classify_fleet(clients, {});
  EXPECT_EQ(answer.best.kind, Class::Mixed);
  ASSERT_GE(answer.alternatives.size(), 2U);
  std::array<double, 2> lengths = {answer.alternatives[0].interval.seconds,
                                   answer.alternatives[1].interval.seconds};
  std::sort(lengths.begin(), lengths.end());
  EXPECT_NEAR(lengths[0], 5'000, 50);
  EXPECT_NEAR(lengths[1], 13'000, 130);
  const std::string sentence = sentence_of(answer);
  EXPECT_NE(sentence.find("1 h 23 min"), std::string::npos) << sentence;
  EXPECT_NE(sentence.find("3 h 3"), std::string::npos) << sentence;
}

TEST(Rhythm, PoolsAFleet) {
  std::vector<Client> clients;
  for (int i = 0; i < 60; ++i) {
    Client client = client_of(same_lives(5'000, 3));
    for (Loss& loss : client.losses) {
      loss.lost += i * 1'234.0;
      loss.restored += i * 1'234.0;
    }
    clients.push_back(std::move(client));
  }
  const Answer answer = classify_fleet(clients, {});
  ASSERT_TRUE(answer.enough);
  EXPECT_TRUE(is_regular(answer.best.kind)) << to_string(answer.best.kind);
  EXPECT_NEAR(answer.best.interval.seconds, 5'000, 30);
  EXPECT_FALSE(classify_fleet({}, {}).enough);
}

}  // namespace
}  // namespace dropscope::rhythm
