#pragma once

// How long the cycle of a schedule is: jobs at five past and at a quarter to the hour are also at
// one phase of every twenty minutes, but never at twenty-five past.

#include <cstdint>
#include <vector>

namespace dropscope::rhythm {

/// A cycle and the places in it that a schedule keeps to.
struct Schedule {
  double cycle = 0;                 ///< Seconds.
  std::vector<std::size_t> places;  ///< Turns of the clock in each cycle, ascending.
};

/// The cycle, of those in clock_cycles(), in which a clock keeps to two to kMostTimes of the places
/// that its own cycle of `seconds` has in it; that one with its only place where there is none.
/// `turns`: the number of its cycle that each loss at its phase is in, ascending, counted from a
/// phase of local time; several clients may meet it in the same one.
[[nodiscard]] Schedule schedule_of(const std::vector<std::int64_t>& turns, double seconds);

}  // namespace dropscope::rhythm
