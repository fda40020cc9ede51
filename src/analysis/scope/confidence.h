#pragma once

#include "analysis/scope/scope.h"

namespace dropscope {

/// Log likelihood ratio less code length from which a cause is told: e^-3 bounds the accident at
/// one in twenty before the search's own choice of the best, docs/methods/scope.md has what was
/// measured with it.
inline constexpr double kAcceptedNet = 3;

/// The product of what the scores say; `rival_net` and `global_net` are those of the best answer
/// that was not given and of "global".
[[nodiscard]] double raw_confidence(const ScopeResult& result, double rival_net, double global_net);

/// How often answers of this kind with such a product were exactly right in simulated fleets.
[[nodiscard]] double calibrated(ScopeKind kind, double raw);

}  // namespace dropscope
