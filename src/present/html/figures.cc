#include "present/html/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "present/html/provenance.h"
#include "present/svg/heatmap.h"
#include "present/svg/histogram.h"
#include "present/text/layout.h"
#include "present/text/wording.h"

namespace dropscope {

namespace {

// Marked timers in one chart; more lines than this hide the bars.
constexpr std::size_t kMarkers = 6;

// Candidates with equal values share a line.
std::vector<HistogramMarker> timer_markers(const std::vector<CandidateTimer>& candidates,
                                           const Speech& speech) {
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
      const std::string value = speech.timer(c.timer.seconds);
      markers.push_back({c.timer.seconds,
                         fmt::format("{} · {}", value, shorten(c.timer.product, 34, "…")),
                         speech.say("{} timer", {value})});
    }
  }
  for (HistogramMarker& m : markers) {
    const std::size_t more = others[m.seconds];
    if (more == 0) continue;
    m.name = speech.say("{} and {} more", {m.name, speech.grouped(more)});
    m.short_name =
        speech.say("{} ({} timers)", {speech.timer(m.seconds), speech.grouped(more + 1)});
  }
  return markers;
}

void distribution_table(Markup& out, const Speech& speech, const std::string& caption,
                        const Distribution& d) {
  if (d.n == 0) return;
  open_scroll(out, caption);
  out.open("table", {{"class", "numbers"}}).element("caption", caption);
  header_row(out, speech,
             {"Counted", "Shortest", "10 %", "25 %", "Median", "75 %", "90 %", "Longest"});
  out.open("tbody").open("tr");
  out.element("td", speech.grouped(d.n));
  for (const double value : {d.min, d.p10, d.p25, d.median, d.p75, d.p90, d.max}) {
    out.element("td", speech.timer(value));
  }
  out.close().close().close().close();
}

}  // namespace

void write_uptimes(Markup& out, const Page& page) {
  const Diagnosis& d = page.input.diagnosis;
  const Speech& speech = page.speech;
  HistogramInput chart;
  chart.values = uptime_lengths(page.digest, true);
  if (chart.values.empty()) return;
  chart.censored = uptime_lengths(page.digest, false);
  open_section(out, "uptimes", speech.say("How long connections lived"));
  chart.id = "uptimes";
  chart.title = speech.say("Lengths of connections");
  chart.what = speech.say("connections");
  chart.markers = timer_markers(d.verdict.candidates, speech);
  const bool lengths = d.interval.rhythm == Rhythm::Idle || d.interval.rhythm == Rhythm::FixedAge;
  if (lengths) {
    chart.band_low = d.interval.low;
    chart.band_high = d.interval.high;
    chart.centre_s = d.interval.seconds;
  }
  chart.description =
      speech.say("Histogram of {} measured connection lives; half are shorter than {}.",
                 {speech.grouped(chart.values.size()), speech.timer(d.frequency.uptimes.median)});
  for (const HistogramMarker& m : chart.markers) {
    chart.description += " " + speech.say("Marked: {}.", {m.name});
  }
  out.open("figure");
  out.element("figcaption",
              speech.count(chart.values.size(),
                           "{} measured connection life from “restored” to the next “lost”",
                           "{} measured connection lives from “restored” to the next “lost”"));
  std::uint64_t beyond = 0;
  for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
    beyond = draw_histogram(out, size, chart, speech);
  }
  out.close();
  std::vector<std::pair<std::string_view, std::string>> entries = {
      {"bar", speech.say("measured: restored, later lost")}};
  if (!chart.censored.empty()) {
    const std::string all = speech.grouped(chart.censored.size());
    entries.emplace_back(
        "bar-censored",
        beyond == 0
            ? speech.say("at least this long: begin or end not seen ({})", {all})
            : speech.say(
                  "at least this long: begin or end not seen ({}, {} of them beyond the axis)",
                  {all, speech.grouped(beyond)}));
  }
  if (chart.band_high > 0) {
    entries.emplace_back("band",
                         speech.say("estimated interval: {}", {speech.interval(d.interval)}));
  }
  if (!chart.markers.empty()) {
    entries.emplace_back("marker", speech.say("timers that products are known to have"));
  }
  legend(out, entries);
  if (d.interval.considered > 0 && lengths) {
    out.element("p", speech.say("{} of {} measured connection lives lie on the interval.",
                                {speech.grouped(d.interval.at_interval),
                                 speech.grouped(d.interval.considered)}));
  }
  distribution_table(out, speech, speech.say("Measured connection lives"), d.frequency.uptimes);
  write_method_link(out, page, "interval");
  out.close();
}

void write_hours(Markup& out, const Page& page) {
  const Speech& speech = page.speech;
  const auto& hours = page.input.diagnosis.frequency.hour_of_week;
  const auto busiest = std::max_element(hours.begin(), hours.end());
  if (*busiest == 0) return;
  const auto index = static_cast<std::size_t>(busiest - hours.begin());
  open_section(out, "hours", speech.say("When in the week"));
  const std::string description = speech.say(
      "Losses by hour of the week in {}. The busiest hour is {} {} with {}.",
      {page.input.diagnosis.zone.name(), speech.weekday(static_cast<int>(index / 24), true),
       fmt::format("{:02}:00", index % 24), speech.count(*busiest, "{} loss", "{} losses")});
  out.open("figure");
  out.element("figcaption", description);
  for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
    draw_hour_heatmap(out, size, hours, speech, description);
  }
  out.close();
  write_method_link(out, page, "hours");
  out.close();
}

void write_outages(Markup& out, const Page& page) {
  const Speech& speech = page.speech;
  const Frequency& frequency = page.input.diagnosis.frequency;
  HistogramInput chart;
  chart.values = outage_lengths(page.digest);
  if (chart.values.empty()) return;
  open_section(out, "outages", speech.say("How long it stayed disconnected"));
  chart.id = "outages";
  chart.title = speech.say("Lengths of outages");
  chart.what = speech.say("outages");
  const Profile* profile = profile_of(page.input);
  const bool retries = profile != nullptr && profile->retry_first_s > 0;
  if (retries) {
    chart.centre_s = profile->retry_first_s;
    double at = profile->retry_first_s;
    for (int i = 1; i <= 4; ++i) {
      chart.markers.push_back(
          {at, speech.say("retry {}", {fmt::format("{}", i)}), fmt::format("{}", i)});
      if (profile->retry_then_s <= 0) break;
      at += profile->retry_then_s;
    }
  }
  chart.description =
      speech.say("Histogram of {} outages whose end was seen; half are shorter than {}.",
                 {speech.grouped(chart.values.size()), speech.timer(frequency.outages.median)});
  out.open("figure");
  out.element("figcaption", speech.count(chart.values.size(), "{} outage from “lost” to “restored”",
                                         "{} outages from “lost” to “restored”"));
  for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
    draw_histogram(out, size, chart, speech);
  }
  out.close();
  std::string note;
  if (retries) {
    legend(out, {{"bar", speech.say("outages whose end was seen")},
                 {"marker", speech.say("when {} tries again by itself", {profile->title})}});
    note = speech.say(
        "{} tries again {} after a loss and then every {}: this shapes the lengths, so an outage "
        "can last longer than its cause.",
        {profile->title, speech.timer(profile->retry_first_s),
         speech.timer(profile->retry_then_s)});
  }
  if (frequency.open_outages > 0) {
    note += (note.empty() ? "" : " ") +
            speech.count(frequency.open_outages,
                         "{} outage did not end while it was watched; not drawn.",
                         "{} outages did not end while they were watched; not drawn.");
  }
  if (!note.empty()) out.element("p", note, {{"class", "note"}});
  distribution_table(out, speech, speech.say("Outages"), frequency.outages);
  write_method_link(out, page, "life");
  out.close();
}

}  // namespace dropscope
