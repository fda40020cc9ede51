#pragma once

// The shape of the embedded zone rules. The data is generated at build time by tools/pack_zones.py;
// timezone.cc is the only reader.

#include <cstdint>
#include <span>
#include <string_view>

namespace dropscope::zone_rules {

/// What a zone's clocks can be set to: an offset with its abbreviation.
struct Setting {
  std::int32_t offset_seconds = 0;  ///< Local time minus UTC.
  std::string_view abbreviation;    ///< "CEST"; "+03" where the zone has no letters.
};

/// From Unix second `at` on, the clocks have the setting of index `setting` in settings().
struct Transition {
  std::int64_t at = 0;
  std::uint16_t setting = 0;
};

/// A day and time that comes every year, as POSIX TZ strings name it.
struct YearlyDate {
  enum class Kind : std::uint8_t {
    MonthWeekDay,  ///< Mm.w.d: weekday `day` (0 = Sunday) number `week` of `month`; week 5 = the
                   ///< last.
    Julian,        ///< Jn: day 1–365; 29 February is never counted.
    YearDay,       ///< n: day 0–365; 29 February is counted.
  };
  Kind kind = Kind::MonthWeekDay;
  std::int16_t month = 1;
  std::int16_t week = 1;
  std::int16_t day = 0;
  std::int32_t seconds = 0;  ///< From local midnight of that day; may be negative or above a day.
};

/// What holds after a zone's last transition. Without daylight saving time both settings are the
/// same.
struct Tail {
  std::uint16_t standard = 0;
  std::uint16_t daylight = 0;
  YearlyDate to_daylight;  ///< On the clocks of `standard`.
  YearlyDate to_standard;  ///< On the clocks of `daylight`.
};

/// The rules of one or more names.
struct Zone {
  std::uint16_t first = 0;                  ///< The setting before the first transition.
  std::span<const Transition> transitions;  ///< Ascending, from 1970 on.
  const Tail* tail = nullptr;               ///< Without one the last setting stays for ever.
};

struct Name {
  std::string_view name;   ///< "Europe/Berlin"
  std::uint16_t zone = 0;  ///< Index in zones().
};

struct WindowsName {
  std::string_view name;  ///< "W. Europe Standard Time"
  std::string_view iana;  ///< "Europe/Berlin"; one of names().
};

[[nodiscard]] std::string_view version();
[[nodiscard]] std::span<const Setting> settings();
[[nodiscard]] std::span<const Zone> zones();
/// Sorted by name in lower case, both.
[[nodiscard]] std::span<const Name> names();
[[nodiscard]] std::span<const WindowsName> windows_names();

}  // namespace dropscope::zone_rules
