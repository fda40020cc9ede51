// Whom it hits and who closed it: tables whose bars stand beside their numbers, so that a reader, a
// printer and a screen reader get the same.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "analysis/closes/assign.h"
#include "present/fleet.h"
#include "present/html/figures.h"
#include "present/html/provenance.h"
#include "present/svg/chart.h"

namespace dropscope {

namespace {

constexpr std::size_t kDivisions = 6;
constexpr std::size_t kGroups = 12;  // Rows of one table.
constexpr std::size_t kReasons = 3;
constexpr double kBarWidth = 200;  // Units of a bar's drawing; stretched to its column.
constexpr double kBarHeight = 16;

void open_bar(Markup& out) {
  out.open("td", {{"class", "bar-cell"}});
  out.open("svg",
           {{"class", "bar-drawing"},
            {"viewBox", fmt::format("0 0 {} {}", coordinate(kBarWidth), coordinate(kBarHeight))},
            {"preserveAspectRatio", "none"},
            {"aria-hidden", "true"},
            {"focusable", "false"}});
}

void rate_bar(Markup& out, const Group& group, double largest) {
  open_bar(out);
  const auto x_of = [&](double rate) { return largest > 0 ? kBarWidth * rate / largest : 0; };
  rectangle(out, "bar", 0, 3, x_of(group.per_day), kBarHeight - 6);
  const double middle = kBarHeight / 2;
  line(out, "whisker", x_of(group.per_day_low), middle, x_of(group.per_day_high), middle);
  for (const double end : {group.per_day_low, group.per_day_high}) {
    line(out, "whisker", x_of(end), middle - 4, x_of(end), middle + 4);
  }
  out.close().close();
}

void write_division(Markup& out, const Page& page, const Division& division) {
  const Speech& speech = page.speech;
  const std::size_t shown = std::min(division.groups.size(), kGroups);
  // The axis ends at the highest rate or upper limit shown, but a group that was hardly watched has
  // a limit far beyond everything else, and would press all bars flat.
  double highest = 0;
  double limit = 0;
  for (std::size_t i = 0; i < shown; ++i) {
    highest = std::max(highest, division.groups[i].per_day);
    limit = std::max(limit, division.groups[i].per_day_high);
  }
  constexpr double kBeyond = 2;
  const double largest = highest > 0 ? std::min(limit, kBeyond * highest) : limit;
  const std::string name = attribute_name(division.attribute, speech);
  open_scroll(out, speech.say("Rates by {}", {name}));
  out.open("table", {{"class", "rates"}}).element("caption", speech.say("By {}", {name}));
  header_row(out, speech, {"Value", "Affected", "Losses per 24 h (95 %)", "Rate"});
  out.open("tbody");
  for (std::size_t i = 0; i < shown; ++i) {
    const Group& group = division.groups[i];
    out.open("tr").open("th", {{"scope", "row"}});
    foreign(out, group.name);
    if (group.named) out.element("span", speech.say("hit"), {{"class", "mark hit"}});
    out.close();
    out.element("td",
                speech.say("{} of {}",
                           {speech.grouped(group.affected), speech.grouped(group.members.size())}),
                {{"class", "number"}});
    if (group.watched_hours > 0) {
      out.element(
          "td",
          speech.say("{} ({} to {})", {speech.rate(group.per_day), speech.rate(group.per_day_low),
                                       speech.rate(group.per_day_high)}),
          {{"class", "number"}});
      rate_bar(out, group, largest);
    } else {
      out.element("td", speech.say("not watched")).element("td", "");
    }
    out.close().line();
  }
  out.close().close().close();
  std::string note;
  if (shown < division.groups.size()) {
    note =
        speech.count(division.groups.size() - shown, "{} more value with a lower rate is left out.",
                     "{} more values with lower rates are left out.");
  }
  if (division.without_value > 0) {
    note += (note.empty() ? "" : " ") + speech.count(division.without_value,
                                                     "Of {} computer the value is not known.",
                                                     "Of {} computers the value is not known.");
  }
  if (!note.empty()) out.element("p", note, {{"class", "note"}});
}

/// Closes by one party.
struct Party {
  CloseBy by;
  std::string_view name;
  std::uint64_t losses = 0;  ///< That have such a close beside them.
  std::uint64_t closes = 0;  ///< In the logs that could be losses.
  std::map<StringId, std::uint64_t> reasons{};
};

std::string reasons_of(const Party& party, const Evidence& evidence, const Speech& speech) {
  std::vector<std::pair<std::uint64_t, StringId>> sorted;
  for (const auto& [reason, n] : party.reasons) {
    if (reason != 0) sorted.emplace_back(n, reason);
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (std::size_t i = 0; i < std::min(sorted.size(), kReasons); ++i) {
    text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", evidence.strings.at(sorted[i].second),
                        speech.grouped(sorted[i].first));
  }
  return text;
}

void count_bar(Markup& out, std::uint64_t n, std::uint64_t largest) {
  open_bar(out);
  const double share = largest > 0 ? static_cast<double>(n) / static_cast<double>(largest) : 0;
  rectangle(out, "bar", 0, 3, kBarWidth * share, kBarHeight - 6);
  out.close().close();
}

}  // namespace

void write_scope(Markup& out, const Page& page) {
  const Diagnosis& d = page.input.diagnosis;
  if (d.frequency.losses == 0) return;
  const std::vector<Division> divisions = divide_fleet(page.digest, d.verdict.decision, kDivisions);
  if (divisions.empty()) return;
  const Speech& speech = page.speech;
  open_section(out, "scope", speech.say("Whom it hits"));
  if (const Whom* whom = d.verdict.decision.whom()) {
    out.open("ul", {{"class", "explanations"}});
    for (const std::string& sentence : whom->explanations) {
      out.open("li");
      retell(out, speech, sentence);
      out.close();
    }
    out.close();
  }
  out.element("p", speech.say("Computers by what is known about them: how many of each lost the "
                              "connection, and how often. Whiskers are 95 % intervals; groups "
                              "whose whiskers lie apart differ by more than chance."));
  for (const Division& division : divisions) write_division(out, page, division);
  write_method_link(out, page, "rate");
  out.close();
}

void write_closes(Markup& out, const Page& page) {
  const Evidence& evidence = page.input.evidence;
  if (evidence.closes.empty()) return;
  const Speech& speech = page.speech;
  std::array<Party, 6> parties = {{{CloseBy::Middlebox, "the device that wrote the log"},
                                   {CloseBy::Admin, "an administrator or a health check"},
                                   {CloseBy::Client, "the client's side"},
                                   {CloseBy::Server, "the server"},
                                   {CloseBy::Nobody, "nobody: the log ends before"},
                                   {CloseBy::Unknown, "not told"}}};
  const auto party_of = [&](CloseBy by) -> Party& {
    return *std::find_if(parties.begin(), parties.end(),
                         [&](const Party& party) { return party.by == by; });
  };
  for (const Close& close : evidence.closes) {
    if (can_be_loss(close)) ++party_of(close.by).closes;
  }
  std::uint64_t matched = 0;
  for (const LossMatch& match : page.input.diagnosis.matches.matches) {
    if (match.close >= evidence.closes.size()) continue;
    const Close& close = evidence.closes[match.close];
    Party& party = party_of(close.by);
    ++party.losses;
    ++matched;
    ++party.reasons[close.reason];
  }
  const std::uint64_t losses = page.input.diagnosis.frequency.losses;
  const std::uint64_t unseen = losses > matched ? losses - matched : 0;
  std::uint64_t largest = unseen;
  for (const Party& party : parties) largest = std::max(largest, party.losses);

  open_section(out, "closes", speech.say("Who closed the connections"));
  const std::string about = speech.say(
      "Losses that a device, a server or a capture on the way saw as the end of a connection.");
  out.element("p", about);
  open_scroll(out, speech.say("Who closed the connections"));
  out.open("table", {{"class", "rates"}});
  header_row(out, speech,
             {"Closed by", "Losses", "Share", "Its own words", "All closes in the logs"});
  out.open("tbody");
  for (const Party& party : parties) {
    if (party.losses == 0 && party.closes == 0) continue;
    out.open("tr").element("th", speech.say(party.name), {{"scope", "row"}});
    out.element("td", speech.grouped(party.losses), {{"class", "number"}});
    count_bar(out, party.losses, largest);
    out.open("td");
    foreign(out, reasons_of(party, evidence, speech));
    out.close();
    out.element("td", speech.grouped(party.closes), {{"class", "number"}}).close().line();
  }
  out.open("tr").element("th", speech.say("nobody saw an end near the loss"), {{"scope", "row"}});
  out.element("td", speech.grouped(unseen), {{"class", "number"}});
  count_bar(out, unseen, largest);
  out.element("td", "").element("td", "").close();
  out.close().close().close();
  write_method_link(out, page, "closes");
  out.close();
}

}  // namespace dropscope
