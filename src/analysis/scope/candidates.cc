#include "analysis/scope/candidates.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace dropscope {
namespace {

/// A row's share of a set's identity: the output function of splitmix64 (Steele 2014), whose sums
/// over different sets of rows do not meet by accident.
std::uint64_t mark_of(std::uint64_t row) {
  std::uint64_t z = (row + 1) * 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

/// Kinds of answer that share the code: local of order 1, 2 and 3, and global.
constexpr double kKinds = kMaxScopeOrder + 1;

bool better_name(const std::vector<ScopeAttribute>& attributes, const ScopeTerms& a,
                 const ScopeTerms& b) {
  if (a.size() != b.size()) return a.size() < b.size();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const int rank_a = naming_rank(attributes[a[i].attribute].name);
    const int rank_b = naming_rank(attributes[b[i].attribute].name);
    if (rank_a != rank_b) return rank_a < rank_b;
  }
  return false;
}

}  // namespace

ScopeCandidates::ScopeCandidates(const std::vector<ScopeAttribute>& attributes,
                                 const std::vector<ScopeHierarchy>& hierarchies,
                                 std::span<const double> events, std::span<const double> weights) {
  const std::vector<Cuboid> cuboids = make_cuboids(attributes, hierarchies, kMaxScopeOrder);
  double of_order[kMaxScopeOrder + 1] = {};
  for (const Cuboid& cuboid : cuboids) of_order[cuboid.attributes.size()] += 1;
  std::vector<std::size_t> hit;
  for (std::size_t row = 0; row < events.size(); ++row) {
    if (events[row] > 0) hit.push_back(row);
  }
  std::vector<double> group_events;
  std::vector<std::uint32_t> number;
  for_each_grouping(
      attributes, cuboids,
      [&](std::size_t c, std::span<const std::uint32_t> groups, std::uint32_t count) {
        group_events.assign(count, 0);
        for (const std::size_t row : hit) {
          if (groups[row] != kNoValue) group_events[groups[row]] += events[row];
        }
        const std::vector<std::uint32_t>& of = cuboids[c].attributes;
        const double code =
            std::log(kKinds) + std::log(of_order[of.size()]) + std::log(std::max<double>(1, count));
        number.assign(count, kNoValue);
        const std::size_t first = candidates_.size();
        for (const std::size_t row : hit) {
          const std::uint32_t group = groups[row];
          // One event is no pattern; it cannot outweigh the code length either.
          if (group == kNoValue || group_events[group] < 2 || number[group] != kNoValue) continue;
          number[group] = static_cast<std::uint32_t>(candidates_.size());
          ScopeCandidate candidate;
          for (const std::uint32_t a : of) candidate.terms.push_back({a, attributes[a].ids[row]});
          candidate.events = group_events[group];
          candidate.code_length = code;
          candidates_.push_back(std::move(candidate));
        }
        if (candidates_.size() == first) return;
        std::vector<std::uint32_t>& members = members_.emplace_back(groups.size());
        for (std::size_t row = 0; row < groups.size(); ++row) {
          const std::uint32_t candidate = groups[row] == kNoValue ? kNoValue : number[groups[row]];
          members[row] = candidate;
          if (candidate == kNoValue) continue;
          candidates_[candidate].weight += weights[row];
          candidates_[candidate].squares += weights[row] * weights[row];
          candidates_[candidate].clients += 1;
          candidates_[candidate].identity += mark_of(row);
        }
      });
  choose_names(attributes);
}

void ScopeCandidates::choose_names(const std::vector<ScopeAttribute>& attributes) {
  std::unordered_map<std::uint64_t, std::uint32_t> kept_of;
  std::vector<ScopeCandidate> kept;
  std::vector<std::uint32_t> renumbered(candidates_.size());
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    ScopeCandidate& one = candidates_[i];
    const auto [place, added] =
        kept_of.try_emplace(one.identity, static_cast<std::uint32_t>(kept.size()));
    renumbered[i] = place->second;
    if (added) {
      kept.push_back(std::move(one));
      continue;
    }
    ScopeCandidate& same = kept[place->second];
    if (better_name(attributes, one.terms, same.terms)) std::swap(one.terms, same.terms);
    same.code_length = std::min(same.code_length, one.code_length);
    // A longer description that only adds what holds anyway says nothing new.
    if (one.terms.size() == same.terms.size()) same.equivalents.push_back(std::move(one.terms));
    // Its rows are counted once, so its own column of members must not raise it again.
    renumbered[i] = kNoValue;
  }
  for (std::vector<std::uint32_t>& members : members_) {
    for (std::uint32_t& member : members) {
      if (member != kNoValue) member = renumbered[member];
    }
  }
  candidates_ = std::move(kept);
}

void ScopeCandidates::reweigh(std::size_t row, double from, double to) {
  for (const std::vector<std::uint32_t>& members : members_) {
    if (members[row] == kNoValue) continue;
    ScopeCandidate& candidate = candidates_[members[row]];
    candidate.weight += to - from;
    candidate.squares += to * to - from * from;
  }
}

std::optional<std::size_t> ScopeCandidates::find(const ScopeTerms& terms) const {
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    const ScopeCandidate& one = candidates_[i];
    if (one.terms == terms ||
        std::find(one.equivalents.begin(), one.equivalents.end(), terms) != one.equivalents.end()) {
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace dropscope
