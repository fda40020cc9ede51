// A probe and a log see the same timer from two sides: the probe lets connections idle until they
// end, the log shows when Outlook's ended. Where both lengths agree, the timer is on the path.
// Where connections of the probe outlive the interval, it is hardly there. A probe that found a
// shorter time-out than the interval says nothing: whatever keeps Outlook's connections from being
// idle for so long is not known.

#include "verdict/measured_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>

#include "base/text.h"
#include "verdict/candidates.h"

namespace dropscope {
namespace {

using probe_result::Mechanism;

/// Judgement: how well another state fits with what a probe saw. A probe may have been made from
/// another place or to another port than the connections that were lost.
constexpr double kOtherPath = 0.05;
/// Judgement: the same where the path was measured up to a first device only.
constexpr double kNearOnly = 0.3;
/// Judgement: the same where it was measured from another computer, or at another time.
constexpr double kDoubtful = 0.3;
/// A list of more would bury the rest of the report.
constexpr std::size_t kProbesShown = 8;

std::string length_text(double seconds) {
  return seconds < 60 ? fmt::format("{:.2f} s", seconds) : fmt::format("{:.1f} s", seconds);
}

std::string bounds_text(const PathProbe& probe) {
  return fmt::format("{} to {}", length_text(*probe.low_s), length_text(*probe.high_s));
}

/// As the end of a sentence that begins with the host.
std::string words_of(const PathProbe& probe) {
  switch (probe.mechanism) {
    case Mechanism::ProxyOrServer:
      return fmt::format("a proxy, a load balancer or the server ends connections that idle for {}",
                         bounds_text(probe));
    case Mechanism::PacketFilter:
      return fmt::format(
          "a packet filter or address translation forgets connections that idle for {}, unless TCP "
          "keep-alives come sooner",
          bounds_text(probe));
    case Mechanism::UnclearIdle:
      return fmt::format("connections are dead after {} without traffic", bounds_text(probe));
    case Mechanism::HttpKeepAlive:
      return fmt::format(
          "the server or a proxy of HTTP ends connections that idle for {} between two requests",
          bounds_text(probe));
    case Mechanism::FixedAge:
      return fmt::format("connections end at an age of {}, in use or not", bounds_text(probe));
    case Mechanism::NoneFound:
    case Mechanism::Unfinished:
      if (probe.survived_s <= 0) break;
      return fmt::format("connections survive {} without traffic", length_text(probe.survived_s));
    case Mechanism::ClosedAtOnce:
    case Mechanism::OneMoment:
    case Mechanism::Unreachable:
      break;
  }
  return fmt::format("no idle time was measured ({})", to_string(probe.mechanism));
}

std::string name_of(const PathProbe& probe) {
  return fmt::format("{} port {}", printable(probe.host), probe.port);
}

/// What it was resolved to, and what was spoken there where that is more than TCP.
std::string address_of(const PathProbe& probe) {
  return printable(probe.address) + (probe.protocol.empty() ? "" : ", ") + probe.protocol;
}

/// A device that drops connections without a word is noticed by Windows' own check only.
bool explains_pile(const PathProbe& probe, const IntervalEstimate& interval) {
  const bool silent =
      probe.mechanism == Mechanism::PacketFilter || probe.mechanism == Mechanism::UnclearIdle;
  return silent && is_keep_alive_pile(interval) && *probe.low_s <= interval.high;
}

bool agrees(const PathProbe& probe, const IntervalEstimate& interval) {
  if (!probe.low_s || !probe.high_s) return false;
  if (explains_pile(probe, interval)) return true;
  const double slack = timer_slack(interval.seconds);
  return *probe.low_s <= interval.high + slack && *probe.high_s >= interval.low - slack;
}

/// Judgement: a network is changed now and then, so a measurement says less of what was lost a
/// month before it.
constexpr auto kStale = std::chrono::hours{24 * 30};

/// Without the domain, and of a session of a watch ("PC01 to …") the computer that watches.
std::string host_of(const std::string& computer) {
  return to_lower_ascii(computer.substr(0, computer.find_first_of(". ")));
}

bool is_elsewhere(const PathProbe& probe, const LossFrame& frame) {
  return !probe.computer.empty() && !frame.computers.empty() &&
         std::none_of(frame.computers.begin(), frame.computers.end(),
                      [&](const std::string& computer) {
                        return host_of(computer) == host_of(probe.computer);
                      });
}

/// Why a probe may have measured something else than what ended the connections, a sentence each;
/// empty when nothing speaks against it.
std::string doubts_of(const PathProbe& probe, const LossFrame& frame) {
  std::string out;
  if (is_elsewhere(probe, frame)) {
    out += fmt::format(" {} has no losses.", printable(probe.computer));
  }
  if (probe.ended && frame.first && *probe.ended < *frame.first) {
    out += fmt::format(" That is {} before the first loss.",
                       format_duration(seconds_between(*probe.ended, *frame.first)));
  }
  if (probe.began && frame.last && *probe.began > *frame.last + kStale) {
    out += fmt::format(" That is {} after the last loss.",
                       format_duration(seconds_between(*frame.last, *probe.began)));
  }
  return out;
}

/// " It ran at 2026-11-20 10:00 on PC07.": as far as the result tells.
std::string origin_of(const PathProbe& probe, const TimeZone& zone) {
  // To the minute: nothing of a path changes with the second.
  constexpr std::size_t kToTheMinute = 16;
  if (!probe.began) return {};
  const std::string time = zone.format(*probe.began).substr(0, kToTheMinute);
  if (probe.computer.empty()) return fmt::format(" It ran at {}.", time);
  return fmt::format(" It ran at {} on {}.", time, printable(probe.computer));
}

}  // namespace

LossFrame loss_frame(const Evidence& evidence, const Diagnosis& diagnosis) {
  LossFrame out;
  for (const ComputerEpisodes& episodes : diagnosis.episodes) {
    if (episodes.outages.empty()) continue;
    out.computers.push_back(evidence.computers[episodes.computer].name);
    const Instant first = episodes.outages.front().lost;
    const Instant last = episodes.outages.back().lost;
    out.first = std::min(out.first.value_or(first), first);
    out.last = std::max(out.last.value_or(last), last);
  }
  return out;
}

AspectFinding path_finding(const std::vector<PathProbe>& probes, const IntervalEstimate& interval,
                           const LossFrame& frame) {
  AspectFinding out;
  if (interval.seconds <= 0) return out;
  for (const PathProbe& probe : probes) {
    AspectFinding one;
    std::string_view compared;
    const bool doubtful = !doubts_of(probe, frame).empty();
    const double other = doubtful ? kDoubtful : kOtherPath;
    if (agrees(probe, interval)) {
      one = certain(Aspect::Path, probe.mechanism == Mechanism::FixedAge ? "age" : "idle", other);
      compared = "which agrees with the interval";
    } else if (probe.survived_s > interval.high + timer_slack(interval.seconds)) {
      one = certain(Aspect::Path, "free", probe.near_only ? std::max(kNearOnly, other) : other);
      compared = "longer than the interval";
    } else {
      continue;
    }
    // Probes of several paths: each speaks for itself, and those that disagree cancel out.
    if (out.fit.empty()) out.fit.assign(one.fit.size(), 1.0);
    for (std::size_t i = 0; i < out.fit.size(); ++i) out.fit[i] *= one.fit[i];
    out.words += fmt::format("{}a probe of {} finds: {}, {}{}", out.words.empty() ? "" : "; ",
                             name_of(probe), words_of(probe), compared,
                             doubtful ? ", though it ran elsewhere or at another time" : "");
  }
  return out;
}

void add_measured_paths(const Case& c, std::vector<Statement>& out) {
  const std::vector<PathProbe>& probes = c.evidence.probes;
  if (probes.empty()) return;
  const LossFrame frame = loss_frame(c.evidence, c.diagnosis);
  Statement s;
  s.id = "path";
  s.title = "Measured path";
  for (std::size_t i = 0; i < probes.size() && i < kProbesShown; ++i) {
    const PathProbe& probe = probes[i];
    s.text += fmt::format("{}A probe of {} ({}) finds: {}{}.{}{}", s.text.empty() ? "" : " ",
                          name_of(probe), address_of(probe), words_of(probe),
                          probe.near_only ? ", up to the first device that acknowledges" : "",
                          origin_of(probe, c.diagnosis.zone), doubts_of(probe, frame));
  }
  if (probes.size() > kProbesShown) {
    s.text += fmt::format(" {} more are in the evidence.", probes.size() - kProbesShown);
  }
  s.text += " This holds for the path from where the probe ran.";
  out.push_back(std::move(s));
}

}  // namespace dropscope
