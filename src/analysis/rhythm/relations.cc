#include "analysis/rhythm/relations.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace dropscope::rhythm {
namespace {

/// Ratios of lengths are told up to e⁵ = 148.
constexpr double kMost = 5;

/// 0 where one of them was not found, which a ratio hardly ever is.
double log_ratio(double a, double b) {
  return a > 0 && b > 0 ? std::clamp(std::log(a / b), -kMost, kMost) : 0;
}

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

/// Of sorted lengths.
double quantile(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  const double place = part * static_cast<double>(sorted.size() - 1);
  return sorted[static_cast<std::size_t>(place + 0.5)];
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

}  // namespace

std::array<double, kRelations> relations_of(const Prepared& prepared, const Findings& found) {
  const SpikeFit& age = found.uptimes.age;
  const SpikeFit& idle = found.uptimes.idle;
  const SpikeFit& second = found.uptimes.second_age;
  const SpikeFit& gap = found.gaps.age;
  const PhaseFit& clock = found.clock;
  const PhaseFit& period = found.period;
  std::vector<double> lengths = prepared.uptimes;
  std::sort(lengths.begin(), lengths.end());
  const double cycle = age.seconds > 0 ? age.seconds + prepared.downtime : 0;
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
  };
}

}  // namespace dropscope::rhythm
