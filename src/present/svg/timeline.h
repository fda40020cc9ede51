#pragma once

// When a computer was connected: one row per day for one computer, one row per computer for many.

#include <cstddef>
#include <string>
#include <vector>

#include "base/timezone.h"
#include "present/digest.h"
#include "present/markup.h"
#include "present/svg/chart.h"

namespace dropscope {

/// Days of one computer, oldest first. At most `max_days`: those that end with the last day with a
/// loss.
struct DayRows {
  std::vector<Instant> days;  ///< Local midnights of the rows.
  std::size_t left_out = 0;   ///< Observed days that are not shown.
};
[[nodiscard]] DayRows choose_days(const Span& observed, const ComputerEpisodes& episodes,
                                  const TimeZone& zone, std::size_t max_days);

/// One row per day, midnight to midnight on the wall clock.
void draw_days(Markup& out, ChartSize size, const Evidence& evidence,
               const ComputerEpisodes& episodes, const DayRows& rows, const Span& observed,
               const TimeZone& zone, const std::string& description);

/// One row per computer over the whole time; losses are strokes.
void draw_computers(Markup& out, ChartSize size, const Evidence& evidence,
                    const std::vector<ComputerView>& computers, const Span& observed,
                    const TimeZone& zone, const std::string& description);

/// The pattern of unobserved time, once per page; the charts refer to it.
void draw_pattern_definitions(Markup& out);

}  // namespace dropscope
