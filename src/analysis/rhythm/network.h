#pragma once

// The fitted layer: from the findings to a probability of each class.
//
// Bayes factors alone are over-sure where many windows were looked at and over-shy for few losses.
// Small networks, fitted to simulated clients (bench/rhythm_fit.cc writes network_constants.cc),
// weigh them against each other; docs/methods/rhythm.md tells how.

#include <array>
#include <cstddef>
#include <span>

#include "analysis/rhythm/features.h"

namespace dropscope::rhythm {

inline constexpr std::size_t kClasses = 9;
using Posterior = std::array<double, kClasses>;

inline constexpr std::size_t kHidden = 40;
inline constexpr std::size_t kNetworks = 3;

/// Weights of one network, in the order input→hidden (by input), hidden biases, hidden→output (by
/// class), output biases.
inline constexpr std::size_t kWeights = kHidden * (kFeatures + 1) + kClasses * (kHidden + 1);

/// Standardised inputs are cut off here: nothing seen in fitting lies further out.
inline constexpr double kInputLimit = 5;

struct NetworkConstants {
  std::span<const float> mean;        ///< kFeatures.
  std::span<const float> scale;       ///< kFeatures; 1 over the standard deviation.
  std::span<const float> weights;     ///< kNetworks * kWeights.
  std::span<const float> gates;       ///< By size band: least probability of "regular".
  std::span<const float> widths;      ///< By kind of interval and size band: factor on the error.
  std::span<const float> confidence;  ///< Pairs of (raw, calibrated), both ascending.
};

/// The constants that bench/rhythm_fit wrote.
[[nodiscard]] NetworkConstants network_constants();

/// Mean of the networks' probabilities.
[[nodiscard]] Posterior posterior_of(const Features& features, const NetworkConstants& constants);

/// Band of a client with so many uptimes: 3, 4–5, 6–12, 13–60, more.
inline constexpr std::size_t kBands = 5;
[[nodiscard]] std::size_t band_of(std::size_t uptimes);

}  // namespace dropscope::rhythm
