// A second opinion: the `date` library reads the same database by its own code. Both must agree on
// offset and abbreviation for every zone. It reads files of the machine that runs the test, so the
// comparison is made only where these are of the version that is built in.
//
// The library stops at the last change that a file lists, which is in 2037 for most of Debian's.
// What comes after is compared with the moment 28 years before, when dates fall on the same
// weekdays.

#include <gtest/gtest.h>

#include "base/timezone.h"

#ifdef DROPSCOPE_HAVE_DATE

#include <date/tz.h>

#include <fstream>
#include <random>
#include <string>

namespace dropscope {
namespace {

constexpr std::int64_t kYear2037 = 2'114'380'800;  // 2037-01-01T00:00:00Z
constexpr std::int64_t kYear2028 = 1'830'297'600;  // 2028-01-01T00:00:00Z
constexpr std::int64_t kYear2065 = 2'997'993'600;  // 2065-01-01T00:00:00Z
/// Seven leap days fall into any 28 years between 1901 and 2099, and the days are whole weeks.
constexpr std::int64_t k28Years = 10'227 * std::int64_t{86'400};

bool same_version_installed() {
  std::ifstream zi("/usr/share/zoneinfo/tzdata.zi");
  std::string line;
  return std::getline(zi, line) && line == "# version " + std::string(time_zone_version());
}

void expect_same(const date::time_zone& theirs, const TimeZone& ours, std::int64_t unix_seconds) {
  const date::sys_info info =
      theirs.get_info(date::sys_seconds{std::chrono::seconds{unix_seconds}});
  const Instant t = instant_from_unix(unix_seconds);
  ASSERT_EQ(ours.offset_seconds(t), info.offset.count()) << ours.name() << ' ' << format_utc(t);
  ASSERT_EQ(ours.abbreviation(t), info.abbrev) << ours.name() << ' ' << format_utc(t);
}

TEST(TimeZoneDate, AgreesAtAndAroundEveryChangeSince1970) {
  if (!same_version_installed()) GTEST_SKIP() << "tzdata of another version is installed here";
  std::size_t changes = 0;
  for (const auto name : time_zone_names()) {
    const date::time_zone* theirs = date::locate_zone(std::string(name));
    const TimeZone ours = *TimeZone::find(name);
    std::int64_t moment = 0;
    while (moment < kYear2037) {
      expect_same(*theirs, ours, moment);
      const auto info = theirs->get_info(date::sys_seconds{std::chrono::seconds{moment}});
      const std::int64_t end = info.end.time_since_epoch().count();
      if (end >= kYear2037) break;
      expect_same(*theirs, ours, end - 1);
      expect_same(*theirs, ours, (moment + end) / 2);
      moment = end;
      ++changes;
    }
  }
  EXPECT_GT(changes, 10'000u);
}

TEST(TimeZoneDate, AgreesAtRandomInstants) {
  if (!same_version_installed()) GTEST_SKIP() << "tzdata of another version is installed here";
  std::mt19937_64 random(20250330);
  std::uniform_int_distribution<std::int64_t> seconds(0, kYear2037 - 1);
  for (const auto name : time_zone_names()) {
    const date::time_zone* theirs = date::locate_zone(std::string(name));
    const TimeZone ours = *TimeZone::find(name);
    for (int i = 0; i < 200; ++i) expect_same(*theirs, ours, seconds(random));
  }
}

TEST(TimeZoneDate, WallClocksLeadToTheSameInstants) {
  if (!same_version_installed()) GTEST_SKIP() << "tzdata of another version is installed here";
  std::mt19937_64 random(20251026);
  for (const auto name : time_zone_names()) {
    const date::time_zone* theirs = date::locate_zone(std::string(name));
    const TimeZone ours = *TimeZone::find(name);
    std::int64_t moment = 0;
    for (;;) {
      const auto info = theirs->get_info(date::sys_seconds{std::chrono::seconds{moment}});
      moment = info.end.time_since_epoch().count();
      if (moment >= kYear2037) break;
      // Wall clocks in the hours around a change, where gaps and overlaps are.
      std::uniform_int_distribution<std::int64_t> near(-3 * 3600, 3 * 3600);
      for (int i = 0; i < 4; ++i) {
        const std::int64_t local = moment + info.offset.count() + near(random);
        const auto result = theirs->get_info(date::local_seconds{std::chrono::seconds{local}});
        // In a gap, `first` is what held before it.
        const std::int64_t expected = local - result.first.offset.count();
        const auto got = ours.from_local(to_civil_utc(instant_from_unix(local)));
        ASSERT_TRUE(got.has_value());
        ASSERT_EQ(to_unix(*got), expected)
            << name << " wall " << format_utc(instant_from_unix(local));
      }
    }
  }
}

TEST(TimeZoneDate, TheYearlyRulesGoOnUntil2065) {
  if (!same_version_installed()) GTEST_SKIP() << "tzdata of another version is installed here";
  std::mt19937_64 random(2065);
  // From 2028 on every law that the database knows of today is in force.
  std::uniform_int_distribution<std::int64_t> seconds(kYear2028, kYear2065 - k28Years - 1);
  for (const auto name : time_zone_names()) {
    const TimeZone ours = *TimeZone::find(name);
    const date::time_zone* theirs = date::locate_zone(std::string(name));
    const auto far = theirs->get_info(date::sys_seconds{std::chrono::seconds{kYear2065}});
    // Clocks that follow the moon (Morocco, Palestine) have all their changes listed until 2087.
    const bool listed = far.begin.time_since_epoch().count() > kYear2037 + 366 * 86'400;
    for (int i = 0; i < 200; ++i) {
      const std::int64_t earlier = seconds(random);
      const std::int64_t later = earlier + k28Years;
      const auto info =
          theirs->get_info(date::sys_seconds{std::chrono::seconds{listed ? later : earlier}});
      const Instant t = instant_from_unix(later);
      ASSERT_EQ(ours.offset_seconds(t), info.offset.count()) << name << ' ' << format_utc(t);
      ASSERT_EQ(ours.abbreviation(t), info.abbrev) << name << ' ' << format_utc(t);
    }
  }
}

}  // namespace
}  // namespace dropscope

#else

TEST(TimeZoneDate, IsComparedWithTheDateLibrary) {
  GTEST_SKIP() << "built without the date library (Debian package libhowardhinnant-date-dev)";
}

#endif
