#include "analysis/rhythm/prepare.h"

#include <algorithm>
#include <cmath>

namespace dropscope::rhythm {
namespace {

/// How many peers lost their connection within a minute of `time`.
std::size_t peers_at(const std::vector<std::vector<double>>& peers, double time) {
  std::size_t count = 0;
  for (const std::vector<double>& peer : peers) {
    const auto at = std::lower_bound(peer.begin(), peer.end(), time - kSharedLossSeconds);
    if (at != peer.end() && *at <= time + kSharedLossSeconds) ++count;
  }
  return count;
}

void compare_with_peers(Prepared& out, const Client& client) {
  std::vector<std::vector<double>> peers = client.peers;
  std::erase_if(peers, [](const std::vector<double>& peer) { return peer.empty(); });
  out.peer_count = peers.size();
  if (peers.empty() || out.times.empty()) return;
  double losses = 0;
  double first = out.start;
  double last = out.start + out.span();
  for (std::vector<double>& peer : peers) {
    std::sort(peer.begin(), peer.end());
    losses += static_cast<double>(peer.size());
    first = std::min(first, peer.front());
    last = std::max(last, peer.back());
  }
  // By chance a loss has this many company, with the peers' losses spread evenly; a day's profile
  // makes chance company several times as frequent, and people work a third of the day.
  const double window = 2 * kSharedLossSeconds;
  const double expected = std::max(1e-3, 3 * losses * window / std::max(last - first, window));
  const double peer_number = static_cast<double>(peers.size());
  std::size_t shared = 0;
  for (const double time : out.times) {
    const auto company = static_cast<double>(peers_at(peers, out.start + time));
    const bool together = company >= std::max(1.0, 0.12 * peer_number) &&
                          company > expected + 2 * std::sqrt(expected);
    shared += together ? 1 : 0;
    // Against a Poisson of that mean, a common outage that reaches 40 % of the peers.
    const double reach = 0.4 * peer_number + expected;
    const double gain = company * std::log(reach / expected) - (reach - expected);
    out.shared_evidence += std::clamp(gain, -0.7, 6.0);
  }
  out.shared = static_cast<double>(shared) / static_cast<double>(out.times.size());
}

}  // namespace

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Prepared prepare(const Client& client) {
  std::vector<Loss> losses = client.losses;
  std::sort(losses.begin(), losses.end(), [](const Loss& a, const Loss& b) {
    if (a.lost != b.lost) return a.lost < b.lost;
    if (a.has_restored != b.has_restored) return a.has_restored;
    return a.restored < b.restored;
  });
  std::vector<Loss> kept;
  for (const Loss& loss : losses) {
    if (!kept.empty() && loss.lost - kept.back().lost <= kSameLossSeconds) {
      if (!kept.back().has_restored && loss.has_restored) {
        kept.back().has_restored = true;
        kept.back().restored = loss.restored;
      }
      continue;
    }
    kept.push_back(loss);
  }

  Prepared out;
  if (kept.empty()) return out;
  out.start = kept.front().lost;
  std::vector<double> downtimes;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const double next = i + 1 < kept.size() ? kept[i + 1].lost : 0;
    Loss& loss = kept[i];
    // A restore before its loss, or behind the next one, is a clock step or a missing record.
    if (loss.has_restored && (loss.restored < loss.lost || (next > 0 && loss.restored > next))) {
      loss.has_restored = false;
    }
    if (loss.has_restored) downtimes.push_back(loss.restored - loss.lost);
  }
  out.downtime = median(downtimes);
  out.known_restores = static_cast<double>(downtimes.size()) / static_cast<double>(kept.size());
  for (double& downtime : downtimes) downtime = std::abs(downtime - out.downtime);
  out.downtime_spread = median(downtimes);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    out.times.push_back(kept[i].lost - out.start);
    const auto instant = instant_from_unix(static_cast<std::int64_t>(std::floor(kept[i].lost)));
    out.local.push_back(kept[i].lost + client.zone.offset_seconds(instant));
    if (i == 0) continue;
    const Loss& before = kept[i - 1];
    const double gap = kept[i].lost - before.lost;
    double begin =
        before.has_restored ? before.restored : before.lost + std::min(out.downtime, gap / 2);
    bool measured = before.has_restored;
    if (kept[i].has_made && kept[i].made > begin && kept[i].made <= kept[i].lost) {
      begin = kept[i].made;
      measured = true;
    }
    out.measured.push_back(measured);
    out.gaps.push_back(std::max(1.0, gap));
    out.uptimes.push_back(std::max(1.0, kept[i].lost - begin));
  }
  compare_with_peers(out, client);
  return out;
}

}  // namespace dropscope::rhythm
