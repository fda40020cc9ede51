#pragma once

// What probes measured of the path, held against what the losses show.

#include <optional>
#include <string>
#include <vector>

#include "evidence/event.h"
#include "verdict/findings.h"
#include "verdict/statements.h"

namespace dropscope {

/// Whose losses, and when: what a probe is held against. Nothing known: nothing is doubted.
struct LossFrame {
  std::vector<std::string> computers;  ///< With losses.
  std::optional<Instant> first, last;
};
[[nodiscard]] LossFrame loss_frame(const Evidence& evidence, const Diagnosis& diagnosis);

/// Aspect::Path of losses with a regular interval; nothing known where the probes measured neither
/// the interval nor anything longer.
[[nodiscard]] AspectFinding path_finding(const std::vector<PathProbe>& probes,
                                         const IntervalEstimate& interval,
                                         const LossFrame& frame = {});

/// One sentence for each probe, whether it speaks in the verdict or not.
void add_measured_paths(const Case& c, std::vector<Statement>& out);

}  // namespace dropscope
