#pragma once

// Which close was which loss: the same end of a connection, seen by the client and by somebody on
// its way (docs/methods/closes.md).

#include <cstdint>
#include <vector>

#include "evidence/event.h"

namespace dropscope {

struct LossMatch {
  std::uint32_t event = 0;     ///< Index into Evidence::events, a loss.
  std::uint32_t close = 0;     ///< Index into Evidence::closes.
  double delay_s = 0;          ///< Loss minus close; negative: the client noticed before.
  std::uint32_t together = 1;  ///< Closes of the same client within a second of this one.
  /// Probability that a loss at a random moment has a close of its computer as near as this one, by
  /// the rate of such closes around it.
  double chance = 0;
};

/// What one device's closes tell about one computer's losses.
struct MatchCount {
  std::uint32_t computer = 0;
  StringId device = 0;
  std::uint64_t losses = 0;  ///< While the device's log covers them.
  std::uint64_t matched = 0;
  double expected = 0;  ///< Matches that chance would give.
};

struct Matches {
  std::vector<LossMatch> matches;  ///< By loss.
  std::vector<MatchCount> counts;  ///< By computer, device.
  /// Losses without a match (indices into Evidence::events, sorted) at which a device still had an
  /// older connection of the computer open, and saw it end later: the client's side of it had died
  /// without a word that reached the device.
  std::vector<std::uint32_t> outlived;
};

/// Matches every loss of the application with the nearest close of its computer, within the delays
/// that the close's kind allows. Clocks must have been set right.
[[nodiscard]] Matches match_closes(const Evidence& evidence, std::uint16_t profile = 0);

}  // namespace dropscope
