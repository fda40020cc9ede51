#pragma once

// The rhythm of episodes: what `diagnose` tells of the losses of one computer, of a part of the
// losses, or of a fleet. The classes and how they are told apart: docs/methods/rhythm.md.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analysis/episodes/episodes.h"
#include "analysis/rhythm/rhythm.h"
#include "base/timezone.h"

namespace dropscope {

/// The classes of rhythm::Class, and that there are too few losses to tell one.
enum class Rhythm : std::uint8_t {
  NotEnough,
  Idle,
  FixedAge,
  Clock,
  Period,
  Outage,
  Modulated,
  Random,
  Burst,
  Mixed,
};
[[nodiscard]] std::string_view to_string(Rhythm rhythm);  ///< "not-enough", "idle", "age" …
/// Whether it has an interval: idle, age, clock, period and mixed.
[[nodiscard]] bool is_regular(Rhythm rhythm);

struct RhythmAlternative {
  Rhythm rhythm = Rhythm::Random;
  double seconds = 0;  ///< 0: no interval.
  double probability = 0;
};

struct IntervalEstimate {
  Rhythm rhythm = Rhythm::NotEnough;
  double seconds = 0;  ///< The interval; 0 unless the rhythm is regular.
  double low = 0;      ///< 95 % interval of it.
  double high = 0;
  std::vector<double> times;       ///< Of a clock, as in rhythm::Reading; may be empty.
  double spread = 0;               ///< Of a clock, as in rhythm::Reading.
  double probability = 0;          ///< That it is of this kind.
  double regular_probability = 0;  ///< That there is any regular interval.
  std::uint32_t at_interval = 0;   ///< Uptimes (clock: losses; period: gaps) on the interval.
  std::uint32_t considered = 0;    ///< Uptimes (clock: losses; period: gaps) that were looked at.
  std::vector<RhythmAlternative> alternatives;  ///< Most probable first; of Mixed, `timers` before.
  std::size_t timers = 0;  ///< Of Mixed: how many alternatives, the first ones, are its timers.
  /// For NotEnough: losses still missing, and days of watching they need at the rate seen (0 = no
  /// rate).
  std::uint32_t losses_missing = 0;
  double days_missing = 0;
};

/// Pools the given computers. `zones` are those of Evidence::computers, in their order: clocks are
/// local ones. `usual` are seconds that timers are known to have (rhythm/usual.h).
[[nodiscard]] IntervalEstimate measure_rhythm(const std::vector<const ComputerEpisodes*>& computers,
                                              std::span<const TimeZone> zones,
                                              std::span<const double> usual);

/// How far from the interval a length may lie and still be taken for it: logs count in seconds, and
/// what notices a loss needs some.
[[nodiscard]] double interval_slack(double seconds);

/// Whether two intervals are one that was measured twice.
[[nodiscard]] bool same_length(double a, double b);

/// Distance in seconds of each moment from the nearest time of the clock, whose cycle is divided
/// from midnight of each zone's 1970-01-01. Where the clock's times are not known, from the time at
/// which most of the moments come.
[[nodiscard]] std::vector<double> clock_distances(std::span<const Instant> moments,
                                                  std::span<const TimeZone> zones,
                                                  const IntervalEstimate& clock);

/// Something that runs at a time of the clock takes as long as this to be noticed everywhere.
inline constexpr double kOnTheClock_s = 120;

/// How many seconds from a clock's times a loss may come and still be taken for its.
[[nodiscard]] double reach_of_clock(const IntervalEstimate& clock);

}  // namespace dropscope
