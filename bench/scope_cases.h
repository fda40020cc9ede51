#pragma once

// Simulated fleets with a known answer, for bench/scope_quality. Two worlds that share nothing but
// this structure: what is right in one of them only by the way it is made is wrong in the other.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "analysis/scope/scope.h"

namespace dropscope::scope_cases {

using Rows = std::vector<std::uint32_t>;

struct Fleet {
  ScopeTable table;
  ScopeOptions options;
  ScopeKind kind = ScopeKind::None;
  std::string stratum;    ///< "none", "global", "easy", "medium", "hard"
  std::set<Rows> causes;  ///< Rows of each.
};

/// The rows that all terms hold for, ascending.
[[nodiscard]] Rows rows_of(const ScopeTable& table, const ScopeTerms& terms);

/// Independent columns, a few dependent ones, Poisson counts over gamma rates.
[[nodiscard]] Fleet first_world(std::uint64_t seed);

/// A tree of places of very different sizes, columns that follow each other, values that are
/// missing for a reason, shifts, bursts, places that differ harmlessly.
[[nodiscard]] Fleet second_world(std::uint64_t seed);

}  // namespace dropscope::scope_cases
