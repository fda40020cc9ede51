// A fleet is drawn by its offices or servers: a row of ten thousand computers costs no more than
// one of ten. Losses are counted in columns of a few units; neighbours of the same shade are one
// rectangle of one path for each shade.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "present/svg/timeline.h"
#include "present/text/layout.h"

namespace dropscope {

namespace {

constexpr std::size_t kShades = kShares.size() + 1;  // 0: no loss.

struct Column {
  std::uint32_t losing = 0;   // Computers that lose the connection in the column.
  std::uint32_t watched = 0;  // Computers that are watched at some time in it.
};

std::vector<Column> count_columns(const Digest& digest, const Group& group, const Span& observed,
                                  std::size_t columns) {
  const double length = std::max(seconds_between(observed.begin, observed.end), 1.0);
  const auto column_of = [&](Instant t) {
    const double share = std::clamp(seconds_between(observed.begin, t) / length, 0.0, 1.0);
    return std::min(static_cast<std::size_t>(share * static_cast<double>(columns)), columns - 1);
  };
  std::vector<Column> out(columns);
  for (const std::size_t member : group.members) {
    const ComputerEpisodes& episodes = *digest.computers[member].episodes;
    std::size_t next = 0;  // The first column that this computer was not yet counted in.
    for (const Watch& watch : episodes.watches) {
      const std::size_t last = column_of(watch.end);
      for (std::size_t c = std::max(next, column_of(watch.begin)); c <= last; ++c) ++out[c].watched;
      next = std::max(next, last + 1);
    }
    next = 0;
    for (const Outage& outage : episodes.outages) {
      const std::size_t c = column_of(outage.lost);
      if (c < next) continue;
      ++out[c].losing;
      next = c + 1;
    }
  }
  return out;
}

std::size_t shade_of(const Column& column) {
  if (column.losing == 0) return 0;
  const double share = static_cast<double>(column.losing) / std::max(column.watched, column.losing);
  std::size_t shade = 0;
  while (shade < kShares.size() && share >= kShares[shade]) ++shade;
  return shade;
}

}  // namespace

void draw_groups(Markup& out, ChartSize size, const Digest& digest,
                 const std::vector<Group>& groups, const TimeFrame& frame, const Speech& speech,
                 const std::string& description) {
  const bool wide = size == ChartSize::Wide;
  const double left = wide ? 160 : 104;
  const double right = chart_width(size) - (wide ? 110 : 44);
  const double row_height = wide ? 26 : 22;
  const double bar = row_height - 6;
  const double top = 24;
  const double bottom = top + row_height * static_cast<double>(groups.size());
  const std::size_t columns = wide ? 240 : 100;
  const double width = (right - left) / static_cast<double>(columns);
  const double length = std::max(seconds_between(frame.observed.begin, frame.observed.end), 1.0);
  const auto x_of = [&](Instant t) {
    return left +
           (right - left) * std::clamp(seconds_between(frame.observed.begin, t) / length, 0.0, 1.0);
  };

  open_chart(out, size, bottom + 26, "groups", speech.say("Losses of each group over time"),
             description);
  label(out, "axis-name", chart_width(size), 12, "end",
        wide ? speech.say("affected") : speech.say("losses"));
  double y = top;
  for (const Group& group : groups) {
    const std::vector<Column> counted = count_columns(digest, group, frame.observed, columns);
    std::array<std::string, kShades> paths;
    std::string unwatched;
    const auto flush = [&](std::string& path, std::size_t from, std::size_t to) {
      const double x = left + width * static_cast<double>(from);
      const double w = width * static_cast<double>(to - from);
      path += fmt::format("M{} {}h{}v{}h-{}z", coordinate(x), coordinate(y), coordinate(w),
                          coordinate(bar), coordinate(w));
    };
    const auto look_of = [&](std::size_t c) {
      return counted[c].watched == 0 && counted[c].losing == 0 ? kShades : shade_of(counted[c]);
    };
    for (std::size_t c = 0; c < columns;) {
      std::size_t end = c + 1;
      while (end < columns && look_of(end) == look_of(c)) ++end;
      flush(look_of(c) == kShades ? unwatched : paths[look_of(c)], c, end);
      c = end;
    }
    if (!unwatched.empty()) out.leaf("path", {{"class", "s-off"}, {"d", unwatched}});
    for (std::size_t shade = 0; shade < kShades; ++shade) {
      if (paths[shade].empty()) continue;
      out.leaf("path", {{"class", fmt::format("share{}", shade)}, {"d", paths[shade]}});
    }
    label(out, "tick", left - 8, y + bar - 5, "end", shorten(group.name, wide ? 22 : 14, "…"));
    label(out, "tick count", chart_width(size), y + bar - 5, "end",
          wide ? speech.say("{} of {}",
                            {speech.grouped(group.affected), speech.grouped(group.members.size())})
               : speech.grouped(group.losses));
    y += row_height;
  }
  draw_day_axis(out, size, frame, x_of, left, right, top, bottom, speech);
  draw_bands(out, frame, x_of, top, bottom, speech);
  out.close();
}

}  // namespace dropscope
