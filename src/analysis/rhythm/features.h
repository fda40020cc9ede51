#pragma once

// What is measured of one client before anything is decided: four Bayes factors and what surrounds
// them, as numbers that the posterior is computed from.

#include <array>
#include <cstddef>
#include <span>

#include "analysis/rhythm/phase.h"
#include "analysis/rhythm/prepare.h"
#include "analysis/rhythm/spike.h"

namespace dropscope::rhythm {

inline constexpr std::size_t kRelations = 43;   ///< relations.h
inline constexpr std::size_t kAgreements = 24;  ///< agreement.h
inline constexpr std::size_t kRests = 11;       ///< rest.h
inline constexpr std::size_t kFeatures = 75 + kRelations + kAgreements + kRests;
using Features = std::array<double, kFeatures>;

struct Findings {
  SpikeFits uptimes;
  SpikeFits gaps;
  PhaseFit clock;
  PhaseFit period;
  Features features{};
};

/// Without the features. `usual` are the lengths in seconds that timers are known to have; may be
/// empty.
[[nodiscard]] Findings find_timers(const Prepared& prepared, std::span<const double> usual);

/// The same with the features.
[[nodiscard]] Findings find_rhythms(const Prepared& prepared, std::span<const double> usual);

}  // namespace dropscope::rhythm
