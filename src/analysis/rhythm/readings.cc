#include "analysis/rhythm/readings.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/rhythm/cycle.h"

namespace dropscope::rhythm {
namespace {

/// Odds below one in twenty are not worth a reader's time.
constexpr double kLeastOdds = 0.05;
constexpr int kLargestFactor = 4;

/// Losses by the place among `multiple` cycles, of those that the spike holds.
double most_in_one_place(const std::vector<double>& times, const PhaseFit& fit, int multiple,
                         double& hits) {
  std::array<double, kLargestFactor> places{};
  hits = 0;
  for (const double time : times) {
    const double cycle = std::round((time - fit.phase()) / fit.period);
    if (std::abs(time - fit.phase() - cycle * fit.period) > 3.5 * fit.sigma) continue;
    const double place = cycle - multiple * std::floor(cycle / multiple);
    places[std::min<std::size_t>(kLargestFactor - 1, static_cast<std::size_t>(place + 0.5))] += 1;
    hits += 1;
  }
  return *std::max_element(places.begin(), places.end());
}

}  // namespace

Measure measure_of(Class kind, const Findings& found) {
  const SpikeFit& age = found.uptimes.age;
  const SpikeFit& idle = found.uptimes.idle;
  switch (kind) {
    case Class::Idle:
      return {idle.seconds, idle.error};
    case Class::Age:
      return {age.seconds, age.error};
    case Class::Clock:
      return {found.clock.period, 0};
    case Class::Period:
      return {found.period.period, found.period.error};
    default:
      return {};
  }
}

std::vector<double> times_of(const PhaseFit& clock) {
  std::vector<double> out;
  for (std::size_t i = 0; i < clock.spikes; ++i) {
    out.push_back(cyclic(clock.phases.at(i), clock.period));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::array<Component, 5> components_of(const Findings& found) {
  const auto of_spike = [](Class kind, const SpikeFit& fit) {
    return Component{kind, {fit.seconds, fit.error}, fit.evidence, {}};
  };
  const PhaseFit& clock = found.clock;
  const PhaseFit& period = found.period;
  return {of_spike(Class::Age, found.uptimes.age), of_spike(Class::Idle, found.uptimes.idle),
          of_spike(Class::Age, found.uptimes.second_age),
          Component{Class::Clock, {clock.period, clock.error}, clock.evidence, times_of(clock)},
          Component{Class::Period, {period.period, period.error}, period.evidence, {}}};
}

Class measured_as(Class kind, const Findings& found, const MeasureOdds& odds) {
  // Judgement: how much likelier another class's measure has to be (rhythm_fit.py: BY_FAR).
  constexpr double kByFar = 0.1;
  const auto own = static_cast<std::size_t>(kind);
  if (own >= kMeasures && kind != Class::Mixed) return kind;
  const bool has_own = own < kMeasures && measure_of(kind, found).seconds > 0;
  Class best = kind;
  double most = has_own ? odds[own] + kByFar : -1;
  for (std::size_t m = 0; m < kMeasures; ++m) {
    if (odds[m] <= most || measure_of(static_cast<Class>(m), found).seconds <= 0) continue;
    best = static_cast<Class>(m);
    most = odds[m];
  }
  return best;
}

std::vector<Multiple> plausible_multiples(Class kind, const Prepared& prepared,
                                          const Findings& found) {
  std::vector<Multiple> out;
  const bool by_phase = kind == Class::Clock || kind == Class::Period;
  const PhaseFit& fit = kind == Class::Clock ? found.clock : found.period;
  const SpikeFit& spike = kind == Class::Idle ? found.uptimes.idle : found.uptimes.age;
  if (!by_phase && kind != Class::Idle && kind != Class::Age) return out;
  const auto add = [&](double factor, double log_odds) {
    const double odds = std::exp(std::min(0.0, log_odds));
    if (odds >= kLeastOdds) out.push_back({factor, odds});
  };
  for (int factor = 2; factor <= kLargestFactor; ++factor) {
    double hits = spike.hits;
    if (by_phase) {
      const std::vector<double>& times = kind == Class::Clock ? prepared.local : prepared.times;
      const double kept = most_in_one_place(times, fit, factor, hits);
      if (kept >= 3) add(factor, lift_evidence(factor, kept, hits));
    }
    // Of a shorter one every other loss would have to be unrecorded, by chance in step.
    add(1.0 / factor, -std::max(0.0, hits - 1) * std::log(factor));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Multiple& a, const Multiple& b) { return a.odds > b.odds; });
  return out;
}

}  // namespace dropscope::rhythm
