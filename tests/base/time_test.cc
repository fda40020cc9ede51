#include "base/time.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace dropscope {
namespace {

Instant at(std::int64_t ticks) {
  return Instant{Ticks{ticks}};
}

CivilTime civil(std::int64_t year, int month, int day, int hour = 0, int minute = 0, int second = 0,
                int ticks = 0) {
  CivilTime c;
  c.year = year;
  c.month = month;
  c.day = day;
  c.hour = hour;
  c.minute = minute;
  c.second = second;
  c.ticks = ticks;
  return c;
}

TEST(Time, TheEpochsOfFiletimeAndUnixAreWhereTheSpecificationsPutThem) {
  EXPECT_EQ(format_utc(at(0)), "1601-01-01T00:00:00Z");
  EXPECT_EQ(format_utc(instant_from_unix(0)), "1970-01-01T00:00:00Z");
  // The FILETIME of the Unix epoch, as Windows' own headers know it.
  EXPECT_EQ(to_filetime(instant_from_unix(0)), 116'444'736'000'000'000u);
}

TEST(Time, WeekdaysCountFromMonday) {
  EXPECT_EQ(to_civil_utc(instant_from_unix(0)).weekday, 3);  // 1970-01-01, a Thursday
  EXPECT_EQ(to_civil_utc(at(0)).weekday, 0);                 // 1601-01-01, a Monday
  EXPECT_EQ(to_civil_utc(*parse_utc("2024-05-19T00:00:00Z")).weekday, 6);
}

TEST(Time, UnixSecondsAreRoundedDownAlsoBelowZero) {
  EXPECT_EQ(to_unix(instant_from_unix(5) + Ticks{9'999'999}), 5);
  EXPECT_EQ(to_unix(instant_from_unix(-5) + Ticks{1}), -5);
  EXPECT_EQ(to_unix(instant_from_unix(-5) - Ticks{1}), -6);
}

TEST(Time, LeapYearsFollowTheGregorianRule) {
  EXPECT_TRUE(from_civil_utc(civil(2024, 2, 29)));
  EXPECT_TRUE(from_civil_utc(civil(2000, 2, 29)));
  EXPECT_FALSE(from_civil_utc(civil(1900, 2, 29)));
  EXPECT_FALSE(from_civil_utc(civil(2023, 2, 29)));
  EXPECT_EQ(format_utc(*from_civil_utc(civil(2024, 2, 28)) + std::chrono::days{1}),
            "2024-02-29T00:00:00Z");
}

TEST(Time, DatesThatDoNotExistGiveNothing) {
  EXPECT_FALSE(from_civil_utc(civil(2024, 0, 1)));
  EXPECT_FALSE(from_civil_utc(civil(2024, 13, 1)));
  EXPECT_FALSE(from_civil_utc(civil(2024, 4, 31)));
  EXPECT_FALSE(from_civil_utc(civil(2024, 4, 0)));
  EXPECT_FALSE(from_civil_utc(civil(2024, 4, 1, 24)));
  EXPECT_FALSE(from_civil_utc(civil(2024, 4, 1, 0, 60)));
  EXPECT_FALSE(from_civil_utc(civil(2024, 4, 1, 0, 0, 60)));
  EXPECT_FALSE(from_civil_utc(civil(2024, 4, 1, 0, 0, 0, 10'000'000)));
  EXPECT_FALSE(from_civil_utc(civil(2024, 4, 1, 0, 0, 0, -1)));
  EXPECT_FALSE(from_civil_utc(civil(1600, 12, 31)));
  EXPECT_FALSE(from_civil_utc(civil(10'000, 1, 1)));
}

TEST(Time, EveryInstantHasADateUpToTheEndsOfTheRange) {
  const CivilTime last = to_civil_utc(at(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(last.year, 30828);  // Where FILETIME itself ends.
  EXPECT_EQ(last.month, 9);
  EXPECT_EQ(last.day, 14);
  EXPECT_EQ(last.ticks, 4'775'807);
  const CivilTime first = to_civil_utc(at(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(first.year, -27627);
  EXPECT_EQ(first.ticks, 5'224'192);
}

TEST(Time, FormatsAsManyDecimalsAsAsked) {
  const Instant t = *parse_utc("2024-05-13T08:00:02.1234567Z");
  EXPECT_EQ(format_utc(t), "2024-05-13T08:00:02Z");
  EXPECT_EQ(format_utc(t, 1), "2024-05-13T08:00:02.1Z");
  EXPECT_EQ(format_utc(t, 3), "2024-05-13T08:00:02.123Z");
  EXPECT_EQ(format_utc(t, 7), "2024-05-13T08:00:02.1234567Z");
  EXPECT_EQ(format_utc(t - Ticks{1'234'567}, 7), "2024-05-13T08:00:02.0000000Z");
}

TEST(Time, ReadsZonesFractionsAndASpaceForT) {
  const Instant t = *parse_utc("2024-05-13T08:00:02Z");
  EXPECT_EQ(parse_utc("2024-05-13 08:00:02Z"), t);
  EXPECT_EQ(parse_utc("2024-05-13T10:00:02+02:00"), t);
  EXPECT_EQ(parse_utc("2024-05-13T02:30:02-05:30"), t);
  EXPECT_EQ(parse_utc("2024-05-13T08:00:02.0000001Z"), t + Ticks{1});
  EXPECT_EQ(parse_utc("2024-05-13T08:00:02.5Z"), t + Ticks{5'000'000});
  EXPECT_EQ(parse_utc("2024-05-13T08:00:02.00000019Z"), t + Ticks{1});  // The eighth digit is cut.
}

TEST(Time, ReadsNothingElse) {
  for (const char* text : {"",
                           "2024-05-13",
                           "2024-05-13T08:00:02",
                           "2024-05-13T08:00Z",
                           "2024-05-13T08:00:02z",
                           "2024-05-13T08:00:02.Z",
                           "2024-05-13T08:00:02 Z",
                           " 2024-05-13T08:00:02Z",
                           "2024-05-13T08:00:02Z ",
                           "2024-5-13T08:00:02Z",
                           "2024-02-30T08:00:02Z",
                           "2024-05-13T24:00:00Z",
                           "2024-05-13T08:00:60Z",
                           "2024-05-13T08:00:02+0200",
                           "2024-05-13T08:00:02+24:00",
                           "2024-05-13T08:00:02+02:60",
                           "2024-05-13_08:00:02Z",
                           "-024-05-13T08:00:02Z",
                           "1600-05-13T08:00:02Z",
                           "2024-05-13T08:00:02,5Z"}) {
    EXPECT_FALSE(parse_utc(text)) << text;
  }
}

TEST(Time, LengthsOfTimeReadWellAndCarry) {
  EXPECT_EQ(format_duration(0), "0 s");
  EXPECT_EQ(format_duration(0.4), "0 s");
  EXPECT_EQ(format_duration(45), "45 s");
  EXPECT_EQ(format_duration(59.6), "1 min");
  EXPECT_EQ(format_duration(61), "1 min 1 s");
  EXPECT_EQ(format_duration(720), "12 min");
  EXPECT_EQ(format_duration(3599.4), "59 min 59 s");
  EXPECT_EQ(format_duration(3599.6), "1 h");
  EXPECT_EQ(format_duration(3900), "1 h 5 min");
  EXPECT_EQ(format_duration(3929), "1 h 5 min");
  EXPECT_EQ(format_duration(86'399), "1 d");
  EXPECT_EQ(format_duration(2 * 86'400 + 3 * 3600 + 1000), "2 d 3 h");
  EXPECT_EQ(format_duration(400 * 86'400.0), "400 d");
  EXPECT_EQ(format_duration(-3900), "-1 h 5 min");
  EXPECT_EQ(format_duration(-0.2), "0 s");
  EXPECT_EQ(format_duration(std::numeric_limits<double>::infinity()), "unknown");
}

TEST(Time, TicksFromSecondsRoundToTheNearest) {
  EXPECT_EQ(ticks_from_seconds(1.5), Ticks{15'000'000});
  EXPECT_EQ(ticks_from_seconds(-1.5), Ticks{-15'000'000});
  EXPECT_EQ(ticks_from_seconds(0.00000006), Ticks{1});
}

}  // namespace
}  // namespace dropscope
