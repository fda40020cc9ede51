// The generator's numbers are part of what a scenario means: a change here changes every simulated
// world, so a few of them are written down.

#include "simulate/prng.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace dropscope::simulation {
namespace {

TEST(Prng, GivesTheSameNumbersEverywhere) {
  Random random(1, Stream::Identity, 0);
  EXPECT_EQ(random.bits(), 17554561176798745347ULL);
  EXPECT_EQ(random.bits(), 16125774548340842264ULL);
  Random other(1, Stream::Connection, 7, 3);
  EXPECT_EQ(other.exponential(), 0x1.944b875d22d62p-1);
  EXPECT_EQ(other.below(1000), 352u);
}

TEST(Prng, StreamsDiffer) {
  std::set<std::uint64_t> first;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (Stream stream : {Stream::Identity, Stream::Calendar, Stream::Noise}) {
      for (std::uint64_t index = 0; index < 4; ++index) {
        for (std::uint64_t sub = 0; sub < 4; ++sub) {
          first.insert(Random(seed, stream, index, sub).bits());
        }
      }
    }
  }
  EXPECT_EQ(first.size(), 3u * 3u * 4u * 4u);
}

TEST(Prng, ExponentialHasItsMeanVarianceAndTail) {
  Random random(5, Stream::Noise, 0);
  constexpr int kDraws = 200'000;
  double sum = 0;
  double squares = 0;
  int beyond = 0;
  for (int i = 0; i < kDraws; ++i) {
    double x = random.exponential();
    ASSERT_GE(x, 0);
    sum += x;
    squares += x * x;
    beyond += x > 2;
  }
  double mean = sum / kDraws;
  EXPECT_NEAR(mean, 1.0, 0.01);
  EXPECT_NEAR(squares / kDraws - mean * mean, 1.0, 0.03);
  EXPECT_NEAR(static_cast<double>(beyond) / kDraws, std::exp(-2.0), 0.003);
}

TEST(Prng, ClumpedGapsKeepTheirMeanAndAreWider) {
  Random random(6, Stream::Noise, 0);
  constexpr int kDraws = 200'000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    double x = random.clumped_gap(0.5);
    sum += x;
    squares += x * x;
  }
  double mean = sum / kDraws;
  EXPECT_NEAR(mean, 1.0, 0.015);
  EXPECT_GT(squares / kDraws - mean * mean, 1.3) << "an exponential has 1";
}

TEST(Prng, BelowStaysBelowAndReachesAll) {
  Random random(7, Stream::Noise, 0);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    std::uint64_t x = random.below(7);
    ASSERT_LT(x, 7u);
    seen.insert(x);
  }
  EXPECT_EQ(seen.size(), 7u);
}

}  // namespace
}  // namespace dropscope::simulation
