#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/episodes/episodes.h"
#include "base/timezone.h"

namespace dropscope {

/// Order statistics of lengths in seconds. All 0 when n is 0.
struct Distribution {
  std::size_t n = 0;
  double min = 0, p10 = 0, p25 = 0, median = 0, p75 = 0, p90 = 0, max = 0;
};
[[nodiscard]] Distribution describe(std::vector<double> seconds);

struct DayCount {
  std::int64_t year = 0;
  int month = 0, day = 0;
  std::uint32_t losses = 0;
};

/// How often, and when.
struct Frequency {
  std::uint64_t losses = 0;
  double watched_hours = 0;  ///< Time covered by logs with the computer on, all computers added.
  double per_day = 0;        ///< Losses per computer and 24 watched hours.
  double per_day_low = 0;    ///< 95 % interval (exact Poisson, Garwood 1936).
  double per_day_high = 0;
  std::array<std::uint32_t, 168> hour_of_week{};  ///< Losses by local hour; 0 = Monday 00–01.
  std::vector<DayCount> days;                     ///< Local days with at least one loss, in order.
  Distribution uptimes;                           ///< Complete uptimes only.
  Distribution outages;                           ///< Complete outages only.
  std::uint64_t open_outages = 0;                 ///< Outages whose end was not seen.
};

/// Pools the given computers.
[[nodiscard]] Frequency measure_frequency(const std::vector<const ComputerEpisodes*>& computers,
                                          const TimeZone& zone);

}  // namespace dropscope
