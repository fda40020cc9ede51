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

constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr double kDaySeconds = 86400;
// Units. Thinner strokes vanish on paper; wider ones paint a day of six losses solid.
constexpr double kLeastStroke = 2;
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

Instant midnight(const TimeZone& zone, Instant t, int days_later = 0) {
  CivilTime local = zone.to_local(t);
  local.hour = local.minute = local.second = local.ticks = 0;
  if (days_later != 0) {
    // Noon plus whole days never slips over a date line by a daylight-saving hour.
    local.hour = 12;
    const std::optional<Instant> noon = from_civil_utc(local);
    local = to_civil_utc(noon.value_or(t) + std::chrono::hours(24 * days_later));
    local.hour = 0;
  }
  return zone.from_local(local).value_or(t);
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
std::vector<std::string> short_names(const std::vector<ComputerView>& computers) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const ComputerView& view : computers) {
    names.push_back(view.computer->name.substr(0, view.computer->name.find('.')));
    seen.insert(names.back());
  }
  if (seen.size() == computers.size()) return names;
  names.clear();
  for (const ComputerView& view : computers) names.push_back(view.computer->name);
  return names;
}

std::string date_text(const CivilTime& c) {
  return fmt::format("{} {}", c.day, kMonths[static_cast<std::size_t>(c.month - 1)]);
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
               const TimeZone& zone, const std::string& description) {
  if (rows.days.empty()) return;
  const bool wide = size == ChartSize::Wide;
  const double left = wide ? 96 : 88;
  const double right = chart_width(size) - (wide ? 62 : 30);
  const double row_height = wide ? 20 : 18;
  const double bar = row_height - 6;
  const double top = 24;
  const double height = top + row_height * static_cast<double>(rows.days.size()) + 8;
  const std::size_t strokes = episodes.outages.size();

  open_chart(out, size, height, "days", "Connected and disconnected, day by day", description);
  label(out, "axis-name", chart_width(size), 12, "end", wide ? "losses" : "n");
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
      out.element("title", fmt::format("lost {}, {}", zone.format(o.lost),
                                       o.complete() ? "back after " + format_duration(o.seconds())
                                                    : "end not seen"));
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
        fmt::format("{} {}", kDays[static_cast<std::size_t>(local.weekday)], date_text(local));
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
                    const std::vector<ComputerView>& computers, const Span& observed,
                    const TimeZone& zone, const std::string& description) {
  if (computers.empty()) return;
  const bool wide = size == ChartSize::Wide;
  const double left = wide ? 160 : 104;
  const double right = chart_width(size) - (wide ? 48 : 34);
  const double row_height = wide ? 20 : 18;
  const double bar = row_height - 6;
  const double top = 24;
  const double bottom = top + row_height * static_cast<double>(computers.size());
  const double length = std::max(seconds_between(observed.begin, observed.end), 1.0);
  const auto x_of = [&](Instant t, bool) {
    return left +
           (right - left) * std::clamp(seconds_between(observed.begin, t) / length, 0.0, 1.0);
  };

  const std::vector<std::string> names = short_names(computers);
  open_chart(out, size, bottom + 26, "computers", "Losses of each computer over time", description);
  label(out, "axis-name", chart_width(size), 12, "end", "losses");
  for (std::size_t i = 0; i < computers.size(); ++i) {
    const ComputerView& view = computers[i];
    const double y = top + row_height * static_cast<double>(i);
    const std::vector<StateSpan> spans =
        connection_states(evidence, *view.episodes, observed.begin, observed.end);
    draw_states(out, spans, x_of, y, bar);
    draw_losses(out, spans, x_of, y, bar, kLeastStrokeOfFleet);
    label(out, "tick", left - 8, y + bar - 3, "end", shorten(names[i], wide ? 20 : 12, "…"));
    label(out, "tick count", chart_width(size), y + bar - 3, "end",
          fmt::format("{}", view.diagnosis->frequency.losses));
  }
  // Days on the axis: every n-th midnight, so that at most about eight (three) labels stand there.
  const double days = length / kDaySeconds;
  const double apart = wide ? 76 : 62;
  int step = 1;
  while ((right - left) * step / std::max(days, 1.0) < apart && step < 100'000) {
    step = step == 4 ? 7 : step * 2;
  }
  Instant day = midnight(zone, observed.begin);
  for (int guard = 0; day <= observed.end && guard < 64; ++guard) {
    if (day >= observed.begin || days < 1) {
      const double x = x_of(day, false);
      line(out, "over-grid", x, top - 4, x, bottom);
      label(out, "tick", x, bottom + 14, "middle", date_text(zone.to_local(day)));
    }
    day = midnight(zone, day, step);
  }
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
