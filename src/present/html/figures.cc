#include "present/html/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "present/svg/heatmap.h"
#include "present/svg/histogram.h"
#include "present/svg/timeline.h"
#include "present/text/layout.h"
#include "present/text/wording.h"

namespace dropscope {

namespace {

// Six weeks of rows fill a printed page; what is left out is said below the chart.
constexpr std::size_t kDayRows = 42;
// Rows of computers: as many as a page of paper takes.
constexpr std::size_t kComputerRows = 30;
// Marked timers in one chart; more lines than this hide the bars.
constexpr std::size_t kMarkers = 6;

void legend(Markup& out, const std::vector<std::pair<std::string_view, std::string>>& entries) {
  out.open("ul", {{"class", "legend"}});
  for (const auto& [css_class, text] : entries) {
    out.open("li").element("span", "", {{"class", fmt::format("swatch {}", css_class)}});
    out.text(text).close();
  }
  out.close();
}

void state_legend(Markup& out, const std::string& application) {
  legend(out, {{"s-connected", "connected"},
               {"s-lost", "disconnected"},
               {"s-idle", fmt::format("computer on, {} closed or unknown", application)},
               {"s-off", "asleep or off"},
               {"s-unobserved", "not observed: no log covers it"}});
}

// Candidates with equal values share a line.
std::vector<HistogramMarker> timer_markers(const std::vector<CandidateTimer>& candidates) {
  std::vector<HistogramMarker> markers;
  std::map<double, std::size_t> others;
  for (const CandidateTimer& c : candidates) {
    if (!c.possible || c.timer.seconds <= 0) continue;
    const auto same = std::find_if(markers.begin(), markers.end(), [&](const HistogramMarker& m) {
      return m.seconds == c.timer.seconds;
    });
    if (same != markers.end()) {
      ++others[c.timer.seconds];
    } else if (markers.size() < kMarkers) {
      const std::string value = timer_text(c.timer.seconds);
      markers.push_back({c.timer.seconds,
                         fmt::format("{} · {}", value, shorten(c.timer.product, 34, "…")),
                         fmt::format("{} timer", value)});
    }
  }
  for (HistogramMarker& m : markers) {
    const std::size_t more = others[m.seconds];
    if (more == 0) continue;
    m.name += fmt::format(" and {} more", more);
    m.short_name = fmt::format("{} ({} timers)", timer_text(m.seconds), more + 1);
  }
  return markers;
}

void distribution_table(Markup& out, std::string_view caption, const Distribution& d) {
  if (d.n == 0) return;
  out.open("div", {{"class", "scroll"},
                   {"tabindex", "0"},
                   {"role", "region"},
                   {"aria-label", std::string(caption)}});
  out.open("table", {{"class", "numbers"}}).element("caption", caption);
  out.open("thead").open("tr");
  for (const std::string_view name :
       {"Counted", "Shortest", "10 %", "25 %", "Median", "75 %", "90 %", "Longest"}) {
    out.element("th", name, {{"scope", "col"}});
  }
  out.close().close().open("tbody").open("tr");
  out.element("td", grouped(d.n));
  for (const double value : {d.min, d.p10, d.p25, d.median, d.p75, d.p90, d.max}) {
    out.element("td", timer_text(value));
  }
  out.close().close().close().close();
}

std::string span_text(const TimeZone& zone, const Span& span) {
  return fmt::format("{} to {}", zone.format(span.begin), zone.format(span.end));
}

void write_day_rows(Markup& out, const ReportInput& input, const Digest& digest,
                    const ComputerView& view) {
  // The computer's own logs decide the days, not those of its neighbours.
  std::optional<Span> observed;
  for (const Coverage& c : input.evidence.coverage) {
    if (c.computer != view.diagnosis->computer) continue;
    if (!observed) observed = Span{c.first, c.last};
    observed->begin = std::min(observed->begin, c.first);
    observed->end = std::max(observed->end, c.last);
  }
  if (!observed) return;
  const TimeZone& zone = input.diagnosis.zone;
  const DayRows rows = choose_days(*observed, *view.episodes, zone, kDayRows);
  const std::string description = fmt::format(
      "{} rows, one per day from midnight to midnight in {}. {} lost its connection {} "
      "from {}.",
      rows.days.size(), zone.name(), view.computer->name,
      counted(view.diagnosis->frequency.losses, "time"), span_text(zone, *observed));
  out.open("figure");
  out.open("figcaption").text("Day by day: ").element("bdi", view.computer->name).close();
  for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
    draw_days(out, size, input.evidence, *view.episodes, rows, *observed, zone, description);
  }
  out.close();
  state_legend(out, digest.application);
  std::string note = fmt::format(
      "Wall clock of {}. A loss is drawn at least two units wide, so "
      "short outages look longer than they were.",
      zone.name());
  if (rows.left_out > 0) {
    note += fmt::format(" {} are not drawn; the rows end with the last day that has a loss.",
                        counted(rows.left_out, "more observed day"));
  }
  if (!view.episodes->power_known) {
    note += " No log told when the computer slept or was off, so such hours may show as connected.";
  }
  out.element("p", note, {{"class", "note"}});
}

}  // namespace

void open_section(Markup& out, std::string_view id, std::string_view heading) {
  const std::string heading_id = fmt::format("{}-h", id);
  out.line().open("section", {{"id", std::string(id)}, {"aria-labelledby", heading_id}});
  out.element("h2", heading, {{"id", heading_id}}).line();
}

void write_timeline(Markup& out, const ReportInput& input, const Digest& digest) {
  if (digest.computers.empty() || !digest.observed) return;
  const TimeZone& zone = input.diagnosis.zone;
  open_section(out, "timeline", "When the connection was there");
  if (digest.computers.size() > 1) {
    const std::size_t shown = std::min(digest.computers.size(), kComputerRows);
    const std::vector<ComputerView> rows(
        digest.computers.begin(), digest.computers.begin() + static_cast<std::ptrdiff_t>(shown));
    const std::string description =
        fmt::format("{} rows, one per computer, most losses first, from {}. Strokes are losses.",
                    shown, span_text(zone, *digest.observed));
    out.open("figure");
    out.element("figcaption", shown == digest.computers.size()
                                  ? fmt::format("All {} computers", shown)
                                  : fmt::format("The {} computers with the most losses, of {}",
                                                shown, grouped(digest.computers.size())));
    for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
      draw_computers(out, size, input.evidence, rows, *digest.observed, zone, description);
    }
    out.close();
    state_legend(out, digest.application);
  }
  if (digest.computers.size() == 1 || digest.computers_with_losses > 0) {
    write_day_rows(out, input, digest, digest.computers.front());
  }
  out.close();
}

void write_uptimes(Markup& out, const ReportInput& input, const Digest& digest) {
  const Diagnosis& d = input.diagnosis;
  HistogramInput chart;
  chart.values = uptime_lengths(digest, true);
  if (chart.values.empty()) return;
  chart.censored = uptime_lengths(digest, false);
  open_section(out, "uptimes", "How long connections lived");
  chart.id = "uptimes";
  chart.title = "Lengths of connections";
  chart.what = "connections";
  chart.markers = timer_markers(d.verdict.candidates);
  const bool lengths = d.interval.rhythm == Rhythm::Idle || d.interval.rhythm == Rhythm::FixedAge;
  if (lengths) {
    chart.band_low = d.interval.low;
    chart.band_high = d.interval.high;
    chart.centre_s = d.interval.seconds;
  }
  chart.description =
      fmt::format("Histogram of {} measured connection lives; half are shorter than {}.",
                  grouped(chart.values.size()), timer_text(d.frequency.uptimes.median));
  for (const HistogramMarker& m : chart.markers) chart.description += " Marked: " + m.name + ".";
  out.open("figure");
  out.element("figcaption", fmt::format("{} from “restored” to the next “lost”",
                                        counted(chart.values.size(), "measured connection life",
                                                "measured connection lives")));
  std::uint64_t beyond = 0;
  for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
    beyond = draw_histogram(out, size, chart);
  }
  out.close();
  std::vector<std::pair<std::string_view, std::string>> entries = {
      {"bar", "measured: restored, later lost"}};
  if (!chart.censored.empty()) {
    std::string censored = fmt::format("at least this long: begin or end not seen ({}",
                                       grouped(chart.censored.size()));
    if (beyond > 0) censored += fmt::format(", {} of them beyond the axis", grouped(beyond));
    entries.emplace_back("bar-censored", censored + ")");
  }
  if (chart.band_high > 0) {
    entries.emplace_back("band", "estimated interval: " + interval_text(d.interval));
  }
  if (!chart.markers.empty()) {
    entries.emplace_back("marker", "timers that products are known to have");
  }
  legend(out, entries);
  if (d.interval.considered > 0 && lengths) {
    out.element("p", fmt::format("{} of {} lie on the interval.", d.interval.at_interval,
                                 counted(d.interval.considered, "measured connection life",
                                         "measured connection lives")));
  }
  distribution_table(out, "Measured connection lives", d.frequency.uptimes);
  out.close();
}

void write_hours(Markup& out, const ReportInput& input, const Digest&) {
  const auto& hours = input.diagnosis.frequency.hour_of_week;
  const auto busiest = std::max_element(hours.begin(), hours.end());
  if (*busiest == 0) return;
  static constexpr std::array<std::string_view, 7> kDays = {
      "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
  const auto index = static_cast<std::size_t>(busiest - hours.begin());
  open_section(out, "hours", "When in the week");
  const std::string description =
      fmt::format("Losses by hour of the week in {}. The busiest hour is {} {:02}:00 with {}.",
                  input.diagnosis.zone.name(), kDays[index / 24], index % 24,
                  counted(*busiest, "loss", "losses"));
  out.open("figure");
  out.element("figcaption", description);
  for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
    draw_hour_heatmap(out, size, hours, description);
  }
  out.close().close();
}

void write_outages(Markup& out, const ReportInput& input, const Digest& digest) {
  HistogramInput chart;
  chart.values = outage_lengths(digest);
  if (chart.values.empty()) return;
  open_section(out, "outages", "How long it stayed disconnected");
  chart.id = "outages";
  chart.title = "Lengths of outages";
  chart.what = "outages";
  const Profile* profile = profile_of(input);
  const bool retries = profile != nullptr && profile->retry_first_s > 0;
  if (retries) {
    chart.centre_s = profile->retry_first_s;
    double at = profile->retry_first_s;
    for (int i = 1; i <= 4; ++i) {
      chart.markers.push_back({at, fmt::format("retry {}", i), fmt::format("{}", i)});
      if (profile->retry_then_s <= 0) break;
      at += profile->retry_then_s;
    }
  }
  chart.description = fmt::format(
      "Histogram of {} outages whose end was seen; half are shorter than {}.",
      grouped(chart.values.size()), timer_text(input.diagnosis.frequency.outages.median));
  out.open("figure");
  out.element("figcaption",
              fmt::format("{} from “lost” to “restored”", counted(chart.values.size(), "outage")));
  for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
    draw_histogram(out, size, chart);
  }
  out.close();
  std::string note;
  if (retries) {
    legend(out, {{"bar", "outages whose end was seen"},
                 {"marker", fmt::format("when {} tries again by itself", profile->title)}});
    note = fmt::format(
        "{} tries again {} after a loss and then every {}: this shapes the lengths, so "
        "an outage can last longer than its cause.",
        profile->title, timer_text(profile->retry_first_s), timer_text(profile->retry_then_s));
  }
  if (input.diagnosis.frequency.open_outages > 0) {
    note +=
        fmt::format("{}{} did not end while it was watched; not drawn.", note.empty() ? "" : " ",
                    counted(input.diagnosis.frequency.open_outages, "outage"));
  }
  if (!note.empty()) out.element("p", note, {{"class", "note"}});
  distribution_table(out, "Outages", input.diagnosis.frequency.outages);
  out.close();
}

}  // namespace dropscope
