#include "analysis/scope/confidence.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dropscope {

double raw_confidence(const ScopeResult& result, double rival_net, double global_net) {
  // What was left unsaid: the odds of a further cause, at even odds where it only just missed.
  const double further = 0.5 * std::exp(std::min(0.0, std::max(rival_net, 0.0) - kAcceptedNet));
  double raw = 1 - further;
  if (result.kind == ScopeKind::Global) return raw * (1 - std::exp(-global_net));
  for (const ScopeCause& cause : result.causes) {
    raw *= (1 - std::exp(-std::max(cause.net, 0.0))) * cause.description;
  }
  return raw;
}

double calibrated(ScopeKind kind, double raw) {
  // Product and share of exactly right answers: groups of the last tables that `bench/scope_quality
  // 1500 - 1000` prints for both worlds together, those of about the same product put together.
  struct Point {
    double raw;
    double right;
  };
  static constexpr std::array<Point, 6> kLocalised = {
      {{0, 0.17}, {0.257, 0.22}, {0.694, 0.48}, {0.905, 0.62}, {0.969, 0.78}, {0.975, 0.92}}};
  static constexpr std::array<Point, 6> kGlobal = {
      {{0, 0.75}, {0.499, 0.75}, {0.5, 0.96}, {0.856, 0.96}, {0.975, 0.99}, {1, 0.99}}};
  static constexpr std::array<Point, 6> kNone = {
      {{0, 0.5}, {0.5, 0.5}, {0.9, 0.66}, {0.95, 0.7}, {0.975, 0.87}, {1, 0.87}}};
  const std::array<Point, 6>& curve = kind == ScopeKind::Localised ? kLocalised
                                      : kind == ScopeKind::Global  ? kGlobal
                                                                   : kNone;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    if (raw > curve[i].raw) continue;
    const double part = (raw - curve[i - 1].raw) / (curve[i].raw - curve[i - 1].raw);
    return curve[i - 1].right + part * (curve[i].right - curve[i - 1].right);
  }
  return curve.back().right;
}

}  // namespace dropscope
