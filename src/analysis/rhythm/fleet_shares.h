#pragma once

// How sure the answer for a fleet is. The method has no probabilities of its own; what it answered
// for simulated fleets of the same size tells how often each class is the true one.

#include <array>
#include <cstddef>

#include "analysis/rhythm/forest.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {

/// Band of a pool with so many uptimes: below 15, 30, 60, 120, 300, more.
inline constexpr std::size_t kFleetBands = 6;
[[nodiscard]] constexpr std::size_t fleet_band_of(std::size_t uptimes) {
  constexpr std::array<std::size_t, kFleetBands - 1> kEnds = {15, 30, 60, 120, 300};
  std::size_t band = 0;
  while (band < kEnds.size() && uptimes >= kEnds[band]) ++band;
  return band;
}

/// By band, answered class and true class: shares of the true ones, which add up to 1.
using FleetShares = std::array<std::array<Posterior, kClasses>, kFleetBands>;

/// The shares that bench/rhythm_fleets.cc wrote.
[[nodiscard]] const FleetShares& fleet_shares();

}  // namespace dropscope::rhythm
