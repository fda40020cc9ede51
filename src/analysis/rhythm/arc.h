#pragma once

// The part of a cycle in which most of some times lie.

#include <cstddef>
#include <vector>

namespace dropscope::rhythm {

struct Arc {
  double begin = 0;      ///< In [0, period].
  double middle = 0;     ///< Of the phases in it; at most a period beyond `begin`.
  std::size_t held = 0;  ///< How many they are.
};

/// The arc of `width` with the most `phases`, which lie in [0, period]; of equals the earliest.
/// Empty without phases.
[[nodiscard]] Arc densest_arc(std::vector<double> phases, double period, double width);

}  // namespace dropscope::rhythm
