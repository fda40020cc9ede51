#pragma once

// Who is affected: one user, an office, a server and version together, everybody, or nobody in
// particular. The model and its limits are in docs/methods/scope.md.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/scope/table.h"

namespace dropscope {

/// One row a client. `exposure_h` are hours at risk, ≥ 0; `events` are episodes, ≥ 0, and 0 where
/// the exposure is 0.
struct ScopeTable {
  std::vector<ScopeAttribute> attributes;
  std::vector<double> exposure_h;
  std::vector<double> events;
};

/// What the same fleet did before.
struct ScopeHistory {
  double events = 0;
  double hours = 0;  ///< > 0
};

struct ScopeOptions {
  std::vector<ScopeHierarchy> hierarchies = default_hierarchies();
  std::optional<ScopeHistory> history;
  std::size_t max_causes = 5;  ///< More places at once are told as the five strongest.
  /// Fleets without a cause that are simulated to see how far chance alone goes; 0: none. From ten
  /// on the tail is fitted well enough.
  std::size_t replicates = 0;
};

enum class ScopeKind : std::uint8_t { None, Localised, Global };
[[nodiscard]] std::string_view to_string(ScopeKind kind);

struct ScopeCause {
  ScopeTerms terms;
  std::vector<ScopeTerms> equivalents;  ///< The same clients under other names.
  std::uint64_t clients = 0;
  std::uint64_t affected = 0;  ///< Clients with events.
  double events = 0;
  double exposure_h = 0;
  double ratio = 1;        ///< Rate inside over what the model expects without this cause.
  double net = 0;          ///< Log likelihood ratio less code length; e^-net bounds the accident.
  double description = 1;  ///< Share of this description among those of about the same events.
};

struct ScopeResult {
  ScopeKind kind = ScopeKind::None;
  std::vector<ScopeCause> causes;  ///< The strongest first.
  double confidence = 0;           ///< In [0, 1]: that kind and causes are exactly right.
  double raw_confidence = 0;       ///< Before it was held against simulated fleets.
  double dispersion = 1;           ///< Variance over mean of the counts, ≥ 1.
  double global_ratio = 1;         ///< Rate outside the causes over the history; 1 without one.
  /// With replicates, and losses: the chance that the best description of a fleet without a cause
  /// scores as well as the best one here.
  std::optional<double> accident;
  /// For "none": the smallest rate ratio that a place with a tenth of the exposure would have
  /// needed to be told; nothing where no ratio would have been enough.
  std::optional<double> smallest_ratio;
};

/// Deterministic, replicates too. O(cuboids × rows) time, 4 bytes for each of them memory.
[[nodiscard]] ScopeResult find_scope(const ScopeTable& table, const ScopeOptions& options);

}  // namespace dropscope
