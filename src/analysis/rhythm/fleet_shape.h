#pragma once

// What tells an idle timer, a fixed age and a free period apart in a pool, where each client adds
// two or three lives of one length.

#include "analysis/rhythm/fleet_pool.h"
#include "analysis/rhythm/rhythm.h"
#include "analysis/rhythm/spike.h"

namespace dropscope::rhythm {

/// Whether lives go on beyond the length of `age` more often than strays explain: an idle timer's
/// do.
[[nodiscard]] bool is_delayed(const Pool& pool, const SpikeFit& age);

/// Correlation of gaps near a length with the next one: -1/2 where losses are scattered about a
/// free-running cycle, 0 where each life begins anew. 0 too if there are few, or if they are so
/// sharp that whole seconds decide.
[[nodiscard]] double memory_of_gaps(const Pool& pool, const SpikeFit& fit);

/// A free period near `fit` by least squares over the cycle numbers of each client, whose phase is
/// its own: jitter, which shortens one gap and lengthens the next, then counts once.
[[nodiscard]] Measure measured_period(const Pool& pool, const SpikeFit& fit);

}  // namespace dropscope::rhythm
