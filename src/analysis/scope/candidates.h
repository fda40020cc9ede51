#pragma once

// The descriptions worth looking at: those that hold for rows with at least two events.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/scope/cuboids.h"

namespace dropscope {

/// A set of clients under its preferred description.
struct ScopeCandidate {
  ScopeTerms terms;
  std::vector<ScopeTerms> equivalents;  ///< Other descriptions of exactly the same clients.
  std::uint32_t clients = 0;
  std::uint64_t identity = 0;  ///< The same for the same set of rows.
};

/// What a candidate is judged by; apart from the names, because all of them are gone through again
/// and again.
struct ScopeMass {
  double events = 0;
  double weight = 0;       ///< Sum of the rows' weights (exposure); changes with reweigh().
  double squares = 0;      ///< Sum of the squares of these weights.
  double code_length = 0;  ///< ln of how many descriptions of this kind there are.
};

/// What is known of a group of rows without their events.
struct GroupSums {
  double weight = 0;
  double squares = 0;
  std::uint64_t identity = 0;
  std::uint32_t clients = 0;
};

/// The groups of all cuboids, kept for several searches over the same clients with other events.
/// Four bytes for each cuboid and row.
class ScopeGroupings {
 public:
  /// O(cuboids × rows).
  ScopeGroupings(const std::vector<ScopeAttribute>& attributes,
                 const std::vector<ScopeHierarchy>& hierarchies, std::span<const double> weights);

  /// Entries that the constructor would keep.
  [[nodiscard]] static std::size_t entries(const std::vector<ScopeAttribute>& attributes,
                                           const std::vector<ScopeHierarchy>& hierarchies,
                                           std::size_t rows);

 private:
  friend class ScopeCandidates;
  struct Of {
    std::vector<std::uint32_t> groups;  ///< Of each row; kNoValue for none.
    std::vector<GroupSums> sums;        ///< Of each group.
  };
  std::vector<Cuboid> cuboids_;
  std::vector<Of> of_;
};

class ScopeCandidates {
 public:
  /// `events` and `weights` have one entry a row. O(cuboids × rows).
  ScopeCandidates(const std::vector<ScopeAttribute>& attributes,
                  const std::vector<ScopeHierarchy>& hierarchies, std::span<const double> events,
                  std::span<const double> weights);
  /// The same, from groupings of these attributes and weights, which outlive the candidates.
  /// O(cuboids × rows with events).
  ScopeCandidates(const std::vector<ScopeAttribute>& attributes, const ScopeGroupings& groupings,
                  std::span<const double> events);

  [[nodiscard]] const std::vector<ScopeCandidate>& all() const { return candidates_; }
  /// In the order of all().
  [[nodiscard]] const std::vector<ScopeMass>& masses() const { return masses_; }

  /// Changes the weights of rows, in all candidates that hold them. `rows` ascend; the others have
  /// one entry each. O(cuboids × rows changed).
  void reweigh(std::span<const std::uint32_t> rows, std::span<const double> from,
               std::span<const double> to);

  /// The candidate that has this among its names; nothing for one with fewer than two events.
  [[nodiscard]] std::optional<std::size_t> find(const ScopeTerms& terms) const;

 private:
  class Finder;
  void choose_names(const std::vector<ScopeAttribute>& attributes);

  /// A cuboid that has candidates. Two bytes a row are enough for nearly all, and it is memory that
  /// a million rows are limited by.
  struct Members {
    std::vector<std::uint32_t> candidates;  ///< By place: the candidate, or kNoValue for none.
    std::vector<std::uint16_t> narrow;  ///< Of each row, its place; empty when there are too many.
    std::vector<std::uint32_t> wide;
    std::span<const std::uint32_t> shared;  ///< In place of both: the places are the groups.
  };

  std::vector<ScopeCandidate> candidates_;
  std::vector<ScopeMass> masses_;
  std::vector<Members> members_;
};

}  // namespace dropscope
