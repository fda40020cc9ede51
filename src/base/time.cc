#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/calendar.h"

// The calendar itself is that of std::chrono, which GCC 12 has (its time zones it has not). A
// std::chrono::year holds ±32767, and the Instants' own range ends in the years -27626 and 30828,
// so that every Instant has a date.

namespace dropscope {
namespace calendar {
namespace {

constexpr std::int64_t kTicksPerSecond = Ticks::period::den;

/// Divides rounding down, also below zero.
constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

}  // namespace

Split split(Instant t) {
  const std::int64_t count = t.time_since_epoch().count();
  const std::int64_t seconds = floor_div(count, kTicksPerSecond);
  // The remainder is taken from `%`: seconds * kTicksPerSecond overflows near the smallest Instant.
  const std::int64_t rest = count % kTicksPerSecond;
  return {seconds, static_cast<int>(rest < 0 ? rest + kTicksPerSecond : rest)};
}

std::int64_t unix_days(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return std::chrono::sys_days{date}.time_since_epoch().count();
}

int year_of_unix(std::int64_t seconds) {
  const auto days = static_cast<int>(floor_div(seconds, kSecondsPerDay));
  return static_cast<int>(
      std::chrono::year_month_day{std::chrono::sys_days{std::chrono::days{days}}}.year());
}

CivilTime to_civil(Split since_1601) {
  const std::int64_t unix_seconds = since_1601.seconds - kUnixEpochSeconds;
  const std::int64_t day_number = floor_div(unix_seconds, kSecondsPerDay);
  const int second_of_day = static_cast<int>(unix_seconds - day_number * kSecondsPerDay);
  const std::chrono::sys_days day{std::chrono::days{static_cast<int>(day_number)}};
  const std::chrono::year_month_day date{day};

  CivilTime civil;
  civil.year = static_cast<int>(date.year());
  civil.month = static_cast<int>(static_cast<unsigned>(date.month()));
  civil.day = static_cast<int>(static_cast<unsigned>(date.day()));
  civil.hour = second_of_day / 3600;
  civil.minute = second_of_day / 60 % 60;
  civil.second = second_of_day % 60;
  civil.ticks = since_1601.ticks;
  civil.weekday = static_cast<int>(std::chrono::weekday{day}.iso_encoding()) - 1;
  return civil;
}

std::optional<Split> from_civil(const CivilTime& civil) {
  const auto within = [](int value, int low, int high) { return low <= value && value <= high; };
  if (civil.year < 1601 || civil.year > 9999) return std::nullopt;
  if (!within(civil.month, 1, 12) || !within(civil.day, 1, 31)) return std::nullopt;
  if (!within(civil.hour, 0, 23) || !within(civil.minute, 0, 59)) return std::nullopt;
  if (!within(civil.second, 0, 59) || !within(civil.ticks, 0, 9'999'999)) return std::nullopt;
  const int year = static_cast<int>(civil.year);
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(civil.month)},
                                         std::chrono::day{static_cast<unsigned>(civil.day)}};
  if (!date.ok()) return std::nullopt;
  const std::int64_t seconds = unix_days(year, civil.month, civil.day) * kSecondsPerDay +
                               std::int64_t{civil.hour} * 3600 + std::int64_t{civil.minute} * 60 +
                               civil.second;
  return Split{seconds + kUnixEpochSeconds, civil.ticks};
}

std::string format(const CivilTime& civil, char between, int digits) {
  std::string out = fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}", civil.year, civil.month,
                                civil.day, between, civil.hour, civil.minute, civil.second);
  if (digits > 0) {
    // Decimals are cut, not rounded, as a clock shows them.
    const std::string fraction = fmt::format("{:07}", civil.ticks);
    out += '.';
    out.append(fraction, 0, static_cast<std::size_t>(std::min(digits, 7)));
  }
  return out;
}

}  // namespace calendar

namespace {

/// Reads fixed-width numbers and marks from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  /// Exactly `width` digits.
  bool number(std::size_t width, int& out) {
    if (rest_.size() < width) return false;
    int value = 0;
    for (const char c : rest_.substr(0, width)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(width);
    out = value;
    return true;
  }

  bool mark(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  /// One digit, or -1.
  int digit() {
    if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') return -1;
    const int value = rest_.front() - '0';
    rest_.remove_prefix(1);
    return value;
  }

  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace

CivilTime to_civil_utc(Instant t) {
  return calendar::to_civil(calendar::split(t));
}

std::optional<Instant> from_civil_utc(const CivilTime& civil) {
  const auto split = calendar::from_civil(civil);
  if (!split) return std::nullopt;
  return Instant{std::chrono::seconds{split->seconds}} + Ticks{split->ticks};
}

std::string format_utc(Instant t, int digits) {
  return calendar::format(to_civil_utc(t), 'T', digits) + 'Z';
}

std::optional<Instant> parse_utc(std::string_view text) {
  Scanner scan(text);
  CivilTime civil;
  int year = 0;
  if (!scan.number(4, year) || !scan.mark('-') || !scan.number(2, civil.month) || !scan.mark('-') ||
      !scan.number(2, civil.day)) {
    return std::nullopt;
  }
  civil.year = year;
  if (!scan.mark('T') && !scan.mark(' ')) return std::nullopt;
  if (!scan.number(2, civil.hour) || !scan.mark(':') || !scan.number(2, civil.minute) ||
      !scan.mark(':') || !scan.number(2, civil.second)) {
    return std::nullopt;
  }
  if (scan.mark('.')) {
    int count = 0;
    for (int digit = scan.digit(); digit >= 0; digit = scan.digit(), ++count) {
      if (count < 7) civil.ticks = civil.ticks * 10 + digit;
    }
    if (count == 0) return std::nullopt;
    for (; count < 7; ++count) civil.ticks *= 10;
  }
  std::chrono::seconds offset{0};
  if (!scan.mark('Z')) {
    const bool west = scan.mark('-');
    if (!west && !scan.mark('+')) return std::nullopt;
    int hours = 0;
    int minutes = 0;
    if (!scan.number(2, hours) || !scan.mark(':') || !scan.number(2, minutes)) return std::nullopt;
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset = std::chrono::seconds{(hours * 60 + minutes) * (west ? -60 : 60)};
  }
  if (!scan.done()) return std::nullopt;
  const auto local = from_civil_utc(civil);
  if (!local) return std::nullopt;
  return *local - offset;
}

std::string format_duration(double seconds) {
  if (!std::isfinite(seconds)) return "unknown";
  struct Scale {
    double unit_s;    // The larger unit.
    double per_unit;  // Smaller units in it.
    double limit;     // Larger units from which the next scale serves.
    const char* large;
    const char* small;
  };
  static constexpr Scale kScales[] = {
      {60, 60, 60, "min", "s"},
      {3600, 60, 24, "h", "min"},
      {86'400, 24, 0, "d", "h"},
  };
  const double length = std::fabs(seconds);
  const char* sign = seconds < 0 ? "-" : "";
  // What rounds to 60 s is 1 min, so each scale is chosen after rounding.
  if (const double whole = std::round(length); whole < 60) {
    return fmt::format("{}{:.0f} s", whole == 0 ? "" : sign, whole);
  }
  for (const Scale& scale : kScales) {
    const double small = std::round(length / (scale.unit_s / scale.per_unit));
    const double large = std::floor(small / scale.per_unit);
    if (scale.limit > 0 && large >= scale.limit) continue;
    const double rest = small - large * scale.per_unit;
    if (rest < 1) return fmt::format("{}{:.0f} {}", sign, large, scale.large);
    return fmt::format("{}{:.0f} {} {:.0f} {}", sign, large, scale.large, rest, scale.small);
  }
  return {};
}

}  // namespace dropscope
