#include "analysis/scope/candidates.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "analysis/scope/splitmix.h"

namespace dropscope {
namespace {

/// A row's share of a set's identity; sums over different sets of rows do not meet by accident.
std::uint64_t mark_of(std::uint64_t row) {
  return splitmix64((row + 1) * kSplitmixStep);
}

/// Kinds of answer that share the code: local of order 1, 2 and 3, and global.
constexpr double kKinds = kMaxScopeOrder + 1;

/// In Members::narrow: no candidate.
constexpr std::uint16_t kNarrowNone = 0xffff;

/// Of one candidate, while its rows are gone through.
struct Sums {
  double weight = 0;
  double squares = 0;
  std::uint64_t identity = 0;
  std::uint32_t clients = 0;
};

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
  std::vector<Sums> sums;
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
          number[group] = static_cast<std::uint32_t>(candidates_.size() - first);
          ScopeCandidate candidate;
          for (const std::uint32_t a : of) candidate.terms.push_back({a, attributes[a].ids[row]});
          candidates_.push_back(std::move(candidate));
          masses_.push_back({group_events[group], 0, 0, code});
        }
        const std::size_t found = candidates_.size() - first;
        if (found == 0) return;
        Members& members = members_.emplace_back();
        if (found <= kNarrowNone) {
          members.narrow.resize(groups.size());
        } else {
          members.wide.resize(groups.size());
        }
        sums.assign(found, {});
        for (std::size_t row = 0; row < groups.size(); ++row) {
          const std::uint32_t place = groups[row] == kNoValue ? kNoValue : number[groups[row]];
          if (!members.narrow.empty()) {
            members.narrow[row] =
                place == kNoValue ? kNarrowNone : static_cast<std::uint16_t>(place);
          } else {
            members.wide[row] = place;
          }
          if (place == kNoValue) continue;
          Sums& sum = sums[place];
          sum.weight += weights[row];
          sum.squares += weights[row] * weights[row];
          sum.clients += 1;
          sum.identity += mark_of(row);
        }
        for (std::size_t place = 0; place < found; ++place) {
          masses_[first + place].weight = sums[place].weight;
          masses_[first + place].squares = sums[place].squares;
          candidates_[first + place].clients = sums[place].clients;
          candidates_[first + place].identity = sums[place].identity;
          members.candidates.push_back(static_cast<std::uint32_t>(first + place));
        }
      });
  choose_names(attributes);
}

void ScopeCandidates::choose_names(const std::vector<ScopeAttribute>& attributes) {
  std::unordered_map<std::uint64_t, std::uint32_t> kept_of;
  std::vector<ScopeCandidate> kept;
  std::vector<ScopeMass> masses;
  std::vector<std::uint32_t> renumbered(candidates_.size());
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    ScopeCandidate& one = candidates_[i];
    const auto [place, added] =
        kept_of.try_emplace(one.identity, static_cast<std::uint32_t>(kept.size()));
    renumbered[i] = place->second;
    if (added) {
      kept.push_back(std::move(one));
      masses.push_back(masses_[i]);
      continue;
    }
    ScopeCandidate& same = kept[place->second];
    if (better_name(attributes, one.terms, same.terms)) std::swap(one.terms, same.terms);
    double& code = masses[place->second].code_length;
    code = std::min(code, masses_[i].code_length);
    // A longer description that only adds what holds anyway says nothing new.
    if (one.terms.size() == same.terms.size()) same.equivalents.push_back(std::move(one.terms));
    // Its rows are counted once, so its own column of members must not raise it again.
    renumbered[i] = kNoValue;
  }
  for (Members& members : members_) {
    for (std::uint32_t& candidate : members.candidates) candidate = renumbered[candidate];
  }
  candidates_ = std::move(kept);
  masses_ = std::move(masses);
}

void ScopeCandidates::reweigh(std::span<const std::uint32_t> rows, std::span<const double> from,
                              std::span<const double> to) {
  // Cuboid by cuboid, because a cuboid's rows lie side by side in memory and a row's cuboids do
  // not.
  for (const Members& members : members_) {
    const auto change = [&](std::size_t place, std::size_t i) {
      const std::uint32_t index = members.candidates[place];
      if (index == kNoValue) return;
      ScopeMass& mass = masses_[index];
      mass.weight += to[i] - from[i];
      mass.squares += to[i] * to[i] - from[i] * from[i];
    };
    if (!members.narrow.empty()) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (members.narrow[rows[i]] != kNarrowNone) change(members.narrow[rows[i]], i);
      }
    } else {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (members.wide[rows[i]] != kNoValue) change(members.wide[rows[i]], i);
      }
    }
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
