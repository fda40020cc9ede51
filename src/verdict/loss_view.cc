#include "verdict/loss_view.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include "analysis/frequency/poisson.h"
#include "base/text.h"
#include "evidence/intake/haproxy_log.h"

namespace dropscope {
namespace {

/// A cause and the pop-up are seconds apart; two minutes leave room for what notices late, as in
/// the search for neighbours (analysis/coincidence).
constexpr Ticks kBefore = std::chrono::minutes{2};
/// Clocks of two channels and what the computer notices after Outlook does.
constexpr Ticks kAfter = std::chrono::minutes{1};
/// How far around a loss the usual rate of others is measured.
constexpr Ticks kAround = std::chrono::hours{1};
/// A close that is likelier than this by chance names nothing.
constexpr double kChanceOfClose = 0.2;
/// Clocks that agree may differ by so much (analysis/clocks, kClocksAgree_s).
constexpr Ticks kClocks = std::chrono::seconds{5};
/// A part is made when so many losses by chance are less likely than this.
constexpr double kSignificant = 0.01;

std::string_view near_state(const Event& event) {
  switch (event.meaning) {
    case Meaning::Resume:
    case Meaning::Sleep:
      return "sleep";
    case Meaning::Crashed:
      return "crash";
    case Meaning::Started:
      return "start";
    case Meaning::Authentication:
      return "sign-in";
    case Meaning::ClockStep:
      return "clock-step";
    case Meaning::Context:
      break;
    default:
      return {};
  }
  switch (event.context) {
    case ContextKind::LinkDown:
    case ContextKind::AdapterEvent:
      return "link";
    case ContextKind::WifiDown:
    case ContextKind::WifiFailed:
    case ContextKind::WifiSecurity:
      return "wifi";
    case ContextKind::VpnEnd:
    case ContextKind::VpnFailed:
      return "vpn";
    case ContextKind::DhcpLost:
    case ContextKind::AddressConflict:
      return "address";
    case ContextKind::NetworkDown:
    case ContextKind::NoInternet:
    case ContextKind::InternetState:
    case ContextKind::GatewayLost:
      return "no-internet";
    case ContextKind::NameFailed:
    case ContextKind::DomainUnreachable:
      return "names";
    case ContextKind::ProgramChanged:
      return "update";
    case ContextKind::ServerService:
    case ContextKind::ServerRecycle:
    case ContextKind::ServerLimit:
      return "server";
    case ContextKind::Policy:
      return "policy";
    default:
      return {};
  }
}

std::string_view close_state(const Evidence& evidence, const Close& close) {
  switch (close.why) {
    case CloseWhy::Idle:
      return "idle-timer";
    case CloseWhy::Age:
      return "age-limit";
    case CloseWhy::Silence:
      return "silence";
    case CloseWhy::Killed: {
      const bool haproxy = evidence.sources[close.source].kind == "haproxy";
      return haproxy && haproxy_server_down(evidence.strings.at(close.reason)) ? "server-down"
                                                                               : "admin";
    }
    case CloseWhy::Limit:
    case CloseWhy::Refused:
      return "limit";
    case CloseWhy::Failed:
      return "failed";
    case CloseWhy::Finished:
    case CloseWhy::Reset:
    case CloseWhy::Unknown:
      break;
  }
  return close.by == CloseBy::Server ? "server" : "client";
}

bool has_near(const std::vector<Instant>& times, Instant loss) {
  const auto first = std::lower_bound(times.begin(), times.end(), loss - kBefore);
  return first != times.end() && *first <= loss + kAfter;
}

/// Ascending times that are at most `apart` from `at`.
std::size_t count_within(const std::vector<Instant>& times, Instant at, Ticks apart) {
  const auto first = std::lower_bound(times.begin(), times.end(), at - apart);
  return static_cast<std::size_t>(std::upper_bound(first, times.end(), at + apart) - first);
}

/// How many losses lie within the hour before and after `at`, but not at that moment.
double losses_around(const std::vector<Instant>& times, Instant at) {
  return static_cast<double>(count_within(times, at, kAround) - count_within(times, at, kTogether));
}

void find_together(const Diagnosis& diagnosis, std::vector<LossView>& losses) {
  std::vector<std::size_t> order(losses.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(losses[a].time, losses[a].computer) <
           std::tie(losses[b].time, losses[b].computer);
  });
  std::vector<Instant> times;
  std::map<std::uint32_t, std::vector<Instant>> own_times;  // By computer.
  for (const std::size_t i : order) {
    times.push_back(losses[i].time);
    own_times[losses[i].computer].push_back(losses[i].time);
  }
  std::vector<double> rate(diagnosis.episodes.size(), 0.0);  // Losses per watched second.
  double total = 0;
  for (std::size_t i = 0; i < rate.size(); ++i) {
    const double watched = watched_seconds(diagnosis.episodes[i]);
    if (watched > 0) rate[i] = static_cast<double>(diagnosis.episodes[i].outages.size()) / watched;
    total += rate[i];
  }
  std::size_t first = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    LossView& loss = losses[order[i]];
    while (losses[order[first]].time < loss.time - kTogether) ++first;
    for (std::size_t k = first; k < order.size(); ++k) {
      const LossView& other = losses[order[k]];
      if (other.time > loss.time + kTogether) break;
      if (other.computer != loss.computer) loss.together = true;
      if (loss.together) break;
    }
    const double window = 2 * std::chrono::duration<double>(kTogether).count();
    const double usual = (total - rate[loss.at]) * window;
    // After lunch or work everybody's connection falls silent at about the same time, so the hour
    // around the loss counts where it has more.
    const double around =
        losses_around(times, loss.time) - losses_around(own_times[loss.computer], loss.time);
    const double here = around * (std::chrono::duration<double>(kTogether) /
                                  std::chrono::duration<double>(kAround - kTogether));
    loss.together_chance = 1 - std::exp(-std::max(usual, here));
  }
}

/// Sessions that a device ended on purpose and whose computer is not known, because no table gives
/// the addresses: the moment has to do. Only where such moments are rare enough to mean something.
void see_unassigned(const Evidence& evidence, std::vector<LossView>& losses) {
  std::map<std::size_t, std::vector<Instant>> ends;
  for (const Close& close : evidence.closes) {
    if (close.why == CloseWhy::Killed) {
      ends[state_index(Aspect::Closed, close_state(evidence, close))].push_back(close.time);
    }
  }
  if (losses.empty()) return;
  const auto [first, last] =
      std::minmax_element(losses.begin(), losses.end(),
                          [](const LossView& a, const LossView& b) { return a.time < b.time; });
  const double span = seconds_between(first->time, last->time) + 1;
  for (auto& [state, times] : ends) {
    std::sort(times.begin(), times.end());
    const auto near = [&times = times](Instant loss) {
      const auto found = std::lower_bound(times.begin(), times.end(), loss - kTogether);
      return found != times.end() && *found <= loss + kClocks;
    };
    const auto count = static_cast<std::size_t>(std::count_if(
        losses.begin(), losses.end(), [&](const LossView& loss) { return near(loss.time); }));
    const double expected = covered_share(times, span) * static_cast<double>(losses.size());
    if (!beyond_chance(count, expected, losses.size())) continue;
    for (LossView& loss : losses) {
      if (!loss.close && near(loss.time)) loss.close = state;
    }
  }
}

}  // namespace

std::vector<Marks> marks_by_computer(const Evidence& evidence) {
  std::vector<Marks> out(evidence.computers.size());
  for (const Event& event : evidence.events) {
    const std::string_view state = near_state(event);
    if (!state.empty()) out[event.computer][state_index(Aspect::Near, state)].push_back(event.time);
  }
  for (Marks& marks : out) {
    for (auto& [state, times] : marks) std::sort(times.begin(), times.end());
  }
  return out;
}

double covered_share(const std::vector<Instant>& times, double watched_s) {
  double covered = 0;
  Instant to{};
  for (const Instant t : times) {
    const Instant from = std::max(t - kAfter, to);
    const Instant end = t + kBefore;
    if (end > from) covered += seconds_between(from, end);
    to = std::max(to, end);
  }
  return watched_s > 0 ? std::min(1.0, covered / watched_s) : 1.0;
}

bool beyond_chance(std::size_t count, double expected, std::size_t tried) {
  if (count < kLeastPart || tried == 0) return false;
  const double share = std::clamp(expected / static_cast<double>(tried), 1e-6, 1.0);
  return log_binomial_tail(tried, count, share) < std::log(kSignificant);
}

std::vector<LossView> view_losses(const Evidence& evidence, const Diagnosis& diagnosis) {
  const std::vector<Marks> marks = marks_by_computer(evidence);
  std::vector<std::vector<Watch>> system(evidence.computers.size());
  for (const Coverage& coverage : evidence.coverage) {
    if (equals_nocase_ascii(evidence.strings.at(coverage.channel), "System")) {
      system[coverage.computer].push_back({coverage.first, coverage.last});
    }
  }
  std::map<std::uint32_t, const LossMatch*> matches;
  for (const LossMatch& match : diagnosis.matches.matches) matches[match.event] = &match;
  std::set<std::uint32_t> covered;
  for (const MatchCount& count : diagnosis.matches.counts) {
    if (count.losses > 0) covered.insert(count.computer);
  }
  std::vector<LossView> out;
  for (std::size_t at = 0; at < diagnosis.episodes.size(); ++at) {
    const ComputerEpisodes& episodes = diagnosis.episodes[at];
    std::map<std::size_t, double> shares;
    for (const Outage& outage : episodes.outages) {
      if (outage.lost_event == kNoEvent) continue;
      LossView loss;
      loss.computer = episodes.computer;
      loss.at = at;
      loss.event = outage.lost_event;
      loss.time = outage.lost;
      if (outage.complete()) loss.outage_s = outage.seconds();
      loss.covered = covered.count(episodes.computer) != 0;
      const auto match = matches.find(outage.lost_event);
      if (match != matches.end() && match->second->chance < kChanceOfClose) {
        loss.close = state_index(Aspect::Closed,
                                 close_state(evidence, evidence.closes[match->second->close]));
      }
      for (const Watch& span : system[episodes.computer]) {
        loss.system_log |= span.begin <= loss.time + kBefore && loss.time - kBefore <= span.end;
      }
      for (const std::string_view name : kClaims) {
        const std::size_t state = state_index(Aspect::Near, name);
        const auto times = marks[episodes.computer].find(state);
        if (times == marks[episodes.computer].end() || !has_near(times->second, loss.time))
          continue;
        loss.near = state;
        auto [share, is_new] = shares.try_emplace(state, 0.0);
        if (is_new) share->second = covered_share(times->second, watched_seconds(episodes));
        loss.near_chance = share->second;
        break;
      }
      out.push_back(loss);
    }
  }
  see_unassigned(evidence, out);
  find_together(diagnosis, out);
  return out;
}

}  // namespace dropscope
