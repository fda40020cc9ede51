#include "analysis/rhythm/relations.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/frequency/quantile.h"
#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/scale.h"

namespace dropscope::rhythm {
namespace {

/// ln of how far the longer one is from a multiple of the shorter one, relative; 0 where one of
/// them was not found.
double off_multiple(double a, double b) {
  if (a <= 0 || b <= 0) return 0;
  const double ratio = std::max(a, b) / std::min(a, b);
  return std::log(std::max(1e-4, std::abs(ratio / std::round(ratio) - 1)));
}

double log_error(double error, double seconds) {
  return seconds > 0 ? std::log(std::max(1e-6, error / seconds)) : 0;
}

/// Of sorted lengths: how many lie within a part of `seconds`.
double share_within(const std::vector<double>& sorted, double seconds, double part) {
  if (sorted.empty() || seconds <= 0) return 0;
  const auto begin = std::lower_bound(sorted.begin(), sorted.end(), seconds * (1 - part));
  const auto end = std::upper_bound(begin, sorted.end(), seconds * (1 + part));
  return static_cast<double>(end - begin) / static_cast<double>(sorted.size());
}

/// How many gaps are a whole number of turns, up to twelve, to a twentieth of one.
double share_of_multiples(const std::vector<double>& gaps, double seconds) {
  if (gaps.empty() || seconds <= 0) return 0;
  const auto count = std::count_if(gaps.begin(), gaps.end(), [&](double gap) {
    const double turns = std::round(gap / seconds);
    return turns >= 1 && turns <= 12 && std::abs(gap / seconds - turns) < 0.05;
  });
  return static_cast<double>(count) / static_cast<double>(gaps.size());
}

/// Of sorted lengths: how many are above `seconds`.
double share_above(const std::vector<double>& sorted, double seconds) {
  if (sorted.empty() || seconds <= 0) return 0;
  const auto begin = std::upper_bound(sorted.begin(), sorted.end(), seconds);
  return static_cast<double>(sorted.end() - begin) / static_cast<double>(sorted.size());
}

/// Of sorted lengths: ln of how many more lie within a part above `seconds` than below. An idle
/// timer has an edge there even where hardly a life ends on it.
double edge_at(const std::vector<double>& sorted, double seconds, double part) {
  if (seconds <= 0) return 0;
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), seconds);
  const auto low = std::lower_bound(sorted.begin(), at, seconds * (1 - part));
  const auto high = std::upper_bound(at, sorted.end(), seconds * (1 + part));
  return std::log((static_cast<double>(high - at) + 0.5) / (static_cast<double>(at - low) + 0.5));
}

/// ln of how far a length is from the nearest usual one, relative; 0 where none was found.
double off_usual(double seconds, std::span<const double> usual) {
  if (seconds <= 0 || usual.empty()) return 0;
  double least = 1;
  for (const double one : usual) least = std::min(least, std::abs(seconds / one - 1));
  return std::log(std::max(1e-4, least));
}

/// ln of the seconds between a clock's phase and the nearest multiple of five minutes, on which
/// people put schedules.
double off_round(const PhaseFit& clock) {
  constexpr double kGrid = 300;
  if (clock.period <= 0) return 0;
  const double off = std::remainder(clock.phase(), kGrid);
  return std::log(std::max(1.0, std::abs(off)));
}

/// Where the lengths about an age lie: what is noticed late leans to the long side, and the age is
/// their lower edge then.
struct Lean {
  double skew = 0;   ///< Of the middle 80 %, -1 … 1; 0 if even.
  double lower = 0;  ///< ln of the distance from the lowest tenth to the middle, relative.
};

Lean lean_of(const std::vector<double>& sorted, const SpikeFit& age) {
  Lean out;
  if (age.seconds <= 0) return out;
  const double reach = std::clamp(4 * age.sigma, 0.005, 0.12);
  const auto low = std::lower_bound(sorted.begin(), sorted.end(), age.seconds * (1 - reach));
  const auto high = std::upper_bound(low, sorted.end(), age.seconds * (1 + reach));
  const std::vector<double> near(low, high);
  if (near.size() < 3) return out;
  const double tenth = quantile(near, 0.1);
  const double middle = quantile(near, 0.5);
  const double most = quantile(near, 0.9);
  if (most > tenth) out.skew = (most + tenth - 2 * middle) / (most - tenth);
  out.lower = std::log(std::max(1e-4, (middle - tenth) / age.seconds));
  return out;
}

struct Crowd {
  double seconds = 0;  ///< Where it begins; 0 if there is none.
  double share = 0;
};

/// Of sorted lengths above `from`: where most lie within a hundredth, if two do. A limit on age
/// above an idle timer is such a place.
Crowd densest_above(const std::vector<double>& sorted, double from) {
  Crowd out;
  if (from <= 0) return out;
  std::size_t most = 1;
  auto end = std::upper_bound(sorted.begin(), sorted.end(), from);
  for (auto begin = end; begin != sorted.end(); ++begin) {
    while (end != sorted.end() && *end <= 1.01 * *begin) ++end;
    const auto here = static_cast<std::size_t>(end - begin);
    if (here <= most) continue;
    most = here;
    out.seconds = *begin;
    out.share = static_cast<double>(here) / static_cast<double>(sorted.size());
  }
  return out;
}

/// When the lives that end just at a timer are lived: nobody works then, if it is an idle timer.
struct Quiet {
  double runs = 0;   ///< How much likelier such a life is behind another one than anywhere.
  double apart = 0;  ///< Between the mean times of day of these and the other losses, 0 … 2.
};

Quiet quiet_of(const Prepared& prepared, double seconds) {
  constexpr double kTurn = 2 * 3.14159265358979323846 / kDay;
  constexpr double kNear = 0.01;
  if (seconds <= 0 || prepared.uptimes.empty()) return {};
  struct Sum {
    double n = 0, x = 0, y = 0;
  };
  Sum at;
  Sum off;
  double pairs = 0;
  bool before = false;
  for (std::size_t i = 0; i < prepared.uptimes.size(); ++i) {
    const bool here = std::abs(prepared.uptimes[i] / seconds - 1) <= kNear;
    Sum& sum = here ? at : off;
    const double angle = kTurn * std::fmod(prepared.local[i + 1], kDay);
    sum.n += 1;
    sum.x += std::cos(angle);
    sum.y += std::sin(angle);
    pairs += here && before ? 1 : 0;
    before = here;
  }
  Quiet out;
  if (at.n == 0 || off.n == 0) return out;
  out.runs = pairs / at.n - at.n / (at.n + off.n);
  out.apart = std::hypot(at.x / at.n - off.x / off.n, at.y / at.n - off.y / off.n);
  return out;
}

}  // namespace

std::array<double, kRelations> relations_of(const Prepared& prepared, const Findings& found,
                                            std::span<const double> usual) {
  const SpikeFit& age = found.uptimes.age;
  const SpikeFit& idle = found.uptimes.idle;
  const SpikeFit& second = found.uptimes.second_age;
  const SpikeFit& gap = found.gaps.age;
  const PhaseFit& clock = found.clock;
  const PhaseFit& period = found.period;
  std::vector<double> lengths = prepared.uptimes;
  std::sort(lengths.begin(), lengths.end());
  const double cycle = age.seconds > 0 ? age.seconds + prepared.downtime : 0;
  const Crowd above = densest_above(lengths, 1.05 * idle.seconds);
  const Quiet quiet = quiet_of(prepared, idle.seconds > 0 ? idle.seconds : age.seconds);
  const Lean lean = lean_of(lengths, age);
  const auto n = static_cast<double>(std::max<std::size_t>(1, prepared.uptimes.size()));
  return {
      log_ratio(idle.seconds, age.seconds),
      log_ratio(period.period, cycle),
      log_ratio(gap.seconds, cycle),
      log_ratio(second.seconds, age.seconds),
      off_multiple(second.seconds, age.seconds),
      off_multiple(gap.seconds, clock.period),
      off_multiple(gap.seconds, period.period),
      log_error(age.error, age.seconds),
      log_error(idle.error, idle.seconds),
      log_error(period.error, period.period),
      idle.hits / n,
      clock.hits / n,
      period.hits / n,
      clock.cycles / std::max(1.0, clock.hits),
      log_ratio(quantile(lengths, 0), idle.seconds),
      log_ratio(quantile(lengths, 0.1), idle.seconds),
      log_ratio(quantile(lengths, 0.9), idle.seconds),
      log_ratio(quantile(lengths, 0.9), age.seconds),
      log_ratio(quantile(lengths, 1), age.seconds),
      share_within(lengths, idle.seconds, 0.01),
      share_within(lengths, age.seconds, 0.01),
      share_within(lengths, age.seconds, 0.05),
      share_of_multiples(prepared.gaps, gap.seconds),
      share_of_multiples(prepared.gaps, period.period),
      log_ratio(quantile(lengths, 1), second.seconds),
      share_above(lengths, 1.02 * second.seconds),
      above.share,
      log_ratio(above.seconds, idle.seconds),
      share_within(lengths, age.seconds > 0 ? age.seconds + cycle : 0, 0.02),
      share_within(lengths, idle.seconds, 0.003),
      quiet.runs,
      quiet.apart,
      edge_at(lengths, idle.seconds, 0.02),
      edge_at(lengths, idle.seconds, 0.1),
      edge_at(lengths, idle.seconds, 0.3),
      off_usual(age.seconds, usual),
      off_usual(idle.seconds, usual),
      off_usual(period.period, usual),
      off_usual(gap.seconds, usual),
      off_round(clock),
      lean.skew,
      lean.lower,
      static_cast<double>(clock.spikes),
  };
}

}  // namespace dropscope::rhythm
