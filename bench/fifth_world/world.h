#pragma once

// A fifth world of clients that lose connections: every habit is drawn per client from a wide
// range.

#include <cstdint>

#include "rhythm_cases.h"

namespace dropscope::fifth_world {

/// Case `index` of the family `seed`; the same on every call. Classes and grades take turns.
[[nodiscard]] rhythm_cases::Case make_case(std::uint64_t seed, std::uint64_t index);

/// A fleet of 50 to 500 clients with two to six losses each.
[[nodiscard]] rhythm_cases::Fleet make_fleet(std::uint64_t seed, std::uint64_t index);

}  // namespace dropscope::fifth_world
