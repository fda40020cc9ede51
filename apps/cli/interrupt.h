#pragma once

// Waiting between two looks at something, until there is a reason to stop: Ctrl-C, the request of
// the system to end, or nobody who reads standard output any more.

#include <chrono>

namespace dropscope::cli {

/// From now on such requests do not end the program, and is_interrupted() tells them.
void watch_for_interrupt();

[[nodiscard]] bool is_interrupted();

/// Waits; returns early, with false, when there is a reason to stop.
[[nodiscard]] bool wait_unless_interrupted(std::chrono::milliseconds time);

}  // namespace dropscope::cli
