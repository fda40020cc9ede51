#include "simulate/reconnect.h"

#include <iterator>

namespace dropscope::simulation {

namespace {

// Before its first retry it tries at growing distances; these are an assumption.
constexpr double kEarlyAttempts[] = {12, 30, 60, 120, 210};

}  // namespace

Ticks reconnect_attempt(unsigned n) {
  constexpr unsigned kEarly = std::size(kEarlyAttempts);
  if (n < kEarly) return ticks_from_seconds(kEarlyAttempts[n]);
  return ticks_from_seconds(kFirstRetry) + ticks_from_seconds(kNextRetry) * (n - kEarly);
}

}  // namespace dropscope::simulation
