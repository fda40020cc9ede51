#pragma once

// From findings to probabilities of causes (docs/methods/verdict.md).
//
// For one component a naive Bayesian model: prior of each cause times, for each aspect that is
// known, how well the cause's prediction agrees with what was seen. What is not known is left out,
// so it speaks neither for nor against. Over the components the verdict is the cause of the one
// that hits most.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "verdict/findings.h"

namespace dropscope {

/// Ids that the model itself has to know.
inline constexpr std::string_view kNoCause = "none";
inline constexpr std::string_view kUndetermined = "undetermined";

struct CauseProbability {
  std::string cause;
  double probability = 0;
};

/// How one aspect moved one cause against the average of the others.
struct AspectWeight {
  Aspect aspect = Aspect::Rhythm;
  double log_ratio = 0;  ///< Natural logarithm; above 0 speaks for the cause.
  std::string words;     ///< Of the finding.
};

struct ComponentVerdict {
  std::size_t component = 0;                 ///< Index into Findings::components.
  std::vector<CauseProbability> candidates;  ///< Most probable first; they add up to 1.
  std::vector<AspectWeight> weights;  ///< Of the first candidate that is a cause; strongest first.
  double main = 0;                    ///< Probability that this component hits most.
};

/// What one kind of evidence that is missing would tell.
struct MissingAspect {
  Aspect aspect = Aspect::Rhythm;
  double gain_bits = 0;  ///< Expected fall of the entropy over the causes.
};

struct Weighing {
  std::vector<CauseProbability> candidates;  ///< Of the whole; most probable first, sum 1.
  std::vector<ComponentVerdict> components;  ///< In the order of Findings::components.
  std::vector<MissingAspect> missing;        ///< For the main component; most telling first.
  std::optional<std::size_t> main;           ///< Index into `components`.
};

/// How much likelier each state of an aspect is than the priors alone make it, by all that is known
/// of the component but that aspect, given that it has a cause. 1 where the other aspects tell
/// nothing of it.
[[nodiscard]] std::vector<double> lift_of_states(const Component& component, Aspect aspect,
                                                 const std::vector<CauseRule>& causes);

/// Deterministic. `causes` must hold kNoCause and kUndetermined (Catalogue::load sees to it).
[[nodiscard]] Weighing weigh(const Findings& findings, const std::vector<CauseRule>& causes);

}  // namespace dropscope
