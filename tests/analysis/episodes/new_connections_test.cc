#include "analysis/episodes/new_connections.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace dropscope {
namespace {

constexpr double kHour = 3600;

/// Connections one after the other through working days of eight hours from eight o'clock; each
/// lives `shortest` and then as long as `lengths` says, in turn.
std::vector<ConnectedTime> working_days(int days, double shortest,
                                        const std::vector<double>& lengths) {
  std::vector<ConnectedTime> out;
  std::size_t next = 0;
  for (int day = 0; day < days; ++day) {
    double at = 0;
    while (at < 8 * kHour) {
      const double life = shortest + lengths[next++ % lengths.size()];
      const bool lost = at + life < 8 * kHour;
      out.push_back({8 * kHour + at, lost ? life : 8 * kHour - at, true, lost});
      at += life;
    }
  }
  return out;
}

/// Quantiles of an exponential distribution, in an order without a pattern of its own.
std::vector<double> without_memory(double mean) {
  constexpr int kCount = 29;
  std::vector<double> out;
  for (int i = 0; i < kCount; ++i) {
    const int k = i * 11 % kCount;
    out.push_back(-mean * std::log((k + 0.5) / kCount));
  }
  return out;
}

TEST(NewConnections, ATimerSparesThem) {
  const NewConnections found =
      compare_new_connections(working_days(20, 0.75 * kHour, without_memory(0.75 * kHour)));
  EXPECT_GT(found.log_factor, 5);
  EXPECT_EQ(found.lost, 0u);
  EXPECT_GT(found.expected, 5);
  EXPECT_GE(found.within_s, 1800);
  EXPECT_LE(found.within_s, 3600);
}

TEST(NewConnections, WhatHasNoMemoryDoesNot) {
  const NewConnections found =
      compare_new_connections(working_days(20, 0, without_memory(1.5 * kHour)));
  EXPECT_LT(found.log_factor, -5);
  EXPECT_GT(found.lost, 5u);
}

TEST(NewConnections, FewLossesTellLittle) {
  const NewConnections found =
      compare_new_connections(working_days(1, 0.75 * kHour, without_memory(0.75 * kHour)));
  EXPECT_LT(std::abs(found.log_factor), 2.5);
}

TEST(NewConnections, NothingFromNothing) {
  EXPECT_EQ(compare_new_connections({}).log_factor, 0);
  const std::vector<ConnectedTime> quiet = {{8 * kHour, 8 * kHour, true, false}};
  EXPECT_EQ(compare_new_connections(quiet).log_factor, 0);
}

// Everybody loses the connection on arriving, and at no other time: a habit of the day.
TEST(NewConnections, OnceEveryMorningIsNoTimer) {
  std::vector<ConnectedTime> times;
  for (int i = 0; i < 100; ++i) {
    times.push_back({(8 + i % 10 * 0.1) * kHour, 24 * kHour, true, true});
  }
  EXPECT_EQ(compare_new_connections(times).log_factor, 0);
}

TEST(NewConnections, AConnectionMayLastOverMidnight) {
  const std::vector<ConnectedTime> times = {{23.5 * kHour, kHour, true, true},
                                            {0.5 * kHour, 2 * kHour, true, true}};
  const NewConnections found = compare_new_connections(times);
  EXPECT_TRUE(std::isfinite(found.log_factor));
  EXPECT_GT(found.expected, 0);
}

}  // namespace
}  // namespace dropscope
