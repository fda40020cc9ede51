#include "analysis/scope/confidence.h"

#include <algorithm>
#include <cmath>

namespace dropscope {

double scope_confidence(const ScopeResult& result, double rival_net, double global_net) {
  // What was left unsaid: the odds of a further cause, at even odds where it only just missed.
  const double further = 0.5 * std::exp(std::min(0.0, std::max(rival_net, 0.0) - kAcceptedNet));
  double raw = 1 - further;
  if (result.kind == ScopeKind::Global) return raw * (1 - std::exp(-global_net));
  for (const ScopeCause& cause : result.causes) {
    raw *= (1 - std::exp(-std::max(cause.net, 0.0))) * cause.description;
  }
  return raw;
}

}  // namespace dropscope
