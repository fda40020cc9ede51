#pragma once

// Losses and time at risk of a group by the hour, and how much they scatter from day to day.

#include <span>
#include <vector>

#include "analysis/change/strata.h"

namespace dropscope {

/// One hour of UTC.
struct RateHour {
  double losses = 0;
  double hours = 0;     ///< Watched hours of all computers.
  double expected = 0;  ///< Losses that the group's mean rate at this kind of hour gives.
};

/// Consecutive hours; empty when nothing was watched.
struct RateSeries {
  std::int64_t first_hour = 0;  ///< Since 1601.
  std::vector<RateHour> hours;
};

/// Pools the computers. The course of day and week is that of all hours together, drawn towards an
/// even one where losses are few. Hours that no computer was watched in have no losses either.
[[nodiscard]] RateSeries rate_series(std::span<const ComputerEpisodes* const> computers,
                                     const TimeZone& zone);

/// Variance over mean of the losses of a day, ≥ 1, from the difference of each day to the next, so
/// that a rate that changes for good does not count as scatter.
[[nodiscard]] double daily_dispersion(const RateSeries& series);

}  // namespace dropscope
