#include "base/timezone.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

#include "base/calendar.h"
#include "base/result.h"
#include "base/text.h"
#include "base/zone_rules.h"

// From an instant to an offset: up to a zone's last transition the list is searched; after it the
// yearly dates of its tail are worked out for the year in question and its neighbours, because a
// date in local time can lie in another UTC year. From a wall clock to an instant: the offsets a
// day before and a day after are both tried. No zone is further than 14 hours from UTC since 1970,
// so these two are the only candidates as long as two changes are not within two days of each
// other; none are since 1970.

namespace dropscope {
namespace {

using calendar::kSecondsPerDay;
using zone_rules::Setting;
using zone_rules::Tail;
using zone_rules::Transition;
using zone_rules::YearlyDate;
using zone_rules::Zone;

constexpr std::string_view kUtc = "UTC";

/// Midnight that begins the yearly date, in Unix days.
std::int64_t day_of(const YearlyDate& date, int year) {
  switch (date.kind) {
    case YearlyDate::Kind::Julian: {
      const std::int64_t first = calendar::unix_days(year, 1, 1);
      const bool leap = calendar::unix_days(year + 1, 1, 1) - first == 366;
      // Day 60 is 1 March in every year.
      return first + date.day - 1 + (leap && date.day >= 60 ? 1 : 0);
    }
    case YearlyDate::Kind::YearDay:
      return calendar::unix_days(year, 1, 1) + date.day;
    case YearlyDate::Kind::MonthWeekDay:
      break;
  }
  const std::int64_t first = calendar::unix_days(year, date.month, 1);
  const std::int64_t next_month = date.month == 12 ? calendar::unix_days(year + 1, 1, 1)
                                                   : calendar::unix_days(year, date.month + 1, 1);
  // 1970-01-01 was a Thursday: 4, counting from Sunday = 0.
  const std::int64_t weekday_of_first = (((first + 4) % 7) + 7) % 7;
  std::int64_t day =
      first + (date.day - weekday_of_first + 7) % 7 + 7 * (std::int64_t{date.week} - 1);
  while (day >= next_month) day -= 7;
  return day;
}

std::uint16_t setting_of_tail(const Tail& tail, std::int64_t unix_seconds) {
  if (tail.standard == tail.daylight) return tail.standard;
  const auto settings = zone_rules::settings();
  const std::int64_t standard_s = settings[tail.standard].offset_seconds;
  const std::int64_t daylight_s = settings[tail.daylight].offset_seconds;
  const int year = calendar::year_of_unix(unix_seconds + standard_s);
  std::int64_t latest = std::numeric_limits<std::int64_t>::min();
  std::uint16_t found = tail.standard;
  for (int y = year - 1; y <= year + 1; ++y) {
    const std::int64_t to_daylight =
        day_of(tail.to_daylight, y) * kSecondsPerDay + tail.to_daylight.seconds - standard_s;
    const std::int64_t to_standard =
        day_of(tail.to_standard, y) * kSecondsPerDay + tail.to_standard.seconds - daylight_s;
    if (to_standard <= unix_seconds && to_standard > latest) {
      latest = to_standard;
      found = tail.standard;
    }
    // At the same second daylight time wins: all-year daylight time is written as an end that meets
    // the next start (RFC 9636, section 3.3.1).
    if (to_daylight <= unix_seconds && to_daylight >= latest) {
      latest = to_daylight;
      found = tail.daylight;
    }
  }
  return found;
}

const Setting& setting_at(const Zone& zone, std::int64_t unix_seconds) {
  const auto transitions = zone.transitions;
  const auto after = std::upper_bound(
      transitions.begin(), transitions.end(), unix_seconds,
      [](std::int64_t moment, const Transition& transition) { return moment < transition.at; });
  std::uint16_t index = zone.first;
  if (after == transitions.end() && zone.tail != nullptr) {
    index = setting_of_tail(*zone.tail, unix_seconds);
  } else if (after != transitions.begin()) {
    index = std::prev(after)->setting;
  }
  return zone_rules::settings()[index];
}

const Zone* zone_of(const void* rules) {
  return static_cast<const Zone*>(rules);
}

int offset_at(const void* rules, int fixed_offset, std::int64_t unix_seconds) {
  return rules == nullptr ? fixed_offset : setting_at(*zone_of(rules), unix_seconds).offset_seconds;
}

/// "+02:00", "-05:30"; with seconds when there are any.
std::string offset_text(int offset_seconds) {
  const int length = offset_seconds < 0 ? -offset_seconds : offset_seconds;
  std::string out =
      fmt::format("{}{:02}:{:02}", offset_seconds < 0 ? '-' : '+', length / 3600, length / 60 % 60);
  if (length % 60 != 0) out += fmt::format(":{:02}", length % 60);
  return out;
}

/// Seconds of "+02:00", "+0200", "+2", "-5:30", with "UTC" before it or not.
std::optional<int> parse_offset(std::string_view text) {
  if (text.size() > 3 && equals_nocase_ascii(text.substr(0, 3), kUtc)) text.remove_prefix(3);
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  std::string_view hours = text;
  std::string_view minutes = "0";
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    hours = text.substr(0, colon);
    minutes = text.substr(colon + 1);
    if (minutes.size() != 2) return std::nullopt;
  } else if (text.size() == 4) {
    hours = text.substr(0, 2);
    minutes = text.substr(2);
  }
  if (hours.empty() || hours.size() > 2) return std::nullopt;
  const auto digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!digits(hours) || !digits(minutes)) return std::nullopt;
  const auto h = static_cast<int>(parse_int(hours).value_or(99));
  const auto m = static_cast<int>(parse_int(minutes).value_or(99));
  if (h > 23 || m > 59) return std::nullopt;
  return sign * (h * 3600 + m * 60);
}

/// The entry of a table sorted by lower-case name.
template <typename Entry>
const Entry* find_by_name(std::span<const Entry> sorted, std::string_view name) {
  const std::string wanted = to_lower_ascii(name);
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), wanted,
                                   [](const Entry& entry, const std::string& value) {
                                     return to_lower_ascii(entry.name) < value;
                                   });
  if (at == sorted.end() || !equals_nocase_ascii(at->name, name)) return nullptr;
  return &*at;
}

}  // namespace

std::optional<TimeZone> TimeZone::find(std::string_view name) {
  name = trim(name);
  if (equals_nocase_ascii(name, kUtc)) return TimeZone{};
  TimeZone zone;
  if (const auto offset = parse_offset(name)) {
    if (*offset != 0) {
      zone.fixed_offset_ = *offset;
      zone.name_ = std::string(kUtc) + offset_text(*offset);
    }
    return zone;
  }
  const auto* entry = find_by_name(zone_rules::names(), name);
  if (entry == nullptr) {
    const std::string iana = iana_zone_of_windows(name);
    if (iana.empty()) return std::nullopt;
    entry = find_by_name(zone_rules::names(), iana);
    check(entry != nullptr, "a Windows zone name leads to a zone that is not built in");
  }
  zone.name_ = entry->name;
  zone.rules_ = &zone_rules::zones()[entry->zone];
  return zone;
}

int TimeZone::offset_seconds(Instant t) const {
  return offset_at(rules_, fixed_offset_, to_unix(t));
}

std::string TimeZone::abbreviation(Instant t) const {
  if (rules_ != nullptr) return std::string(setting_at(*zone_of(rules_), to_unix(t)).abbreviation);
  return fixed_offset_ == 0 ? std::string(kUtc) : offset_text(fixed_offset_);
}

CivilTime TimeZone::to_local(Instant t) const {
  calendar::Split split = calendar::split(t);
  split.seconds += offset_at(rules_, fixed_offset_, split.seconds - kUnixEpochSeconds);
  return calendar::to_civil(split);
}

std::optional<Instant> TimeZone::from_local(const CivilTime& local) const {
  const auto split = calendar::from_civil(local);
  if (!split) return std::nullopt;
  const std::int64_t wall = split->seconds - kUnixEpochSeconds;
  const std::int64_t before = offset_at(rules_, fixed_offset_, wall - kSecondsPerDay);
  const std::int64_t after = offset_at(rules_, fixed_offset_, wall + kSecondsPerDay);
  // The greater offset gives the earlier instant, so it is tried first. When neither fits, the wall
  // clock was skipped: the offset from before the gap moves the time forward by the gap.
  std::int64_t offset = before;
  for (const std::int64_t candidate : {std::max(before, after), std::min(before, after)}) {
    if (offset_at(rules_, fixed_offset_, wall - candidate) == candidate) {
      offset = candidate;
      break;
    }
  }
  return instant_from_unix(wall - offset) + Ticks{split->ticks};
}

std::string TimeZone::format(Instant t, int digits) const {
  return calendar::format(to_local(t), ' ', digits);
}

std::vector<std::string_view> time_zone_names() {
  std::vector<std::string_view> names;
  names.reserve(zone_rules::names().size());
  for (const auto& entry : zone_rules::names()) names.push_back(entry.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::string_view time_zone_version() {
  return zone_rules::version();
}

std::vector<std::string> similar_zone_names(std::string_view name, std::size_t count) {
  const std::string wanted = to_lower_ascii(trim(name));
  if (wanted.empty()) return {};
  // A third of the letters may be wrong; beyond that a suggestion is noise.
  const std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3);
  std::vector<std::pair<std::size_t, std::string_view>> near;
  const auto consider = [&](std::string_view candidate) {
    const std::string lower = to_lower_ascii(candidate);
    std::size_t distance = edit_distance(wanted, lower);
    // "Berlin" stands for "Europe/Berlin".
    const std::string city = lower.substr(lower.rfind('/') + 1);
    distance = std::min(distance, edit_distance(wanted, city));
    // So does the beginning of a longer name, after everything that was only mistyped.
    if (wanted.size() >= 3 && (city.starts_with(wanted) || lower.starts_with(wanted))) {
      distance = std::min(distance, limit);
    }
    if (distance <= limit) near.emplace_back(distance, candidate);
  };
  for (const auto& entry : zone_rules::names()) consider(entry.name);
  for (const auto& entry : zone_rules::windows_names()) consider(entry.name);
  std::sort(near.begin(), near.end());
  std::vector<std::string> out;
  for (const auto& [distance, candidate] : near) {
    if (out.size() == count) break;
    out.emplace_back(candidate);
  }
  return out;
}

std::string iana_zone_of_windows(std::string_view windows_name) {
  const auto* entry = find_by_name(zone_rules::windows_names(), trim(windows_name));
  return entry == nullptr ? std::string{} : std::string(entry->iana);
}

}  // namespace dropscope
