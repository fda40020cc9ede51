#pragma once

// A first, cautious answer to "is there a regular interval, and how long is it?".
// Method, limits and measured error rates: docs/methods/interval.md.

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/episodes/episodes.h"
#include "base/timezone.h"

namespace dropscope {

enum class Rhythm : std::uint8_t {
  NotEnough,  ///< Too few measured uptimes to say anything.
  None,       ///< No regular interval.
  Idle,       ///< Sharp lower edge, delayed by activity: an inactivity timer.
  FixedAge,   ///< One length whatever the traffic: a limit on age, a lease, a re-authentication.
  Clock,      ///< Fixed times on the wall clock.
};
[[nodiscard]] std::string_view to_string(
    Rhythm rhythm);  ///< "not-enough", "none", "idle", "fixed-age", "clock"

struct RhythmAlternative {
  Rhythm rhythm = Rhythm::None;
  double seconds = 0;
  double probability = 0;
};

struct IntervalEstimate {
  Rhythm rhythm = Rhythm::NotEnough;
  double seconds = 0;  ///< The interval; 0 unless the rhythm is Idle, FixedAge or Clock.
  double low = 0;      ///< 95 % interval of it.
  double high = 0;
  double probability = 0;          ///< That there is a regular interval of this kind.
  double regular_probability = 0;  ///< That there is any regular interval.
  std::uint32_t at_interval = 0;   ///< Uptimes (Clock: losses) that lie on the interval.
  std::uint32_t considered = 0;    ///< Uptimes (Clock: losses) that were looked at.
  std::vector<RhythmAlternative> alternatives;  ///< Other readings with at least 5 %, best first.
  /// For NotEnough: losses still missing, and days of watching they need at the rate seen (0 = no
  /// rate).
  std::uint32_t losses_missing = 0;
  double days_missing = 0;
};

/// Pools the given computers; `zone` is the wall clock for Clock.
[[nodiscard]] IntervalEstimate estimate_interval(
    const std::vector<const ComputerEpisodes*>& computers, const TimeZone& zone);

}  // namespace dropscope
