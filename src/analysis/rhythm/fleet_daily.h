#pragma once

// Something that runs once a day within an hour or so: a job with a random delay, a window for
// maintenance, a line that is reconnected by night. Its losses are too far apart for a clock that
// is looked for to the minute.

#include "analysis/rhythm/fleet_pool.h"
#include "analysis/rhythm/fleet_timer.h"

namespace dropscope::rhythm {

/// Whether nearly all losses lie in one hour of the day, on three days at least: then no cycle
/// below a day can be theirs.
[[nodiscard]] bool keeps_to_one_hour(const Pool& pool);

/// The hour of the day in which nearly all losses come on each day of the week, as a clock of one
/// day; its evidence is against losses at any hour. Without an interval where there is none: people
/// too come and go at one hour, but on two days of the week in a row they rest.
[[nodiscard]] Candidate daily_hour(const Pool& pool);

}  // namespace dropscope::rhythm
