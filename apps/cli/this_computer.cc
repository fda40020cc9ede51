#include "apps/cli/this_computer.h"

#include <chrono>

namespace dropscope::cli {

Instant now() {
  // The epoch of the system's clock is that of Unix (C++20).
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return instant_from_unix(0) + std::chrono::duration_cast<Ticks>(since);
}

}  // namespace dropscope::cli
