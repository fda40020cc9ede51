#pragma once

// When Outlook tries again after a loss; for the simulator and for the laboratory's clients.

#include "base/time.h"

namespace dropscope::simulation {

// In seconds: "Disconnected" after 5 minutes, then a new attempt every 15 (Microsoft's help text
// for Outlook 2007).
inline constexpr double kFirstRetry = 300;
inline constexpr double kNextRetry = 900;

/// The nth attempt (from 0) after the first one failed, counted from the loss. Strictly growing.
[[nodiscard]] Ticks reconnect_attempt(unsigned n);

}  // namespace dropscope::simulation
