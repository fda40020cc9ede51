#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "present/markup.h"
#include "present/svg/chart.h"
#include "present/text/speech.h"

namespace dropscope {

/// Losses by hour of the week (index 0 = Monday 00–01): seven rows of hours on a wide page, seven
/// columns on a narrow one, so that the numbers stay readable.
void draw_hour_heatmap(Markup& out, ChartSize size, const std::array<std::uint32_t, 168>& hours,
                       const Speech& speech, const std::string& description);

/// The class of a count among five, by its share of the largest; 0 only for no loss.
[[nodiscard]] int heat_class(std::uint32_t count, std::uint32_t largest);

}  // namespace dropscope
