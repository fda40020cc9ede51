// Every sentence says what was seen, then what it means, and carries the events it rests on.
// Numbers in a sentence are rounded for people; the exact ones are in the structures beside it.

#include "verdict/statements.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "analysis/coincidence/coincidence.h"
#include "base/text.h"
#include "base/timezone.h"
#include "verdict/candidates.h"
#include "verdict/measured_path.h"

namespace dropscope {
namespace {

/// Windows checks a silent connection after two hours (KeepAliveTime, default 7,200,000 ms) and
/// gives up after ten probes a second apart; a pile of uptimes there shows when Windows noticed,
/// not what closed the connection.
constexpr double kKeepAliveSeconds = 7200;
constexpr double kKeepAliveSlack = 60;

std::string percent(double share) {
  return fmt::format("{:.0f} %", 100.0 * share);
}

std::string range(double low, double high) {
  return fmt::format("{} and {}", format_duration(low), format_duration(high));
}

/// Events of one meaning of the profile: the first and last few, and how many there are.
void attach(Statement& statement, const Case& c, Meaning meaning) {
  std::vector<std::uint32_t> all;
  std::uint64_t total = 0;
  std::vector<std::uint32_t> tail;
  for (std::uint32_t i = 0; i < c.evidence.events.size(); ++i) {
    const Event& event = c.evidence.events[i];
    if (event.meaning != meaning || event.profile != c.diagnosis.profile) continue;
    ++total;
    if (all.size() < kEventsShown / 2) {
      all.push_back(i);
    } else {
      if (tail.size() >= kEventsShown / 2) tail.erase(tail.begin());
      tail.push_back(i);
    }
  }
  statement.events.insert(statement.events.end(), all.begin(), all.end());
  statement.events.insert(statement.events.end(), tail.begin(), tail.end());
  statement.events_total += total;
}

Statement behaviour(const Case& c) {
  const Diagnosis& d = c.diagnosis;
  Statement s;
  s.id = "behaviour";
  s.title = "What happens";
  const AlertCounts& a = d.alerts;
  s.text = fmt::format(
      "This is a disconnect, not a sign-in problem: {} logged {} and {} of the connection to {} on "
      "{}.",
      c.profile.title, count_of(a.lost, "loss", "losses"), count_of(a.restored, "restore"),
      c.profile.peer, count_of(c.computers_with_losses, "computer"));
  if (a.by_stem + a.by_alternation > 0) {
    s.text += fmt::format(
        " {} of these texts were recognised by their words or by their order, not by "
        "an exact match; see the list of texts.",
        a.by_stem + a.by_alternation);
  }
  switch (d.mode) {
    case ClientMode::Cached:
      s.text +=
          " The client is in cached mode: users see a pop-up and go on working with the local "
          "copy; "
          "new mail waits.";
      break;
    case ClientMode::Online:
      s.text +=
          " The client is in online mode: the mailbox cannot be used while it is disconnected.";
      break;
    case ClientMode::Unknown:
      s.text +=
          " Whether the client is in cached mode (a pop-up, little harm) or in online mode (no "
          "mailbox meanwhile) is not in the evidence.";
      break;
  }
  attach(s, c, Meaning::Lost);
  return s;
}

/// The busiest stretch of the week in words, when it stands out.
std::string busiest_hours(const Frequency& f) {
  std::array<double, 24> by_hour{};
  double weekend = 0;
  for (std::size_t i = 0; i < f.hour_of_week.size(); ++i) {
    by_hour[i % 24] += f.hour_of_week[i];
    if (i >= std::size_t{5} * 24) weekend += f.hour_of_week[i];
  }
  const double total = static_cast<double>(f.losses);
  double office = 0;
  for (std::size_t hour = 8; hour < 18; ++hour) office += by_hour[hour];
  std::string text =
      fmt::format(" {} of the losses fall between 08:00 and 18:00", percent(office / total));
  text += fmt::format(", {} on a weekend.", percent(weekend / total));
  return text;
}

Statement frequency(const Case& c) {
  const Frequency& f = c.diagnosis.frequency;
  Statement s;
  s.id = "frequency";
  s.title = "How often";
  if (f.watched_hours >= 1) {
    s.text = fmt::format(
        "{} in {:.1f} computer-days of log: {:.2g} per computer and day (95 % interval {:.2g} to "
        "{:.2g}).",
        count_of(f.losses, "loss", "losses"), f.watched_hours / 24, f.per_day, f.per_day_low,
        f.per_day_high);
  } else {
    s.text = fmt::format("{}; the logs cover less than an hour, too little for a rate.",
                         count_of(f.losses, "loss", "losses"));
  }
  if (f.losses >= 5) s.text += busiest_hours(f);
  if (f.uptimes.n > 0) {
    s.text += fmt::format(
        " Between a restore and the next loss lie {} (median; {} of them were "
        "measured, half between {}).",
        format_duration(f.uptimes.median), f.uptimes.n, range(f.uptimes.p25, f.uptimes.p75));
  }
  attach(s, c, Meaning::Lost);
  return s;
}

Statement outages(const Case& c) {
  const Frequency& f = c.diagnosis.frequency;
  Statement s;
  s.id = "outages";
  s.title = "How long";
  s.text =
      fmt::format("{} seen from loss to restore last {} in the median, nine in ten at most {}.",
                  count_of(f.outages.n, "outage"), format_duration(f.outages.median),
                  format_duration(f.outages.p90));
  if (f.open_outages > 0) {
    s.text += fmt::format(" Of {} more the end is not in the log.", f.open_outages);
  }
  if (c.profile.retry_first_s > 0) {
    s.text += fmt::format(
        " This is not how long the fault lasts: {} tries again by itself after {} and then every "
        "{}, so a "
        "fault of seconds can show as an outage of {} or {}.",
        c.profile.title, format_duration(c.profile.retry_first_s),
        format_duration(c.profile.retry_then_s), format_duration(c.profile.retry_first_s),
        format_duration(c.profile.retry_first_s + c.profile.retry_then_s));
  }
  attach(s, c, Meaning::Restored);
  return s;
}

/// Less probable readings are in the figures, not in a sentence.
constexpr double kWorthNaming = 0.05;

std::string_view class_words(Rhythm rhythm) {
  switch (rhythm) {
    case Rhythm::Idle:
      return "an inactivity timer";
    case Rhythm::FixedAge:
      return "a limit on the age of the connection";
    case Rhythm::Clock:
      return "fixed times of the clock";
    case Rhythm::Period:
      return "a period that no clock gives, as of a lease";
    case Rhythm::Mixed:
      return "two timers at once";
    case Rhythm::Outage:
      return "outages of many at once";
    case Rhythm::Modulated:
    case Rhythm::Random:
    case Rhythm::Burst:
    case Rhythm::NotEnough:
      break;
  }
  return "no regular interval at all";
}

std::string alternatives_text(const IntervalEstimate& e) {
  std::string text;
  for (const RhythmAlternative& other : e.alternatives) {
    if (other.probability < kWorthNaming) continue;
    const std::string_view what = class_words(other.rhythm);
    text += fmt::format("{}{}{} ({})", text.empty() ? " Also possible: " : ", ", what,
                        other.seconds > 0 ? " of " + timer_length(other.seconds) : std::string(),
                        percent(other.probability));
  }
  return text.empty() ? text : text + ".";
}

Statement interval(const Case& c) {
  const IntervalEstimate& e = c.diagnosis.interval;
  Statement s;
  s.id = "interval";
  s.title = "Regular interval";
  const auto length = [&] {
    return fmt::format("{} (95 % interval {:.0f} s to {:.0f} s)", timer_length(e.seconds), e.low,
                       e.high);
  };
  switch (e.rhythm) {
    case Rhythm::Idle:
      if (c.diagnosis.never_used) {
        s.text = fmt::format(
            "{} of {} measured uptimes lie at {}. The connections were never used, so that a limit "
            "on their age looks the same as an inactivity timer, which is commoner; a connection "
            "that is in use beside them tells.",
            e.at_interval, e.considered, length());
        s.probability = e.probability;
        break;
      }
      s.text = fmt::format(
          "{} of {} measured uptimes lie at {}; the others are mostly longer, few are shorter. So "
          "the "
          "connection is closed after that time without traffic, and activity delays it: an "
          "inactivity "
          "timer.",
          e.at_interval, e.considered, length());
      s.probability = e.probability;
      break;
    case Rhythm::FixedAge:
      s.text = fmt::format(
          "{} of {} measured uptimes lie at {}, and hardly any connection lives longer, busy or "
          "not: a "
          "limit on its age, a lease or a re-authentication.",
          e.at_interval, e.considered, length());
      s.probability = e.probability;
      break;
    case Rhythm::Clock:
      s.text = fmt::format(
          "{} of {} losses (common ones counted once) come at the same time of the clock, every "
          "{}: "
          "something runs on a schedule then.",
          e.at_interval, e.considered, timer_length(e.seconds));
      s.probability = e.probability;
      break;
    case Rhythm::Period:
      s.text = fmt::format(
          "{} of {} gaps between losses are {} or a multiple of it, in step with no clock: a "
          "lease, "
          "or keys that are renewed.",
          e.at_interval, e.considered, length());
      s.probability = e.probability;
      break;
    case Rhythm::Mixed:
      s.text = fmt::format(
          "Two timers at once; the one that shows more is {}, with {} of {} measured uptimes.",
          length(), e.at_interval, e.considered);
      s.probability = e.probability;
      break;
    case Rhythm::Outage:
      s.text = fmt::format(
          "No regular interval of a connection: most losses are outages of many at once ({} "
          "uptimes were measured).",
          e.considered);
      s.probability = 1 - e.regular_probability;
      break;
    case Rhythm::Modulated:
    case Rhythm::Random:
    case Rhythm::Burst:
      s.text = fmt::format(
          "No regular interval: the {} measured uptimes are spread out as they are without a "
          "timer{}.",
          e.considered,
          e.rhythm == Rhythm::Burst       ? "; losses come in clusters"
          : e.rhythm == Rhythm::Modulated ? "; losses follow the hours of the day"
                                          : "");
      s.probability = 1 - e.regular_probability;
      break;
    case Rhythm::NotEnough:
      s.text = fmt::format(
          "Not enough evidence: {} from a restore to the next loss {} measured, and about {} more "
          "are "
          "needed to see a regular interval or to rule one out.",
          count_of(e.considered, "uptime"), e.considered == 1 ? "was" : "were", e.losses_missing);
      break;
  }
  s.text += alternatives_text(e);
  if (is_keep_alive_pile(e)) {
    s.text +=
        " Take care: two hours is also when Windows by default checks a silent connection "
        "(KeepAliveTime). If a device on the path drops connections without a word, with whatever "
        "shorter timer, Windows notices only then, and the losses look just like this.";
  }
  attach(s, c, Meaning::Lost);
  return s;
}

Statement gate(const Case& c, Outcome outcome) {
  const Diagnosis& d = c.diagnosis;
  Statement s;
  s.id = "protocol";
  s.title = "Connection";
  switch (d.protocol) {
    case Protocol::RpcTcp:
      s.text =
          "The connection is RPC/TCP: it is silent while nobody works, so inactivity timers on the "
          "path can close it.";
      break;
    case Protocol::RpcHttp:
      s.text =
          "The connection is RPC/HTTP (Outlook Anywhere): inactivity timers of proxies and "
          "balancers can close it. On the company LAN with Exchange 2010 or older, TCP/IP is "
          "expected instead: then review the client's settings.";
      break;
    case Protocol::MapiHttp:
      s.text =
          "The connection is MAPI/HTTP: a waiting request is kept alive every 15 to 30 s, so an "
          "inactivity timer of minutes or an hour on the path does not close it.";
      break;
    case Protocol::Other:
    case Protocol::Unknown:
      s.text =
          "The protocol is not in the evidence. It decides which timers can apply: in Outlook hold "
          "Ctrl, click the tray icon, choose Connection Status and read the column Protocol (Conn "
          "in older versions).";
      break;
  }
  if (!d.protocol_source.empty()) s.text += fmt::format(" Source: {}.", d.protocol_source);
  if (outcome == Outcome::RegularUnexplained) {
    s.text +=
        " The losses nevertheless come as an inactivity timer would cause them, so check first "
        "that "
        "the protocol is right for the computers concerned.";
  }
  return s;
}

Statement scope(const Case& c) {
  Statement s;
  s.id = "scope";
  s.title = "Whom it hits";
  s.text = c.computers_with_log == 1
               ? std::string("The one computer with a log lost the connection.")
               : fmt::format("{} of {} computers with a log lost the connection.",
                             c.computers_with_losses, c.computers_with_log);
  if (is_regular(c.diagnosis.interval.rhythm) && c.computers_with_losses > 1) {
    s.text += fmt::format(
        " {} of them show this interval by themselves; the others have too few losses "
        "of their own to tell, or other causes.",
        c.computers_at_interval);
  }
  if (const Whom* whom = c.diagnosis.verdict.decision.whom()) {
    for (const std::string& sentence : whom->explanations) s.text += " " + sentence;
    if (whom->scope.kind != ScopeKind::None) s.probability = whom->scope.confidence;
  }
  if (c.computers_with_log == 1) {
    s.text +=
        " With the log of one computer nobody can tell whether the user, the computer or the "
        "network behind it is concerned: see whether it happens to the same user on another "
        "computer.";
  }
  s.text += " The event names no user; none is assumed.";
  return s;
}

void add_coincidence(const Case& c, std::vector<Statement>& out) {
  const Coincidence found = find_coincidence(c.diagnosis.episodes);
  if (found.instants == 0) return;
  Statement s;
  s.id = "coincidence";
  s.title = "At the same time";
  s.text = fmt::format(
      "{} of {} losses come in {} in which at least {} computers lost the connection together; "
      "chance "
      "would hardly give one. What they share failed then: a server, a line or a device.",
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
  add(a.unavailable,
      fmt::format(
          "{} that an action failed because the connection was unavailable; they support an "
          "interruption and are not counted as one.",
          count_of(a.unavailable, "alert says", "alerts say")));
  add(a.other, fmt::format("{} of other kinds, out of scope.", count_of(a.other, "alert")));
  add(a.unclassified,
      fmt::format(
          "{} with a text that is not in the tables: not used, and listed so that the language "
          "can be added.",
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

}  // namespace

std::string phrase(const std::string& text) {
  const std::size_t end = text.find_last_not_of(". ");
  return end == std::string::npos ? std::string() : text.substr(0, end + 1);
}

bool is_keep_alive_pile(const IntervalEstimate& interval) {
  return (interval.rhythm == Rhythm::Idle || interval.rhythm == Rhythm::FixedAge) &&
         std::abs(interval.seconds - kKeepAliveSeconds) <= kKeepAliveSlack;
}

std::string timer_length(double seconds) {
  if (seconds >= 86400 && std::abs(seconds / 86400 - std::round(seconds / 86400)) < 0.002) {
    return fmt::format("{:.0f} d", std::round(seconds / 86400));
  }
  if (seconds >= 7200 && std::abs(seconds / 3600 - std::round(seconds / 3600)) < 0.01) {
    return fmt::format("{:.0f} h", std::round(seconds / 3600));
  }
  if (seconds >= 600) {
    const double minutes = seconds / 60;
    if (std::abs(minutes - std::round(minutes)) < 0.25) {
      return fmt::format("{:.0f} min", std::round(minutes));
    }
    return fmt::format("{:.1f} min", minutes);
  }
  return fmt::format("{:.0f} s", seconds);
}

Outcome decide_outcome(const Case& c) {
  const Diagnosis& d = c.diagnosis;
  if (c.evidence.coverage.empty()) return Outcome::NothingUsable;
  const AlertCounts& a = d.alerts;
  if (a.lost == 0) {
    const bool any =
        std::any_of(c.evidence.events.begin(), c.evidence.events.end(), [&](const Event& e) {
          return e.profile == d.profile && e.meaning <= Meaning::Unclassified;
        });
    return any ? Outcome::NoDisconnect : Outcome::NoApplication;
  }
  switch (d.interval.rhythm) {
    case Rhythm::NotEnough:
      return Outcome::NotEnough;
    case Rhythm::Outage:
    case Rhythm::Modulated:
    case Rhythm::Random:
    case Rhythm::Burst:
      return Outcome::NoRegularInterval;
    case Rhythm::Idle:
      return idle_timer_possible(d.protocol, d.interval.seconds) ? Outcome::IdleTimer
                                                                 : Outcome::RegularUnexplained;
    case Rhythm::FixedAge:
    case Rhythm::Period:
    case Rhythm::Mixed:
      return Outcome::FixedAge;
    case Rhythm::Clock:
      return Outcome::ClockSchedule;
  }
  return Outcome::NoRegularInterval;
}

std::string write_headline(const Case& c, Outcome outcome,
                           const std::vector<CandidateTimer>& candidates) {
  const Diagnosis& d = c.diagnosis;
  const IntervalEstimate& e = d.interval;
  switch (outcome) {
    case Outcome::NothingUsable:
      return "No event log could be read, so nothing can be said.";
    case Outcome::NoApplication:
      return fmt::format(
          "The logs hold no event of {}: either it does not run on these computers or "
          "these are not their Application logs.",
          c.profile.title);
    case Outcome::NoDisconnect:
      return fmt::format("{} logged no lost connection to {} in the time the logs cover.",
                         c.profile.title, c.profile.peer);
    case Outcome::NotEnough: {
      std::string text =
          fmt::format("Not enough evidence yet: {}", count_of(d.alerts.lost, "loss", "losses"));
      if (e.days_missing > 0) {
        const auto days = static_cast<std::uint64_t>(std::ceil(e.days_missing));
        return text + fmt::format(" seen. Watch {} more at the rate so far, then run this again.",
                                  count_of(days, "day"));
      }
      return text + " seen. Watch ten working days more, then run this again.";
    }
    case Outcome::NoRegularInterval:
      return fmt::format(
          "No regular interval: the connection to {} is lost at times that no timer "
          "explains.",
          c.profile.peer);
    case Outcome::IdleTimer: {
      if (is_keep_alive_pile(e)) {
        return "Lost connections are noticed only by Windows' two-hour check: something on the "
               "path "
               "drops idle connections without a word, after two hours or less.";
      }
      std::string text = fmt::format(
          "Something on the path closes the connection after {} without traffic (an inactivity "
          "time-out).",
          timer_length(e.seconds));
      const auto best = std::find_if(candidates.begin(), candidates.end(),
                                     [](const CandidateTimer& t) { return t.possible; });
      if (best != candidates.end()) {
        text += fmt::format(" First candidate: {}.", best->timer.product);
      }
      if (d.protocol == Protocol::Unknown) {
        text += " This holds for RPC connections; check the protocol.";
      }
      return text;
    }
    case Outcome::FixedAge:
      return fmt::format(
          "Connections end at an age of {} whether they are used or not: a session limit, a "
          "lease or a re-authentication.",
          timer_length(e.seconds));
    case Outcome::ClockSchedule:
      return fmt::format(
          "The connection is lost at fixed times, every {}: something runs on a schedule "
          "then.",
          timer_length(e.seconds));
    case Outcome::RegularUnexplained:
      return fmt::format(
          "Losses follow a regular interval of {}, but the connection is MAPI/HTTP, which no "
          "inactivity "
          "timer of that length can close. The cause is not told by this evidence.",
          timer_length(e.seconds));
  }
  return {};
}

std::vector<Statement> write_statements(const Case& c, Outcome outcome,
                                        const std::vector<CandidateTimer>&) {
  std::vector<Statement> out;
  if (outcome == Outcome::NothingUsable) {
    add_quality(c, out);
    return out;
  }
  if (c.diagnosis.alerts.lost > 0) {
    out.push_back(behaviour(c));
    out.push_back(frequency(c));
    if (c.diagnosis.frequency.outages.n > 0) out.push_back(outages(c));
    out.push_back(interval(c));
    out.push_back(gate(c, outcome));
    out.push_back(scope(c));
    add_closes(c, out);
    add_measured_paths(c, out);
    add_coincidence(c, out);
    add_neighbours(c, out);
  }
  add_out_of_scope(c, out);
  add_clocks(c, out);
  add_quality(c, out);
  return out;
}

}  // namespace dropscope
