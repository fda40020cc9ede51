#pragma once

// How sure the answer for a fleet is. The method has no probabilities of its own; what it answered
// for simulated fleets of the same size tells how often each class is the true one.

#include <array>
#include <cstddef>

#include "analysis/rhythm/forest.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {

/// Bands of a pool by its number of uptimes: from 0, 15, 30, 60, 120, 300 on.
inline constexpr std::array<std::size_t, 6> kFleetBandStarts = {0, 15, 30, 60, 120, 300};
inline constexpr std::size_t kFleetBands = kFleetBandStarts.size();
[[nodiscard]] constexpr std::size_t fleet_band_of(std::size_t uptimes) {
  std::size_t band = 0;
  while (band + 1 < kFleetBands && uptimes >= kFleetBandStarts[band + 1]) ++band;
  return band;
}

/// By band, answered class and true class: shares of the true ones, which add up to 1.
using FleetShares = std::array<std::array<Posterior, kClasses>, kFleetBands>;

/// The shares that bench/rhythm_fleets.cc wrote.
[[nodiscard]] const FleetShares& fleet_shares();

}  // namespace dropscope::rhythm
