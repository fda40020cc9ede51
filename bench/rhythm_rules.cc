#include "rhythm_rules.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace dropscope::rhythm_cases {
namespace {

bool low_variation(const std::vector<double>& gaps) {
  double mean = 0;
  for (const double gap : gaps) mean += gap / static_cast<double>(gaps.size());
  double squares = 0;
  for (const double gap : gaps) squares += (gap - mean) * (gap - mean);
  return std::sqrt(squares / static_cast<double>(gaps.size())) < 0.1 * mean;
}

/// Schuster's periodogram; its powers are exponential where losses are spread evenly.
bool strong_line(const std::vector<double>& times) {
  constexpr int kFrequencies = 2'000;
  const auto n = static_cast<double>(times.size());
  double best = 0;
  for (int k = 2; k < kFrequencies; ++k) {
    double c = 0;
    double s = 0;
    for (const double time : times) {
      const double angle = 2 * std::numbers::pi * k * time / times.back();
      c += std::cos(angle);
      s += std::sin(angle);
    }
    best = std::max(best, (c * c + s * s) / n);
  }
  return best > -std::log(-std::log(0.99) / kFrequencies);
}

bool rita_score(std::vector<double> gaps) {
  std::sort(gaps.begin(), gaps.end());
  const auto quantile = [&](double q) {
    const double place = q * static_cast<double>(gaps.size() - 1);
    const auto low = static_cast<std::size_t>(place);
    const std::size_t high = std::min(low + 1, gaps.size() - 1);
    return gaps[low] + (place - static_cast<double>(low)) * (gaps[high] - gaps[low]);
  };
  const double q1 = quantile(0.25);
  const double q2 = quantile(0.5);
  const double q3 = quantile(0.75);
  const bool flat = q3 - q1 < 10 || q2 == q1 || q2 == q3;
  const double bowley = flat ? 0 : (q1 + q3 - 2 * q2) / (q3 - q1);
  std::vector<double> off;
  for (const double gap : gaps) off.push_back(std::abs(gap - q2));
  const double spread = std::max(0.0, (q2 - rhythm::median(off)) / q2);
  return (1 - std::abs(bowley) + spread) / 2 >= 0.9;
}

}  // namespace

std::array<bool, kRules> simple_rules(const rhythm::Client& client) {
  const rhythm::Prepared prepared = rhythm::prepare(client);
  if (prepared.gaps.size() < 3) return {};
  return {low_variation(prepared.gaps), strong_line(prepared.times), rita_score(prepared.gaps)};
}

const char* rule_name(std::size_t rule) {
  constexpr std::array<const char*, kRules> kNames = {"CV < 0.1", "FFT", "RITA's form"};
  return kNames[rule];
}

}  // namespace dropscope::rhythm_cases
