#pragma once

// A sixth world of clients that lose connections: the acceptance test of a customer who believes in
// a sketch of a method. Textbook mechanisms, with the dirt laid over the record afterwards.

#include <cstdint>

#include "rhythm_cases.h"

namespace dropscope::sixth_world {

/// Case `index` of the family `seed`; the same on every call. Classes and grades take turns.
[[nodiscard]] rhythm_cases::Case make_case(std::uint64_t seed, std::uint64_t index);

/// A fleet of 50 to 500 clients with two to six losses each.
[[nodiscard]] rhythm_cases::Fleet make_fleet(std::uint64_t seed, std::uint64_t index);

}  // namespace dropscope::sixth_world
