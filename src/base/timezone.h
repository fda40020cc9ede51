#pragma once

// Time zones, from one set of rules that is built into the program.
//
// The rules are those of the IANA database of the machine that built the program
// (tools/pack_zones.py packs them). They are embedded because the answer must not depend on the
// machine that reads the evidence, and because Windows has no IANA rules: the `date` library, which
// would be our choice otherwise, wants them as files beside the program there.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace dropscope {

/// A time zone with its rules. Cheap to copy: it refers to the embedded data.
class TimeZone {
 public:
  /// Coordinated Universal Time.
  TimeZone() = default;

  /// By IANA name ("Europe/Berlin"), Windows name ("W. Europe Standard Time"), "UTC", or a fixed
  /// offset ("+02:00", "UTC-05:30"); case does not matter. Nothing if unknown.
  static std::optional<TimeZone> find(std::string_view name);

  /// Canonical name: the IANA name, "UTC", or "UTC+02:00".
  [[nodiscard]] const std::string& name() const { return name_; }

  /// Local time minus UTC at `t`, in seconds.
  [[nodiscard]] int offset_seconds(Instant t) const;

  /// Abbreviation in force at `t`, such as "CEST"; "UTC" or "+02:00" where there is none.
  [[nodiscard]] std::string abbreviation(Instant t) const;

  /// The wall clock at `t`.
  [[nodiscard]] CivilTime to_local(Instant t) const;

  /// The instant of a wall-clock time. In a gap (spring) the time is moved forward by the gap; of
  /// two (autumn) the earlier is taken. Nothing for a date that does not exist.
  [[nodiscard]] std::optional<Instant> from_local(const CivilTime& local) const;

  /// "2024-05-13 10:00:02" on the wall clock, with `digits` (0–7) decimals; no zone is appended.
  [[nodiscard]] std::string format(Instant t, int digits = 0) const;

  friend bool operator==(const TimeZone& a, const TimeZone& b) { return a.name_ == b.name_; }

 private:
  std::string name_ = "UTC";
  int fixed_offset_ = 0;
  const void* rules_ = nullptr;  // Embedded; lives as long as the program.
};

/// All IANA names, sorted, for completion and error messages.
[[nodiscard]] std::vector<std::string_view> time_zone_names();

/// Version of the embedded rules, e.g. "2025b".
[[nodiscard]] std::string_view time_zone_version();

/// IANA zone of a Windows zone name ("W. Europe Standard Time" → "Europe/Berlin"); empty if
/// unknown. Case does not matter. The table is data/windows_zones.toml, built in with the rules.
[[nodiscard]] std::string iana_zone_of_windows(std::string_view windows_name);

/// The zone names nearest to a mistyped one, best first, at most `count`.
[[nodiscard]] std::vector<std::string> similar_zone_names(std::string_view name, std::size_t count);

}  // namespace dropscope
