#pragma once

// The three simulated worlds behind one door. The classifier is fitted and set with the first two,
// whose authors wrote from the same description without seeing each other's code, so that it learns
// what they have in common rather than one author's habits. The third is only measured.

#include <cstdint>
#include <string_view>

#include "rhythm_cases.h"

namespace dropscope::rhythm_cases {

enum class World : std::uint8_t { First, Second, Third };

[[nodiscard]] std::string_view world_name(World world);

/// Case `index` of a world's family `seed`; the same on every call.
[[nodiscard]] Case case_of(World world, std::uint64_t seed, std::uint64_t index);

[[nodiscard]] Fleet fleet_of(World world, std::uint64_t seed, std::uint64_t index);

}  // namespace dropscope::rhythm_cases
