#pragma once

namespace dropscope {

/// Log likelihood ratio of a place with `events` of `all_events` and `expected` of `all_expected`
/// (in the same unit, whatever its scale), against the null that its rate is at most
/// `harmless_ratio` times the rate elsewhere (Kulldorff 1997, with an interval for the null). 0
/// where the rate is no higher than that. 0 ≤ events ≤ all_events, 0 < expected < all_expected.
[[nodiscard]] double scan_score(double events, double expected, double all_events,
                                double all_expected, double harmless_ratio);

/// How counts scatter by more than chance: a count with mean m has the variance
/// `bursts` × m + `people` × m².
struct CountScatter {
  double bursts = 1;  ///< ≥ 1: losses come several at a time.
  double people = 0;  ///< ≥ 0: squared coefficient of variation of the clients' own rates.

  /// Shape of the negative binomial distribution with that variance, of a sum of counts with the
  /// sum of means `mean` and of their squares `squares`; infinite without scatter.
  [[nodiscard]] double shape(double mean, double squares) const;
};

/// As scan_score(), of counts that scatter: the likelihoods are negative binomial, so that a burst
/// of one client weighs little, however unlikely each of its losses is. Means are expected counts
/// of a fitted model; `squares` are sums of their squares over the clients.
struct ScanPlace {
  double events = 0;
  double mean = 0;
  double squares = 0;
};
[[nodiscard]] double scattered_scan_score(const ScanPlace& inside, const ScanPlace& outside,
                                          double harmless_ratio, const CountScatter& scatter);

/// ln of the negative binomial probability of one client's count, without what does not depend on
/// the mean. `mean` > 0.
[[nodiscard]] double log_likelihood(double events, double mean, const CountScatter& scatter);

/// The smallest rate ratio at which the mean outcome in a place with `share` of the exposure scores
/// `needed`, when `elsewhere` events are expected elsewhere; 0 when none up to 10,000 does.
[[nodiscard]] double smallest_visible_ratio(double share, double elsewhere, double needed,
                                            double harmless_ratio);

}  // namespace dropscope
