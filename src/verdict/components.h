#pragma once

// Dividing the losses of a fleet by what they have in common. Internal to this floor.
//
// Most specific first: a reason in a device's log, then what the computer itself logged at that
// moment, then the moment itself where several computers lose together, then the rhythm of what is
// left. Each step takes the losses it explains out of the rest, and only if there are clearly more
// than chance would give.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/rhythm/episode_rhythm.h"
#include "verdict/verdict.h"

namespace dropscope {

/// One loss with what is near it.
struct LossView {
  std::uint32_t computer = 0;
  std::size_t at = 0;  ///< Index into Diagnosis::episodes.
  std::uint32_t event = 0;
  Instant time{};
  std::optional<double> outage_s;
  std::optional<std::size_t> close;  ///< State of Aspect::Closed, where a device saw the end.
  bool covered = false;              ///< A device's log covers this computer.
  std::size_t near = 0;              ///< State of Aspect::Near; 0 = none.
  double near_chance = 0;            ///< Share of the computer's time that lies near such events.
  bool system_log = false;           ///< The computer's System log covers this moment.
  bool together = false;             ///< Another computer lost its connection within a minute.
  double together_chance = 0;        ///< Probability of that by chance.
};

/// A division: indices into the losses.
struct Part {
  enum class By : std::uint8_t { Close, Near, Together, Rhythm, Rest };
  By by = By::Rest;
  std::size_t state = 0;  ///< Of Aspect::Closed or Aspect::Near.
  std::vector<std::size_t> losses;
  double expected = 0;  ///< Losses that chance would put here.
  IntervalEstimate interval;
};

/// All losses, by computer and time.
[[nodiscard]] std::vector<LossView> view_losses(const Evidence& evidence,
                                                const Diagnosis& diagnosis);

/// Every loss in exactly one part. With `clients`, a rhythm is also looked for in the place that
/// losses are most likely of.
[[nodiscard]] std::vector<Part> divide(const Evidence& evidence, const Diagnosis& diagnosis,
                                       const std::vector<LossView>& losses,
                                       const Clients* clients = nullptr);

}  // namespace dropscope
