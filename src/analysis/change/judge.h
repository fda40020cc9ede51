#pragma once

// Did it help? What was changed at a time is judged by the losses before and after it.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "analysis/change/change_points.h"
#include "analysis/rhythm/episode_rhythm.h"

namespace dropscope {

enum class ChangeOutcome : std::uint8_t {
  NoLosses,  ///< There is no loss before: nothing could get better.
  NoTime,    ///< Nothing was watched before, or nothing after.
  Better,    ///< Fewer losses, with 95 %.
  Same,      ///< As many as before, with 95 %.
  Worse,     ///< More, with 95 %.
  Open,      ///< Cannot be told yet.
};
[[nodiscard]] std::string_view to_string(ChangeOutcome outcome);  ///< "no-losses", "better" …

struct ChangeSide {
  std::uint64_t computers = 0;  ///< That were watched.
  std::uint64_t losses = 0;
  double hours = 0;  ///< Watched, all computers added.
};

struct ChangeGroup {
  ChangeSide before;
  ChangeSide after;
  double dispersion = 1;  ///< Variance over mean of the losses of a day.
};

/// How long to go on watching, in days at the watched hours of a day so far; nothing where a year
/// is not enough.
struct ChangeWait {
  std::optional<double> if_silent;     ///< Until "better" if no loss comes any more.
  std::optional<double> if_halved;     ///< Until "better" if half as many come (typical).
  std::optional<double> if_unchanged;  ///< Until "same" if they come as before (typical).
};

struct ChangeJudgement {
  ChangeOutcome outcome = ChangeOutcome::NoTime;
  ChangeWindow window;
  ChangeGroup changed;
  std::optional<ChangeGroup> others;
  bool controlled = false;     ///< The others were enough to be compared with.
  std::uint64_t left_out = 0;  ///< Losses in the window of the change itself.
  RateChange effect;
  double expected = 0;        ///< Losses after, had nothing changed, in the same kinds of hours.
  double silence = 1;         ///< Probability of no loss after, had nothing changed.
  IntervalEstimate interval;  ///< Of the losses before.
  bool by_age = false;        ///< Compared by the age of connections, because of the interval.
  std::optional<ChangeWait> wait;  ///< For Open.
  RateHistory history;             ///< Of the changed computers, without knowledge of the change.
};

/// Restarting a device ends what runs through it, and whoever works on it does so more than once;
/// losses this long before and after the time given are the work's own.
inline constexpr Ticks kChangeWork = std::chrono::minutes{30};

/// Where the computers are, and what is known of timers.
struct ChangeSetting {
  TimeZone zone;                    ///< Of the hours and days that are compared.
  std::span<const TimeZone> zones;  ///< Of each of Evidence::computers.
  std::span<const double> usual_s;  ///< Lengths that timers have; may be empty.
};

/// `others` (may be empty) did not see the change.
[[nodiscard]] ChangeJudgement judge_change(std::span<const ComputerEpisodes* const> changed,
                                           std::span<const ComputerEpisodes* const> others,
                                           const ChangeSetting& setting, Instant when);

}  // namespace dropscope
