#pragma once

#include <cstdint>

namespace dropscope::rhythm_cases {

// Fitted on the first, set on the second, measured on the third; nothing is ever chosen by a look
// at the third.
inline constexpr std::uint64_t kFitSeed = 101;
inline constexpr std::uint64_t kTuneSeed = 202;
inline constexpr std::uint64_t kMeasureSeed = 303;

}  // namespace dropscope::rhythm_cases
