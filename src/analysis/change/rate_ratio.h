#pragma once

// How a rate changed: the ratio of the rates after and before, with an interval, and the
// probability that it fell.
//
// Given how many losses a stratum has in all, how many of them lie after the change depends on the
// ratio and the hours only; its own rate drops out (the conditional likelihood of self-controlled
// case series, Farrington 1995). So no profile of the day and no rate of a client is estimated.

#include <span>

#include "analysis/change/strata.h"

namespace dropscope {

struct RateChange {
  double ratio = 1;   ///< Most likely rate after over before; 0 without losses after.
  double low = 0;     ///< 95 % interval (Jeffreys' prior).
  double high = 0;    ///< kMostRatio when nothing bounds it.
  double better = 0;  ///< Probability that the ratio is below 0.8,
  double same = 0;    ///< from 0.8 to 1.25,
  double worse = 0;   ///< above 1.25.
  double halved = 0;  ///< Probability that the ratio is at most 0.5,
  double gone = 0;    ///< at most 0.1.
};

/// Ratios outside [1 / kMostRatio, kMostRatio] are not told from its ends.
inline constexpr double kMostRatio = 200;

/// `dispersion`: variance over mean of the counts, ≥ 1. With a control (may be empty) the ratio is
/// that of the two groups' ratios: what happened to both is not the change's doing.
[[nodiscard]] RateChange compare_rates(std::span<const RateStratum> changed, double dispersion,
                                       std::span<const RateStratum> control = {},
                                       double control_dispersion = 1);

/// Losses that the time after the change would have had at the rates before; strata without hours
/// before tell nothing and count nothing.
[[nodiscard]] double expected_after(std::span<const RateStratum> strata);

/// Probability of no loss after the change, had nothing changed; the uncertainty of the rates
/// before is in it.
[[nodiscard]] double silence_probability(std::span<const RateStratum> strata, double dispersion);

}  // namespace dropscope
