// What the events amount to, in one word of a list and in one sentence.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "verdict/candidates.h"
#include "verdict/statements.h"

namespace dropscope {
namespace {

/// Judgement: a kind of interval less sure than this is not told without the next one.
constexpr double kSettled = 0.75;

/// Of an age, of a cycle, or of two timers, which are the first alternatives.
std::string tell_lives(const IntervalEstimate& e) {
  const auto& others = e.alternatives;
  if (e.rhythm == Rhythm::Mixed && e.timers == 2) {
    return fmt::format("Two timers are at work at once: {} and {}.",
                       timer_words(others[0].rhythm, others[0].seconds),
                       timer_words(others[1].rhythm, others[1].seconds));
  }
  if (e.rhythm == Rhythm::Mixed) {
    return fmt::format("Two timers are at work at once; the one that shows more has {}.",
                       timer_length(e.seconds));
  }
  if (e.rhythm == Rhythm::Period) {
    return fmt::format(
        "The connection is lost in a cycle of {} that keeps step with no clock: a lease, or keys "
        "that are renewed.",
        timer_length(e.seconds));
  }
  return fmt::format(
      "Connections end at an age of {} whether they are used or not: a session limit, a lease or a "
      "re-authentication.",
      timer_length(e.seconds));
}

/// Empty where the kind of interval is sure enough; else how sure it is, and what is next likely.
std::string doubt_of_kind(const IntervalEstimate& e) {
  const auto next = std::max_element(e.alternatives.begin(), e.alternatives.end(),
                                     [](const RhythmAlternative& a, const RhythmAlternative& b) {
                                       return a.probability < b.probability;
                                     });
  if (e.probability >= kSettled || e.rhythm == Rhythm::Mixed || next == e.alternatives.end()) {
    return {};
  }
  return fmt::format(" This is only {:.0f} % sure; the next likely: {} ({:.0f} %).",
                     100 * e.probability, timer_words(next->rhythm, next->seconds),
                     100 * next->probability);
}

}  // namespace

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
          "The logs hold no event of {}: either it does not run on these computers or these are "
          "not their Application logs.",
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
          "No regular interval: the connection to {} is lost at times that no timer explains.",
          c.profile.peer);
    case Outcome::IdleTimer: {
      if (is_keep_alive_pile(e)) {
        return "Lost connections are noticed only by Windows' two-hour check: something on the "
               "path drops idle connections without a word, after two hours or less.";
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
      return text + doubt_of_kind(e);
    }
    case Outcome::FixedAge:
      return tell_lives(e) + doubt_of_kind(e);
    case Outcome::ClockSchedule:
      return fmt::format(
                 "The connection is lost at fixed times, every {}: something runs on a schedule "
                 "then.",
                 cycle_words(e)) +
             doubt_of_kind(e);
    case Outcome::RegularUnexplained:
      return fmt::format(
          "Losses follow a regular interval of {}, but the connection is MAPI/HTTP, which no "
          "inactivity timer of that length can close. The cause is not told by this evidence.",
          timer_length(e.seconds));
  }
  return {};
}

}  // namespace dropscope
