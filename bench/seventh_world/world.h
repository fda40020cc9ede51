#pragma once

// The seventh world: the evaluation set as the author of the method's first sketch would have
// written it. Everything that ends a connection is a source, a client is a short list of sources,
// and one loop lets them compete. See README.md.

#include <cstdint>

#include "rhythm_cases.h"

namespace dropscope::seventh_world {

/// Case `index` of the family `seed`; the same on every call. Classes and grades take turns.
[[nodiscard]] rhythm_cases::Case make_case(std::uint64_t seed, std::uint64_t index);

/// A fleet of 50 to 500 clients with two to six losses each; classes and grades take turns.
[[nodiscard]] rhythm_cases::Fleet make_fleet(std::uint64_t seed, std::uint64_t index);

}  // namespace dropscope::seventh_world
