// Connection lives spread from seconds to days, and an idle timer makes a narrow heap among them. A
// linear axis wide enough for a night hides the heap, so the axis turns logarithmic when the data
// ask for it. Classes are equally wide on the axis that is drawn, so that areas can be compared by
// eye. For up to 150 values each is also drawn as a small stroke below the axis: a class can hide
// that ten values are equal.
#include "present/svg/histogram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "present/text/layout.h"
#include "present/text/wording.h"

namespace dropscope {

namespace {

constexpr double kSpreadOfLogarithm =
    8;  // See draw_histogram(): 80 % of a normal spread below one decade.
constexpr std::size_t kStrokes = 150;
constexpr double kLabelLine = 15;

double quantile(const std::vector<double>& sorted, double share) {
  const double index = share * static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(std::lround(index))];
}

// Where the name of a marker goes so that no two overlap.
struct Placed {
  double x = 0;
  double left = 0;
  double right = 0;
  std::size_t row = 0;
  bool to_left = false;
  std::string name;
};

std::vector<Placed> place_markers(const std::vector<HistogramMarker>& markers,
                                  const LengthAxis& axis, ChartSize size, double left,
                                  double right) {
  std::vector<Placed> placed;
  for (const HistogramMarker& m : markers) {
    if (m.seconds < axis.min_s() || m.seconds > axis.max_s()) continue;
    Placed p;
    p.x = axis.at(m.seconds);
    p.name = size == ChartSize::Wide ? m.name : m.short_name;
    const double width = label_width(p.name) + 8;
    p.to_left = p.x + width > right && p.x - width >= left;
    p.left = p.to_left ? p.x - width : p.x;
    p.right = p.to_left ? p.x : p.x + width;
    for (bool moved = true; moved;) {
      moved = false;
      for (const Placed& other : placed) {
        if (other.row == p.row && p.left < other.right && other.left < p.right) {
          ++p.row;
          moved = true;
        }
      }
    }
    placed.push_back(std::move(p));
  }
  return placed;
}

}  // namespace

double LengthClasses::edge(std::size_t i) const {
  const double n = static_cast<double>(i);
  if (logarithmic) return min_s * std::pow(ratio, n);
  return i == 0 ? min_s : (n - 0.5) * step_s;
}

LengthClasses classify_lengths(const std::vector<double>& values,
                               const std::vector<double>& censored, std::size_t classes,
                               double centre_s) {
  LengthClasses result;
  if (values.empty() || classes < 2) return result;
  std::vector<double> sorted = values;
  for (double& v : sorted) v = std::max(v, 1.0);
  std::sort(sorted.begin(), sorted.end());
  result.logarithmic = quantile(sorted, 0.9) / quantile(sorted, 0.1) > kSpreadOfLogarithm ||
                       sorted.back() / quantile(sorted, 0.9) > kSpreadOfLogarithm;
  std::size_t used = classes;
  if (result.logarithmic) {
    // One class of air on each side keeps the outer heaps off the frame.
    const double span = std::log(sorted.back() / sorted.front());
    const double width = std::max(span, 0.1) / static_cast<double>(classes - 2);
    result.ratio = std::exp(width);
    const double to_centre = std::log(std::max(centre_s, 1.0) / sorted.front()) / width;
    const double shift = to_centre - 0.5 - std::floor(to_centre - 0.5);
    result.min_s = sorted.front() * std::exp((shift - 1) * width);
    result.max_s = result.min_s * std::exp(static_cast<double>(classes) * width);
  } else {
    result.step_s = round_step(sorted.back() / (static_cast<double>(classes) - 1));
    used = static_cast<std::size_t>(std::lround(sorted.back() / result.step_s)) + 1;
    result.max_s = (static_cast<double>(used) - 0.5) * result.step_s;
  }
  result.values.assign(used, 0);
  result.censored.assign(used, 0);
  const auto class_of = [&](double seconds) {
    const double position = result.logarithmic
                                ? std::log(seconds / result.min_s) / std::log(result.ratio)
                                : seconds / result.step_s + 0.5;
    return position <= 0 ? std::size_t{0} : std::min(static_cast<std::size_t>(position), used - 1);
  };
  for (const double v : sorted) ++result.values[class_of(v)];
  for (const double v : censored) {
    if (v > result.max_s) {
      ++result.censored_beyond;
    } else {
      ++result.censored[class_of(std::max(v, 1.0))];
    }
  }
  return result;
}

std::uint64_t draw_histogram(Markup& out, ChartSize size, const HistogramInput& input,
                             const Speech& speech) {
  if (input.values.empty()) return 0;
  const bool wide = size == ChartSize::Wide;
  const LengthClasses classes =
      classify_lengths(input.values, input.censored, wide ? 64 : 32, input.centre_s);
  const double left = wide ? 52 : 36;
  const double right = chart_width(size) - 12;
  const LengthAxis axis(classes.min_s, classes.max_s, classes.logarithmic, left, right);
  const std::vector<Placed> markers =
      place_markers(input.markers, axis, size, left, chart_width(size));
  std::size_t rows = 0;
  for (const Placed& p : markers) rows = std::max(rows, p.row + 1);

  std::uint64_t most = 0;
  for (std::size_t i = 0; i < classes.values.size(); ++i) {
    most = std::max(most, classes.values[i] + classes.censored[i]);
  }
  const std::vector<std::uint64_t> counts = count_ticks(most);
  const double top = 24 + kLabelLine * static_cast<double>(rows);
  const double bottom = top + (wide ? 200 : 170);
  const double height = bottom + 58;
  const auto y_of = [&](std::uint64_t n) {
    return bottom - (bottom - top) * static_cast<double>(n) / static_cast<double>(counts.back());
  };

  open_chart(out, size, height, input.id, input.title, input.description);
  for (const std::uint64_t n : counts) {
    line(out, "grid", left, y_of(n), right, y_of(n));
    label(out, "tick", left - 6, y_of(n) + 4, "end", speech.grouped(n));
  }
  label(out, "axis-name", 2, 12, "start", input.what);
  if (input.band_high > input.band_low) {
    const double from = axis.at(input.band_low);
    rectangle(out, "band", from, top, std::max(axis.at(input.band_high) - from, 2.0), bottom - top);
  }
  const double gap = wide ? 1.5 : 1;
  for (std::size_t i = 0; i < classes.values.size(); ++i) {
    const double x = axis.at(classes.edge(i)) + gap / 2;
    const double width = axis.at(classes.edge(i + 1)) - gap / 2 - x;
    const double measured = y_of(classes.values[i]);
    if (classes.values[i] > 0) {
      out.open("rect", {{"class", "bar"},
                        {"x", coordinate(x)},
                        {"y", coordinate(measured)},
                        {"width", coordinate(width)},
                        {"height", coordinate(bottom - measured)}});
      out.element("title", speech.say("{} to {}: {}", {speech.timer(classes.edge(i)),
                                                       speech.timer(classes.edge(i + 1)),
                                                       speech.grouped(classes.values[i])}));
      out.close();
    }
    if (classes.censored[i] > 0) {
      const double upper = y_of(classes.values[i] + classes.censored[i]);
      rectangle(out, "bar-censored", x, upper, width, measured - upper);
    }
  }
  line(out, "axis", left, bottom, right, bottom);
  if (input.values.size() <= kStrokes) {
    for (const double v : input.values) {
      const double x = axis.at(std::max(v, classes.min_s));
      line(out, "stroke", x, bottom + 3, x, bottom + 10);
    }
  }
  for (const double t : axis.ticks(wide ? 62 : 54)) {
    line(out, "axis", axis.at(t), bottom, axis.at(t), bottom + 13);
    label(out, "tick", axis.at(t), bottom + 27, "middle", tick_text(t));
  }
  label(out, "axis-name", right, bottom + 48, "end",
        classes.logarithmic ? speech.say("length (logarithmic axis)") : speech.say("length"));
  for (const Placed& p : markers) {
    const double y = 24 + kLabelLine * static_cast<double>(p.row);
    line(out, "marker", p.x, y - 8, p.x, bottom);
    label(out, "marker-name", p.to_left ? p.x - 5 : p.x + 5, y + 2, p.to_left ? "end" : "start",
          p.name);
  }
  out.close();
  return classes.censored_beyond;
}

}  // namespace dropscope
