#pragma once

// Instants: UTC, in ticks of 100 ns since 1601-01-01, as FILETIME counts them.
//
// Windows' logs count in FILETIME, so keeping its tick loses nothing. The count is signed: a
// FILETIME above 2^63 is no date (year 30828) and is reported as damage by whoever reads it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dropscope {

/// Length of time in 100 ns ticks.
using Ticks = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;

/// The clock whose epoch is 1601-01-01T00:00:00Z. It is never asked what time it is now.
struct FileTimeClock {
  using duration = Ticks;
  using rep = duration::rep;
  using period = duration::period;
  static constexpr bool is_steady = false;
};

using Instant = std::chrono::time_point<FileTimeClock, Ticks>;

/// Seconds from 1601-01-01 to 1970-01-01 (FILETIME, MS-DTYP 2.3.3).
inline constexpr std::int64_t kUnixEpochSeconds = 11'644'473'600;

[[nodiscard]] constexpr Instant instant_from_filetime(std::uint64_t filetime) {
  return Instant{Ticks{static_cast<std::int64_t>(filetime)}};
}

[[nodiscard]] constexpr std::uint64_t to_filetime(Instant t) {
  return static_cast<std::uint64_t>(t.time_since_epoch().count());
}

[[nodiscard]] constexpr Instant instant_from_unix(std::int64_t seconds) {
  return Instant{std::chrono::seconds{seconds + kUnixEpochSeconds}};
}

/// Unix seconds, rounded down.
[[nodiscard]] constexpr std::int64_t to_unix(Instant t) {
  return std::chrono::floor<std::chrono::seconds>(t).time_since_epoch().count() - kUnixEpochSeconds;
}

/// A length of time in seconds, for statistics.
[[nodiscard]] constexpr double seconds_between(Instant from, Instant to) {
  return std::chrono::duration<double>(to - from).count();
}

[[nodiscard]] constexpr Ticks ticks_from_seconds(double seconds) {
  return Ticks{static_cast<std::int64_t>(seconds * 1e7 + (seconds < 0 ? -0.5 : 0.5))};
}

/// A date and time of day without a zone; what a clock on a wall shows.
struct CivilTime {
  std::int64_t year = 1601;
  int month = 1;    ///< 1–12
  int day = 1;      ///< 1–31
  int hour = 0;     ///< 0–23
  int minute = 0;   ///< 0–59
  int second = 0;   ///< 0–59
  int ticks = 0;    ///< 0–9,999,999, of 100 ns
  int weekday = 0;  ///< 0 = Monday … 6 = Sunday (ISO 8601 order)
};

/// The UTC calendar date and time of `t`. Total: defined for every Instant.
[[nodiscard]] CivilTime to_civil_utc(Instant t);

/// The instant of a UTC calendar date and time; `weekday` is ignored.
/// Nothing for a date that does not exist or a year outside 1601–9999.
[[nodiscard]] std::optional<Instant> from_civil_utc(const CivilTime& civil);

/// ISO 8601 in UTC with `digits` (0–7) decimals: "2024-05-13T08:00:02.0000000Z".
[[nodiscard]] std::string format_utc(Instant t, int digits = 0);

/// Reads ISO 8601 with a zone: "2024-05-13T08:00:02[.fraction](Z|±hh:mm)"; a space may stand for T.
/// More than seven decimals are cut. Nothing when the text is not exactly that.
[[nodiscard]] std::optional<Instant> parse_utc(std::string_view text);

/// A length of time for people: "45 s", "12 min", "1 h 5 min", "2 d 3 h". Two units at most;
/// rounded to the smaller one. Negative lengths get a leading "-".
[[nodiscard]] std::string format_duration(double seconds);

}  // namespace dropscope
