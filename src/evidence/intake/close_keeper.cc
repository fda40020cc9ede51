#include "evidence/intake/close_keeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.h"

namespace dropscope {

CloseKeeper::CloseKeeper(SourceIntake& out, const std::set<IpAddress>* known, std::size_t log_bytes)
    : out_(out), known_(known) {
  out_.closes.reserve(std::min(kMostTroubled + kMostOrderly, log_bytes / kLeastLineBytes));
}

void CloseKeeper::finish() {
  const auto left_out = [&](std::uint64_t count, std::size_t most, std::string_view what) {
    if (count <= most) return;
    out_.assumptions.push_back(
        fmt::format("{} {} in the log; the first {} are used, the other {} only counted", count,
                    what, most, count - most));
  };
  left_out(troubled_, kMostTroubled, "connections that did not end in order are");
  left_out(orderly_, kMostOrderly, "connections that ended in order are");
  if (known_kept_ > 0) {
    out_.assumptions.push_back(
        fmt::format("of those only counted, {} are used after all: they are of computers whose "
                    "address other evidence tells{}",
                    known_kept_, known_kept_ == kMostKnown ? "; there are more of them" : ""));
  }
}

std::optional<IdleEstimate> estimate_idle_timer(std::vector<double> lives) {
  if (lives.size() < kLeastTogether) return std::nullopt;
  std::sort(lives.begin(), lives.end());
  const double limit = lives.front() + kIdleSpread;
  const auto end = std::upper_bound(lives.begin(), lives.end(), limit);
  const auto together = static_cast<std::size_t>(end - lives.begin());
  if (together < kLeastTogether) return std::nullopt;
  // Of many lives a few are close together by chance: there must be three times as many as if the
  // shorter half were spread evenly.
  const double width = lives[lives.size() / 2] - lives.front();
  const double half = static_cast<double>(lives.size()) / 2;
  const double by_chance = width > kIdleSpread ? half * kIdleSpread / width : 0;
  if (static_cast<double>(together) < 3 * by_chance) return std::nullopt;
  IdleEstimate out;
  // The median of the group: its least value may lie a tick below the timer.
  out.seconds = lives[together / 2];
  out.sessions = lives.size();
  out.together = together;
  return out;
}

std::optional<IdleEstimate> estimate_exact_timer(std::vector<double> lives) {
  std::map<double, std::size_t> at;  // By whole seconds.
  for (const double life : lives) {
    const double whole = std::floor(life + 1e-9);
    if (whole >= 1 && life - whole <= kExactSpread) ++at[whole];
  }
  IdleEstimate out;
  for (const auto& [seconds, count] : at) {
    if (count <= out.together) continue;
    out.together = count;
    out.seconds = seconds;
  }
  out.sessions = lives.size();
  if (out.together < kLeastTogether || out.together * 10 < lives.size()) return std::nullopt;
  return out;
}

}  // namespace dropscope
