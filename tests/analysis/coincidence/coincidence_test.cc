#include "analysis/coincidence/coincidence.h"

#include <gtest/gtest.h>

#include "analysis/events.h"
#include "analysis/worlds.h"

namespace dropscope {
namespace {

using testing_events::EvidenceBuilder;
using worlds::Random;

constexpr std::int64_t kMonday = 1'756'706'400;

std::vector<ComputerEpisodes> independent_fleet(std::uint32_t computers) {
  std::vector<ComputerEpisodes> fleet;
  for (std::uint32_t i = 0; i < computers; ++i) {
    Random random(500 + i);
    fleet.push_back(worlds::chain(worlds::random_lives(random, 60, 7200), kMonday, i));
  }
  return fleet;
}

TEST(Coincidence, IndependentLossesAreNotShared) {
  EXPECT_EQ(find_coincidence(independent_fleet(40)).instants, 0u);
}

TEST(Coincidence, CommonOutagesAreFound) {
  std::vector<ComputerEpisodes> fleet = independent_fleet(40);
  for (int k = 0; k < 3; ++k) {
    const Instant when = instant_from_unix(kMonday + 40'000 + 90'000 * k);
    for (std::uint32_t i = 0; i < 30; ++i) {
      const Instant lost = when + std::chrono::seconds{i};
      fleet[i].outages.push_back({lost, lost + std::chrono::seconds{60}, Edge::Restored, 7, 8});
    }
  }
  const Coincidence found = find_coincidence(fleet);
  EXPECT_EQ(found.instants, 3u);
  EXPECT_GE(found.shared, 90u);
  EXPECT_LE(found.shared, 110u);
  ASSERT_EQ(found.minutes.size(), 3u);
  EXPECT_GE(found.minutes[0].computers, 30u);
  EXPECT_EQ(found.minutes[1].first, instant_from_unix(kMonday + 130'000));
  EXPECT_EQ(found.minutes[1].last, found.minutes[1].first + std::chrono::seconds{29});
}

TEST(Coincidence, TwoComputersAreNoCrowd) {
  EXPECT_EQ(find_coincidence(independent_fleet(2)).instants, 0u);
}

TEST(Neighbours, EventsAtTheLossesAreFoundAndOthersAreNot) {
  EvidenceBuilder b;
  b.log(0, 10'000);
  for (int i = 0; i < 20; ++i) {
    const double t = 300 + i * 400;
    if (i % 2 == 0) b.add(t - 0.2, Meaning::Resume);
    b.add(t, Meaning::Lost).add(t + 3, Meaning::Restored);
    b.add(t + 150, Meaning::Context, 0, "unrelated");
  }
  const auto episodes = build_episodes(b.get(), 0);
  const auto found = find_neighbours(b.get(), episodes);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].meaning, Meaning::Resume);
  EXPECT_EQ(found[0].near_losses, 10u);
  EXPECT_EQ(found[0].losses, 20u);
  EXPECT_LT(found[0].expected, 2);
}

TEST(Neighbours, FrequentEventsAreNearByChance) {
  EvidenceBuilder b;
  b.log(0, 2'000);
  for (int minute = 1; minute < 2'000; minute += 1) {
    if (minute % 97 == 0) {
      b.add(minute, Meaning::Lost).add(minute + 0.5, Meaning::Restored);
    } else if (minute % 3 == 0) {
      b.add(minute, Meaning::Context);
    }
  }
  const auto episodes = build_episodes(b.get(), 0);
  EXPECT_TRUE(find_neighbours(b.get(), episodes).empty());
}

}  // namespace
}  // namespace dropscope
