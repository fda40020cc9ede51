#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "present/markup.h"
#include "present/svg/chart.h"
#include "present/text/speech.h"

namespace dropscope {

/// A vertical line at a length of time, with its name.
struct HistogramMarker {
  double seconds = 0;
  std::string name;        ///< On a wide page: "60 min · Cisco ASA / FTD and 3 more".
  std::string short_name;  ///< On a narrow one: "60 min".
};

struct HistogramInput {
  std::string id;  ///< Unique on the page.
  std::string title;
  std::string description;
  std::string what;              ///< What is counted, for the axis: "connections".
  std::vector<double> values;    ///< Measured lengths, seconds.
  std::vector<double> censored;  ///< Lengths known to be at least this; drawn hatched on top.
  std::vector<HistogramMarker> markers;
  double band_low = 0;  ///< An estimate's interval, drawn as a band; none if high is 0.
  double band_high = 0;
  double centre_s = 3600;  ///< See classify_lengths().
};

/// A histogram of lengths of time. The axis is logarithmic when the middle 80 % of the values span
/// more than a factor of eight; else linear. Nothing is drawn for no value. Returns how many
/// censored lengths lie beyond the axis and are not drawn.
std::uint64_t draw_histogram(Markup& out, ChartSize size, const HistogramInput& input,
                             const Speech& speech);

/// Lengths in classes of equal width on the axis: what the chart shows, also for the terminal.
/// Edges keep away from where timers are set: a heap at 60 minutes that straddles an edge looks
/// like two small ones. Linear classes have a round width and edges at odd halves of it;
/// logarithmic ones have `centre_s` in the middle of one of them.
struct LengthClasses {
  bool logarithmic = false;
  double min_s = 0;
  double max_s = 0;
  double ratio = 1;   ///< Logarithmic: upper edge by lower edge.
  double step_s = 0;  ///< Linear: width.
  std::vector<std::uint64_t> values;
  std::vector<std::uint64_t> censored;
  std::uint64_t censored_beyond = 0;               ///< Censored lengths above max_s, in no class.
  [[nodiscard]] double edge(std::size_t i) const;  ///< Lower edge of class i; i may be the count.
};
[[nodiscard]] LengthClasses classify_lengths(const std::vector<double>& values,
                                             const std::vector<double>& censored,
                                             std::size_t classes, double centre_s);

}  // namespace dropscope
