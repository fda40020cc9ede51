#pragma once

// How far the clocks of the sources are apart, from what two of them saw both: a loss in a
// computer's log and the close of its connection in a device's log (docs/methods/clocks.md).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evidence/event.h"

namespace dropscope {

/// One clock against the others.
struct ClockOffset {
  std::uint32_t computer = kNoComputer;  ///< Whose clock; kNoComputer: a device's.
  StringId device = 0;                   ///< The device by name; 0 with a source of its own.
  std::uint32_t source = 0;              ///< The device's first log.
  double offset_s = 0;  ///< What it shows minus what the others show; with a zone, what remains.
  double low_s = 0;     ///< 95 % interval.
  double high_s = 0;
  std::uint64_t pairs = 0;   ///< Losses that have a close at this offset.
  std::uint64_t losses = 0;  ///< Losses that were tried.
  double chance = 1;  ///< At most so likely is it that so many agree at any offset by chance.
  std::optional<double> drift_s_per_day;  ///< Where its 95 % interval excludes none.
  Instant reference{};                    ///< With a drift: when the offset was offset_s.
  std::string zone;  ///< Zone of a log that names none, when it was found: "America/New_York".
  bool ambiguous = false;  ///< Another offset fits about as well: nothing is applied.
  bool alone = false;      ///< Only two clocks were compared: which of them is wrong is not known.
  bool applied = false;
};

/// Compares every device that saw closes with the computers that lost connections. Clocks that
/// agree within kAgree are given too, not applied.
[[nodiscard]] std::vector<ClockOffset> compare_clocks(const Evidence& evidence);

/// Below this a difference is no more than the time that a client takes to notice.
inline constexpr double kClocksAgree_s = 5;

/// Sets the times of events, coverage and closes right by all offsets that are to be applied, and
/// sorts again.
void correct_clocks(Evidence& evidence, const std::vector<ClockOffset>& offsets);

}  // namespace dropscope
