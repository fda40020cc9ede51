#pragma once

// How closely the lengths agree among themselves, and at which hours of a usual week the losses
// fall, before any timer is laid over them. Few losses say more here than in a fit: whether two,
// three or four of them agree, and how well, is all there is.

#include <array>

#include "analysis/rhythm/features.h"

namespace dropscope::rhythm {

/// Numbers for the fitted layer; finite whatever the losses are.
[[nodiscard]] std::array<double, kAgreements> agreements_of(const Prepared& prepared);

}  // namespace dropscope::rhythm
