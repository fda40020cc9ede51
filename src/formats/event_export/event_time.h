#pragma once

// Times as exports of events write them: with and without a zone, and as people's settings show
// them.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace dropscope::event_export {

struct EventTime {
  Instant instant{};     ///< Without a zone: as if the clock on the wall showed UTC.
  bool has_zone = true;  ///< False: what zone the clock was in is not written.
};

/// For machines: ISO 8601 with or without a zone ("Z", "+02:00", "+0200", " UTC"), "T" or a space
/// between, and "/Date(1603279692485)/" of PowerShell 5.1. Nothing for anything else.
[[nodiscard]] std::optional<EventTime> parse_event_time(std::string_view text);

enum class DayMonth : std::uint8_t {
  Unknown,  ///< Both readings are dates, as in 03/04/2026.
  DayFirst,
  MonthFirst,
};

/// A date and time as the viewer's settings show it: "27.10.2021 12:28:26", "10/27/2021 1:28:26
/// PM", "2021/10/27 13:28". The marks for the half of the day are known in the languages of Windows
/// that use them.
struct ShownTime {
  int first = 0;  ///< Day or month; where the year stands first, the month.
  int second = 0;
  int year = 0;
  bool year_first = false;
  char separator = '/';
  CivilTime clock;  ///< Its time of day only.

  /// What the numbers themselves tell.
  [[nodiscard]] DayMonth order() const;
  /// Nothing when this is no date in that order. Without effect where the year stands first.
  [[nodiscard]] std::optional<CivilTime> civil(DayMonth order) const;
};
[[nodiscard]] std::optional<ShownTime> parse_shown_time(std::string_view text);

}  // namespace dropscope::event_export
