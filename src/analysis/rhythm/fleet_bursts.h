#pragma once

// What tells bursts from a timer in a pool: short uptimes that take turns with long ones, and the
// pauses between a client's own tries to connect, which are regular.

#include "analysis/rhythm/fleet_pool.h"
#include "analysis/rhythm/fleet_timer.h"

namespace dropscope::rhythm {

/// Whether short uptimes take turns with long ones.
[[nodiscard]] bool comes_in_clumps(const Pool& pool);

/// Whether the losses of a length in seconds are those of bursts: it is one of the pauses between
/// Outlook's own tries, or as short as the uptimes within a burst. `each`: the length's ln Bayes
/// factor for each life; a timer's is much larger.
[[nodiscard]] bool is_retry(const Pool& pool, double seconds, double each);

/// Whether what a timer's candidate tells are bursts. A free period may be that of tries on a grid,
/// however clear it is.
[[nodiscard]] bool is_of_retries(const Candidate& candidate, const Pool& pool);

}  // namespace dropscope::rhythm
