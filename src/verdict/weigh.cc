#include "verdict/weigh.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/result.h"

namespace dropscope {
namespace {

/// Aspects are not independent given the cause (a shared loss also has the same hours, the same
/// closer), so their evidence is counted less than in full. Measured: docs/methods/verdict.md.
constexpr double kTemper = 0.9;

/// Parts of a component are attributed wrongly; so much of a count is doubtful beyond chance.
constexpr double kAttribution = 0.15;

/// A cause that is less likely than this is not named.
constexpr double kNameable = 0.35;

/// "Nothing beyond ordinary noise" denies all causes at once, so it has to be likelier than they
/// are together.
constexpr double kNothing = 0.5;

/// Of a cause whose telling evidence is missing so much stays with it, as a guess.
constexpr double kUntoldKept = 0.3;

using Posterior = std::vector<double>;  // By index of causes.

void normalise(Posterior& p) {
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& x : p) x /= sum;
}

/// log P(finding | cause), up to what is the same for all causes; 0 for a cause without a
/// prediction means "as a cause that makes all states equally likely".
double log_likelihood(const Prediction* prediction, const AspectFinding& finding) {
  const double sum = std::accumulate(finding.fit.begin(), finding.fit.end(), 0.0);
  const auto states = static_cast<double>(finding.fit.size());
  if (prediction == nullptr) return std::log(1 / states);
  double p = 0;
  for (std::size_t i = 0; i < finding.fit.size(); ++i) {
    p += prediction->likelihood[i] * finding.fit[i] / sum;
  }
  return std::log(p);
}

double log_likelihood(const CauseRule& cause, Aspect aspect, const AspectFinding& finding) {
  return log_likelihood(cause.predicts(aspect), finding);
}

/// What a cause that acts this way predicts; null: its usual way.
const Prediction* prediction_of(const CauseRule& cause, const CauseVariant* variant,
                                Aspect aspect) {
  const Prediction* own = variant == nullptr ? nullptr : variant->predicts(aspect);
  return own == nullptr ? cause.predicts(aspect) : own;
}

bool is_known(const std::vector<Aspect>& any_of, const Component& component) {
  return std::any_of(any_of.begin(), any_of.end(), [&](Aspect aspect) {
    return component.at(aspect).known() && component.at(aspect).complete;
  });
}

/// One way in which a cause may act, with the logarithm of its share and of how well it fits.
struct Way {
  const CauseVariant* variant = nullptr;  ///< Null: the usual one.
  double log_weight = 0;
};

/// Variants count only where the evidence that tells them is there; else they would make a cause
/// fit whatever is seen. The cause's prior is that of its usual way, and variants come on top of it
/// by their shares: else a cause would be less likely for each way in which it did not act.
std::vector<Way> ways_of(const CauseRule& cause, const Component& component) {
  std::vector<Way> out = {{}};
  double usual = 1;
  for (const CauseVariant& variant : cause.variants) {
    if (!is_known(variant.told_by, component)) continue;
    usual -= variant.share;
    out.push_back({&variant, std::log(variant.share)});
  }
  for (std::size_t i = 1; i < out.size(); ++i) out[i].log_weight -= std::log(usual);
  for (Way& way : out) {
    for (const Aspect aspect : all_aspects()) {
      const AspectFinding& finding = component.at(aspect);
      if (!finding.known()) continue;
      way.log_weight +=
          kTemper * log_likelihood(prediction_of(cause, way.variant, aspect), finding);
    }
  }
  return out;
}

bool fits_less(const Way& a, const Way& b) {
  return a.log_weight < b.log_weight;
}

std::size_t index_of(const std::vector<CauseRule>& causes, std::string_view id) {
  const auto found = std::find_if(causes.begin(), causes.end(),
                                  [&](const CauseRule& cause) { return cause.id == id; });
  check(found != causes.end(), "a cause that the model needs is not in the catalogue");
  return static_cast<std::size_t>(found - causes.begin());
}

/// Whether the evidence that tells a cause from its look-alikes is there.
bool can_be_told(const CauseRule& cause, const Component& component) {
  if (cause.told_by.empty()) return true;
  return is_known(cause.told_by, component);
}

Posterior untold_posterior(const Component& component, const std::vector<CauseRule>& causes) {
  std::vector<double> log_p;
  for (const CauseRule& cause : causes) {
    const std::vector<Way> ways = ways_of(cause, component);
    const double best = std::max_element(ways.begin(), ways.end(), fits_less)->log_weight;
    double sum = 0;
    for (const Way& way : ways) sum += std::exp(way.log_weight - best);
    log_p.push_back(std::log(cause.prior) + best + std::log(sum));
  }
  const double most = *std::max_element(log_p.begin(), log_p.end());
  Posterior p;
  for (const double each : log_p) p.push_back(std::exp(each - most));
  normalise(p);
  return p;
}

/// The same with what cannot be told moved to "cannot be told".
Posterior posterior_of(const Component& component, const std::vector<CauseRule>& causes) {
  Posterior p = untold_posterior(component, causes);
  const std::size_t undetermined = index_of(causes, kUndetermined);
  for (std::size_t i = 0; i < causes.size(); ++i) {
    if (i == undetermined || can_be_told(causes[i], component)) continue;
    p[undetermined] += p[i] * (1 - kUntoldKept);
    p[i] *= kUntoldKept;
  }
  return p;
}

/// P(X > 0) of a normal variable.
double above_zero(double mean, double deviation) {
  return 0.5 * std::erfc(-mean / (deviation * std::sqrt(2.0)));
}

/// Probability of each component that it hits most, by how many losses it explains that are more
/// than noise.
std::vector<double> main_probabilities(const Findings& findings,
                                       const std::vector<Posterior>& posteriors,
                                       std::size_t noise) {
  std::vector<double> size;
  for (std::size_t i = 0; i < posteriors.size(); ++i) {
    size.push_back(std::max(0.1, findings.components[i].excess) * (1 - posteriors[i][noise]));
  }
  std::vector<double> p(size.size(), 1);
  for (std::size_t i = 0; i < size.size(); ++i) {
    for (std::size_t j = 0; j < size.size(); ++j) {
      if (i == j) continue;
      const double both = size[i] + size[j];
      const double variance = both + kAttribution * kAttribution * both * both;
      p[i] *= above_zero(size[i] - size[j], std::sqrt(variance));
    }
  }
  if (!p.empty()) normalise(p);
  return p;
}

std::vector<CauseProbability> ranked(const Posterior& p, const std::vector<CauseRule>& causes) {
  std::vector<CauseProbability> out;
  for (std::size_t i = 0; i < causes.size(); ++i) out.push_back({causes[i].id, p[i]});
  std::stable_sort(out.begin(), out.end(),
                   [](const CauseProbability& a, const CauseProbability& b) {
                     return a.probability > b.probability;
                   });
  return out;
}

/// Where no cause is likely enough to be named, "cannot be told" leads: what the others share
/// beyond their own share is its probability.
void prefer_undetermined(Posterior& p, std::size_t undetermined, std::size_t noise) {
  double most = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (i != undetermined) most = std::max(most, p[i]);
  }
  const double enough = p[noise] >= most ? kNothing : kNameable;
  if (most >= enough || p[undetermined] >= most) return;
  // That the best guess is wrong has the probability 1 - most; so much gets "cannot be told".
  const double others = 1 - p[undetermined];
  const double kept = most;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (i != undetermined) p[i] *= kept / others;
  }
  p[undetermined] = 1 - kept;
}

std::vector<AspectWeight> explain(const Component& component, const std::vector<CauseRule>& causes,
                                  std::size_t best) {
  std::vector<AspectWeight> out;
  const std::vector<Way> ways = ways_of(causes[best], component);
  const CauseVariant* variant = std::max_element(ways.begin(), ways.end(), fits_less)->variant;
  for (const Aspect aspect : all_aspects()) {
    const AspectFinding& finding = component.at(aspect);
    if (!finding.known()) continue;
    double others = 0;
    double mass = 0;
    for (std::size_t i = 0; i < causes.size(); ++i) {
      if (i == best) continue;
      others += causes[i].prior * std::exp(log_likelihood(causes[i], aspect, finding));
      mass += causes[i].prior;
    }
    const Prediction* prediction = prediction_of(causes[best], variant, aspect);
    const double ratio = log_likelihood(prediction, finding) - std::log(others / mass);
    out.push_back({aspect, kTemper * ratio, finding.words});
  }
  std::stable_sort(out.begin(), out.end(), [](const AspectWeight& a, const AspectWeight& b) {
    return std::abs(a.log_ratio) > std::abs(b.log_ratio);
  });
  return out;
}

double entropy_bits(const Posterior& p) {
  double out = 0;
  for (const double x : p) {
    if (x > 0) out -= x * std::log2(x);
  }
  return out;
}

/// Expected entropy after an aspect became known, by what each cause predicts of it.
std::vector<MissingAspect> missing_aspects(const Component& component,
                                           const std::vector<CauseRule>& causes) {
  const Posterior before = untold_posterior(component, causes);
  const double entropy = entropy_bits(before);
  std::vector<MissingAspect> out;
  for (const Aspect aspect : all_aspects()) {
    const AspectFinding& finding = component.at(aspect);
    if (finding.known() && finding.complete) continue;
    // The interval and the gate follow from the rhythm and the protocol, and how soon connections
    // are lost from the same log as the losses; no one can collect them.
    if (aspect == Aspect::Interval || aspect == Aspect::NewConnections) continue;
    double expected = 0;
    double total = 0;
    for (std::size_t state = 0; state < states_of(aspect).size(); ++state) {
      AspectFinding seen;
      seen.fit.assign(states_of(aspect).size(), 0.0);
      seen.fit[state] = 1;
      Posterior after = before;
      double p_state = 0;
      for (std::size_t i = 0; i < causes.size(); ++i) {
        const double l = std::exp(log_likelihood(causes[i], aspect, seen));
        p_state += before[i] * l;
        after[i] *= std::pow(l, kTemper);
      }
      normalise(after);
      expected += p_state * entropy_bits(after);
      total += p_state;
    }
    out.push_back({aspect, std::max(0.0, entropy - expected / total)});
  }
  std::stable_sort(out.begin(), out.end(), [](const MissingAspect& a, const MissingAspect& b) {
    return a.gain_bits > b.gain_bits;
  });
  return out;
}

}  // namespace

AspectFinding certain(Aspect aspect, std::string_view state, double doubt) {
  AspectFinding out;
  out.fit.assign(states_of(aspect).size(), doubt);
  out.fit[state_index(aspect, state)] = 1;
  return out;
}

AspectFinding share_of(Aspect aspect, double share, double losses) {
  check(states_of(aspect).size() == 2, "a share needs an aspect of two states");
  AspectFinding out;
  // Laplace's rule keeps a handful of losses from being taken for certainty.
  const double first = (share * losses + 1) / (losses + 2);
  out.fit = {first, 1 - first};
  return out;
}

std::vector<double> lift_of_states(const Component& component, Aspect aspect,
                                   const std::vector<CauseRule>& causes) {
  Component others = component;
  others.at(aspect) = {};
  Posterior posterior = untold_posterior(others, causes);
  Posterior prior;
  for (const CauseRule& cause : causes) prior.push_back(cause.prior);
  for (Posterior* p : {&posterior, &prior}) {
    (*p)[index_of(causes, kNoCause)] = 0;
    normalise(*p);
  }
  std::vector<double> out;
  const std::size_t states = states_of(aspect).size();
  for (std::size_t s = 0; s < states; ++s) {
    double now = 0;
    double before = 0;
    for (std::size_t i = 0; i < causes.size(); ++i) {
      const Prediction* prediction = causes[i].predicts(aspect);
      const double p =
          prediction == nullptr ? 1.0 / static_cast<double>(states) : prediction->likelihood[s];
      now += posterior[i] * p;
      before += prior[i] * p;
    }
    out.push_back(now / before);
  }
  return out;
}

Weighing weigh(const Findings& findings, const std::vector<CauseRule>& causes) {
  const std::size_t noise = index_of(causes, kNoCause);
  const std::size_t undetermined = index_of(causes, kUndetermined);
  Weighing out;
  std::vector<Posterior> posteriors;
  for (const Component& component : findings.components) {
    posteriors.push_back(posterior_of(component, causes));
  }
  const std::vector<double> main = main_probabilities(findings, posteriors, noise);
  double all_noise = 1;
  for (const Posterior& p : posteriors) all_noise *= p[noise];

  // Either all is noise, or the component that hits most is not.
  Posterior whole(causes.size(), 0.0);
  whole[noise] = all_noise;
  for (std::size_t c = 0; c < posteriors.size(); ++c) {
    const double weight = (1 - all_noise) * main[c];
    const double cause = std::max(1e-12, 1 - posteriors[c][noise]);
    for (std::size_t i = 0; i < causes.size(); ++i) {
      if (i != noise) whole[i] += weight * posteriors[c][i] / cause;
    }
  }
  prefer_undetermined(whole, undetermined, noise);
  out.candidates = ranked(whole, causes);

  for (std::size_t c = 0; c < posteriors.size(); ++c) {
    ComponentVerdict verdict;
    verdict.component = c;
    verdict.main = main[c];
    Posterior p = posteriors[c];
    const std::vector<CauseProbability> raw = ranked(p, causes);
    const std::string& best = raw[0].cause == kUndetermined ? raw[1].cause : raw[0].cause;
    verdict.weights = explain(findings.components[c], causes, index_of(causes, best));
    prefer_undetermined(p, undetermined, noise);
    verdict.candidates = ranked(p, causes);
    out.components.push_back(std::move(verdict));
  }
  if (!main.empty()) {
    out.main = static_cast<std::size_t>(std::max_element(main.begin(), main.end()) - main.begin());
    out.missing = missing_aspects(findings.components[*out.main], causes);
  }
  return out;
}

}  // namespace dropscope
