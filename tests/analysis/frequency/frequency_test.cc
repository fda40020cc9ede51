#include "analysis/frequency/frequency.h"

#include <gtest/gtest.h>

#include "analysis/events.h"

namespace dropscope {
namespace {

using testing_events::EvidenceBuilder;

TEST(Frequency, DescribesByOrderStatistics) {
  const Distribution d = describe({5, 1, 2, 4, 3});
  EXPECT_EQ(d.n, 5u);
  EXPECT_DOUBLE_EQ(d.min, 1);
  EXPECT_DOUBLE_EQ(d.p25, 2);
  EXPECT_DOUBLE_EQ(d.median, 3);
  EXPECT_DOUBLE_EQ(d.p90, 4.6);
  EXPECT_DOUBLE_EQ(d.max, 5);
  EXPECT_EQ(describe({}).n, 0u);
  EXPECT_DOUBLE_EQ(describe({7}).p10, 7);
}

TEST(Frequency, CountsByLocalHourAndDay) {
  EvidenceBuilder b;
  // The log begins on Monday 2025-09-01 08:00 UTC and covers two days.
  b.log(0, 2880)
      .add(30, Meaning::Lost)
      .add(31, Meaning::Restored)
      .add(1440 + 14 * 60 + 30, Meaning::Lost);  // Tuesday 22:30 UTC
  const auto episodes = build_episodes(b.get(), 0);
  const TimeZone berlin = TimeZone::find("Europe/Berlin").value();
  const Frequency f = measure_frequency({&episodes[0]}, berlin);
  EXPECT_EQ(f.losses, 2u);
  EXPECT_DOUBLE_EQ(f.watched_hours, 48);
  EXPECT_DOUBLE_EQ(f.per_day, 1);
  EXPECT_NEAR(f.per_day_low, 0.2422 / 2, 1e-3);  // Garwood's limits for two, over two days.
  EXPECT_NEAR(f.per_day_high, 7.2247 / 2, 1e-3);
  EXPECT_EQ(f.hour_of_week[10], 1u);      // Monday 10:30 in Berlin
  EXPECT_EQ(f.hour_of_week[48 + 0], 1u);  // Wednesday 00:30
  ASSERT_EQ(f.days.size(), 2u);
  EXPECT_EQ(f.days[1].day, 3);
  EXPECT_EQ(f.outages.n, 1u);
  EXPECT_EQ(f.open_outages, 1u);
  EXPECT_EQ(f.uptimes.n, 1u);
}

TEST(Frequency, NothingWatchedGivesNoRate) {
  const Frequency f = measure_frequency({}, TimeZone());
  EXPECT_EQ(f.losses, 0u);
  EXPECT_DOUBLE_EQ(f.per_day_high, 0);
}

}  // namespace
}  // namespace dropscope
