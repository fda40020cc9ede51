#include "verdict/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/time.h"
#include "verdict/statements.h"

namespace dropscope {
namespace {

bool kind_agrees(Rhythm rhythm, TimerKind kind) {
  switch (rhythm) {
    case Rhythm::Idle:
      return kind == TimerKind::Idle;
    case Rhythm::FixedAge:
    case Rhythm::Period:
    case Rhythm::Mixed:
      // A lease is renewed at a fixed age; a free-running schedule looks the same from one client.
      return kind == TimerKind::FixedAge || kind == TimerKind::Lease || kind == TimerKind::Clock;
    case Rhythm::Clock:
      return kind == TimerKind::Clock;
    default:
      return false;
  }
}

std::string protocol_list(const std::vector<Protocol>& protocols) {
  std::string out;
  for (const Protocol protocol : protocols) {
    if (!out.empty()) out += " or ";
    out += to_string(protocol);
  }
  return out;
}

CandidateTimer judge(const Timer& timer, const IntervalEstimate& interval, Protocol protocol) {
  CandidateTimer candidate;
  candidate.timer = timer;
  candidate.deviation_s = interval.seconds - timer.seconds;
  const bool known = protocol != Protocol::Unknown && protocol != Protocol::Other;
  if (!timer.closes_connections) {
    candidate.possible = false;
    candidate.reason = "has this length, but does not close a connection";
  } else if (timer.kind == TimerKind::Idle && !idle_timer_possible(protocol, timer.seconds)) {
    candidate.possible = false;
    candidate.reason =
        "a waiting MAPI/HTTP request is kept alive every 15 to 30 s, so the connection is never "
        "idle that long";
  } else if (known && !timer.protocols.empty() &&
             std::find(timer.protocols.begin(), timer.protocols.end(), protocol) ==
                 timer.protocols.end()) {
    candidate.possible = false;
    candidate.reason = fmt::format("applies to {} only, and the connection is {}",
                                   protocol_list(timer.protocols), to_string(protocol));
  } else if (!known && !timer.protocols.empty()) {
    candidate.reason = fmt::format("value and kind agree; holds if the connection is {}",
                                   protocol_list(timer.protocols));
  } else {
    candidate.reason = "value and kind agree";
  }
  return candidate;
}

}  // namespace

double timer_slack(double seconds) {
  return std::max(5.0, 0.01 * seconds);
}

bool idle_timer_possible(Protocol protocol, double seconds) {
  return protocol != Protocol::MapiHttp || seconds <= 60.0;
}

std::vector<CandidateTimer> find_candidates(const IntervalEstimate& interval, Protocol protocol,
                                            const Catalogue& catalogue) {
  std::vector<CandidateTimer> result;
  if (interval.seconds <= 0) return result;
  for (const Timer& timer : catalogue.timers) {
    if (timer.seconds <= 0 || !kind_agrees(interval.rhythm, timer.kind)) continue;
    const double slack = timer_slack(timer.seconds);
    if (timer.seconds < interval.low - slack || timer.seconds > interval.high + slack) continue;
    result.push_back(judge(timer, interval, protocol));
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const CandidateTimer& a, const CandidateTimer& b) {
                     if (a.possible != b.possible) return a.possible;
                     if (a.timer.rank != b.timer.rank) return a.timer.rank > b.timer.rank;
                     if (a.timer.sources != b.timer.sources)
                       return a.timer.sources > b.timer.sources;
                     return std::abs(a.deviation_s) < std::abs(b.deviation_s);
                   });
  return result;
}

std::string how_to_tell_apart(const std::vector<CandidateTimer>& candidates) {
  std::vector<const CandidateTimer*> possible;
  std::set<std::string> layers;
  for (const CandidateTimer& candidate : candidates) {
    if (!candidate.possible) continue;
    possible.push_back(&candidate);
    layers.insert(candidate.timer.layer);
  }
  if (possible.size() < 2) return {};
  std::string out =
      "The interval alone cannot name the product. List the devices between the clients and the "
      "server";
  if (layers.size() > 1) {
    out += " (";
    std::string names;
    for (const std::string& layer : layers) {
      if (!names.empty()) names += ", ";
      names += layer;
    }
    out += names + ")";
  }
  out += "; only what is on the path stays in question.";
  std::set<std::string> said;
  for (const CandidateTimer* candidate : possible) {
    if (said.size() >= 3) break;
    if (candidate->timer.confirm.empty() || !said.insert(candidate->timer.confirm).second) continue;
    out += fmt::format(" A sign of {}: {}.", candidate->timer.product,
                       phrase(candidate->timer.confirm));
  }
  return out;
}

}  // namespace dropscope
