#include "analysis/scope/score.h"

#include <cmath>

namespace dropscope {
namespace {

/// a ln(a / b), continued to 0 at a = 0.
double entropy_term(double a, double b) {
  return a > 0 ? a * std::log(a / b) : 0;
}

}  // namespace

double scan_score(double events, double expected, double all_events, double all_expected,
                  double harmless_ratio) {
  const double elsewhere = all_expected - expected;
  if (!(expected > 0) || !(elsewhere > 0)) return 0;
  const double null =
      all_events * harmless_ratio * expected / (harmless_ratio * expected + elsewhere);
  if (events <= null) return 0;
  return entropy_term(events, null) + entropy_term(all_events - events, all_events - null);
}

double smallest_visible_ratio(double share, double elsewhere, double needed,
                              double harmless_ratio) {
  constexpr double kLargest = 10'000;
  const auto score = [&](double ratio) {
    const double inside = ratio * elsewhere * share / (1 - share);
    return scan_score(inside, share, inside + elsewhere, 1, harmless_ratio);
  };
  if (!(elsewhere > 0) || score(kLargest) < needed) return 0;
  double low = harmless_ratio;
  double high = kLargest;
  // Forty halvings of the logarithm: finer than any figure that is shown.
  for (int i = 0; i < 40; ++i) {
    const double middle = std::sqrt(low * high);
    (score(middle) < needed ? low : high) = middle;
  }
  return high;
}

}  // namespace dropscope
