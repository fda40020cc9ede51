#pragma once

// What a report draws beside an answer: how long connections lived, and where in the cycle they
// were lost.

#include <cstddef>
#include <vector>

#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {

/// Uptimes of `low` to below `high` seconds.
struct Bar {
  double low = 0;
  double high = 0;
  std::size_t count = 0;
};

struct Picture {
  std::vector<Bar> uptimes;         ///< Ascending, without gaps; the last bar holds all above.
  double cycle = 0;                 ///< Seconds that the phases go round in.
  bool wall_clock = true;           ///< Phases count from local midnight, else from the first loss.
  std::vector<std::size_t> phases;  ///< Losses by equal parts of the cycle.
};

/// The picture of a client and the answer given for it. With an interval T the bars are tenths of
/// T up to 4 T and the cycle of a clock or period is T; without one the bars grow by a quarter
/// octave and the cycle is a day. Empty where there is no uptime.
[[nodiscard]] Picture picture_of(const Client& client, const Answer& answer);

}  // namespace dropscope::rhythm
