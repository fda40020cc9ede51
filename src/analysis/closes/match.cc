// A close that both ends were told of (FIN or RST) is noticed within seconds; so is a link that the
// client itself saw go down, which the device learns some seconds later. A flow that a device
// forgot without a word is noticed when the client sends again and gets no answer: after its
// retransmissions, or with the keep-alive of Windows after two hours.

#include "analysis/closes/match.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "analysis/closes/assign.h"

namespace dropscope {
namespace {

/// Seconds that a loss may lie before and after its close.
struct Window {
  double before;
  double after;
};

/// Told closes: the cases that the method was made on have up to 3 s; a busy client may take ten
/// times that. The client's own: a device keeps a vanished client's connection for its own
/// retransmissions, some seconds up to a minute. Silent ones: two hours and ten probes a second
/// apart (KeepAliveTime and KeepAliveInterval of Windows).
constexpr double kLongest_s = 7210;
Window window_of(const Close& close) {
  if (close.by == CloseBy::Client) return {60, 30};
  if (close.why == CloseWhy::Silence || close.untold) return {5, kLongest_s};
  return {5, 30};
}

struct Occasion {
  std::uint32_t close;  // The first of those within a second.
  std::uint32_t together;
};

struct Life {
  Instant ended;
  Instant opened;  // The earliest of this one and all that end later, once they are all known.
};

struct Series {
  std::vector<Occasion> occasions;  // By time.
  std::vector<Life> lives;          // By end; of connections of which the source tells both times.
};

/// What a device's logs cover.
struct Span {
  Instant first;
  Instant last;
};

/// Whether a connection ends later than any window of a told close reaches, and was made before the
/// loss by at least as much, so that it is not the one that came after it.
bool outlives(const Series& series, Instant lost) {
  constexpr auto kApart = std::chrono::seconds{60};
  const auto later =
      std::partition_point(series.lives.begin(), series.lives.end(),
                           [&](const Life& life) { return life.ended <= lost + kApart; });
  return later != series.lives.end() && later->opened < lost - kApart;
}

/// Closes for each second around `time`: over the day before and after it, as they come in bursts,
/// as far as the device's log reaches.
double rate_around(const Evidence& evidence, const Series& series, const Span& span, Instant time) {
  constexpr auto kAround = std::chrono::hours{24};
  const auto at = [&](const Occasion& o) { return evidence.closes[o.close].time; };
  const auto from = std::partition_point(series.occasions.begin(), series.occasions.end(),
                                         [&](const Occasion& o) { return at(o) < time - kAround; });
  const auto to = std::partition_point(from, series.occasions.end(),
                                       [&](const Occasion& o) { return at(o) <= time + kAround; });
  const double seconds =
      seconds_between(std::max(span.first, time - kAround), std::min(span.last, time + kAround));
  return static_cast<double>(to - from) / std::max(seconds, 3600.0);
}

}  // namespace

Matches match_closes(const Evidence& evidence, std::uint16_t profile) {
  const std::vector<std::uint32_t> computers = assign_closes(evidence);
  std::map<std::pair<std::uint32_t, StringId>, Series> all;
  std::map<StringId, Span> spans;
  for (std::uint32_t i = 0; i < evidence.closes.size(); ++i) {
    const Close& close = evidence.closes[i];
    auto [span, is_new] = spans.try_emplace(close.device, Span{close.time, close.time});
    span->second.last = std::max(span->second.last, close.time);
    if (computers[i] == kNoComputer) continue;
    Series& series = all[{computers[i], close.device}];
    // What a capture or a watch does not see the end of has not ended.
    if (close.opened != Instant{} && close.by != CloseBy::Nobody)
      series.lives.push_back({close.time, close.opened});
    if (!can_be_loss(close)) continue;
    if (!series.occasions.empty()) {
      Occasion& last = series.occasions.back();
      if (close.time - evidence.closes[last.close].time <= std::chrono::seconds{1}) {
        ++last.together;
        continue;
      }
    }
    series.occasions.push_back({i, 1});
  }

  Matches out;
  for (auto& [key, series] : all) {
    for (std::size_t i = series.lives.size(); i-- > 1;)
      series.lives[i - 1].opened = std::min(series.lives[i - 1].opened, series.lives[i].opened);
    bool outlived = false;
    MatchCount count;
    count.computer = key.first;
    count.device = key.second;
    const Span& span = spans.at(key.second);
    std::vector<bool> used(series.occasions.size(), false);
    const auto first = std::lower_bound(
        evidence.events.begin(), evidence.events.end(), key.first,
        [](const Event& e, std::uint32_t computer) { return e.computer < computer; });
    for (auto it = first; it != evidence.events.end() && it->computer == key.first; ++it) {
      if (it->meaning != Meaning::Lost || it->profile != profile) continue;
      constexpr auto kEdge = std::chrono::minutes{1};
      if (it->time < span.first - kEdge || it->time > span.last + kEdge) continue;
      ++count.losses;
      std::optional<std::size_t> best;
      double best_delay = 0;
      const auto near = std::partition_point(
          series.occasions.begin(), series.occasions.end(), [&](const Occasion& o) {
            return evidence.closes[o.close].time < it->time - ticks_from_seconds(kLongest_s);
          });
      for (auto k = static_cast<std::size_t>(near - series.occasions.begin());
           k < series.occasions.size(); ++k) {
        const Close& close = evidence.closes[series.occasions[k].close];
        if (seconds_between(it->time, close.time) > kLongest_s) break;
        if (used[k]) continue;
        const double delay = seconds_between(close.time, it->time);
        const Window window = window_of(close);
        if (delay < -window.before || delay > window.after) continue;
        if (!best || std::abs(delay) < std::abs(best_delay)) {
          best = k;
          best_delay = delay;
        }
      }
      const double rate = rate_around(evidence, series, span, it->time);
      // Any close of the computer within the usual window would have been taken.
      count.expected += 1 - std::exp(-rate * 35);
      if (!best) {
        if (outlives(series, it->time)) {
          out.outlived.push_back(static_cast<std::uint32_t>(it - evidence.events.begin()));
          outlived = true;
        }
        continue;
      }
      used[*best] = true;
      ++count.matched;
      const Occasion& occasion = series.occasions[*best];
      LossMatch match;
      match.event = static_cast<std::uint32_t>(it - evidence.events.begin());
      match.close = occasion.close;
      match.delay_s = best_delay;
      match.together = occasion.together;
      // On either side, and at least the second that the logs resolve.
      match.chance = 1 - std::exp(-rate * 2 * std::max(1.0, std::abs(best_delay)));
      out.matches.push_back(match);
    }
    // Ends in order alone say nothing about losses, unless by coming too late.
    if (outlived || !series.occasions.empty()) out.counts.push_back(count);
  }
  std::stable_sort(out.matches.begin(), out.matches.end(),
                   [](const LossMatch& a, const LossMatch& b) { return a.event < b.event; });
  // Where several devices have logs, one that saw the end knows better.
  std::sort(out.outlived.begin(), out.outlived.end());
  out.outlived.erase(std::unique(out.outlived.begin(), out.outlived.end()), out.outlived.end());
  std::erase_if(out.outlived, [&](std::uint32_t event) {
    return std::binary_search(
        out.matches.begin(), out.matches.end(), LossMatch{event},
        [](const LossMatch& a, const LossMatch& b) { return a.event < b.event; });
  });
  return out;
}

}  // namespace dropscope
