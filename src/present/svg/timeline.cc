// A row is painted in layers: the state of the computer below, losses above with a least width,
// because an outage of two minutes in three weeks is thinner than any pixel and still is what the
// page is about. Spans narrower than half a unit are merged into their neighbour, so that a row of
// a large fleet costs a few hundred bytes, whatever it holds.
#include "present/svg/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "present/text/layout.h"

namespace dropscope {

namespace {

constexpr double kDaySeconds = 86400;
constexpr double kLeastStrokeOfFleet = 1.2;
constexpr std::size_t kTitledStrokes = 400;  // Above, the hover texts would outweigh the picture.

std::string_view css_class(State state) {
  switch (state) {
    case State::Unobserved:
      return "s-unobserved";
    case State::Off:
      return "s-off";
    case State::Idle:
      return "s-idle";
    case State::Connected:
      return "s-connected";
    case State::Lost:
      return "s-lost";
  }
  return "";
}

double seconds_of_day(const TimeZone& zone, Instant t) {
  const CivilTime local = zone.to_local(t);
  return local.hour * 3600.0 + local.minute * 60.0 + local.second;
}

// Draws spans from `x_of(begin)` to `x_of(end)`. Losses are left to draw_losses().
void draw_states(Markup& out, const std::vector<StateSpan>& spans,
                 const std::function<double(Instant, bool)>& x_of, double y, double height) {
  struct Drawn {
    double from, to;
    State state;
  };
  std::vector<Drawn> drawn;
  for (const StateSpan& s : spans) {
    const State state = s.state == State::Lost ? State::Connected : s.state;
    const double from = x_of(s.begin, false);
    const double to = x_of(s.end, true);
    if (!drawn.empty() && (drawn.back().state == state || to - from < 0.5)) {
      drawn.back().to = std::max(drawn.back().to, to);
    } else {
      drawn.push_back({from, to, state});
    }
  }
  for (const Drawn& d : drawn) {
    rectangle(out, css_class(d.state), d.from, y, d.to - d.from, height);
  }
}

// Strokes at least `least` wide; those that touch become one.
void draw_losses(Markup& out, const std::vector<StateSpan>& spans,
                 const std::function<double(Instant, bool)>& x_of, double y, double height,
                 double least) {
  std::string path;
  double from = 0;
  double to = -1;
  const auto flush = [&] {
    if (to < from) return;
    path += fmt::format("M{} {}h{}v{}h-{}z", coordinate(from), coordinate(y), coordinate(to - from),
                        coordinate(height), coordinate(to - from));
  };
  for (const StateSpan& s : spans) {
    if (s.state != State::Lost) continue;
    const double begin = x_of(s.begin, false);
    const double end = std::max(x_of(s.end, true), begin + least);
    if (to >= from && begin <= to) {
      to = std::max(to, end);
    } else {
      flush();
      from = begin;
      to = end;
    }
  }
  flush();
  if (!path.empty()) out.leaf("path", {{"class", "s-lost"}, {"d", path}});
}

// Host names without the domain where that still tells the computers apart.
std::vector<std::string> short_labels(const std::vector<RowGroup>& groups) {
  std::vector<std::string> names;
  std::vector<std::string> whole;
  std::set<std::string> seen;
  for (const RowGroup& group : groups) {
    for (const ComputerView* view : group.rows) {
      whole.push_back(view->computer->name);
      names.push_back(whole.back().substr(0, whole.back().find('.')));
      seen.insert(names.back());
    }
  }
  return seen.size() == names.size() ? names : whole;
}

}  // namespace

DayRows choose_days(const Span& observed, const ComputerEpisodes& episodes, const TimeZone& zone,
                    std::size_t max_days) {
  DayRows rows;
  // A wrong clock can spread the records over centuries; beyond ten years days are not counted.
  constexpr std::size_t kMostDays = 3660;
  Instant day = midnight(zone, observed.begin);
  while (day <= observed.end && rows.days.size() < kMostDays) {
    rows.days.push_back(day);
    const Instant next = midnight(zone, day, 1);
    if (next <= day) break;
    day = next;
  }
  if (rows.days.size() <= max_days) return rows;
  std::size_t end = rows.days.size();
  if (!episodes.outages.empty()) {
    const Instant last = episodes.outages.back().lost;
    const auto after = std::upper_bound(rows.days.begin(), rows.days.end(), last);
    end = std::max(static_cast<std::size_t>(after - rows.days.begin()), max_days);
  }
  rows.left_out = rows.days.size() - max_days;
  rows.days = {rows.days.begin() + static_cast<std::ptrdiff_t>(end - max_days),
               rows.days.begin() + static_cast<std::ptrdiff_t>(end)};
  return rows;
}

void draw_days(Markup& out, ChartSize size, const Evidence& evidence,
               const ComputerEpisodes& episodes, const DayRows& rows, const Span& observed,
               const TimeZone& zone, const Speech& speech, const std::string& description) {
  if (rows.days.empty()) return;
  const bool wide = size == ChartSize::Wide;
  const double left = wide ? 96 : 88;
  const double right = chart_width(size) - (wide ? 62 : 30);
  const double row_height = wide ? 20 : 18;
  const double bar = row_height - 6;
  const double top = 24;
  const double height = top + row_height * static_cast<double>(rows.days.size()) + 8;
  const std::size_t strokes = episodes.outages.size();

  open_chart(out, size, height, "days", speech.say("Connected and disconnected, day by day"),
             description);
  label(out, "axis-name", chart_width(size), 12, "end", wide ? speech.say("losses") : "n");
  const std::vector<StateSpan> all =
      connection_states(evidence, episodes, observed.begin, observed.end);
  for (std::size_t i = 0; i < rows.days.size(); ++i) {
    const Instant begin = rows.days[i];
    const Instant end = midnight(zone, begin, 1);
    const double y = top + row_height * static_cast<double>(i);
    const auto x_of = [&](Instant t, bool is_end) {
      const double seconds = is_end && t >= end ? kDaySeconds : seconds_of_day(zone, t);
      return left + (right - left) * seconds / kDaySeconds;
    };
    std::vector<StateSpan> day;
    const auto first = std::partition_point(all.begin(), all.end(),
                                            [&](const StateSpan& s) { return s.end <= begin; });
    for (auto s = first; s != all.end() && s->begin < end; ++s) {
      day.push_back({std::max(s->begin, begin), std::min(s->end, end), s->state});
    }
    // Before the first and after the last record of all logs nothing was observed.
    rectangle(out, "s-unobserved", left, y, right - left, bar);
    draw_states(out, day, x_of, y, bar);
    std::uint32_t losses = 0;
    for (const Outage& o : episodes.outages) {
      if (o.lost < begin || o.lost >= end) continue;
      ++losses;
      if (strokes > kTitledStrokes) continue;
      const double from = x_of(o.lost, false);
      const double to = std::max(x_of(std::min(o.end, end), true), from + kLeastStroke);
      out.open("rect", {{"class", "s-lost"},
                        {"x", coordinate(from)},
                        {"y", coordinate(y)},
                        {"width", coordinate(to - from)},
                        {"height", coordinate(bar)}});
      out.element("title",
                  o.complete()
                      ? speech.say("lost {}, back after {}",
                                   {speech.time(zone, o.lost), speech.duration(o.seconds())})
                      : speech.say("lost {}, end not seen", {speech.time(zone, o.lost)}));
      out.close();
    }
    // What hangs over from the day before, and rows of many losses, come from the states.
    if (strokes > kTitledStrokes) {
      draw_losses(out, day, x_of, y, bar, kLeastStroke);
    } else if (!day.empty() && day.front().state == State::Lost && day.front().begin == begin) {
      draw_losses(out, {day.front()}, x_of, y, bar, kLeastStroke);
    }
    const CivilTime local = zone.to_local(begin);
    const std::string name =
        fmt::format("{} {}", speech.weekday(local.weekday, false), speech.day_of_month(local));
    label(out, local.weekday >= 5 ? "tick weekend" : "tick", left - 8, y + bar - 3, "end", name);
    if (losses > 0) {
      label(out, "tick count", chart_width(size), y + bar - 3, "end", fmt::format("{}", losses));
    }
  }
  for (int hour = 0; hour <= 24; hour += wide ? 3 : 6) {
    const double x = left + (right - left) * hour / 24;
    line(out, "over-grid", x, top - 4, x, height - 8);
    label(out, "tick", x, top - 9, "middle", fmt::format("{:02}:00", hour));
  }
  out.close();
}

void draw_computers(Markup& out, ChartSize size, const Evidence& evidence,
                    const std::vector<RowGroup>& groups, const TimeFrame& frame,
                    const std::string& id, const Speech& speech, const std::string& description) {
  const bool wide = size == ChartSize::Wide;
  const double left = wide ? 160 : 104;
  const double right = chart_width(size) - (wide ? 48 : 34);
  const double row_height = wide ? 20 : 18;
  const double bar = row_height - 6;
  const double top = 24;
  double bottom = top;
  for (const RowGroup& group : groups) {
    bottom += row_height * static_cast<double>(group.rows.size() + (group.heading.empty() ? 0 : 1));
  }
  const double length = std::max(seconds_between(frame.observed.begin, frame.observed.end), 1.0);
  const auto x_of = [&](Instant t) {
    return left +
           (right - left) * std::clamp(seconds_between(frame.observed.begin, t) / length, 0.0, 1.0);
  };
  const auto x_of_edge = [&](Instant t, bool) { return x_of(t); };

  const std::vector<std::string> names = short_labels(groups);
  open_chart(out, size, bottom + 26, id, speech.say("Losses of each computer over time"),
             description);
  label(out, "axis-name", chart_width(size), 12, "end", speech.say("losses"));
  double y = top;
  std::size_t i = 0;
  for (const RowGroup& group : groups) {
    if (!group.heading.empty()) {
      label(out, "row-heading", 0, y + bar - 1, "start",
            shorten(group.heading, wide ? 60 : 40, "…"));
      y += row_height;
    }
    for (const ComputerView* view : group.rows) {
      const std::vector<StateSpan> spans =
          connection_states(evidence, *view->episodes, frame.observed.begin, frame.observed.end);
      draw_states(out, spans, x_of_edge, y, bar);
      draw_losses(out, spans, x_of_edge, y, bar, kLeastStrokeOfFleet);
      label(out, "tick", left - 8, y + bar - 3, "end", shorten(names[i++], wide ? 20 : 12, "…"));
      label(out, "tick count", chart_width(size), y + bar - 3, "end",
            speech.grouped(view->diagnosis->frequency.losses));
      y += row_height;
    }
  }
  draw_day_axis(out, size, frame, x_of, left, right, top, bottom, speech);
  draw_bands(out, frame, x_of, top, bottom, speech);
  out.close();
}

void draw_pattern_definitions(Markup& out) {
  out.open("svg", {{"class", "definitions"},
                   {"width", "0"},
                   {"height", "0"},
                   {"aria-hidden", "true"},
                   {"focusable", "false"}});
  out.open("defs");
  const auto pattern = [&](std::string_view id, std::string_view ground, std::string_view stroke) {
    out.open("pattern", {{"id", std::string(id)},
                         {"width", "6"},
                         {"height", "6"},
                         {"patternUnits", "userSpaceOnUse"},
                         {"patternTransform", "rotate(45)"}});
    out.leaf("rect", {{"class", std::string(ground)}, {"width", "6"}, {"height", "6"}});
    out.leaf("line",
             {{"class", std::string(stroke)}, {"x1", "0"}, {"y1", "0"}, {"x2", "0"}, {"y2", "6"}});
    out.close();
  };
  pattern("hatch", "hatch-ground", "hatch-stroke");
  pattern("hatch-bar", "hatch-bar-ground", "hatch-bar-stroke");
  out.close().close();
}

}  // namespace dropscope
