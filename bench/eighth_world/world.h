#pragma once

// An eighth world of clients that lose connections: the acceptance test of a customer's test
// engineer. Each connection lives until the first of its mechanisms ends it; the log is kept, and
// spoilt, afterwards.

#include <cstdint>

#include "rhythm_cases.h"

namespace dropscope::eighth_world {

/// Case `index` of the family `seed`; the same on every call. Classes and grades take turns.
[[nodiscard]] rhythm_cases::Case make_case(std::uint64_t seed, std::uint64_t index);

/// A fleet of 50 to 500 clients with two to six losses each and one cause in common.
[[nodiscard]] rhythm_cases::Fleet make_fleet(std::uint64_t seed, std::uint64_t index);

}  // namespace dropscope::eighth_world
