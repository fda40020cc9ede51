#pragma once

// How far chance alone goes: fleets without a cause, made from a model (parametric bootstrap), and
// the tail of what their best descriptions score.

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/scope/score.h"

namespace dropscope {

/// Counts of clients with these means and this scatter. The same for the same seed everywhere.
[[nodiscard]] std::vector<double> draw_counts(std::span<const double> means,
                                              const CountScatter& scatter, std::uint64_t seed);

/// P(maximum ≥ `score`) by a Gumbel distribution with the moments of `maxima` (Abrams, Kulldorff
/// and Kleinman 2010: few replicates are enough then). `maxima` has at least two entries.
[[nodiscard]] double gumbel_tail(std::span<const double> maxima, double score);

}  // namespace dropscope
