#include "analysis/rhythm/rest.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/rhythm/readings.h"
#include "analysis/rhythm/scale.h"

namespace dropscope::rhythm {
namespace {

/// A loss belongs to a finding within so many of its widths.
constexpr double kReach = 3;

/// Lengths that are looked at; of more, evenly spaced ones.
constexpr std::size_t kMost = 48;

/// Where nothing has so much evidence (ln Bayes factor), nothing hides another.
constexpr double kFound = 0;

bool at_length(double uptime, double seconds, double sigma) {
  return seconds > 0 && std::abs(std::log(uptime / seconds)) < kReach * sigma;
}

Component clearest_of(const Findings& found) {
  const std::array<Component, 5> all = components_of(found);
  return *std::max_element(all.begin(), all.end(), [](const Component& a, const Component& b) {
    return a.evidence < b.evidence;
  });
}

/// Whether the finding of `kind` explains loss `i` of `prepared`.
bool explains(Class kind, const Prepared& prepared, const Findings& found, std::size_t i) {
  if (kind == Class::Clock) return found.clock.holds(prepared.local[i]);
  if (kind == Class::Period) return found.period.holds(prepared.times[i]);
  if (i == 0) return false;
  const double uptime = prepared.uptimes[i - 1];
  const SpikeFit& idle = found.uptimes.idle;
  const SpikeFit& age = found.uptimes.age;
  if (kind == Class::Idle) return at_length(uptime, idle.seconds, idle.sigma);
  return kind == Class::Age && (at_length(uptime, age.seconds, age.sigma) ||
                                at_length(uptime, 2 * age.seconds + prepared.downtime, age.sigma));
}

}  // namespace

Prepared left_by(Class kind, const Prepared& prepared, const Findings& found) {
  Prepared rest;
  rest.start = prepared.start;
  rest.downtime = prepared.downtime;
  rest.downtime_spread = prepared.downtime_spread;
  rest.known_restores = prepared.known_restores;
  for (std::size_t i = 0; i < prepared.times.size(); ++i) {
    if (explains(kind, prepared, found, i)) continue;
    if (!rest.times.empty()) {
      rest.gaps.push_back(std::max(1.0, prepared.times[i] - rest.times.back()));
    }
    rest.times.push_back(prepared.times[i]);
    rest.local.push_back(prepared.local[i]);
    if (i > 0) rest.uptimes.push_back(prepared.uptimes[i - 1]);
  }
  return rest;
}

std::array<double, kRests> rest_of(const Prepared& prepared, const Findings& found,
                                   std::span<const double> usual) {
  const Component clearest = clearest_of(found);
  const Prepared rest = left_by(clearest.kind, prepared, found);
  double clock_and_idle = 0;
  double period_and_idle = 0;
  for (std::size_t i = 0; i < prepared.times.size(); ++i) {
    const bool idle = i > 0 && at_length(prepared.uptimes[i - 1], found.uptimes.idle.seconds,
                                         found.uptimes.idle.sigma);
    clock_and_idle += idle && found.clock.holds(prepared.local[i]) ? 1 : 0;
    period_and_idle += idle && found.period.holds(prepared.times[i]) ? 1 : 0;
  }
  SpikeFits lengths;
  PhaseFit clock;
  const bool hides = clearest.evidence > kFound;
  if (hides && rest.uptimes.size() >= kFewestUptimes) {
    lengths = fit_spikes(rest.uptimes, prepared.downtime, usual, {.most = kMost});
  }
  if (hides && clearest.kind != Class::Clock) clock = fit_clock(rest);
  const auto n = static_cast<double>(std::max<std::size_t>(1, prepared.times.size()));
  return {
      static_cast<double>(rest.times.size()) / n,
      squash(lengths.age.evidence),
      squash(lengths.idle.evidence),
      squash(clock.evidence),
      std::log1p(lengths.age.hits),
      std::log1p(lengths.idle.hits),
      std::log1p(clock.cycles),
      log_ratio(lengths.age.seconds, clearest.measure.seconds),
      log_ratio(lengths.idle.seconds, clearest.measure.seconds),
      clock_and_idle / std::max(1.0, found.clock.hits),
      period_and_idle / std::max(1.0, found.period.hits),
  };
}

}  // namespace dropscope::rhythm
