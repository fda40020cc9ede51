#include "analysis/scope/single_user.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/events.h"
#include "analysis/worlds.h"

namespace dropscope {
namespace {

using worlds::Random;

UserRow row(const char* user, const char* computer, double events, double hours) {
  return {{user}, computer, events, hours};
}

/// Twenty healthy clients.
std::vector<UserRow> fleet() {
  std::vector<UserRow> rows;
  for (int i = 0; i < 20; ++i) {
    rows.push_back(
        {{"u" + std::to_string(i)}, "ws" + std::to_string(i), i % 5 == 0 ? 1.0 : 0.0, 80});
  }
  return rows;
}

TEST(SingleUser, LossesThatFollowTheUser) {
  auto rows = fleet();
  rows.push_back(row("anna", "PC7", 20, 80));
  rows.push_back(row("Anna", "PC8", 9, 40));
  rows.push_back(row("ben", "PC7", 0, 60));
  const SingleUser found = judge_single_user(rows, 20, 1);
  EXPECT_EQ(found.answer, SingleUserAnswer::User);
  EXPECT_GT(found.probability, 0.99);
  EXPECT_EQ(found.elsewhere.events, 9);
  EXPECT_EQ(found.here.hours, 60);
  EXPECT_FALSE(found.test);
}

TEST(SingleUser, LossesThatStayWithTheComputer) {
  auto rows = fleet();
  rows.push_back(row("anna", "PC7", 20, 80));
  rows.push_back(row("anna", "PC8", 0, 40));
  EXPECT_EQ(judge_single_user(rows, 20, 1).answer, SingleUserAnswer::Computer);
}

TEST(SingleUser, WhereBothHaveItItIsNeither) {
  auto rows = fleet();
  rows.push_back(row("anna", "PC7", 20, 80));
  rows.push_back(row("anna", "PC8", 10, 40));
  rows.push_back(row("ben", "PC7", 14, 60));
  EXPECT_EQ(judge_single_user(rows, 20, 1).answer, SingleUserAnswer::Neither);
}

TEST(SingleUser, WithoutASecondComputerTheTestIsWorkedOut) {
  const std::vector<UserRow> rows = {row("anna", "PC7", 10, 100)};
  const SingleUser found = judge_single_user(rows, 0, 1);
  EXPECT_EQ(found.answer, SingleUserAnswer::Open);
  ASSERT_TRUE(found.test);
  // Ten losses in 100 h: known exactly it would be 30 h; the uncertainty of the rate makes it more.
  EXPECT_GT(found.test->hours, 30);
  EXPECT_LT(found.test->hours, 35);
  EXPECT_FALSE(found.test->alarm_known);
}

TEST(SingleUser, AComputerWithTwoUsersStaysUncertain) {
  auto rows = fleet();
  rows.push_back({{"anna", "ben"}, "PC7", 20, 80});
  rows.push_back(row("anna", "PC8", 0, 40));
  const SingleUser found = judge_single_user(rows, 20, 1);
  EXPECT_EQ(found.answer, SingleUserAnswer::Open);
  EXPECT_TRUE(found.own_uncertain);
  EXPECT_TRUE(found.user.empty());
  const SingleUser other = judge_single_user(rows, 21, 1);
  ASSERT_EQ(other.uncertain.size(), 1u);
  EXPECT_EQ(other.uncertain[0], "PC7");
}

TEST(SingleUser, SilenceForTheTimeGivenIsAsRareAsItSays) {
  // The rate is drawn, seen for a while, and the second computer is watched for the time worked
  // out.
  int silent = 0;
  int tried = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    Random random(seed);
    const double rate = std::exp(random.uniform(std::log(0.02), std::log(0.5)));
    const double hours = random.uniform(20, 200);
    int events = 0;
    for (double at = random.exponential(1 / rate); at < hours; at += random.exponential(1 / rate)) {
      ++events;
    }
    if (events == 0) continue;
    ++tried;
    if (random.exponential(1 / rate) > hours_of_silence(events, hours, 1, 0.05)) ++silent;
  }
  EXPECT_GT(tried, 15'000);
  EXPECT_LE(silent, 0.055 * tried);
  EXPECT_GE(silent, 0.035 * tried);
}

TEST(SingleUser, RowsOfEvidenceKnowWhoUsesAComputer) {
  using testing_events::EvidenceBuilder;
  Evidence evidence;
  for (std::uint32_t i = 0; i < 2; ++i) {
    evidence.computers.emplace_back().name = "PC" + std::to_string(i);
    Coverage& log = evidence.coverage.emplace_back();
    log.computer = i;
    log.channel = evidence.strings.add("Application");
    log.first = EvidenceBuilder::minute(0);
    log.last = EvidenceBuilder::minute(600);
  }
  Event& lost = evidence.events.emplace_back();
  lost.time = EvidenceBuilder::minute(10);
  lost.meaning = Meaning::Lost;
  evidence.computers[0].attributes.set("user", "anna", "clients.csv");
  ClientIdentity client;
  client.computer = 0;
  client.user = evidence.strings.add("ANNA");
  evidence.clients.push_back(client);
  client.computer = 1;
  client.user = evidence.strings.add("ben");
  evidence.clients.push_back(client);
  client.user = evidence.strings.add("cleo");
  evidence.clients.push_back(client);
  const auto rows = user_rows(evidence, build_episodes(evidence, 0));
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].users, std::vector<std::string>{"anna"});
  EXPECT_EQ(rows[0].events, 1);
  EXPECT_NEAR(rows[0].hours, 10, 0.01);
  EXPECT_EQ(rows[1].users.size(), 2u);
}

}  // namespace
}  // namespace dropscope
