#pragma once

// How the findings of one client stand to each other and to the lengths that they were found in:
// whether two of them are one timer, how precise each is, and where the lengths lie about it.

#include <array>
#include <cstddef>

#include "analysis/rhythm/features.h"

namespace dropscope::rhythm {

/// Numbers for the fitted layer; finite whatever was found.
[[nodiscard]] std::array<double, kRelations> relations_of(const Prepared& prepared,
                                                          const Findings& found);

}  // namespace dropscope::rhythm
