#pragma once

// The proleptic Gregorian calendar over whole seconds, for time.cc and timezone.cc only.
//
// Both need wall clocks that lie a zone's offset away from an Instant. At the ends of the Instant's
// range such a wall clock does not fit into ticks; in seconds it always does.

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"

namespace dropscope::calendar {

inline constexpr std::int64_t kSecondsPerDay = 86'400;

/// Seconds since 1601-01-01 00:00:00, and ticks within the second (0–9,999,999).
struct Split {
  std::int64_t seconds = 0;
  int ticks = 0;
};

[[nodiscard]] Split split(Instant t);

/// Days from 1970-01-01 to a date that exists.
[[nodiscard]] std::int64_t unix_days(int year, int month, int day);

/// The year that the Unix second `seconds` falls in.
[[nodiscard]] int year_of_unix(std::int64_t seconds);

/// Date and time of day that lies so far after 1601-01-01 00:00:00.
[[nodiscard]] CivilTime to_civil(Split since_1601);

/// The reverse of to_civil; nothing for a date or time that does not exist or a year outside
/// 1601–9999.
[[nodiscard]] std::optional<Split> from_civil(const CivilTime& civil);

/// "2024-05-13T08:00:02.0000000", with `between` instead of the T.
[[nodiscard]] std::string format(const CivilTime& civil, char between, int digits);

}  // namespace dropscope::calendar
