#include "analysis/rhythm/mixture.h"

#include <array>
#include <cmath>

#include "analysis/rhythm/rest.h"

namespace dropscope::rhythm {
namespace {

/// An idle timer that nobody delays and an age show the same lives.
bool is_life(Class kind) {
  return kind == Class::Idle || kind == Class::Age;
}

}  // namespace

bool is_one_timer(double a, double b) {
  constexpr double kApart = 0.05;  // ln of the ratio.
  return a > 0 && b > 0 && std::abs(std::log(a / b)) < kApart;
}

std::vector<Component> two_timers(const Prepared& prepared, const Findings& found, Class by,
                                  std::span<const double> usual) {
  Component first;
  first.kind = by;
  first.measure = measure_of(by, found);
  if (by == Class::Clock) first.times = times_of(found.clock);
  if (first.measure.seconds <= 0) return {};
  const auto is_near_first = [&](const Component& one) {
    return is_one_timer(one.measure.seconds, first.measure.seconds);
  };
  const std::array<Component, 5> all = components_of(found);
  for (const Component& one : all) {
    const bool same = one.kind == by || (is_life(one.kind) && is_life(by));
    if (!same || !is_near_first(one) || one.evidence <= first.evidence) continue;
    first.kind = one.kind;
    first.evidence = one.evidence;
  }
  Component second;
  second.evidence = 0;
  for (const Component& one :
       components_of(find_timers(left_by(first.kind, prepared, found), usual))) {
    if (one.measure.seconds > 0 && !is_near_first(one) && one.evidence > second.evidence) {
      second = one;
    }
  }
  if (second.measure.seconds <= 0) return {first};
  return {first, second};
}

}  // namespace dropscope::rhythm
