#pragma once

// Three rules that people use for beacons and timers, to compare with.

#include <array>
#include <cstddef>

#include "analysis/rhythm/prepare.h"

namespace dropscope::rhythm_cases {

inline constexpr std::size_t kRules = 3;

/// Whether each calls the client regular: coefficient of variation of the gaps below 0.1; power of
/// the best period among 2,000 above what 1 % of even spreads reach; a score of RITA's form (mean
/// of one less Bowley's skew and one less MAD over median, of the gaps) of at least 0.9.
[[nodiscard]] std::array<bool, kRules> simple_rules(const rhythm::Client& client);
[[nodiscard]] const char* rule_name(std::size_t rule);

}  // namespace dropscope::rhythm_cases
