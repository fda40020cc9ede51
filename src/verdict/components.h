#pragma once

// Dividing the losses of a fleet by what they have in common. Internal to this floor.
//
// Most specific first: a reason in a device's log, then what the computer itself logged at that
// moment, then the moment itself where several computers lose together, then the rhythm of what is
// left. Each step takes the losses it explains out of the rest, and only if there are clearly more
// than chance would give.

#include <cstdint>
#include <vector>

#include "analysis/rhythm/episode_rhythm.h"
#include "verdict/loss_view.h"
#include "verdict/verdict.h"

namespace dropscope {

/// A division: indices into the losses.
struct Part {
  enum class By : std::uint8_t { Close, Near, Together, Rhythm, Rest };
  By by = By::Rest;
  std::size_t state = 0;  ///< Of Aspect::Closed or Aspect::Near.
  std::vector<std::size_t> losses;
  double expected = 0;  ///< Losses that chance would put here.
  IntervalEstimate interval;
};

/// Every loss in exactly one part. With `clients`, a rhythm is also looked for in the place that
/// losses are most likely of.
[[nodiscard]] std::vector<Part> divide(const Evidence& evidence, const Diagnosis& diagnosis,
                                       const std::vector<LossView>& losses,
                                       const Clients* clients = nullptr);

}  // namespace dropscope
