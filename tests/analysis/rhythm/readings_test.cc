#include "analysis/rhythm/readings.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dropscope::rhythm {
namespace {

Client at_times(const std::vector<double>& times) {
  Client client;
  for (const double time : times) client.losses.push_back({1'700'000'000 + time, 0, false});
  return client;
}

bool has_factor(const std::vector<Multiple>& multiples, double factor) {
  return std::any_of(multiples.begin(), multiples.end(),
                     [&](const Multiple& one) { return one.factor == factor; });
}

TEST(Readings, FewLossesLeaveHalfTheIntervalPossible) {
  const Prepared few = prepare(at_times({0, 4'000, 8'000, 12'000}));
  const Findings found = find_rhythms(few, {});
  EXPECT_TRUE(has_factor(plausible_multiples(Class::Age, few, found), 0.5));

  std::vector<double> times;
  for (int i = 0; i < 30; ++i) times.push_back(4'000.0 * i);
  const Prepared many = prepare(at_times(times));
  EXPECT_TRUE(plausible_multiples(Class::Age, many, find_rhythms(many, {})).empty());
}

TEST(Readings, AUsualLengthIsTakenOnlyWhereItFits) {
  const std::vector<double> usual = {1'800, 3'600};
  EXPECT_EQ(settled_length(3'590, 12, usual), 3'600);
  EXPECT_EQ(settled_length(3'480, 12, usual), 3'480);
  EXPECT_EQ(settled_length(3'480, 30, usual), 3'480);
  EXPECT_EQ(settled_length(3'590, 0, usual), 3'590);
}

}  // namespace
}  // namespace dropscope::rhythm
