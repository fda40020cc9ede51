#include "present/svg/heatmap.h"

#include <fmt/format.h>

#include <algorithm>

namespace dropscope {

namespace {

// A number that fits a cell of three letters.
std::string cell_text(std::uint32_t n) {
  if (n < 1000) return fmt::format("{}", n);
  if (n < 100'000) return fmt::format("{}k", n / 1000);
  return ">99k";
}

}  // namespace

int heat_class(std::uint32_t count, std::uint32_t largest) {
  if (count == 0 || largest == 0) return 0;
  return std::clamp(static_cast<int>((5ULL * count + largest - 1) / largest), 1, 5);
}

void draw_hour_heatmap(Markup& out, ChartSize size, const std::array<std::uint32_t, 168>& hours,
                       const Speech& speech, const std::string& description) {
  const bool wide = size == ChartSize::Wide;
  const double left = 40;
  const double top = wide ? 4 : 20;
  const double cell_w =
      wide ? (chart_width(size) - left - 4) / 24 : (chart_width(size) - left - 4) / 7;
  const double cell_h = wide ? 28 : 19;
  const double height = wide ? top + 7 * cell_h + 22 : top + 24 * cell_h + 4;
  const std::uint32_t largest = *std::max_element(hours.begin(), hours.end());

  open_chart(out, size, height, "heat", speech.say("Losses by hour of the week"), description);
  for (std::size_t day = 0; day < 7; ++day) {
    const auto d = static_cast<double>(day);
    if (wide) {
      label(out, "tick", left - 8, top + (d + 0.5) * cell_h + 4, "end",
            speech.weekday(static_cast<int>(day), false));
    } else {
      label(out, "tick", left + (d + 0.5) * cell_w, top - 6, "middle",
            speech.weekday(static_cast<int>(day), false));
    }
    for (std::size_t hour = 0; hour < 24; ++hour) {
      const auto h = static_cast<double>(hour);
      const double x = left + (wide ? h : d) * cell_w;
      const double y = top + (wide ? d : h) * cell_h;
      const std::uint32_t n = hours[24 * day + hour];
      const int heat = heat_class(n, largest);
      if (n == 0) {
        rectangle(out, "heat0", x + 1, y + 1, cell_w - 2, cell_h - 2);
        continue;
      }
      out.open("g").element(
          "title", fmt::format("{} {:02}–{:02} h: {}", speech.weekday(static_cast<int>(day), true),
                               hour, hour + 1, speech.grouped(n)));
      rectangle(out, fmt::format("heat{}", heat), x + 1, y + 1, cell_w - 2, cell_h - 2);
      label(out, heat >= 3 ? "cell strong" : "cell", x + cell_w / 2, y + cell_h / 2 + 4, "middle",
            cell_text(n));
      out.close();
    }
  }
  for (std::size_t hour = 0; hour < 24; hour += wide ? 2 : 1) {
    const auto h = static_cast<double>(hour);
    if (wide) {
      label(out, "tick", left + (h + 0.5) * cell_w, top + 7 * cell_h + 16, "middle",
            fmt::format("{:02} h", hour));
    } else {
      label(out, "tick", left - 6, top + (h + 0.5) * cell_h + 4, "end", fmt::format("{:02}", hour));
    }
  }
  out.close();
}

}  // namespace dropscope
