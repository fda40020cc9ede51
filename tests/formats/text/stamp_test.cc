#include "formats/text/stamp.h"

#include <gtest/gtest.h>

namespace dropscope::text {
namespace {

std::string utc(std::string_view text, std::string_view pattern) {
  std::size_t used = 0;
  const auto stamp = read_stamp(text, pattern, used);
  if (!stamp || used != text.size()) return "not read";
  const auto instant = to_instant(*stamp);
  return instant ? format_utc(*instant, 3) : "no instant";
}

TEST(Stamp, ReadsShapesOfLogs) {
  EXPECT_EQ(utc("06/Feb/2009:12:12:51.443", "%d/%b/%Y:%H:%M:%S%f"), "2009-02-06T12:12:51.443Z");
  EXPECT_EQ(utc("2025-11-06T11:32:42.868451+00:00", "%Y-%m-%dT%H:%M:%S%f%z"),
            "2025-11-06T11:32:42.868Z");
  EXPECT_EQ(utc("29/Jul/2023:10:26:06 -0700", "%d/%b/%Y:%H:%M:%S%z"), "2023-07-29T17:26:06.000Z");
  EXPECT_EQ(utc("Jan 31 2020 17:24:03 UTC", "%b%_%d %Y %H:%M:%S%z"), "2020-01-31T17:24:03.000Z");
  EXPECT_EQ(utc("Sun Nov  1 04:41:54 2026", "%a %b%_%d %H:%M:%S %Y"), "2026-11-01T04:41:54.000Z");
  EXPECT_EQ(utc("2026/03/04 1:05:06 PM", "%Y/%m/%d %H:%M:%S %p"), "2026-03-04T13:05:06.000Z");
  EXPECT_EQ(utc("2026/03/04 12:05:06 AM", "%Y/%m/%d %H:%M:%S %p"), "2026-03-04T00:05:06.000Z");
  EXPECT_EQ(utc("1691685678378886140", "%U"), "2023-08-10T16:41:18.378Z");
  EXPECT_EQ(utc("9999999999999999999", "%U"), "2286-11-20T17:46:39.999Z");
  EXPECT_EQ(utc("1691685678", "%U"), "2023-08-10T16:41:18.000Z");
  EXPECT_EQ(utc("1691685678.5", "%U"), "2023-08-10T16:41:18.500Z");
}

TEST(Stamp, RefusesWhatIsNoTime) {
  EXPECT_EQ(utc("06/Feb/2009:24:12:51", "%d/%b/%Y:%H:%M:%S"), "not read");
  EXPECT_EQ(utc("06/Xyz/2009:12:12:51", "%d/%b/%Y:%H:%M:%S"), "not read");
  EXPECT_EQ(utc("Xxx Nov  1 04:41:54 2026", "%a %b%_%d %H:%M:%S %Y"), "not read");
  EXPECT_EQ(utc("Su", "%a"), "not read");
  EXPECT_EQ(utc("", "%Y"), "not read");
  EXPECT_EQ(utc("Feb 29 10:00:00", "%b %d %H:%M:%S"), "no instant");
  EXPECT_EQ(utc("2025-02-30", "%Y-%m-%d"), "no instant");
  EXPECT_EQ(utc("13/13/2025", "%x/%x/%Y"), "not read");
}

TEST(Stamp, LeavesTheOrderOfDayAndMonthOpen) {
  std::size_t used = 0;
  auto stamp = read_stamp("26/03/2025", "%x/%x/%Y", used);
  ASSERT_TRUE(stamp);
  EXPECT_TRUE(stamp->order_open);
  EXPECT_TRUE(stamp->proves_day_first());
  EXPECT_FALSE(to_instant(*stamp));
  EXPECT_TRUE(stamp->settle(true));
  EXPECT_EQ(format_utc(*to_instant(*stamp)), "2025-03-26T00:00:00Z");

  auto open = read_stamp("03/04/2026", "%x/%x/%Y", used);
  ASSERT_TRUE(open);
  EXPECT_FALSE(open->proves_day_first() || open->proves_month_first());
  EXPECT_TRUE(open->settle(false));
  EXPECT_EQ(format_utc(*to_instant(*open)), "2026-03-04T00:00:00Z");
}

}  // namespace
}  // namespace dropscope::text
