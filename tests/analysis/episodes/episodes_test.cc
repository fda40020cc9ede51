#include "analysis/episodes/episodes.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/events.h"

namespace dropscope {
namespace {

using testing_events::EvidenceBuilder;

ComputerEpisodes only(const EvidenceBuilder& builder) {
  const auto all = build_episodes(builder.get(), 0);
  EXPECT_EQ(all.size(), 1u);
  return all.empty() ? ComputerEpisodes{} : all.front();
}

TEST(Episodes, PairsLossAndRestore) {
  EvidenceBuilder b;
  b.log(0, 300)
      .add(60, Meaning::Lost)
      .add(61, Meaning::Restored)
      .add(121, Meaning::Lost)
      .add(126, Meaning::Restored);
  const ComputerEpisodes e = only(b);
  ASSERT_EQ(e.outages.size(), 2u);
  EXPECT_TRUE(e.outages[0].complete());
  EXPECT_DOUBLE_EQ(e.outages[0].seconds(), 60);
  EXPECT_DOUBLE_EQ(e.outages[1].seconds(), 300);
  ASSERT_EQ(e.uptimes.size(), 3u);
  EXPECT_EQ(e.uptimes[0].begin_edge, Edge::LogStart);
  EXPECT_FALSE(e.uptimes[0].complete());
  EXPECT_TRUE(e.uptimes[1].complete());
  EXPECT_DOUBLE_EQ(e.uptimes[1].seconds(), 3600);
  EXPECT_EQ(e.uptimes[2].end_edge, Edge::LogEnd);
  EXPECT_EQ(e.outages[0].lost_event, 0u);
  EXPECT_EQ(e.outages[0].end_event, 1u);
}

TEST(Episodes, ALossWithoutRestoreEndsWithTheLog) {
  EvidenceBuilder b;
  b.log(0, 100).add(60, Meaning::Lost);
  const ComputerEpisodes e = only(b);
  ASSERT_EQ(e.outages.size(), 1u);
  EXPECT_EQ(e.outages[0].end_edge, Edge::LogEnd);
  EXPECT_FALSE(e.outages[0].complete());
}

TEST(Episodes, ALogWithoutWordsOnTheConnectionHoldsNoUptime) {
  EvidenceBuilder b;
  b.log(0, 100);
  const ComputerEpisodes e = only(b);
  EXPECT_TRUE(e.uptimes.empty());
  EXPECT_TRUE(e.outages.empty());
  ASSERT_EQ(e.watches.size(), 1u);
}

TEST(Episodes, ASecondLossIsCountedAndNotUsed) {
  EvidenceBuilder b;
  b.log(0, 100).add(10, Meaning::Lost).add(15, Meaning::Lost).add(20, Meaning::Restored);
  const ComputerEpisodes e = only(b);
  EXPECT_EQ(e.lost_twice, 1u);
  ASSERT_EQ(e.outages.size(), 1u);
  EXPECT_DOUBLE_EQ(e.outages[0].seconds(), 600);
}

TEST(Episodes, ASecondRestoreMeansAnUnseenLoss) {
  EvidenceBuilder b;
  b.log(0, 300)
      .add(10, Meaning::Lost)
      .add(11, Meaning::Restored)
      .add(71, Meaning::Restored)
      .add(131, Meaning::Lost);
  const ComputerEpisodes e = only(b);
  EXPECT_EQ(e.restored_twice, 1u);
  // 11 to 71 is no measured life; 71 to 131 is.
  EXPECT_EQ(std::count_if(e.uptimes.begin(), e.uptimes.end(),
                          [](const Uptime& u) { return u.complete(); }),
            1);
}

TEST(Episodes, AnApplicationStartCutsAnUptime) {
  EvidenceBuilder b;
  b.log(0, 300)
      .add(10, Meaning::Lost)
      .add(11, Meaning::Restored)
      .add(50, Meaning::Started)
      .add(110, Meaning::Lost);
  const ComputerEpisodes e = only(b);
  EXPECT_EQ(e.app_starts, 1u);
  for (const Uptime& u : e.uptimes) EXPECT_FALSE(u.complete());
}

TEST(Episodes, SleepCutsAnUptimeAndIsNotWatched) {
  EvidenceBuilder b;
  b.log(0, 1000)
      .add(10, Meaning::Lost)
      .add(11, Meaning::Restored)
      .add(100, Meaning::Sleep)
      .add(700, Meaning::Resume)
      .add(700.5, Meaning::Resume)
      .add(701, Meaning::Lost)
      .add(702, Meaning::Restored);
  const ComputerEpisodes e = only(b);
  EXPECT_TRUE(e.power_known);
  for (const Uptime& u : e.uptimes) EXPECT_FALSE(u.complete());
  ASSERT_EQ(e.watches.size(), 2u);
  EXPECT_DOUBLE_EQ(seconds_between(e.watches[0].begin, e.watches[0].end), 6000);
  EXPECT_DOUBLE_EQ(seconds_between(e.watches[1].begin, e.watches[1].end), 300 * 60);
}

TEST(Episodes, AnOutageOverSleepIsNotMeasured) {
  EvidenceBuilder b;
  b.log(0, 1000)
      .add(10, Meaning::Lost)
      .add(100, Meaning::Sleep)
      .add(700, Meaning::Resume)
      .add(702, Meaning::Restored)
      .add(762, Meaning::Lost);
  const ComputerEpisodes e = only(b);
  ASSERT_EQ(e.outages.size(), 2u);
  EXPECT_EQ(e.outages[0].end_edge, Edge::Sleep);
  // Begun with a restore: what follows is a measured life again.
  ASSERT_FALSE(e.uptimes.empty());
  EXPECT_TRUE(e.uptimes.back().complete());
}

TEST(Episodes, ShutdownAndBootCut) {
  EvidenceBuilder b;
  b.log(0, 1000)
      .add(10, Meaning::Lost)
      .add(11, Meaning::Restored)
      .add(100, Meaning::Shutdown)
      .add(800, Meaning::Boot)
      .add(801, Meaning::Started)
      .add(861, Meaning::Lost);
  const ComputerEpisodes e = only(b);
  for (const Uptime& u : e.uptimes) EXPECT_FALSE(u.complete());
  EXPECT_EQ(e.watches.size(), 2u);
}

TEST(Episodes, APowerLossIsDatedToTheLastSignOfLife) {
  EvidenceBuilder b;
  b.log(0, 1000)
      .add(10, Meaning::Lost)
      .add(11, Meaning::Restored)
      .add(90, Meaning::Context)
      .add(800, Meaning::Boot)
      .add(801, Meaning::PowerLoss)
      .add(802, Meaning::Started);
  const ComputerEpisodes e = only(b);
  ASSERT_EQ(e.watches.size(), 2u);
  EXPECT_EQ(e.watches[0].end, EvidenceBuilder::minute(90));
  EXPECT_EQ(e.watches[1].begin, EvidenceBuilder::minute(800));
}

TEST(Episodes, StandbyThatTurnsIntoSleepEndsWithOneResume) {
  EvidenceBuilder b;
  b.log(0, 1000)
      .add(10, Meaning::Lost)
      .add(11, Meaning::Restored)
      .add(100, Meaning::Sleep)
      .add(130, Meaning::Sleep)
      .add(700, Meaning::Resume)
      .add(730, Meaning::Lost);
  const ComputerEpisodes e = only(b);
  ASSERT_GE(e.uptimes.size(), 2u);
  EXPECT_EQ(e.uptimes.back().begin_edge, Edge::Resume);
  EXPECT_EQ(e.uptimes.back().end_edge, Edge::Lost);
}

TEST(Episodes, ClearedLogsCutOnlyWhenTheyAreTheApplications) {
  EvidenceBuilder other;
  other.log(0, 300).add(10, Meaning::Lost).add(11, Meaning::Restored);
  other.add(30, Meaning::LogCleared, 0, "admin | Security").add(71, Meaning::Lost);
  EXPECT_TRUE(only(other).uptimes[1].complete());
  EvidenceBuilder own;
  own.log(0, 300).add(10, Meaning::Lost).add(11, Meaning::Restored);
  own.add(30, Meaning::LogCleared, 0, "admin | Application").add(71, Meaning::Lost);
  for (const Uptime& u : only(own).uptimes) EXPECT_FALSE(u.complete());
}

TEST(Episodes, AClockStepCutsUnlessItFollowsAResume) {
  EvidenceBuilder set;
  set.log(0, 300).add(10, Meaning::Lost).add(11, Meaning::Restored);
  set.add(30, Meaning::ClockStep, 0, "", 36'000'000'000).add(71, Meaning::Lost);
  const ComputerEpisodes e = only(set);
  EXPECT_EQ(e.clock_steps, 1u);
  for (const Uptime& u : e.uptimes) EXPECT_FALSE(u.complete());

  EvidenceBuilder woken;
  woken.log(0, 300).add(5, Meaning::Resume).add(5.5, Meaning::ClockStep, 0, "", 36'000'000'000);
  woken.add(10, Meaning::Lost).add(11, Meaning::Restored).add(71, Meaning::Lost);
  EXPECT_EQ(only(woken).clock_steps, 0u);
}

TEST(Episodes, ALossCutInTwoByAClockStepIsOneLoss) {
  EvidenceBuilder b;
  b.log(0, 300).add(10, Meaning::Lost).add(12, Meaning::ClockStep, 0, "", 36'000'000'000);
  b.add(20, Meaning::Restored);
  const ComputerEpisodes e = only(b);
  EXPECT_EQ(std::count_if(e.outages.begin(), e.outages.end(),
                          [](const Outage& o) { return o.lost_event != kNoEvent; }),
            1);
}

TEST(Episodes, PiecesOfALogJoinWhenTheirRecordsFollow) {
  EvidenceBuilder joined;
  joined.log(0, 50, 0, 1, 100).log(60, 300, 0, 101, 200);
  joined.add(10, Meaning::Lost).add(11, Meaning::Restored).add(71, Meaning::Lost);
  EXPECT_TRUE(only(joined).uptimes[1].complete());
  EvidenceBuilder gap;
  gap.log(0, 50, 0, 1, 100).log(60, 300, 0, 500, 600);
  gap.add(10, Meaning::Lost).add(11, Meaning::Restored).add(71, Meaning::Lost);
  for (const Uptime& u : only(gap).uptimes) EXPECT_FALSE(u.complete());
}

TEST(Episodes, OtherProfilesDoNotCount) {
  EvidenceBuilder b;
  b.log(0, 100).add(10, Meaning::Lost).add(20, Meaning::Restored);
  const auto all = build_episodes(b.get(), 1);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_TRUE(all[0].outages.empty());
}

TEST(Episodes, TheSpanIsThatOfTheApplicationsLog) {
  EvidenceBuilder b;
  b.log(0, 100).add(10, Meaning::Lost).add(20, Meaning::Restored);
  const auto own = build_episodes(b.get(), 0);
  ASSERT_EQ(own.size(), 1u);
  EXPECT_EQ(watched_seconds(own[0]), 100 * 60);
  const auto other = build_episodes(b.get(), 0, "Watch");
  ASSERT_EQ(other.size(), 1u);
  EXPECT_EQ(watched_seconds(other[0]), 0);
}

TEST(Episodes, OnePerComputerWithEvidence) {
  EvidenceBuilder b(3);
  b.log(0, 100, 0).log(0, 100, 2);
  b.add(10, Meaning::Lost, 0).add(20, Meaning::Restored, 0).add(10, Meaning::Lost, 2);
  const auto all = build_episodes(b.get(), 0);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].computer, 0u);
  EXPECT_EQ(all[1].computer, 2u);
}

}  // namespace
}  // namespace dropscope
