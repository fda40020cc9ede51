#include "probe/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "probe/plan.h"

namespace dropscope::probe {
namespace {

/// How well the end of a busy connection has to agree with that of idle ones, beside the aim.
constexpr double kAgeSlack = 0.1;
/// What a clock read after a wake-up of the system is good for.
constexpr double kClock = 0.01;

/// How most idle connections ended.
Outcome usual_end(const std::vector<Sample>& samples) {
  std::map<Outcome, int> number;
  for (const Sample& sample : samples) {
    if (is_casualty(sample.outcome)) ++number[sample.outcome];
  }
  return std::max_element(number.begin(), number.end(),
                          [](const auto& a, const auto& b) { return a.second < b.second; })
      ->first;
}

/// What the controls say about a time-out of some length.
struct Comparison {
  bool busy_ended = false;         ///< A busy connection ended at the same age.
  bool busy_lasted = false;        ///< It outlasted the time-out.
  double busy_early = 0;           ///< It ended before; 0 = it did not.
  double busy_late = 0;            ///< It ended well after; 0 = it did not.
  bool keep_alive_lasted = false;  ///< Keep-alives kept a connection beyond the time-out.
  bool keep_alive_ended = false;
  bool fresh_ended = false;   ///< One without a request ended at the same idle time.
  bool fresh_lasted = false;  ///< It outlasted the time-out.
  double fresh_early = 0;     ///< It ended before; 0 = it did not.
};

Comparison compare(const std::vector<Control>& controls, double seconds) {
  Comparison out;
  for (const Control& control : controls) {
    const bool ended = is_casualty(control.outcome);
    // A busy connection in silence was last known to be good up to one send earlier.
    const double slack =
        aim(seconds) + kAgeSlack + (is_direct(control.outcome) ? 0 : kBusyEvery + kAgeSlack);
    if (control.kind == ControlKind::KeepAlive) {
      if (ended) {
        out.keep_alive_ended = true;
      } else if (control.lasted_s > seconds + aim(seconds)) {
        out.keep_alive_lasted = true;
      }
    } else if (control.kind == ControlKind::Fresh) {
      if (control.lasted_s > seconds + aim(seconds) + kAgeSlack) {
        out.fresh_lasted = true;
      } else if (ended && control.lasted_s < seconds - slack) {
        out.fresh_early = control.lasted_s;
      } else if (ended) {
        out.fresh_ended = true;
      }
    } else if (!ended) {
      out.busy_lasted |= control.lasted_s > seconds + aim(seconds);
    } else if (control.lasted_s < seconds - slack) {
      out.busy_early = control.lasted_s;
    } else if (control.lasted_s > seconds + slack) {
      out.busy_lasted = true;
      out.busy_late = control.lasted_s;
    } else {
      out.busy_ended = true;
    }
  }
  return out;
}

std::string end_text(Outcome end) {
  switch (end) {
    case Outcome::Finished:
      return "a FIN arrives";
    case Outcome::Reset:
      return "a RST arrives";
    case Outcome::ResetOnSend:
      return "nothing arrives, and what is sent later is answered with a RST";
    case Outcome::Silent:
    case Outcome::Survived:
      break;
  }
  return "nothing arrives, and what is sent later is not answered";
}

Mechanism mechanism_of(const Options& options, Outcome end, const Comparison& controls) {
  if (controls.busy_ended) return Mechanism::FixedAge;
  if (controls.keep_alive_lasted) return Mechanism::PacketFilter;
  if (is_direct(end)) {
    return controls.fresh_lasted ? Mechanism::HttpKeepAlive : Mechanism::ProxyOrServer;
  }
  if (controls.keep_alive_ended || options.keep_alive) return Mechanism::UnclearIdle;
  return Mechanism::PacketFilter;
}

std::string sentence_of(const Finding& finding, const Comparison& controls) {
  const std::string length =
      fmt::format("{} (± {})", seconds_text(*finding.seconds), seconds_text(*finding.accuracy_s));
  const std::string end = end_text(*finding.end);
  switch (finding.mechanism) {
    case Mechanism::FixedAge:
      return fmt::format(
          "Connections end at an age of {}, whether they idle or are in use: {}. Neither "
          "keep-alives nor traffic prevent that.",
          length, end);
    case Mechanism::PacketFilter:
      return fmt::format(
          "A packet filter or address translation forgets connections that idle "
          "for {}: {}. {}",
          length, end,
          controls.keep_alive_lasted ? "TCP keep-alives at shorter intervals prevent that."
                                     : "It is to be expected that TCP keep-alives prevent that.");
    case Mechanism::ProxyOrServer:
      return fmt::format(
          "A proxy, a load balancer or the server itself ends connections that idle "
          "for {}: {}. {}",
          length, end,
          controls.keep_alive_ended
              ? "TCP keep-alives do not prevent that; traffic of the application "
                "does."
              : "Traffic of the application prevents that.");
    case Mechanism::HttpKeepAlive:
      return fmt::format(
          "The server, or a proxy that speaks HTTP, ends connections that idle for {} between two "
          "requests: {}. A connection without any request lasts longer, so it is the keep-alive "
          "time-out of HTTP and no idle timer of the path. Requests at shorter intervals prevent "
          "that; TCP keep-alives do not.",
          length, end);
    default:
      return fmt::format(
          "Connections that idle for {} are dead: {}. TCP keep-alives do not prevent that, so it "
          "is "
          "no plain packet filter.",
          length, end);
  }
}

void add_notes(Finding& finding, const Options& options, const Comparison& controls) {
  if (controls.busy_early > 0) {
    finding.notes.push_back(fmt::format(
        "The connection in use ended already after {}: the server may not like what the probe "
        "sends, so a limit on age is not ruled out.",
        seconds_text(controls.busy_early)));
  } else if (controls.busy_late > 0) {
    finding.notes.push_back(
        fmt::format("A connection in use ended too, after {}: there may be a limit on age as well.",
                    seconds_text(controls.busy_late)));
  } else if (!controls.busy_lasted && !controls.busy_ended) {
    finding.notes.push_back(
        "No connection in use was compared, so a limit on age is not ruled out.");
  }
  if (!options.keep_alive && !controls.keep_alive_lasted && !controls.keep_alive_ended) {
    finding.notes.push_back(
        "No connection with TCP keep-alive was compared, so packet filter and proxy are told apart "
        "by the way of the end alone.");
  }
}

/// Of Payload::Http: whose time-out it is, as far as a connection without a request tells.
void add_notes_of_requests(Finding& finding, const Comparison& controls) {
  if (finding.mechanism != Mechanism::ProxyOrServer) return;
  if (controls.fresh_ended) {
    finding.notes.push_back(
        "A connection without any request ends at the same idle time, so it is not the keep-alive "
        "time-out of HTTP alone: an idle timer of a proxy or of the path, or a server that waits "
        "as long for the first request.");
  } else if (controls.fresh_early > 0) {
    finding.notes.push_back(fmt::format(
        "A connection without any request ends already after {}, so the keep-alive time-out of "
        "HTTP is not told from an idle timer of the path.",
        seconds_text(controls.fresh_early)));
  } else {
    finding.notes.push_back(
        "No connection without a request was compared, so the keep-alive time-out of HTTP is not "
        "told from an idle timer of the path.");
  }
}

/// What the server's own words add. A status of 2xx is what is expected.
void add_notes_of_answer(Finding& finding, const Observations& seen) {
  if (!seen.http) return;
  if (seen.http->status >= 300) {
    finding.notes.push_back(
        fmt::format("The server answers the requests with status {}.", seen.http->status));
  }
  if (!seen.http->keep_alive_s) return;
  const double announced = *seen.http->keep_alive_s;
  const bool timed = probe_result::is_time_out(finding.mechanism) && finding.seconds;
  std::string compared;
  if (timed && *finding.seconds < announced - aim(announced)) {
    compared = "; something ends them sooner";
  } else if (timed && *finding.seconds <= announced + aim(announced)) {
    compared = ", which agrees";
  }
  finding.notes.push_back(fmt::format(
      "The server announces that it keeps idle connections for {:g} s{}.", announced, compared));
}

void add_notes_of_connections(Finding& finding, const Options& options, const Observations& seen,
                              int chance) {
  if (chance > 0) {
    finding.notes.push_back(fmt::format(
        "{} connection(s) ended at idle times that others survived: losses by chance.", chance));
  }
  if (seen.failed > 0 && finding.mechanism != Mechanism::Unreachable) {
    finding.notes.push_back(fmt::format(
        "{} connection(s) did not come about or were of no use: {}.", seen.failed, seen.failure));
  }
  if (seen.unanswered) {
    finding.notes.push_back(
        "The server acknowledges what the probe sends and does not answer it, so only the path up "
        "to the first device that acknowledges was measured.");
  }
  add_notes_of_answer(finding, seen);
  if (options.tls && finding.mechanism != Mechanism::Unreachable) {
    finding.notes.push_back(
        "The certificate of the server was not verified: who answered is not known.");
  }
}

Finding without_end(const Observations& seen, const Bracket& bracket, bool complete) {
  Finding out;
  out.complete = complete;
  if (seen.samples.empty() && seen.failed > 0 && complete) {
    out.mechanism = Mechanism::Unreachable;
    out.sentence = fmt::format("No usable connection came about: {}.", seen.failure);
    return out;
  }
  if (bracket.survivor > 0) out.seconds = bracket.survivor;
  if (complete && out.seconds) {
    out.mechanism = Mechanism::NoneFound;
    out.sentence =
        fmt::format("No idle time-out was found: connections survive {} without traffic.",
                    seconds_text(*out.seconds));
  } else {
    out.mechanism = Mechanism::Unfinished;
    out.sentence = out.seconds
                       ? fmt::format("Stopped; up to {} without traffic, connections survive.",
                                     seconds_text(*out.seconds))
                       : std::string("Stopped before anything was known.");
  }
  return out;
}

}  // namespace

std::string seconds_text(double seconds) {
  return seconds < 60 ? fmt::format("{:.2f} s", seconds) : fmt::format("{:.1f} s", seconds);
}

Finding judge(const Options& options, const Observations& seen, bool complete) {
  const Bracket bracket = bracket_of(seen.samples);
  const auto estimate = estimate_of(bracket);
  Finding out;
  if (!estimate) {
    out = without_end(seen, bracket, complete);
    add_notes_of_connections(out, options, seen, bracket.chance);
    return out;
  }
  out.complete = complete;
  out.seconds = estimate;
  out.end = usual_end(seen.samples);
  if (!bracket.direct.empty()) {
    out.accuracy_s = std::max(kClock, (bracket.direct.back() - bracket.direct.front()) / 2);
  } else {
    out.accuracy_s = std::max(kClock, (*bracket.casualty - bracket.survivor) / 2);
  }
  if (ended_at_one_moment(seen.samples)) {
    out.mechanism = Mechanism::OneMoment;
    out.seconds.reset();
    out.accuracy_s.reset();
    out.sentence =
        "All connections ended at one moment, though they had idled for different times: something "
        "happened, such as a restart, and it was no idle timer. Run the probe again.";
  } else if (!bracket.direct.empty() && seen.http && seen.http->closes) {
    out.mechanism = Mechanism::ClosedAtOnce;
    out.sentence = fmt::format(
        "The server answers with status {} and closes, as it says itself, so no idle time between "
        "requests can be measured. Try another --path, or another --payload.",
        seen.http->status);
  } else if (!bracket.direct.empty() && *estimate < kAtOnce) {
    out.mechanism = Mechanism::ClosedAtOnce;
    out.sentence = fmt::format(
        "The server closes connections at once, after {}, so no idle time can be measured. Try "
        "another --payload, or another port.",
        seconds_text(*estimate));
  } else {
    const Comparison controls = compare(seen.controls, *estimate);
    out.mechanism = mechanism_of(options, *out.end, controls);
    out.sentence = sentence_of(out, controls);
    add_notes(out, options, controls);
    if (options.payload == Payload::Http) add_notes_of_requests(out, controls);
    if (options.payload == Payload::LongPoll) {
      out.notes.push_back(
          out.mechanism == Mechanism::FixedAge
              ? "Measured on answers of HTTP that are kept open: the client has to ask again "
                "sooner."
              : "Measured on answers of HTTP that are kept open: the server has to send something "
                "sooner.");
    }
  }
  add_notes_of_connections(out, options, seen, bracket.chance);
  return out;
}

}  // namespace dropscope::probe
