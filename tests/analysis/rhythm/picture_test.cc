#include "analysis/rhythm/picture.h"

#include <gtest/gtest.h>

#include <numeric>

namespace dropscope::rhythm {
namespace {

Client every(double seconds, std::size_t count) {
  Client client;
  for (std::size_t i = 0; i < count; ++i) {
    const double lost = 1'700'000'000 + static_cast<double>(i) * seconds;
    client.losses.push_back({lost, lost + 20, true});
  }
  return client;
}

Answer answer_of(Class kind, double seconds) {
  Answer answer;
  answer.enough = true;
  answer.best.kind = kind;
  answer.best.has_interval = seconds > 0;
  answer.best.interval = {seconds, seconds, seconds};
  return answer;
}

std::size_t uptimes_in(const Picture& picture) {
  std::size_t sum = 0;
  for (const Bar& bar : picture.uptimes) sum += bar.count;
  return sum;
}

TEST(Picture, PutsAPeriodIntoOnePartOfItsCycle) {
  const Picture picture = picture_of(every(5'000, 12), answer_of(Class::Period, 5'000));
  EXPECT_FALSE(picture.wall_clock);
  EXPECT_EQ(picture.cycle, 5'000);
  EXPECT_EQ(picture.phases.front(), 12U);
  EXPECT_EQ(uptimes_in(picture), 11U);
  EXPECT_EQ(picture.uptimes[9].count, 11U);  // 4,980 s lie in the tenth tenth.
}

TEST(Picture, CountsEveryUptimeAndEveryLoss) {
  Client client = every(700, 9);
  client.losses.push_back({1'700'900'000, 0, false});
  for (const double seconds : {0.0, 100.0}) {
    const Picture picture =
        picture_of(client, answer_of(seconds > 0 ? Class::Age : Class::Random, seconds));
    EXPECT_EQ(uptimes_in(picture), 9U);
    EXPECT_EQ(std::accumulate(picture.phases.begin(), picture.phases.end(), std::size_t{0}), 10U);
    EXPECT_EQ(picture.cycle, 86'400);
    for (std::size_t i = 1; i < picture.uptimes.size(); ++i) {
      EXPECT_EQ(picture.uptimes[i].low, picture.uptimes[i - 1].high);
    }
  }
}

TEST(Picture, IsEmptyOfNothing) {
  EXPECT_TRUE(picture_of(Client{}, Answer{}).uptimes.empty());
  EXPECT_TRUE(picture_of(every(5, 1), Answer{}).phases.empty());
}

}  // namespace
}  // namespace dropscope::rhythm
