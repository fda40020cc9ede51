#pragma once

#include <string>
#include <vector>

#include "analysis/rhythm/episode_rhythm.h"
#include "evidence/catalogue/catalogue.h"
#include "verdict/verdict.h"

namespace dropscope {

/// Timers of the catalogue whose value and kind agree with the interval: possible ones first, best
/// first (rank of the catalogue, number of sources, nearness). Timers that agree and are excluded,
/// by the protocol for instance, follow with the reason.
[[nodiscard]] std::vector<CandidateTimer> find_candidates(const IntervalEstimate& interval,
                                                          Protocol protocol,
                                                          const Catalogue& catalogue);

/// Whether an inactivity timer of this length can close a connection of this protocol. A MAPI/HTTP
/// request that waits is kept alive every 15 to 30 s (MS-OXCMAPIHTTP, X-PendingPeriod), so a timer
/// of more than a minute never sees it idle.
[[nodiscard]] bool idle_timer_possible(Protocol protocol, double seconds);

/// A configured value and what a client observes differ by so many seconds, from detection and
/// rounding.
[[nodiscard]] double timer_slack(double seconds);

/// What would tell the possible candidates apart; empty for fewer than two.
[[nodiscard]] std::string how_to_tell_apart(const std::vector<CandidateTimer>& candidates);

}  // namespace dropscope
