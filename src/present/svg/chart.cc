#include "present/svg/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "present/text/layout.h"

namespace dropscope {

namespace {

constexpr double kMinute = 60;
constexpr double kHour = 3600;
constexpr double kDay = 86400;

// Lengths that people find round, up to a month. Each list is finer than the one before; the finest
// list whose labels fit is taken, so that the ticks keep an even rhythm.
const std::vector<double>& round_lengths(std::size_t fineness) {
  static const std::array<std::vector<double>, 3> kLists = {{
      {1, kMinute, kHour, kDay, 7 * kDay, 28 * kDay},
      {1, 10, kMinute, 10 * kMinute, kHour, 4 * kHour, kDay, 4 * kDay, 14 * kDay, 28 * kDay},
      {1,        2,           5,           10,           20,           30,
       kMinute,  2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute,
       kHour,    2 * kHour,   4 * kHour,   8 * kHour,    12 * kHour,   kDay,
       2 * kDay, 4 * kDay,    7 * kDay,    14 * kDay,    28 * kDay},
  }};
  return kLists[std::min(fineness, kLists.size() - 1)];
}

// Steps of a linear axis.
constexpr std::array<double, 21> kSteps = {
    1,        2,           5,           10,           15,           30,
    kMinute,  2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute,
    kHour,    2 * kHour,   4 * kHour,   8 * kHour,    12 * kHour,   kDay,
    2 * kDay, 7 * kDay,    28 * kDay};

}  // namespace

double label_width(std::string_view utf8) {
  return 6.6 * static_cast<double>(display_width(utf8));
}

void open_chart(Markup& out, ChartSize size, double height, std::string_view id,
                std::string_view title, std::string_view description) {
  const bool wide = size == ChartSize::Wide;
  const std::string name = fmt::format("{}-{}", id, wide ? "wide" : "narrow");
  out.open("svg", {{"class", wide ? "chart wide" : "chart narrow"},
                   {"viewBox",
                    fmt::format("0 0 {} {}", coordinate(chart_width(size)), coordinate(height))},
                   {"role", "img"},
                   {"aria-labelledby", fmt::format("{0}-t {0}-d", name)}});
  out.element("title", title, {{"id", name + "-t"}});
  out.element("desc", description, {{"id", name + "-d"}});
}

void rectangle(Markup& out, std::string_view css_class, double x, double y, double width,
               double height) {
  out.leaf("rect", {{"class", std::string(css_class)},
                    {"x", coordinate(x)},
                    {"y", coordinate(y)},
                    {"width", coordinate(std::max(width, 0.0))},
                    {"height", coordinate(std::max(height, 0.0))}});
}

void line(Markup& out, std::string_view css_class, double x1, double y1, double x2, double y2) {
  out.leaf("line", {{"class", std::string(css_class)},
                    {"x1", coordinate(x1)},
                    {"y1", coordinate(y1)},
                    {"x2", coordinate(x2)},
                    {"y2", coordinate(y2)}});
}

void label(Markup& out, std::string_view css_class, double x, double y, std::string_view anchor,
           std::string_view utf8) {
  out.element("text", utf8,
              {{"class", std::string(css_class)},
               {"x", coordinate(x)},
               {"y", coordinate(y)},
               {"text-anchor", std::string(anchor)}});
}

LengthAxis::LengthAxis(double min_s, double max_s, bool logarithmic, double from, double to)
    : min_s_(logarithmic ? std::max(min_s, 1.0) : min_s),
      max_s_(std::max(max_s, min_s_ * 1.01 + 0.01)),
      logarithmic_(logarithmic),
      from_(from),
      to_(to) {}

double LengthAxis::at(double seconds) const {
  seconds = std::clamp(seconds, min_s_, max_s_);
  const double share = logarithmic_ ? std::log(seconds / min_s_) / std::log(max_s_ / min_s_)
                                    : (seconds - min_s_) / (max_s_ - min_s_);
  return from_ + share * (to_ - from_);
}

std::vector<double> LengthAxis::ticks(double apart) const {
  std::vector<double> chosen;
  if (logarithmic_) {
    for (std::size_t fineness = 3; fineness-- > 0;) {
      chosen.clear();
      bool fits = true;
      for (const double t : round_lengths(fineness)) {
        if (t < min_s_ || t > max_s_) continue;
        if (!chosen.empty() && at(t) - at(chosen.back()) < apart) fits = false;
        chosen.push_back(t);
      }
      if (fits) return chosen;
    }
    // Even the coarsest list is too dense; keep those that have room.
    std::vector<double> kept;
    for (const double t : chosen) {
      if (kept.empty() || at(t) - at(kept.back()) >= apart) kept.push_back(t);
    }
    return kept;
  }
  const double units_per_second = (to_ - from_) / (max_s_ - min_s_);
  const double step = round_step(apart / units_per_second);
  for (double t = std::ceil(min_s_ / step) * step; t <= max_s_; t += step) chosen.push_back(t);
  return chosen;
}

double round_step(double least_s) {
  for (const double step : kSteps) {
    if (step >= least_s) return step;
  }
  return std::ceil(least_s / kSteps.back()) * kSteps.back();
}

std::string tick_text(double seconds) {
  const auto with_unit = [](double value, std::string_view unit) {
    return value == std::floor(value) ? fmt::format("{:.0f} {}", value, unit)
                                      : fmt::format("{:.1f} {}", value, unit);
  };
  if (seconds < kMinute) return with_unit(seconds, "s");
  if (seconds < 2 * kHour) return with_unit(seconds / kMinute, "min");
  if (seconds < kDay) return with_unit(seconds / kHour, "h");
  return with_unit(seconds / kDay, "d");
}

std::vector<std::uint64_t> count_ticks(std::uint64_t max) {
  max = std::max<std::uint64_t>(max, 1);
  std::uint64_t step = 1;
  for (std::uint64_t decade = 1;; decade *= 10) {
    bool found = false;
    for (const unsigned digit : {1U, 2U, 5U}) {
      step = decade * digit;
      if (max / step < 4) {
        found = true;
        break;
      }
    }
    if (found) break;
  }
  std::vector<std::uint64_t> ticks;
  for (std::uint64_t t = 0;; t += step) {
    ticks.push_back(t);
    if (t >= max) return ticks;
  }
}

}  // namespace dropscope
