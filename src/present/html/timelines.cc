// The timeline of the page, from far to near: groups of computers, then the computers with the most
// losses, then the days of the first of them. A page of one computer has the last only.
#include <fmt/format.h>

#include <algorithm>

#include "present/fleet.h"
#include "present/html/figures.h"
#include "present/html/provenance.h"
#include "present/svg/timeline.h"

namespace dropscope {

namespace {

// Six weeks of rows fill a printed page; what is left out is said below the chart.
constexpr std::size_t kDayRows = 42;
// Rows of computers: as many as a page of paper takes.
constexpr std::size_t kComputerRows = 30;
// Offices or servers, and of each the computers that open with it.
constexpr std::size_t kGroupRows = 30;
constexpr std::size_t kOfGroup = 10;
// Groups whose computers are shown; each adds up to ten rows to the page.
constexpr std::size_t kOpened = 12;
// Shared moments that are listed; all are drawn.
constexpr std::size_t kSharedRows = 20;

std::string span_text(const Page& page, const Span& span) {
  const TimeZone& zone = page.input.diagnosis.zone;
  return page.speech.say("{} to {}",
                         {page.speech.time(zone, span.begin), page.speech.time(zone, span.end)});
}

void state_legend(Markup& out, const Page& page, bool bands) {
  const Speech& speech = page.speech;
  std::vector<std::pair<std::string_view, std::string>> entries = {
      {"s-connected", speech.say("connected")},
      {"s-lost", speech.say("disconnected")},
      {"s-idle", speech.say("computer on, {} closed or unknown", {page.digest.application})},
      {"s-off", speech.say("asleep or off")},
      {"s-unobserved", speech.say("not observed: no log covers it")}};
  if (bands) {
    entries.emplace_back("shared", speech.say("lost by many computers within a minute"));
  }
  legend(out, entries);
}

void write_day_rows(Markup& out, const Page& page, const ComputerView& view) {
  const Speech& speech = page.speech;
  // The computer's own logs decide the days, not those of its neighbours.
  std::optional<Span> observed;
  for (const Coverage& c : page.input.evidence.coverage) {
    if (c.computer != view.diagnosis->computer) continue;
    if (!observed) observed = Span{c.first, c.last};
    observed->begin = std::min(observed->begin, c.first);
    observed->end = std::max(observed->end, c.last);
  }
  if (!observed) return;
  const TimeZone& zone = page.input.diagnosis.zone;
  const DayRows rows = choose_days(*observed, *view.episodes, zone, kDayRows);
  const std::string description = speech.say(
      "{} rows, one per day from midnight to midnight in {}. {} lost its connection {} from {}.",
      {speech.grouped(rows.days.size()), std::string(zone.name()), view.computer->name,
       speech.count(view.diagnosis->frequency.losses, "{} time", "{} times"),
       span_text(page, *observed)});
  out.open("figure");
  out.open("figcaption").text(speech.say("Day by day:")).text(" ");
  foreign(out, view.computer->name);
  out.close();
  for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
    draw_days(out, size, page.input.evidence, *view.episodes, rows, *observed, zone, speech,
              description);
  }
  out.close();
  state_legend(out, page, false);
  std::string note = speech.say(
      "Wall clock of {}. A loss is drawn at least two units wide, so short outages look longer "
      "than they were.",
      {std::string(zone.name())});
  if (rows.left_out > 0) {
    note +=
        " " +
        speech.count(
            rows.left_out,
            "{} more observed day is not drawn; the rows end with the last day that has a loss.",
            "{} more observed days are not drawn; the rows end with the last day that has a loss.");
  }
  if (!view.episodes->power_known) {
    note +=
        " " +
        speech.say(
            "No log told when the computer slept or was off, so such hours may show as connected.");
  }
  out.element("p", note, {{"class", "note"}});
}

void write_shared(Markup& out, const Page& page) {
  const std::vector<SharedMinute>& shared = page.digest.shared;
  if (shared.empty()) return;
  const Speech& speech = page.speech;
  std::vector<const SharedMinute*> order;
  for (const SharedMinute& m : shared) order.push_back(&m);
  std::stable_sort(order.begin(), order.end(), [](const SharedMinute* a, const SharedMinute* b) {
    return a->computers > b->computers;
  });
  const std::size_t shown = std::min(order.size(), kSharedRows);
  out.open("details");
  out.element("summary",
              speech.count(shared.size(), "{} moment in which many computers lost the connection",
                           "{} moments in which many computers lost the connection"));
  open_scroll(out, speech.say("Common losses"));
  out.open("table", {{"class", "numbers"}});
  header_row(out, speech, {"When", "Computers", "Within"});
  out.open("tbody");
  for (std::size_t i = 0; i < shown; ++i) {
    const SharedMinute& m = *order[i];
    out.open("tr").element("td", speech.time(page.input.diagnosis.zone, m.first));
    out.element("td", speech.grouped(m.computers));
    out.element("td", speech.duration(seconds_between(m.first, m.last))).close();
  }
  out.close().close().close();
  if (shown < shared.size()) {
    out.element("p",
                speech.count(shared.size() - shown, "{} smaller one is left out.",
                             "{} smaller ones are left out."),
                {{"class", "note"}});
  }
  out.close();
}

void draw_both(Markup& out, const Page& page, const std::vector<RowGroup>& groups,
               const TimeFrame& frame, const std::string& id, const std::string& description) {
  for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
    draw_computers(out, size, page.input.evidence, groups, frame, id, page.speech, description);
  }
}

/// The rows of a fleet: its offices or servers, and behind each the computers with most losses.
void write_groups(Markup& out, const Page& page, const Division& division, const TimeFrame& frame) {
  const Speech& speech = page.speech;
  const std::size_t shown = std::min(division.groups.size(), kGroupRows);
  const std::vector<Group> groups(division.groups.begin(),
                                  division.groups.begin() + static_cast<std::ptrdiff_t>(shown));
  const std::string name = attribute_name(division.attribute, speech);
  const std::string description = speech.say(
      "{} rows, one per {}, highest rate of losses first, from {}. Darker is a larger share of "
      "computers that lose the connection.",
      {speech.grouped(shown), name, span_text(page, frame.observed)});
  out.open("figure");
  out.element("figcaption", shown == division.groups.size()
                                ? speech.say("All {} computers by {}",
                                             {speech.grouped(page.digest.computers.size()), name})
                                : speech.say("The {} with the highest rates, of {} by {}",
                                             {speech.grouped(shown),
                                              speech.grouped(division.groups.size()), name}));
  for (const ChartSize size : {ChartSize::Wide, ChartSize::Narrow}) {
    draw_groups(out, size, page.digest, groups, frame, speech, description);
  }
  out.close();
  legend(out, {{"share0", speech.say("nobody loses it")},
               {"share1", speech.say("under 5 % of the watched computers lose it")},
               {"share2", speech.say("5 to 25 %")},
               {"share3", speech.say("25 to 50 %")},
               {"share4", speech.say("half or more")},
               {"s-off", speech.say("none is watched")},
               {"shared", speech.say("lost by many computers within a minute")}});
  write_shared(out, page);
  std::size_t opened = 0;
  for (std::size_t g = 0; g < shown && opened < kOpened; ++g) {
    const Group& group = groups[g];
    if (group.affected == 0) continue;
    // Digest::computers begin with the most losses, and so do the members.
    RowGroup rows;
    for (std::size_t i = 0; i < std::min(group.members.size(), kOfGroup); ++i) {
      rows.rows.push_back(&page.digest.computers[group.members[i]]);
    }
    const std::string title =
        speech.say("The {} computers with the most losses, of {}",
                   {speech.grouped(rows.rows.size()), speech.grouped(group.members.size())});
    out.open("details").open("summary");
    foreign(out, group.name);
    out.text(": ").text(title).close();
    out.open("figure");
    draw_both(out, page, {rows}, frame, fmt::format("group{}", g), title);
    out.close().close();
    ++opened;
  }
}

void write_computers(Markup& out, const Page& page, const Division& division,
                     const TimeFrame& frame) {
  const Speech& speech = page.speech;
  const std::vector<ComputerView>& computers = page.digest.computers;
  const std::size_t shown = std::min(computers.size(), kComputerRows);
  // A few computers stand under their offices; of many the worst come first, wherever they are.
  std::vector<RowGroup> groups;
  if (shown == computers.size() && !division.groups.empty()) {
    std::vector<bool> placed(computers.size());
    for (const Group& group : division.groups) {
      groups.push_back({group.name, {}});
      for (const std::size_t member : group.members) {
        groups.back().rows.push_back(&computers[member]);
        placed[member] = true;
      }
    }
    RowGroup rest{speech.say("not known"), {}};
    for (std::size_t i = 0; i < computers.size(); ++i) {
      if (!placed[i]) rest.rows.push_back(&computers[i]);
    }
    if (!rest.rows.empty()) groups.push_back(std::move(rest));
  } else {
    groups.push_back({});
    for (std::size_t i = 0; i < shown; ++i) groups.back().rows.push_back(&computers[i]);
  }
  const std::string description =
      speech.say("{} rows, one per computer, most losses first, from {}. Strokes are losses.",
                 {speech.grouped(shown), span_text(page, frame.observed)});
  out.open("figure");
  out.element("figcaption",
              shown == computers.size()
                  ? speech.say("All {} computers", {speech.grouped(shown)})
                  : speech.say("The {} computers with the most losses, of {}",
                               {speech.grouped(shown), speech.grouped(computers.size())}));
  draw_both(out, page, groups, frame, "computers-rows", description);
  out.close();
  state_legend(out, page, !frame.shared.empty());
}

}  // namespace

void write_timeline(Markup& out, const Page& page) {
  const Digest& digest = page.digest;
  if (digest.computers.empty() || !digest.observed) return;
  open_section(out, "timeline", page.speech.say("When the connection was there"));
  if (digest.computers.size() > 1) {
    const TimeFrame frame{*digest.observed, page.input.diagnosis.zone, digest.shared};
    const Division division = timeline_rows(digest, page.input.diagnosis.verdict.decision);
    const bool fleet = digest.computers.size() > kComputerRows;
    if (fleet && !division.groups.empty()) {
      write_groups(out, page, division, frame);
    }
    write_computers(out, page, division, frame);
    if (!fleet || division.groups.empty()) write_shared(out, page);
  }
  if (digest.computers.size() == 1 || digest.computers_with_losses > 0) {
    write_day_rows(out, page, digest.computers.front());
  }
  write_method_link(out, page, digest.shared.empty() ? "life" : "together");
  out.close();
}

}  // namespace dropscope
