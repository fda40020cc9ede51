#pragma once

// Who is affected among a few clients. docs/methods/verdict.md, "Whom a part hits".

#include "analysis/scope/scope.h"

namespace dropscope {

/// Up to so many clients a place is judged by who is affected rather than by how often: among a
/// dozen people a few stay at their desks all night, and rates differ tenfold within one cause.
inline constexpr std::size_t kFewClients = 60;

struct FewClientsResult {
  ScopeResult scope;    ///< Global where all are hit alike; no history is needed for it.
  double everyone = 0;  ///< Probability that all are hit alike,
  double anyone = 0;    ///< … that those are hit whom it happens to.
};

/// What else is known of who is hit and how.
struct FewClientsModel {
  /// The exposures are occasions at which a client could be hit, and its events are those at which
  /// it was; else hours, of which clients make very different use.
  bool occasions = false;
  double everyone = 1;  ///< Factors of the usual priors; 1 changes nothing.
  double anyone = 1;
  std::vector<double> attributes;  ///< By attribute of the table; empty = 1 for all.
};

/// Deterministic. O(descriptions × rows) with descriptions of one and two attributes; `table` has
/// at most kFewClients rows.
[[nodiscard]] FewClientsResult find_scope_of_few(const ScopeTable& table,
                                                 const std::vector<ScopeHierarchy>& hierarchies,
                                                 const FewClientsModel& model = {});

}  // namespace dropscope
