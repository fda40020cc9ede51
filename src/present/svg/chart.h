#pragma once

// What the charts share: the frame of an accessible SVG, and axes of time lengths.
//
// Each chart is drawn twice, for a wide page and for a telephone, and the style sheet shows one of
// them: a chart that only shrinks has letters of five pixels on a small screen. Colours come from
// classes of the style sheet, so that the dark scheme and the printer get their own.

#include <string>
#include <string_view>
#include <vector>

#include "present/markup.h"

namespace dropscope {

enum class ChartSize { Wide, Narrow };

/// Units of a drawing, about CSS pixels at the usual size of the page.
[[nodiscard]] constexpr double chart_width(ChartSize size) {
  return size == ChartSize::Wide ? 880 : 352;
}

/// Estimated width of a label at the charts' letter size (12 units; the mean letter is 0.55 em
/// wide).
[[nodiscard]] double label_width(std::string_view utf8);

/// Opens <svg> with title and description, which screen readers read instead of the shapes. `id` is
/// unique on the page for each chart; the size is added.
void open_chart(Markup& out, ChartSize size, double height, std::string_view id,
                std::string_view title, std::string_view description);

/// Shapes.
void rectangle(Markup& out, std::string_view css_class, double x, double y, double width,
               double height);
void line(Markup& out, std::string_view css_class, double x1, double y1, double x2, double y2);
/// `anchor`: "start", "middle" or "end".
void label(Markup& out, std::string_view css_class, double x, double y, std::string_view anchor,
           std::string_view utf8);

/// A linear or logarithmic axis of lengths of time, from seconds to units.
class LengthAxis {
 public:
  LengthAxis(double min_s, double max_s, bool logarithmic, double from, double to);
  [[nodiscard]] double at(double seconds) const;
  [[nodiscard]] double min_s() const { return min_s_; }
  [[nodiscard]] double max_s() const { return max_s_; }

  /// Round lengths inside the axis, at least `apart` units from each other.
  [[nodiscard]] std::vector<double> ticks(double apart) const;

 private:
  double min_s_, max_s_;
  bool logarithmic_;
  double from_, to_;
};

/// The smallest round length that is not below `least_s`: 1, 2, 5, 10, 15, 30 s, 1 min …
[[nodiscard]] double round_step(double least_s);

/// A tick's label: "30 s", "5 min", "2 h", "3 d".
[[nodiscard]] std::string tick_text(double seconds);

/// Round numbers from 0 to at least `max` for an axis of counts; two to five of them.
[[nodiscard]] std::vector<std::uint64_t> count_ticks(std::uint64_t max);

}  // namespace dropscope
