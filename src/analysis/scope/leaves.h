#pragma once

// The dense case: a figure with a forecast for each combination of attributes, and the question
// which combinations are off.

#include <string>
#include <vector>

#include "analysis/scope/table.h"

namespace dropscope {

/// One row a leaf: what was measured and what had been forecast.
struct LeafTable {
  std::vector<ScopeAttribute> attributes;
  std::vector<double> real;
  std::vector<double> predicted;
};

/// The combinations that explain the leaves that are off, the strongest first; empty when chance
/// does. Deterministic. O(causes × cuboids × leaves).
[[nodiscard]] std::vector<ScopeTerms> localise(const LeafTable& table);

}  // namespace dropscope
