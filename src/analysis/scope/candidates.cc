#include "analysis/scope/candidates.h"

#include <algorithm>
#include <bit>
#include <cmath>

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

/// Calls `use(row, place)` for each row that has a place in `number` of its group.
template <typename Number, typename Use>
void add_up(std::span<const std::uint32_t> groups, std::span<const double> weights,
            std::span<const std::uint64_t> marks, const Number& number,
            std::vector<GroupSums>& sums, const Use& use) {
  for (std::size_t row = 0; row < groups.size(); ++row) {
    const std::uint32_t place = groups[row] == kNoValue ? kNoValue : number(groups[row]);
    use(row, place);
    if (place == kNoValue) continue;
    GroupSums& sum = sums[place];
    const double weight = weights[row];
    sum.weight += weight;
    sum.squares += weight * weight;
    sum.clients += 1;
    sum.identity += marks[row];
  }
}

std::vector<std::uint64_t> marks_of(std::size_t rows) {
  std::vector<std::uint64_t> marks(rows);
  for (std::size_t row = 0; row < rows; ++row) marks[row] = mark_of(row);
  return marks;
}

}  // namespace

ScopeGroupings::ScopeGroupings(const std::vector<ScopeAttribute>& attributes,
                               const std::vector<ScopeHierarchy>& hierarchies,
                               std::span<const double> weights)
    : cuboids_(make_cuboids(attributes, hierarchies, kMaxScopeOrder)), of_(cuboids_.size()) {
  const std::vector<std::uint64_t> marks = marks_of(weights.size());
  for_each_grouping(attributes, cuboids_,
                    [&](std::size_t c, std::span<const std::uint32_t> groups, std::uint32_t count) {
                      of_[c].groups.assign(groups.begin(), groups.end());
                      of_[c].sums.resize(count);
                      add_up(
                          groups, weights, marks, [](std::uint32_t group) { return group; },
                          of_[c].sums, [](std::size_t, std::uint32_t) {});
                    });
}

std::size_t ScopeGroupings::entries(const std::vector<ScopeAttribute>& attributes,
                                    const std::vector<ScopeHierarchy>& hierarchies,
                                    std::size_t rows) {
  return make_cuboids(attributes, hierarchies, kMaxScopeOrder).size() * rows;
}

/// Finds the groups with at least two events, cuboid by cuboid.
class ScopeCandidates::Finder {
 public:
  Finder(ScopeCandidates& to, const std::vector<ScopeAttribute>& attributes,
         const std::vector<Cuboid>& cuboids, std::span<const double> events)
      : to_(to), attributes_(attributes), cuboids_(cuboids), events_(events) {
    for (const Cuboid& cuboid : cuboids) of_order_[cuboid.attributes.size()] += 1;
    for (std::size_t row = 0; row < events.size(); ++row) {
      if (events[row] > 0) hit_.push_back(row);
    }
  }

  /// Appends the candidates of a cuboid. Returns how many, and by group the place of each.
  std::size_t find(std::size_t c, std::span<const std::uint32_t> groups, std::uint32_t count) {
    group_events_.assign(count, 0);
    for (const std::size_t row : hit_) {
      if (groups[row] != kNoValue) group_events_[groups[row]] += events_[row];
    }
    const std::vector<std::uint32_t>& of = cuboids_[c].attributes;
    const double code =
        std::log(kKinds) + std::log(of_order_[of.size()]) + std::log(std::max<double>(1, count));
    places_.assign(count, kNoValue);
    groups_.clear();
    for (const std::size_t row : hit_) {
      const std::uint32_t group = groups[row];
      // One event is no pattern; it cannot outweigh the code length either.
      if (group == kNoValue || group_events_[group] < 2 || places_[group] != kNoValue) continue;
      places_[group] = static_cast<std::uint32_t>(groups_.size());
      groups_.push_back(group);
      ScopeCandidate candidate;
      candidate.terms.reserve(of.size());
      for (const std::uint32_t a : of) candidate.terms.push_back({a, attributes_[a].ids[row]});
      to_.candidates_.push_back(std::move(candidate));
      to_.masses_.push_back({group_events_[group], 0, 0, code});
    }
    return groups_.size();
  }
  /// Of the last cuboid: by group, its place among the candidates found or kNoValue.
  [[nodiscard]] const std::vector<std::uint32_t>& places() const { return places_; }
  /// Of the last cuboid: the candidates' groups.
  [[nodiscard]] const std::vector<std::uint32_t>& groups() const { return groups_; }

  /// `sums` of the `place`-th of the last `found` candidates.
  void take(std::size_t found, std::size_t place, const GroupSums& sums) {
    const std::size_t at = to_.candidates_.size() - found + place;
    to_.masses_[at].weight = sums.weight;
    to_.masses_[at].squares = sums.squares;
    to_.candidates_[at].clients = sums.clients;
    to_.candidates_[at].identity = sums.identity;
  }

 private:
  ScopeCandidates& to_;
  const std::vector<ScopeAttribute>& attributes_;
  const std::vector<Cuboid>& cuboids_;
  std::span<const double> events_;
  double of_order_[kMaxScopeOrder + 1] = {};
  std::vector<std::size_t> hit_;
  std::vector<double> group_events_;
  std::vector<std::uint32_t> places_;
  std::vector<std::uint32_t> groups_;
};

ScopeCandidates::ScopeCandidates(const std::vector<ScopeAttribute>& attributes,
                                 const std::vector<ScopeHierarchy>& hierarchies,
                                 std::span<const double> events, std::span<const double> weights) {
  const std::vector<Cuboid> cuboids = make_cuboids(attributes, hierarchies, kMaxScopeOrder);
  const std::vector<std::uint64_t> marks = marks_of(weights.size());
  Finder finder(*this, attributes, cuboids, events);
  std::vector<GroupSums> sums;
  for_each_grouping(attributes, cuboids,
                    [&](std::size_t c, std::span<const std::uint32_t> groups, std::uint32_t count) {
                      const std::size_t found = finder.find(c, groups, count);
                      if (found == 0) return;
                      Members& members = members_.emplace_back();
                      sums.assign(found, {});
                      const auto gather = [&](auto& place_of, auto none) {
                        place_of.resize(groups.size());
                        add_up(
                            groups, weights, marks,
                            [&](std::uint32_t group) { return finder.places()[group]; }, sums,
                            [&](std::size_t row, std::uint32_t place) {
                              place_of[row] =
                                  place == kNoValue ? none : static_cast<decltype(none)>(place);
                            });
                      };
                      if (found <= kNarrowNone) {
                        gather(members.narrow, kNarrowNone);
                      } else {
                        gather(members.wide, kNoValue);
                      }
                      const auto first = static_cast<std::uint32_t>(candidates_.size() - found);
                      for (std::size_t place = 0; place < found; ++place) {
                        finder.take(found, place, sums[place]);
                        members.candidates.push_back(first + static_cast<std::uint32_t>(place));
                      }
                    });
  choose_names(attributes);
}

ScopeCandidates::ScopeCandidates(const std::vector<ScopeAttribute>& attributes,
                                 const ScopeGroupings& groupings, std::span<const double> events) {
  Finder finder(*this, attributes, groupings.cuboids_, events);
  for (std::size_t c = 0; c < groupings.of_.size(); ++c) {
    const ScopeGroupings::Of& of = groupings.of_[c];
    const std::size_t found = finder.find(c, of.groups, static_cast<std::uint32_t>(of.sums.size()));
    if (found == 0) continue;
    Members& members = members_.emplace_back();
    members.shared = of.groups;
    members.candidates.assign(of.sums.size(), kNoValue);
    const auto first = static_cast<std::uint32_t>(candidates_.size() - found);
    for (std::size_t place = 0; place < found; ++place) {
      const std::uint32_t group = finder.groups()[place];
      finder.take(found, place, of.sums[group]);
      members.candidates[group] = first + static_cast<std::uint32_t>(place);
    }
  }
  choose_names(attributes);
}

void ScopeCandidates::choose_names(const std::vector<ScopeAttribute>& attributes) {
  // Identities are as good as hashes of themselves, so their low bits are the slot.
  std::vector<std::uint32_t> slots(std::bit_ceil(2 * candidates_.size() + 1), kNoValue);
  std::vector<ScopeCandidate> kept;
  std::vector<ScopeMass> masses;
  kept.reserve(candidates_.size());
  masses.reserve(candidates_.size());
  std::vector<std::uint32_t> renumbered(candidates_.size());
  for (std::size_t i = 0; i < candidates_.size(); ++i) {
    ScopeCandidate& one = candidates_[i];
    std::size_t slot = one.identity & (slots.size() - 1);
    while (slots[slot] != kNoValue && kept[slots[slot]].identity != one.identity) {
      slot = (slot + 1) & (slots.size() - 1);
    }
    if (slots[slot] == kNoValue) {
      slots[slot] = renumbered[i] = static_cast<std::uint32_t>(kept.size());
      kept.push_back(std::move(one));
      masses.push_back(masses_[i]);
      continue;
    }
    ScopeCandidate& same = kept[slots[slot]];
    if (better_name(attributes, one.terms, same.terms)) std::swap(one.terms, same.terms);
    double& code = masses[slots[slot]].code_length;
    code = std::min(code, masses_[i].code_length);
    // A longer description that only adds what holds anyway says nothing new.
    if (one.terms.size() == same.terms.size()) same.equivalents.push_back(std::move(one.terms));
    // Its rows are counted once, so its own column of members must not raise it again.
    renumbered[i] = kNoValue;
  }
  for (Members& members : members_) {
    for (std::uint32_t& candidate : members.candidates) {
      if (candidate != kNoValue) candidate = renumbered[candidate];
    }
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
    if (!members.shared.empty()) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (members.shared[rows[i]] != kNoValue) change(members.shared[rows[i]], i);
      }
    } else if (!members.narrow.empty()) {
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
