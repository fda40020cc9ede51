#include "analysis/coincidence/coincidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "analysis/frequency/poisson.h"

namespace dropscope {
namespace {

/// A silent failure is noticed by each client at its next use, a reset at once; a minute holds the
/// second kind and few of the first by chance.
constexpr Ticks kTogether = std::chrono::minutes{1};

/// A cause and the pop-up are seconds apart; two minutes leave room for what notices late.
constexpr Ticks kNear = std::chrono::minutes{2};

constexpr std::size_t kEventsKept = 12;

std::size_t hour_of_day(Instant t) {
  const auto hours = std::chrono::floor<std::chrono::hours>(t.time_since_epoch()).count();
  return static_cast<std::size_t>(((hours % 24) + 24) % 24);
}

}  // namespace

Coincidence find_coincidence(const std::vector<ComputerEpisodes>& episodes) {
  Coincidence result;
  struct Loss {
    Instant time;
    std::uint32_t computer;
  };
  std::vector<Loss> losses;
  for (const ComputerEpisodes& computer : episodes) {
    for (const Outage& outage : computer.outages) {
      if (outage.lost_event != kNoEvent) losses.push_back({outage.lost, computer.computer});
    }
  }
  result.losses = losses.size();
  if (losses.size() < 3 || episodes.size() < 3) return result;
  std::sort(losses.begin(), losses.end(), [](const Loss& a, const Loss& b) {
    return std::tie(a.time, a.computer) < std::tie(b.time, b.computer);
  });
  const double days =
      std::max(1.0, seconds_between(losses.front().time, losses.back().time) / 86400.0);
  std::array<double, 24> per_minute{};
  for (const Loss& loss : losses) per_minute[hour_of_day(loss.time)] += 1.0 / (days * 60.0);
  const double busiest = *std::max_element(per_minute.begin(), per_minute.end());
  // Windows of two minutes around each loss, one per loss, are what is looked at below.
  const double windows = static_cast<double>(losses.size());
  std::uint32_t needed = 3;
  while (needed < episodes.size() &&
         (1.0 - poisson_cdf(needed - 2, 2 * busiest)) * windows > 0.01) {
    ++needed;
  }
  result.computers_needed = needed;
  std::size_t i = 0;
  while (i < losses.size()) {
    std::size_t end = i;
    std::set<std::uint32_t> computers;
    while (end < losses.size() && losses[end].time <= losses[i].time + kTogether) {
      computers.insert(losses[end++].computer);
    }
    if (computers.size() >= needed) {
      ++result.instants;
      result.minutes.push_back(
          {losses[i].time, losses[end - 1].time, static_cast<std::uint32_t>(computers.size())});
      result.shared += end - i;
      i = end;
    } else {
      ++i;
    }
  }
  return result;
}

std::vector<Neighbour> find_neighbours(const Evidence& evidence,
                                       const std::vector<ComputerEpisodes>& episodes) {
  using Key = std::tuple<StringId, std::uint16_t, Meaning, ContextKind>;
  std::map<Key, Neighbour> kinds;
  std::size_t at = 0;
  for (const ComputerEpisodes& computer : episodes) {
    while (at < evidence.events.size() && evidence.events[at].computer < computer.computer) ++at;
    std::vector<Instant> losses;
    for (const Outage& outage : computer.outages) {
      if (outage.lost_event != kNoEvent) losses.push_back(outage.lost);
    }
    std::sort(losses.begin(), losses.end());
    double watched = 0;
    for (const Watch& watch : computer.watches) watched += seconds_between(watch.begin, watch.end);
    std::map<Key, std::vector<std::uint32_t>> events;
    for (; at < evidence.events.size() && evidence.events[at].computer == computer.computer; ++at) {
      const Event& event = evidence.events[at];
      if (event.meaning == Meaning::Context || event.meaning == Meaning::Resume ||
          event.meaning == Meaning::Started || event.meaning == Meaning::Crashed) {
        events[{event.provider, event.event_id, event.meaning, event.context}].push_back(
            static_cast<std::uint32_t>(at));
      }
    }
    if (losses.empty() || watched <= 0) continue;
    for (const auto& [key, indices] : events) {
      Neighbour& kind = kinds[key];
      std::tie(kind.provider, kind.event_id, kind.meaning, kind.context) = key;
      kind.losses += losses.size();
      // Share of the time that lies near such an event: the chance of a loss to be near one.
      double covered = 0;
      Instant covered_to{};
      for (const std::uint32_t index : indices) {
        const Instant t = evidence.events[index].time;
        const Instant from = std::max(t - kNear, covered_to);
        const Instant to = t + kNear;
        if (to > from) covered += seconds_between(from, to);
        covered_to = std::max(covered_to, to);
      }
      kind.expected += static_cast<double>(losses.size()) * std::min(1.0, covered / watched);
      for (const Instant loss : losses) {
        const auto first = std::lower_bound(
            indices.begin(), indices.end(), loss - kNear,
            [&](std::uint32_t i, Instant t) { return evidence.events[i].time < t; });
        if (first == indices.end() || evidence.events[*first].time > loss + kNear) continue;
        ++kind.near_losses;
        if (kind.events.size() < kEventsKept) kind.events.push_back(*first);
      }
    }
  }
  struct Scored {
    double log_p;
    Neighbour neighbour;
  };
  std::vector<Scored> scored;
  for (auto& [key, kind] : kinds) {
    const double share = kind.expected / static_cast<double>(kind.losses);
    const double log_p = log_binomial_tail(kind.losses, kind.near_losses, share) +
                         std::log(static_cast<double>(kinds.size()));
    if (kind.near_losses >= 3 && log_p < std::log(0.01)) scored.push_back({log_p, std::move(kind)});
  }
  std::stable_sort(scored.begin(), scored.end(),
                   [](const Scored& a, const Scored& b) { return a.log_p < b.log_p; });
  std::vector<Neighbour> result;
  for (Scored& s : scored) result.push_back(std::move(s.neighbour));
  return result;
}

}  // namespace dropscope
