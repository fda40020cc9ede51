#include "base/timezone.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <string>

namespace dropscope {
namespace {

TimeZone zone(std::string_view name) {
  const auto found = TimeZone::find(name);
  EXPECT_TRUE(found.has_value()) << name;
  return found.value_or(TimeZone{});
}

Instant utc(std::string_view text) {
  const auto t = parse_utc(text);
  EXPECT_TRUE(t.has_value()) << text;
  return t.value_or(Instant{});
}

/// The wall-clock time "2025-03-30T02:30:00".
CivilTime wall(std::string_view text) {
  return to_civil_utc(utc(std::string(text) + "Z"));
}

std::string utc_of(const TimeZone& z, std::string_view wall_text) {
  const auto t = z.from_local(wall(wall_text));
  return t ? format_utc(*t) : "nothing";
}

TEST(TimeZone, WithoutANameItIsUtc) {
  const TimeZone z;
  EXPECT_EQ(z.name(), "UTC");
  EXPECT_EQ(z.offset_seconds(utc("2024-07-01T00:00:00Z")), 0);
  EXPECT_EQ(z.abbreviation(utc("2024-07-01T00:00:00Z")), "UTC");
  EXPECT_EQ(zone("utc"), z);
}

TEST(TimeZone, NamesAreFoundInAnyCaseAndTellTheirUsualSpelling) {
  EXPECT_EQ(zone("europe/berlin").name(), "Europe/Berlin");
  EXPECT_EQ(zone(" EUROPE/BERLIN ").name(), "Europe/Berlin");
  EXPECT_EQ(zone("america/port-au-prince").name(), "America/Port-au-Prince");
  // A link keeps its own name and has the rules of what it links to.
  EXPECT_EQ(zone("Asia/Calcutta").name(), "Asia/Calcutta");
  EXPECT_EQ(zone("Asia/Calcutta").offset_seconds(utc("2024-07-01T00:00:00Z")), 19'800);
}

TEST(TimeZone, WindowsNamesLeadToIanaZones) {
  EXPECT_EQ(zone("W. Europe Standard Time").name(), "Europe/Berlin");
  EXPECT_EQ(zone("w. europe standard time").name(), "Europe/Berlin");
  EXPECT_EQ(zone("Pacific Standard Time (Mexico)").name(), "America/Tijuana");
  EXPECT_EQ(iana_zone_of_windows("Eastern Standard Time"), "America/New_York");
  EXPECT_EQ(iana_zone_of_windows("India Standard Time"), "Asia/Calcutta");
  EXPECT_EQ(iana_zone_of_windows("Europe/Berlin"), "");
  EXPECT_EQ(iana_zone_of_windows(""), "");
}

TEST(TimeZone, FixedOffsets) {
  const Instant t = utc("2024-05-13T08:00:02Z");
  EXPECT_EQ(zone("+02:00").name(), "UTC+02:00");
  EXPECT_EQ(zone("+02:00").offset_seconds(t), 7200);
  EXPECT_EQ(zone("+02:00").abbreviation(t), "+02:00");
  EXPECT_EQ(zone("UTC-05:30").name(), "UTC-05:30");
  EXPECT_EQ(zone("UTC-05:30").offset_seconds(t), -19'800);
  EXPECT_EQ(zone("-0530").name(), "UTC-05:30");
  EXPECT_EQ(zone("utc+2").name(), "UTC+02:00");
  EXPECT_EQ(zone("-00:30").offset_seconds(t), -1800);
  EXPECT_EQ(zone("+00:00").name(), "UTC");
  EXPECT_EQ(zone("+02:00").format(t), "2024-05-13 10:00:02");
}

TEST(TimeZone, UnknownNamesAreNotGuessed) {
  for (const char* name : {"", " ", "Berlin", "Europe", "Europe/Berlinn", "+", "+24:00", "+02:60",
                           "+2:0", "+123", "UTC+", "UTC 2", "02:00", "+-2", "+02:00:00", "Factory",
                           "posixrules", "posix/Europe/Berlin"}) {
    EXPECT_FALSE(TimeZone::find(name).has_value()) << name;
  }
}

TEST(TimeZone, BerlinInSpringSkipsAnHour) {
  const TimeZone berlin = zone("Europe/Berlin");
  EXPECT_EQ(berlin.offset_seconds(utc("2025-03-30T00:59:59Z")), 3600);
  EXPECT_EQ(berlin.offset_seconds(utc("2025-03-30T01:00:00Z")), 7200);
  EXPECT_EQ(berlin.abbreviation(utc("2025-03-30T00:59:59Z")), "CET");
  EXPECT_EQ(berlin.abbreviation(utc("2025-03-30T01:00:00Z")), "CEST");
  EXPECT_EQ(berlin.format(utc("2025-03-30T00:59:59Z")), "2025-03-30 01:59:59");
  EXPECT_EQ(berlin.format(utc("2025-03-30T01:00:00Z")), "2025-03-30 03:00:00");
  EXPECT_EQ(utc_of(berlin, "2025-03-30T01:59:59"), "2025-03-30T00:59:59Z");
  EXPECT_EQ(utc_of(berlin, "2025-03-30T02:00:00"), "2025-03-30T01:00:00Z");
  EXPECT_EQ(utc_of(berlin, "2025-03-30T02:30:00"), "2025-03-30T01:30:00Z");
  EXPECT_EQ(utc_of(berlin, "2025-03-30T03:00:00"), "2025-03-30T01:00:00Z");
}

TEST(TimeZone, BerlinInAutumnHasAnHourTwiceAndTheEarlierIsTaken) {
  const TimeZone berlin = zone("Europe/Berlin");
  EXPECT_EQ(berlin.format(utc("2025-10-26T00:30:00Z")), "2025-10-26 02:30:00");
  EXPECT_EQ(berlin.format(utc("2025-10-26T01:30:00Z")), "2025-10-26 02:30:00");
  EXPECT_EQ(utc_of(berlin, "2025-10-26T01:59:59"), "2025-10-25T23:59:59Z");
  EXPECT_EQ(utc_of(berlin, "2025-10-26T02:00:00"), "2025-10-26T00:00:00Z");
  EXPECT_EQ(utc_of(berlin, "2025-10-26T02:59:59"), "2025-10-26T00:59:59Z");
  EXPECT_EQ(utc_of(berlin, "2025-10-26T03:00:00"), "2025-10-26T02:00:00Z");
}

TEST(TimeZone, LordHoweShiftsByHalfAnHour) {
  const TimeZone howe = zone("Australia/Lord_Howe");
  EXPECT_EQ(howe.offset_seconds(utc("2025-01-15T00:00:00Z")), 39'600);
  EXPECT_EQ(howe.offset_seconds(utc("2025-07-15T00:00:00Z")), 37'800);
  EXPECT_EQ(howe.abbreviation(utc("2025-07-15T00:00:00Z")), "+1030");
  // 2025-10-05 02:00 becomes 02:30.
  EXPECT_EQ(utc_of(howe, "2025-10-05T02:10:00"), "2025-10-04T15:40:00Z");
  EXPECT_EQ(howe.format(utc("2025-10-04T15:40:00Z")), "2025-10-05 02:40:00");
  // 2025-04-06 02:00 becomes 01:30.
  EXPECT_EQ(utc_of(howe, "2025-04-06T01:45:00"), "2025-04-05T14:45:00Z");
}

TEST(TimeZone, NewYorkFollowsTheRulesOfEachYear) {
  const TimeZone york = zone("America/New_York");
  // Until 2006 daylight time began on the first Sunday of April, since 2007 in March.
  EXPECT_EQ(york.abbreviation(utc("2006-03-20T12:00:00Z")), "EST");
  EXPECT_EQ(york.abbreviation(utc("2007-03-20T12:00:00Z")), "EDT");
  EXPECT_EQ(utc_of(york, "2025-03-09T02:30:00"), "2025-03-09T07:30:00Z");
  EXPECT_EQ(utc_of(york, "2025-11-02T01:30:00"), "2025-11-02T05:30:00Z");
}

TEST(TimeZone, TheYearlyRuleServesAnyFarFuture) {
  const TimeZone berlin = zone("Europe/Berlin");
  EXPECT_EQ(berlin.abbreviation(utc("2099-07-01T00:00:00Z")), "CEST");
  EXPECT_EQ(berlin.abbreviation(utc("9999-12-31T23:59:59Z")), "CET");
  // The last Sunday of March 2400 is the 26th.
  EXPECT_EQ(berlin.offset_seconds(utc("2400-03-26T00:59:59Z")), 3600);
  EXPECT_EQ(berlin.offset_seconds(utc("2400-03-26T01:00:00Z")), 7200);
  // South of the equator the year begins in daylight time.
  EXPECT_EQ(zone("Australia/Sydney").abbreviation(utc("2100-01-01T00:00:00Z")), "AEDT");
  EXPECT_EQ(zone("Australia/Sydney").abbreviation(utc("2100-12-31T23:59:59Z")), "AEDT");
  EXPECT_EQ(zone("Australia/Sydney").abbreviation(utc("2100-06-01T00:00:00Z")), "AEST");
}

TEST(TimeZone, SamoaSkippedAWholeDay) {
  const TimeZone apia = zone("Pacific/Apia");
  EXPECT_EQ(apia.format(utc("2011-12-30T09:59:59Z")), "2011-12-29 23:59:59");
  EXPECT_EQ(apia.format(utc("2011-12-30T10:00:00Z")), "2011-12-31 00:00:00");
  EXPECT_EQ(utc_of(apia, "2011-12-30T12:00:00"), "2011-12-30T22:00:00Z");
}

TEST(TimeZone, IrelandHasItsWinterTimeAsTheException) {
  const TimeZone dublin = zone("Europe/Dublin");
  EXPECT_EQ(dublin.abbreviation(utc("2050-07-01T00:00:00Z")), "IST");
  EXPECT_EQ(dublin.abbreviation(utc("2050-01-01T00:00:00Z")), "GMT");
  EXPECT_EQ(dublin.offset_seconds(utc("2050-07-01T00:00:00Z")), 3600);
}

TEST(TimeZone, BeforeTheFirstRuleAZoneHasASettingToo) {
  EXPECT_EQ(zone("Europe/Berlin").abbreviation(utc("1601-01-01T00:00:00Z")), "CET");
}

TEST(TimeZone, TheWallClockExistsAtTheEndsOfTheRange) {
  const Instant last{Ticks{std::numeric_limits<std::int64_t>::max()}};
  const Instant first{Ticks{std::numeric_limits<std::int64_t>::min()}};
  EXPECT_EQ(zone("+02:00").to_local(last).hour, (to_civil_utc(last).hour + 2) % 24);
  EXPECT_EQ(zone("-02:00").to_local(first).ticks, to_civil_utc(first).ticks);
  EXPECT_EQ(zone("Pacific/Kiritimati").to_local(last).year, 30828);
}

TEST(TimeZone, DatesThatDoNotExistGiveNothing) {
  CivilTime c = wall("2025-02-28T12:00:00");
  c.day = 29;
  EXPECT_FALSE(zone("Europe/Berlin").from_local(c).has_value());
}

TEST(TimeZone, DecimalsAndTicksAreKept) {
  const TimeZone berlin = zone("Europe/Berlin");
  const Instant t = utc("2024-05-13T08:00:02.1234567Z");
  EXPECT_EQ(berlin.format(t, 7), "2024-05-13 10:00:02.1234567");
  EXPECT_EQ(berlin.from_local(berlin.to_local(t)), t);
}

TEST(TimeZone, NamesAreSortedAndAllCanBeFound) {
  const auto names = time_zone_names();
  EXPECT_GT(names.size(), 400u);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const auto name : names) {
    const auto found = TimeZone::find(name);
    ASSERT_TRUE(found.has_value()) << name;
    // "UTC" is answered before the table is searched and has the same name.
    EXPECT_EQ(found->name(), name);
  }
}

TEST(TimeZone, TheVersionIsAReleaseOfTheDatabase) {
  const std::string_view version = time_zone_version();
  ASSERT_GE(version.size(), 5u);
  EXPECT_EQ(version.substr(0, 2), "20");
}

TEST(TimeZone, MistypedNamesGetSuggestions) {
  const auto first = [](std::string_view name) {
    const auto names = similar_zone_names(name, 3);
    return names.empty() ? std::string{} : names.front();
  };
  EXPECT_EQ(first("Europe/Berln"), "Europe/Berlin");
  EXPECT_EQ(first("Berlin"), "Europe/Berlin");
  EXPECT_EQ(first("W Europe Standard Time"), "W. Europe Standard Time");
  EXPECT_LE(similar_zone_names("America/Indiana", 3).size(), 3u);
  EXPECT_TRUE(similar_zone_names("qqqqqqqqqqqqqqqqqqqqq", 3).empty());
  EXPECT_TRUE(similar_zone_names("", 3).empty());
}

}  // namespace
}  // namespace dropscope
