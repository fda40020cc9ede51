#pragma once

// The fitted layer: from the findings to a probability of each class, and to how likely each of the
// measured lengths is the timer's.
//
// Bayes factors alone are over-sure where many windows were looked at and over-shy for few losses.
// Boosted trees, fitted to simulated clients (bench/rhythm_fit.py writes forest_constants.cc),
// weigh them against each other; docs/methods/rhythm.md tells how.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "analysis/rhythm/features.h"

namespace dropscope::rhythm {

inline constexpr std::size_t kClasses = 9;
using Posterior = std::array<double, kClasses>;

/// An idle timer's, an age's, a clock's and a period's length.
inline constexpr std::size_t kMeasures = 4;
/// The probability of each to be within 1 % of a true interval, given that there is one.
using MeasureOdds = std::array<double, kMeasures>;

/// A node of a tree. The left child is the next one; the right child is `value` nodes on.
struct Node {
  std::uint8_t feature = kLeaf;  ///< What is compared; kLeaf where nothing is.
  std::uint8_t edge = 0;         ///< Among the feature's edges: to the left up to this one.
  std::int16_t value = 0;        ///< Of a leaf: what it adds, in thousandths.

  static constexpr std::uint8_t kLeaf = 255;
};

/// Sums of trees, one sum for each output. The trees stand one behind the other, in turns of the
/// outputs. In front of each is a node whose value is the number of nodes, with itself.
struct Forest {
  std::span<const float> base;  ///< By output: what the trees' leaves are added to.
  std::span<const Node> nodes;
};

/// What trees ask for: the features and, where a client is in doubt, how probable a timer was.
inline constexpr std::size_t kInputs = kFeatures + 1;

/// What was fitted to clients with about as many uptimes.
struct Judge {
  std::span<const float> edges;          ///< Of the inputs one after the other, ascending.
  std::span<const std::uint16_t> first;  ///< By input: its first edge. One more: their number.
  Forest classes;                        ///< kClasses outputs: logits of a softmax.
  Forest measures;                       ///< kMeasures outputs: logits.
  Forest doubt;                          ///< One output: the logit of a timer.
};

struct FittedConstants {
  Judge few;                          ///< Of the bands below kFewBands.
  Judge many;                         ///< Of the others.
  std::span<const float> gates;       ///< By look and size band: least probability of "regular".
  std::span<const float> widths;      ///< By measure, size band and trust: factor on the error.
  std::span<const float> confidence;  ///< Pairs of (raw, calibrated), both ascending.
};

/// The constants that bench/rhythm_fit.py wrote.
[[nodiscard]] FittedConstants fitted_constants();

/// By input: how many of its edges lie below it. Inputs are rounded to 32 bits first, as those
/// that the edges were chosen from were; so builds that differ in a last bit agree.
using Bins = std::array<std::uint8_t, kInputs>;
[[nodiscard]] Bins bins_of(const Features& features, const Judge& judge);

[[nodiscard]] Posterior posterior_of(const Bins& bins, const Judge& judge);
[[nodiscard]] MeasureOdds measure_odds_of(const Bins& bins, const Judge& judge);

/// The probability of a timer that has to exceed the gate: that of the classes, or of a client for
/// which it is between 0.5 and 0.999 what trees say that were fitted to such clients alone.
[[nodiscard]] double gated_probability(const Posterior& posterior, const Bins& bins,
                                       const Judge& judge);

/// That of the classes: the sum over those with a timer.
[[nodiscard]] double timer_probability(const Posterior& posterior);

/// Band of a client with so many uptimes: 3, 4–5, 6–8, 9–12, 13–60, more.
inline constexpr std::size_t kBands = 6;
[[nodiscard]] std::size_t band_of(std::size_t uptimes);

/// The bands below this one, up to 12 uptimes, have a judge of their own: trees that were fitted to
/// all sizes are busy with what only many uptimes show.
inline constexpr std::size_t kFewBands = 4;
[[nodiscard]] const Judge& judge_of(std::size_t band, const FittedConstants& constants);

/// What a client looks most like if it has no timer: chance or a common outage, people's habits,
/// bursts.
inline constexpr std::size_t kLooks = 3;
[[nodiscard]] std::size_t look_of(const Posterior& posterior);

/// How far a measure is trusted that has such odds: below 0.6, below 0.9, more.
inline constexpr std::size_t kTrusts = 3;
[[nodiscard]] std::size_t trust_of(double odds);

}  // namespace dropscope::rhythm
