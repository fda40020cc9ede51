#pragma once

// One .evtx → the events that matter, and the span that each computer's log covers.

#include <string>

#include "base/bytes.h"
#include "evidence/intake/event_collector.h"
#include "evidence/intake/raw.h"

namespace dropscope {

/// Reads a whole .evtx. `damage_kept` bounds the listed damages.
[[nodiscard]] SourceIntake read_log(Bytes bytes, std::string name, const EventMatcher& matcher,
                                    std::size_t damage_kept);

}  // namespace dropscope
