// What stands beside the losses: other computers, other events, other alerts, and what the evidence
// lacks.

#include <fmt/format.h>

#include <algorithm>

#include "analysis/coincidence/coincidence.h"
#include "base/text.h"
#include "verdict/statements.h"

namespace dropscope {

std::string phrase(const std::string& text) {
  const std::size_t end = text.find_last_not_of(". ");
  return end == std::string::npos ? std::string() : text.substr(0, end + 1);
}

void add_coincidence(const Case& c, std::vector<Statement>& out) {
  const Coincidence found = find_coincidence(c.diagnosis.episodes);
  if (found.instants == 0) return;
  Statement s;
  s.id = "coincidence";
  s.title = "At the same time";
  s.text = fmt::format(
      "{} of {} losses come in {} in which at least {} computers lost the connection together; "
      "chance would hardly give one. What they share failed then: a server, a line or a device.",
      found.shared, found.losses, count_of(found.instants, "minute"), found.computers_needed);
  s.probability = 0.99;
  out.push_back(std::move(s));
}

void add_neighbours(const Case& c, std::vector<Statement>& out) {
  for (const Neighbour& found : find_neighbours(c.evidence, c.diagnosis.episodes)) {
    std::string note;
    for (const EventRule& rule : c.catalogue.computer_events) {
      const bool same_id =
          std::find(rule.ids.begin(), rule.ids.end(), found.event_id) != rule.ids.end();
      if (same_id && rule.context == found.context &&
          equals_nocase_ascii(rule.provider, c.evidence.strings.at(found.provider))) {
        note = rule.note;
        break;
      }
    }
    Statement s;
    s.id = "neighbour";
    s.title = "Near the losses";
    s.text = fmt::format(
        "{} of {} losses have event {} of {} within two minutes{}; chance would give {:.1f}.",
        found.near_losses, found.losses, found.event_id, c.evidence.strings.at(found.provider),
        note.empty() ? std::string() : " (" + phrase(note) + ")", found.expected);
    s.events = found.events;
    s.events_total = found.near_losses;
    s.probability = 0.99;
    out.push_back(std::move(s));
  }
}

void add_out_of_scope(const Case& c, std::vector<Statement>& out) {
  const AlertCounts& a = c.diagnosis.alerts;
  if (a.authentication + a.other + a.unavailable + a.unclassified == 0) return;
  Statement s;
  s.id = "out-of-scope";
  s.title = "Other alerts";
  std::string sep;
  const auto add = [&](std::uint64_t n, const std::string& text) {
    if (n == 0) return;
    s.text += sep + text;
    sep = " ";
  };
  add(a.authentication,
      fmt::format("Sign-in prompts are out of scope: {} seen.", a.authentication));
  add(a.unavailable, fmt::format("{} that an action failed because the connection was unavailable; "
                                 "they support an interruption and are not counted as one.",
                                 count_of(a.unavailable, "alert says", "alerts say")));
  add(a.other, fmt::format("{} of other kinds, out of scope.", count_of(a.other, "alert")));
  add(a.unclassified, fmt::format("{} with a text that is not in the tables: not used, and listed "
                                  "so that the language can be added.",
                                  count_of(a.unclassified, "alert")));
  attach(s, c, Meaning::Authentication);
  attach(s, c, Meaning::Unclassified);
  out.push_back(std::move(s));
}

void add_quality(const Case& c, std::vector<Statement>& out) {
  std::uint64_t unreadable = 0;
  std::uint64_t damaged = 0;
  std::uint64_t records = 0;
  for (const Source& source : c.evidence.sources) {
    if (source.state == SourceState::Unreadable) ++unreadable;
    if (source.state == SourceState::Damaged) ++damaged;
    records += source.records_damaged;
  }
  std::uint64_t steps = 0;
  bool power_known = true;
  for (const ComputerEpisodes& computer : c.diagnosis.episodes) {
    steps += computer.clock_steps;
    power_known &= computer.power_known;
  }
  std::string text;
  const auto add = [&](bool when, const std::string& sentence) {
    if (when) text += (text.empty() ? "" : " ") + sentence;
  };
  add(unreadable > 0, fmt::format("{} could not be read.", count_of(unreadable, "input")));
  add(damaged > 0,
      fmt::format("{} damaged in part; {} could not be used.",
                  count_of(damaged, "input is", "inputs are"), count_of(records, "record")));
  add(c.evidence.duplicates > 0, fmt::format("{} given more than once {} counted once.",
                                             count_of(c.evidence.duplicates, "event"),
                                             c.evidence.duplicates == 1 ? "is" : "are"));
  add(c.evidence.out_of_order > 0,
      fmt::format(
          "{} stand before an earlier one in their log; events are sorted by their own time.",
          count_of(c.evidence.out_of_order, "record")));
  add(steps > 0, fmt::format("The clock was set {}; lengths across that are not used.",
                             count_of(steps, "time")));
  add(!power_known,
      "The System log is missing for some computers, so sleep and shutdown are not known there: "
      "nights count as watched time, and rates are too low rather than too high.");
  if (text.empty()) return;
  Statement s;
  s.id = "quality";
  s.title = "Quality of the evidence";
  s.text = std::move(text);
  out.push_back(std::move(s));
}

}  // namespace dropscope
