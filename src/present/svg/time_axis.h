#pragma once

// The axis of a chart over the whole time, and what is drawn over all its rows.

#include <functional>
#include <vector>

#include "base/timezone.h"
#include "present/digest.h"
#include "present/markup.h"
#include "present/svg/chart.h"
#include "present/text/speech.h"

namespace dropscope {

/// Units. Thinner strokes vanish on paper; wider ones paint a day of six losses solid.
inline constexpr double kLeastStroke = 2;

struct TimeFrame {
  Span observed;
  const TimeZone& zone;
  const std::vector<SharedMinute>& shared;  ///< Drawn as bands over all rows.
};

/// The last midnight of the wall clock before `t`, or one of the days after it.
[[nodiscard]] Instant midnight(const TimeZone& zone, Instant t, int days_later = 0);

/// A band from `top` to `bottom` for each moment that many computers share; above it stands how
/// many they are, where there is room.
void draw_bands(Markup& out, const TimeFrame& frame, const std::function<double(Instant)>& x_of,
                double top, double bottom, const Speech& speech);

/// Midnights from `left` to `right`, named below `bottom`.
void draw_day_axis(Markup& out, ChartSize size, const TimeFrame& frame,
                   const std::function<double(Instant)>& x_of, double left, double right,
                   double top, double bottom, const Speech& speech);

}  // namespace dropscope
