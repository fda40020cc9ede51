#pragma once

namespace dropscope {

/// Log likelihood ratio of a place with `events` of `all_events` and `expected` of `all_expected`
/// (in the same unit, whatever its scale), against the null that its rate is at most
/// `harmless_ratio` times the rate elsewhere (Kulldorff 1997, with an interval for the null). 0
/// where the rate is no higher than that. 0 ≤ events ≤ all_events, 0 < expected < all_expected.
[[nodiscard]] double scan_score(double events, double expected, double all_events,
                                double all_expected, double harmless_ratio);

/// The smallest rate ratio at which the mean outcome in a place with `share` of the exposure scores
/// `needed`, when `elsewhere` events are expected elsewhere; 0 when none up to 10,000 does.
[[nodiscard]] double smallest_visible_ratio(double share, double elsewhere, double needed,
                                            double harmless_ratio);

}  // namespace dropscope
