#pragma once

// The nine simulated worlds behind one door. Their authors wrote from the same description without
// seeing each other's code, so that a classifier that is fitted to all of them learns what they
// have in common rather than one author's habits. rhythm_fit.py also fits to some of them and
// measures the others.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "rhythm_cases.h"

namespace dropscope::rhythm_cases {

enum class World : std::uint8_t {
  First,
  Second,
  Third,
  Fourth,
  Fifth,
  Sixth,
  Seventh,
  Eighth,
  Ninth
};
inline constexpr std::array kWorlds = {World::First,   World::Second, World::Third,
                                       World::Fourth,  World::Fifth,  World::Sixth,
                                       World::Seventh, World::Eighth, World::Ninth};

[[nodiscard]] std::string_view world_name(World world);
/// None if no world has the name.
[[nodiscard]] std::optional<World> world_of(std::string_view name);

/// Case `index` of a world's family `seed`; the same on every call.
[[nodiscard]] Case case_of(World world, std::uint64_t seed, std::uint64_t index);

[[nodiscard]] Fleet fleet_of(World world, std::uint64_t seed, std::uint64_t index);

}  // namespace dropscope::rhythm_cases
