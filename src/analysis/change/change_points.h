#pragma once

// Since when, and did it stop: where the rate of losses changed, and how sure that is.

#include <vector>

#include "analysis/change/rate_ratio.h"
#include "analysis/change/series.h"

namespace dropscope {

/// A time with one rate.
struct RateSegment {
  Instant begin{};
  Instant end{};
  double losses = 0;
  double hours = 0;    ///< Watched hours of all computers.
  double per_day = 0;  ///< Losses per computer and 24 watched hours.
};

struct RateChangePoint {
  Instant time{};
  Instant low{};  ///< The change lies between these with 95 %.
  Instant high{};
  double probability = 0;  ///< That the rate changed here at all, at even odds before.
  RateChange effect;       ///< Of the time up to the next change on the time since the last one.
};

/// `segments` has one more entry than `changes`; both are empty when nothing was watched.
struct RateHistory {
  std::vector<RateSegment> segments;
  std::vector<RateChangePoint> changes;
  double dispersion = 1;
};

/// Changes of the level; the course of day and week is no change. At most eight, by time.
/// O(changes × hours).
[[nodiscard]] RateHistory find_rate_changes(const RateSeries& series);

}  // namespace dropscope
