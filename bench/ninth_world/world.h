#pragma once

// The ninth world: the data on which the method's first sketch was measured, made again from what
// its text says of them.

#include <cstdint>

#include "rhythm_cases.h"

namespace dropscope::ninth_world {

/// Case `index` of the family `seed`; classes take turns by the index, grades after each round.
[[nodiscard]] rhythm_cases::Case make_case(std::uint64_t seed, std::uint64_t index);

/// Fleet `index` of the family `seed`: 50 to 500 clients with two to six losses each.
[[nodiscard]] rhythm_cases::Fleet make_fleet(std::uint64_t seed, std::uint64_t index);

}  // namespace dropscope::ninth_world
