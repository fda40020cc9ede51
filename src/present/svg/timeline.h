#pragma once

// When computers were connected: one row per day for one computer, one row per computer for some,
// one row per office or server for a fleet.

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "base/timezone.h"
#include "present/digest.h"
#include "present/fleet.h"
#include "present/markup.h"
#include "present/svg/chart.h"
#include "present/svg/time_axis.h"
#include "present/text/speech.h"

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
               const TimeZone& zone, const Speech& speech, const std::string& description);

/// Rows under one heading; an empty heading takes no room.
struct RowGroup {
  std::string heading;
  std::vector<const ComputerView*> rows;
};

/// One row per computer over the whole time; losses are strokes. `id` is unique on the page.
void draw_computers(Markup& out, ChartSize size, const Evidence& evidence,
                    const std::vector<RowGroup>& groups, const TimeFrame& frame,
                    const std::string& id, const Speech& speech, const std::string& description);

/// One row per group of computers. Each column of a row is shaded by the share of the group's
/// computers that lose the connection in that time, of those that are watched then.
void draw_groups(Markup& out, ChartSize size, const Digest& digest,
                 const std::vector<Group>& groups, const TimeFrame& frame, const Speech& speech,
                 const std::string& description);

/// The shades of draw_groups(): the lowest share of computers of each class from 1 to 4.
inline constexpr std::array<double, 4> kShares = {0, 0.05, 0.25, 0.5};

/// The pattern of unobserved time, once per page; the charts refer to it.
void draw_pattern_definitions(Markup& out);

}  // namespace dropscope
