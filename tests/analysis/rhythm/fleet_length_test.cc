// T by the shape of the scatter about it: the middle of jitter, the lower edge of delays.

#include "analysis/rhythm/fleet_length.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "analysis/worlds.h"

namespace dropscope::rhythm {
namespace {

constexpr double kTimer = 3600;

/// Uptimes about T, each `scatter` away from it as a part of it.
std::vector<double> scattered(int count, const std::function<double()>& scatter) {
  std::vector<double> out;
  for (int i = 0; i < count; ++i) out.push_back(std::round(kTimer * (1 + scatter())));
  return out;
}

/// The spike that a fit of a fixed age sees among them: it lies at their middle.
SpikeFit spike_of(std::vector<double> uptimes, double sigma) {
  std::sort(uptimes.begin(), uptimes.end());
  SpikeFit out;
  out.seconds = uptimes[uptimes.size() / 2];
  out.sigma = sigma;
  return out;
}

void expect_timer(const std::vector<double>& uptimes, Class kind) {
  const Interval interval = length_about(uptimes, spike_of(uptimes, 0.015), kind);
  EXPECT_NEAR(interval.seconds, kTimer, 0.006 * kTimer);
  EXPECT_LE(interval.low, kTimer);
  EXPECT_GE(interval.high, kTimer);
  EXPECT_LT(interval.high - interval.low, 0.03 * kTimer);
}

TEST(FleetLength, JitterHasTInItsMiddle) {
  worlds::Random random(3);
  for (const Class kind : {Class::Idle, Class::Age}) {
    expect_timer(scattered(150, [&] { return random.normal(0, 0.015); }), kind);
  }
  expect_timer(scattered(150, [&] { return random.uniform(-0.025, 0.025); }), Class::Age);
}

TEST(FleetLength, ADelayHasTAtItsEdge) {
  worlds::Random random(4);
  const auto half_normal = [&] { return std::abs(random.normal(0, 0.025)); };
  const auto exponential = [&] { return random.exponential(0.02); };
  for (const Class kind : {Class::Idle, Class::Age}) {
    expect_timer(scattered(150, half_normal), kind);
    expect_timer(scattered(150, exponential), kind);
  }
  const auto two_parts = [&] { return 0.5 * (exponential() + exponential()); };
  expect_timer(scattered(300, two_parts), Class::Idle);
}

TEST(FleetLength, AnEvenDelayIsKnownByBothOfItsEdges) {
  // It leans to neither side, as even jitter does: an idle connection is not ended too early.
  worlds::Random random(5);
  expect_timer(scattered(150, [&] { return random.uniform(0, 0.04); }), Class::Idle);
}

TEST(FleetLength, StraysAndLaterUsesChangeNothing) {
  worlds::Random random(6);
  std::vector<double> uptimes = scattered(120, [&] { return std::abs(random.normal(0, 0.025)); });
  const SpikeFit spike = spike_of(uptimes, 0.015);
  for (int i = 0; i < 100; ++i) uptimes.push_back(kTimer * random.uniform(0.2, 2));
  EXPECT_NEAR(length_about(uptimes, spike, Class::Idle).seconds, kTimer, 0.007 * kTimer);
}

TEST(FleetLength, FewLivesLeaveBothOpen) {
  worlds::Random random(7);
  const std::vector<double> few = scattered(6, [&] { return std::abs(random.normal(0, 0.025)); });
  const SpikeFit spike = spike_of(few, 0.015);
  const Interval interval = length_about(few, spike, Class::Idle);
  EXPECT_LT(interval.low, kTimer);
  EXPECT_GT(interval.high, spike.seconds);
}

TEST(FleetLength, TheOrderOfLivesIsLost) {
  worlds::Random random(8);
  std::vector<double> uptimes = scattered(80, [&] { return random.normal(0, 0.02); });
  const SpikeFit spike = spike_of(uptimes, 0.015);
  const Interval one = length_about(uptimes, spike, Class::Age);
  std::reverse(uptimes.begin(), uptimes.end());
  const Interval other = length_about(uptimes, spike, Class::Age);
  EXPECT_EQ(one.seconds, other.seconds);
  EXPECT_EQ(one.low, other.low);
  EXPECT_EQ(one.high, other.high);
}

TEST(FleetLength, AScatterOfSecondsTellsNoShape) {
  SpikeFit fit;
  fit.seconds = kTimer;
  fit.sigma = 0.0005;
  EXPECT_TRUE(is_sharp(fit));
  fit.sigma = 0.001;
  EXPECT_FALSE(is_sharp(fit));
}

}  // namespace
}  // namespace dropscope::rhythm
