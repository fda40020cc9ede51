#include "analysis/scope/score.h"

#include <cmath>
#include <limits>

namespace dropscope {
namespace {

/// a ln(a / b), continued to 0 at a = 0.
double entropy_term(double a, double b) {
  return a > 0 ? a * std::log(a / b) : 0;
}

/// From this shape on a negative binomial distribution is a Poisson distribution, and the
/// difference of two log gamma functions would lose its digits.
constexpr double kPoissonShape = 1e7;

/// Log likelihood ratio of the mean `events` against the mean `null`.
double gain(double events, double null, double shape) {
  if (shape > kPoissonShape) return entropy_term(events, null) - (events - null);
  return entropy_term(events, null) -
         (events + shape) * std::log((events + shape) / (null + shape));
}

}  // namespace

double CountScatter::shape(double mean, double squares) const {
  const double excess = (bursts - 1) * mean + people * squares;
  return excess > 0 ? mean * mean / excess : std::numeric_limits<double>::infinity();
}

double scattered_scan_score(const ScanPlace& inside, const ScanPlace& outside,
                            double harmless_ratio, const CountScatter& scatter) {
  if (!(inside.mean > 0) || !(outside.mean > 0)) return 0;
  const double all = inside.events + outside.events;
  const double null =
      all * harmless_ratio * inside.mean / (harmless_ratio * inside.mean + outside.mean);
  if (inside.events <= null) return 0;
  return gain(inside.events, null, scatter.shape(inside.mean, inside.squares)) +
         gain(outside.events, all - null, scatter.shape(outside.mean, outside.squares));
}

double log_likelihood(double events, double mean, const CountScatter& scatter) {
  const double shape = scatter.shape(mean, mean * mean);
  if (shape > kPoissonShape) return (events > 0 ? events * std::log(mean) : 0) - mean;
  double sum = -shape * std::log1p(mean / shape);
  if (events > 0) {
    sum +=
        std::lgamma(events + shape) - std::lgamma(shape) + events * std::log(mean / (shape + mean));
  }
  return sum;
}

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
