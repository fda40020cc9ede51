// Greedy search with a second look: the best of all local candidates and "global" is taken, the
// rates are fitted, older causes are searched again with the others fixed, and what no longer
// carries its own weight is dropped. The dispersion is estimated from what the first pass left.

#include "analysis/scope/scope.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

#include "analysis/scope/bootstrap.h"
#include "analysis/scope/candidates.h"
#include "analysis/scope/confidence.h"
#include "analysis/scope/score.h"

namespace dropscope {
namespace {

/// Offices differ by this much without anything being wrong (the method's interval null).
constexpr double kHarmlessLocal = 1.25;
/// People differ more than offices do: a heavy user has up to this multiple of the others' losses
/// without anything being wrong with the computer.
constexpr double kHarmlessClient = 3;
/// A fleet's rate drifts more than that from month to month.
constexpr double kHarmlessGlobal = 1.5;
/// A history decides in a tiny fleet and must not drown a large one.
constexpr double kMostHistory = 50;
/// A place with nearly the whole exposure has no "elsewhere" to be compared with.
constexpr double kLargestShare = 0.9;
/// Passes of proportional fitting; with five causes it moves less than 1e-6 after about ten.
constexpr int kFitPasses = 30;
/// Steps below this no longer move an answer.
constexpr double kFitted = 1e-5;
/// People differ by a factor of about e (gamma with shape 1, an exponential distribution); scatter
/// beyond that is laid to bursts.
constexpr double kMostPeople = 1;
/// Up to this mean, the square of the mean tells well enough how many have two losses by chance.
constexpr double kFewLosses = 0.2;
/// Longer bursts than of ten on average are no episodes.
constexpr double kMostAgain = 0.9;
/// Groupings of up to 256 MiB are kept from one simulated fleet to the next; beyond, time is spent.
constexpr std::size_t kMostGroupings = std::size_t{64} << 20;
constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

class Search {
 public:
  /// `groupings` of the table's attributes and exposures, if they are at hand.
  Search(const ScopeTable& table, const ScopeOptions& options,
         const std::optional<ScopeGroupings>& groupings = std::nullopt)
      : table_(table),
        options_(options),
        candidates_(groupings ? ScopeCandidates(table.attributes, *groupings, table.events)
                              : ScopeCandidates(table.attributes, options.hierarchies, table.events,
                                                table.exposure_h)),
        weights_(table.exposure_h) {
    for (const double y : table.events) events_ += y;
    for (const double h : table.exposure_h) {
      exposure_ += h;
      exposure_squares_ += h * h;
    }
    find_kin();
    weight_sum_ = exposure_;
    square_sum_ = exposure_squares_;
    if (options.history) {
      scale_ = std::min(1.0, kMostHistory / std::max(options.history->events, 1.0));
    }
  }

  ScopeResult run();

 private:
  struct Chosen {
    std::size_t candidate = 0;
    std::vector<std::uint32_t> rows;
    double ratio = 1;
  };
  struct Best {
    std::size_t candidate = kNobody;
    double net = 0;
  };

  /// Clients with the same count and exposures within a few percent, for sums over all clients.
  struct Kin {
    double events = 0;
    double hours = 0;  // Mean.
    double clients = 0;
  };

  /// The rates fitted to a set of causes; only rows in causes have another weight than exposure.
  struct Fitted {
    std::vector<std::uint32_t> rows;
    std::vector<double> weights;
    std::vector<double> ratios;
    double base = 0;       // Events in an hour outside the causes.
    double objective = 0;  // Log likelihood less the code lengths.
  };

  void find_kin();
  void grow();
  void look_again();
  void generalise();
  [[nodiscard]] Chosen rows_of(std::size_t candidate) const;
  [[nodiscard]] Fitted fitted(const std::vector<Chosen>& causes) const;
  [[nodiscard]] std::vector<std::vector<std::size_t>> wider_than(std::size_t candidate) const;
  void drop_weak();
  /// `released` rows have just left a cause; ascending.
  void fit(const std::vector<std::uint32_t>& released = {});
  /// `rows` ascend.
  void set_weights(std::span<const std::uint32_t> rows, std::span<const double> weights);
  void add(std::size_t candidate);
  void remove(std::size_t place);
  [[nodiscard]] CountScatter measured_scatter() const;
  [[nodiscard]] double bursts_among_few(double people) const;
  /// Variance over mean of the counts.
  [[nodiscard]] double dispersion() const {
    return scatter_.bursts + scatter_.people * base_ * square_sum_ / std::max(weight_sum_, 1e-9);
  }
  [[nodiscard]] bool taken(std::size_t candidate) const;
  [[nodiscard]] double net_of(std::size_t candidate, double harmless = kHarmlessLocal) const;
  [[nodiscard]] double net_to_tell(std::size_t candidate) const {
    const bool single = candidates_.all()[candidate].clients == 1;
    return net_of(candidate, single ? kHarmlessClient : kHarmlessLocal);
  }
  [[nodiscard]] Best best_local() const;
  [[nodiscard]] double net_of_global() const;
  /// Of what is not in the model; may be negative.
  [[nodiscard]] double best_net() const;
  [[nodiscard]] double accident(double best) const;
  [[nodiscard]] double total_weight() const {
    return weight_sum_ + (global_ || !options_.history ? 0 : options_.history->hours * scale_);
  }
  [[nodiscard]] double total_events() const {
    return events_ + (global_ || !options_.history ? 0 : options_.history->events * scale_);
  }
  [[nodiscard]] ScopeCause describe(const Chosen& chosen) const;
  [[nodiscard]] double share_of_description(const Chosen& chosen) const;

  const ScopeTable& table_;
  const ScopeOptions& options_;
  ScopeCandidates candidates_;
  std::vector<double> weights_;  // Exposure times the ratios of the causes that hold the row.
  std::vector<Chosen> chosen_;
  double events_ = 0;
  double exposure_ = 0;
  double weight_sum_ = 0;
  double scale_ = 0;  // Of the history.
  double square_sum_ = 0;
  double exposure_squares_ = 0;
  double base_ = 0;
  CountScatter scatter_;
  std::vector<Kin> kin_;               // Clients of about the same exposure and of the same count.
  std::vector<std::uint32_t> kin_of_;  // Of each row.
  bool global_ = false;
  // Of set_weights(), kept for their memory.
  std::vector<std::uint32_t> changed_rows_;
  std::vector<double> changed_from_;
  std::vector<double> changed_to_;
};

void Search::find_kin() {
  // Exposures of one step differ by five percent at most; a sum over clients does not notice.
  constexpr double kSteps = 20;
  std::map<std::pair<std::int64_t, double>, std::uint32_t> numbers;
  kin_of_.reserve(table_.events.size());
  for (std::size_t row = 0; row < table_.events.size(); ++row) {
    const double hours = table_.exposure_h[row];
    const std::int64_t step = hours > 0 ? std::llround(std::log(hours) * kSteps)
                                        : std::numeric_limits<std::int64_t>::min();
    const auto [place, added] =
        numbers.try_emplace({step, table_.events[row]}, static_cast<std::uint32_t>(kin_.size()));
    if (added) kin_.push_back({table_.events[row], 0, 0});
    Kin& kin = kin_[place->second];
    kin.hours += hours;
    kin.clients += 1;
    kin_of_.push_back(place->second);
  }
  for (Kin& kin : kin_) kin.hours /= kin.clients;
}

void Search::set_weights(std::span<const std::uint32_t> rows, std::span<const double> weights) {
  changed_rows_.clear();
  changed_from_.clear();
  changed_to_.clear();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double old = weights_[rows[i]];
    const double weight = weights[i];
    if (weight == old) continue;
    weights_[rows[i]] = weight;
    weight_sum_ += weight - old;
    square_sum_ += weight * weight - old * old;
    changed_rows_.push_back(rows[i]);
    changed_from_.push_back(old);
    changed_to_.push_back(weight);
  }
  candidates_.reweigh(changed_rows_, changed_from_, changed_to_);
}

Search::Fitted Search::fitted(const std::vector<Chosen>& causes) const {
  Fitted fit;
  for (const Chosen& one : causes) {
    fit.rows.insert(fit.rows.end(), one.rows.begin(), one.rows.end());
  }
  std::sort(fit.rows.begin(), fit.rows.end());
  fit.rows.erase(std::unique(fit.rows.begin(), fit.rows.end()), fit.rows.end());
  std::vector<std::vector<std::uint32_t>> places(causes.size());
  for (std::size_t j = 0; j < causes.size(); ++j) {
    std::size_t place = 0;
    for (const std::uint32_t row : causes[j].rows) {
      while (fit.rows[place] != row) ++place;
      places[j].push_back(static_cast<std::uint32_t>(place));
    }
  }
  double outside_events = total_events();
  double outside_weight = exposure_ + (total_weight() - weight_sum_);
  fit.weights.resize(fit.rows.size());
  for (std::size_t i = 0; i < fit.rows.size(); ++i) {
    fit.weights[i] = table_.exposure_h[fit.rows[i]];
    outside_events -= table_.events[fit.rows[i]];
    outside_weight -= fit.weights[i];
  }
  // The base rate is that of the rows in no cause: a tenth of an event keeps it from zero.
  fit.base = (outside_events + 0.1) / std::max(outside_weight, 1e-9);
  fit.ratios.assign(causes.size(), 1);
  for (int pass = 0; pass < kFitPasses && !causes.empty(); ++pass) {
    double moved = 0;
    for (std::size_t j = 0; j < causes.size(); ++j) {
      // A client whose own rate is uncertain by its nature counts for less, however many its
      // losses.
      double events = 0.1;
      double means = 0.1;
      for (const std::uint32_t place : places[j]) {
        const double mean = fit.base * fit.weights[place];
        const double trust = 1 / (scatter_.bursts + scatter_.people * mean);
        events += table_.events[fit.rows[place]] * trust;
        means += mean * trust;
      }
      const double step = events / means;
      moved = std::max(moved, std::abs(std::log(step)));
      fit.ratios[j] *= step;
      for (const std::uint32_t place : places[j]) fit.weights[place] *= step;
    }
    if (moved < kFitted) break;
  }
  // All clients at the base rate, then those in causes at their own.
  for (const Kin& kin : kin_) {
    fit.objective += kin.clients * log_likelihood(kin.events, fit.base * kin.hours, scatter_);
  }
  for (std::size_t i = 0; i < fit.rows.size(); ++i) {
    const std::uint32_t row = fit.rows[i];
    if (!(fit.weights[i] > 0)) continue;
    const Kin& kin = kin_[kin_of_[row]];
    // Both at the kin's mean exposure, so that nothing but the ratio makes a difference.
    const double mean = fit.base * kin.hours;
    const double ratio = fit.weights[i] / table_.exposure_h[row];
    fit.objective += log_likelihood(kin.events, mean * ratio, scatter_) -
                     log_likelihood(kin.events, mean, scatter_);
  }
  if (options_.history && !global_) {
    const double events = options_.history->events * scale_;
    fit.objective += events * std::log(fit.base) - options_.history->hours * scale_ * fit.base;
  }
  for (const Chosen& one : causes) {
    fit.objective -= candidates_.masses()[one.candidate].code_length;
  }
  return fit;
}

void Search::fit(const std::vector<std::uint32_t>& released) {
  const Fitted now = fitted(chosen_);
  for (std::size_t j = 0; j < chosen_.size(); ++j) chosen_[j].ratio = now.ratios[j];
  base_ = now.base;
  if (released.empty()) {
    set_weights(now.rows, now.weights);
    return;
  }
  std::vector<std::uint32_t> rows;
  std::set_union(now.rows.begin(), now.rows.end(), released.begin(), released.end(),
                 std::back_inserter(rows));
  std::vector<double> weights;
  std::size_t at = 0;
  for (const std::uint32_t row : rows) {
    const bool held = at < now.rows.size() && now.rows[at] == row;
    weights.push_back(held ? now.weights[at++] : table_.exposure_h[row]);
  }
  set_weights(rows, weights);
}

Search::Chosen Search::rows_of(std::size_t candidate) const {
  Chosen one;
  one.candidate = candidate;
  const ScopeTerms& terms = candidates_.all()[candidate].terms;
  for (std::size_t row = 0; row < table_.events.size(); ++row) {
    if (matches(table_.attributes, terms, row)) one.rows.push_back(static_cast<std::uint32_t>(row));
  }
  return one;
}

void Search::add(std::size_t candidate) {
  chosen_.push_back(rows_of(candidate));
  fit();
}

void Search::remove(std::size_t place) {
  const std::vector<std::uint32_t> rows = std::move(chosen_[place].rows);
  chosen_.erase(chosen_.begin() + static_cast<std::ptrdiff_t>(place));
  fit(rows);
}

std::vector<std::vector<std::size_t>> Search::wider_than(std::size_t candidate) const {
  const ScopeTerms terms = candidates_.all()[candidate].terms;
  const unsigned all = (1u << terms.size()) - 1;
  std::vector<std::optional<std::size_t>> part(all + 1);
  for (unsigned mask = 1; mask < all; ++mask) {
    ScopeTerms some;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if ((mask >> i & 1u) != 0) some.push_back(terms[i]);
    }
    part[mask] = candidates_.find(some);
    if (part[mask] && (taken(*part[mask]) ||
                       candidates_.masses()[*part[mask]].weight > kLargestShare * weight_sum_)) {
      part[mask].reset();
    }
  }
  std::vector<std::vector<std::size_t>> sets;
  for (unsigned mask = 1; mask < all; ++mask) {
    if (!part[mask]) continue;
    sets.push_back({*part[mask]});
    for (unsigned other = mask + 1; other < all; ++other) {
      if (part[other] && (mask | other) == all && *part[other] != *part[mask]) {
        sets.push_back({*part[mask], *part[other]});
      }
    }
  }
  return sets;
}

void Search::generalise() {
  // Two causes multiply where they meet, so their meeting point comes out first. With it replaced
  // by the two, and whatever only patched the rest left out, fewer words say more.
  double objective = fitted(chosen_).objective;
  for (std::size_t j = 0; j < chosen_.size(); ++j) {
    std::optional<std::vector<Chosen>> better;
    for (const std::vector<std::size_t>& set : wider_than(chosen_[j].candidate)) {
      std::vector<Chosen> trial = chosen_;
      trial.erase(trial.begin() + static_cast<std::ptrdiff_t>(j));
      for (const std::size_t candidate : set) trial.push_back(rows_of(candidate));
      double value = fitted(trial).objective;
      for (std::size_t k = 0; trial.size() > 1 && k < trial.size();) {
        std::vector<Chosen> less = trial;
        less.erase(less.begin() + static_cast<std::ptrdiff_t>(k));
        const double without = fitted(less).objective;
        if (without > value) {
          value = without;
          trial = std::move(less);
        } else {
          ++k;
        }
      }
      if (value > objective + 1e-9) {
        objective = value;
        better = std::move(trial);
      }
    }
    if (!better) continue;
    while (!chosen_.empty()) remove(0);
    chosen_ = std::move(*better);
    fit();
    j = static_cast<std::size_t>(-1);
  }
}

bool Search::taken(std::size_t candidate) const {
  return std::any_of(chosen_.begin(), chosen_.end(),
                     [&](const Chosen& one) { return one.candidate == candidate; });
}

double Search::net_of(std::size_t candidate, double harmless) const {
  const ScopeMass& mass = candidates_.masses()[candidate];
  const ScanPlace inside{mass.events, base_ * mass.weight, base_ * base_ * mass.squares};
  const ScanPlace outside{total_events() - mass.events, base_ * (total_weight() - mass.weight),
                          base_ * base_ * std::max(0.0, square_sum_ - mass.squares)};
  return scattered_scan_score(inside, outside, harmless, scatter_) - mass.code_length;
}

Search::Best Search::best_local() const {
  Best best;
  for (std::size_t i = 0; i < candidates_.masses().size(); ++i) {
    const ScopeMass& one = candidates_.masses()[i];
    if (one.weight > kLargestShare * weight_sum_ || taken(i)) continue;
    const double net = net_of(i);
    if (net > best.net) best = {i, net};
  }
  return best;
}

double Search::net_of_global() const {
  if (!options_.history || global_) return 0;
  double events = events_;
  double hours = exposure_;
  for (std::size_t row = 0; row < weights_.size(); ++row) {
    if (weights_[row] == table_.exposure_h[row]) continue;
    events -= table_.events[row];
    hours -= table_.exposure_h[row];
  }
  const ScopeHistory& history = *options_.history;
  // One of four kinds of answer.
  const double code = std::log(4.0);
  return scan_score(events, hours, events + history.events, hours + history.hours,
                    kHarmlessGlobal) /
             dispersion() -
         code;
}

void Search::grow() {
  // A later look may take back what was added; each round has to add something for good.
  double objective = fitted(chosen_).objective;
  while (chosen_.size() < options_.max_causes) {
    const Best local = best_local();
    const double global = net_of_global();
    if (std::max(local.net, global) < kAcceptedNet) return;
    if (global >= local.net) {
      global_ = true;
      fit();
      look_again();
      objective = fitted(chosen_).objective;
      continue;
    }
    add(local.candidate);
    look_again();
    const double now = fitted(chosen_).objective;
    if (now <= objective + 1e-9) return;
    objective = now;
  }
}

void Search::look_again() {
  for (std::size_t place = 0; chosen_.size() > 1 && place < chosen_.size(); ++place) {
    const std::size_t old = chosen_[0].candidate;
    remove(0);
    const Best best = best_local();
    add(best.candidate == kNobody ? old : best.candidate);
  }
  generalise();
}

void Search::drop_weak() {
  for (std::size_t left = chosen_.size(); left > 0; --left) {
    const std::size_t old = chosen_[0].candidate;
    remove(0);
    if (net_of(old) >= kAcceptedNet) add(old);
  }
  // A local cause raises the fleet's rate: with it named, the rest may be as it always was.
  if (global_) {
    global_ = false;
    fit();
    global_ = net_of_global() >= kAcceptedNet;
    fit();
  }
}

CountScatter Search::measured_scatter() const {
  double excess = 0;
  double means = 0;
  double squares = 0;
  double largest = 0;
  for (std::size_t row = 0; row < weights_.size(); ++row) {
    const double mean = base_ * weights_[row];
    const double residual = table_.events[row] - mean;
    const double over = residual * residual - mean;
    excess += over;
    means += mean;
    squares += mean * mean;
    largest = std::max(largest, over);
  }
  // The one client that stands out most may be the cause that is looked for; it is no measure of
  // how much the others scatter.
  excess = std::max(0.0, excess - largest);
  CountScatter scatter;
  if (!(squares > 0)) return scatter;
  scatter.people = std::min(kMostPeople, excess / squares);
  scatter.bursts =
      std::max(1 + (excess - scatter.people * squares) / means, bursts_among_few(scatter.people));
  return scatter;
}

double Search::bursts_among_few(double people) const {
  // Where most clients have no loss, whoever has a burst looks like a cause and is taken for one,
  // so what is left scatters too little. How many of those with a loss have a second one cannot be
  // hidden by a few. Clients that are a cause alone count as they would without it.
  std::vector<double> means;
  means.reserve(weights_.size());
  for (const double weight : weights_) means.push_back(base_ * weight);
  for (const Chosen& one : chosen_) {
    if (one.rows.size() == 1) means[one.rows[0]] = base_ * table_.exposure_h[one.rows[0]];
  }
  double with_any = 0;
  double with_more = 0;
  for (std::size_t row = 0; row < means.size(); ++row) {
    const double mean = means[row];
    // With a loss each, a second one is no burst.
    if (mean > kFewLosses) continue;
    with_any += table_.events[row] > 0 ? 1 : 0;
    with_more += table_.events[row] > 1 ? 1 : 0;
    // P(N ≥ 2) to the second order of the mean.
    with_more -= 0.5 * mean * mean * (1 + people);
  }
  if (with_more <= 0) return 1;
  const double again = std::min(with_more / (with_any + 1), kMostAgain);
  // Variance over mean of geometric bursts.
  return (1 + again) / (1 - again);
}

double Search::share_of_description(const Chosen& chosen) const {
  const double top = net_of(chosen.candidate);
  double sum = 1;
  const double mine_events = std::max(candidates_.masses()[chosen.candidate].events, 1.0);
  for (std::size_t i = 0; i < candidates_.all().size(); ++i) {
    if (i == chosen.candidate || taken(i)) continue;
    const double net = net_of(i);
    // Twelve below, it could not move the share by more than 1e-5.
    if (net < top - 12) continue;
    double shared = 0;
    for (const std::uint32_t row : chosen.rows) {
      if (table_.events[row] > 0 && matches(table_.attributes, candidates_.all()[i].terms, row)) {
        shared += table_.events[row];
      }
    }
    const double overlap = shared / (mine_events + candidates_.masses()[i].events - shared);
    if (overlap > 0.3) sum += std::exp(std::min(net - top, 12.0));
  }
  return 1 / sum;
}

ScopeCause Search::describe(const Chosen& chosen) const {
  const ScopeCandidate& candidate = candidates_.all()[chosen.candidate];
  ScopeCause cause;
  cause.terms = candidate.terms;
  cause.equivalents = candidate.equivalents;
  cause.clients = candidate.clients;
  cause.events = candidates_.masses()[chosen.candidate].events;
  cause.ratio = chosen.ratio;
  for (const std::uint32_t row : chosen.rows) {
    if (table_.events[row] > 0) cause.affected += 1;
    cause.exposure_h += table_.exposure_h[row];
  }
  return cause;
}

double Search::best_net() const {
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < candidates_.masses().size(); ++i) {
    if (candidates_.masses()[i].weight > kLargestShare * weight_sum_ || taken(i)) continue;
    best = std::max(best, net_to_tell(i));
  }
  // Without two events anywhere nothing can be described; code lengths begin at that of four kinds.
  return std::isfinite(best) ? best : -std::log(4.0);
}

double Search::accident(double best) const {
  std::vector<double> means;
  means.reserve(table_.exposure_h.size());
  for (const double hours : table_.exposure_h) means.push_back(base_ * hours);
  ScopeTable replicate{table_.attributes, table_.exposure_h, {}};
  ScopeOptions once = options_;
  once.replicates = 0;
  std::vector<double> maxima;
  std::optional<ScopeGroupings> groupings;
  if (ScopeGroupings::entries(table_.attributes, options_.hierarchies, means.size()) <=
      kMostGroupings) {
    groupings.emplace(table_.attributes, options_.hierarchies, table_.exposure_h);
  }
  for (std::size_t i = 0; i < options_.replicates; ++i) {
    replicate.events = draw_counts(means, scatter_, i + 1);
    // The whole search, because what it takes for a heavy user or for scatter is part of how far
    // chance goes.
    Search search(replicate, once, groupings);
    const ScopeResult found = search.run();
    maxima.push_back(found.causes.empty() ? search.best_net() : found.causes.front().net);
  }
  return gumbel_tail(maxima, best);
}

ScopeResult Search::run() {
  // The first pass takes the scatter as chance so that strong causes come out; what they leave is
  // the fleet's own scatter.
  fit();
  const CountScatter raw = measured_scatter();
  grow();
  scatter_ = measured_scatter();
  scatter_.bursts =
      std::max(std::min(scatter_.bursts, raw.bursts), bursts_among_few(scatter_.people));
  scatter_.people = std::min(scatter_.people, raw.people);
  while (!chosen_.empty()) remove(0);
  global_ = false;
  fit();
  grow();
  drop_weak();

  ScopeResult result;
  result.dispersion = dispersion();
  const std::vector<Chosen> final = chosen_;
  for (const Chosen& one : final) {
    // With the cause taken out of the model, as it was when it was judged.
    const auto place = std::find_if(chosen_.begin(), chosen_.end(), [&](const Chosen& at) {
      return at.candidate == one.candidate;
    });
    remove(static_cast<std::size_t>(place - chosen_.begin()));
    ScopeCause cause = describe(one);
    // A heavy user has to be in the model, or its office would be taken for the cause; to be told
    // it has to stand out from people as they are.
    cause.net = net_to_tell(one.candidate);
    cause.description = share_of_description(one);
    if (cause.clients > 1 || cause.net >= kAcceptedNet) result.causes.push_back(std::move(cause));
    add(one.candidate);
  }
  std::stable_sort(result.causes.begin(), result.causes.end(),
                   [](const ScopeCause& a, const ScopeCause& b) { return a.net > b.net; });
  const double global_was = global_ ? (global_ = false, fit(), net_of_global()) : net_of_global();
  if (global_was >= kAcceptedNet) {
    result.kind = ScopeKind::Global;
    const ScopeHistory& history = *options_.history;
    result.global_ratio =
        events_ / std::max(exposure_, 1e-9) / (std::max(history.events, 0.5) / history.hours);
  } else if (!result.causes.empty()) {
    result.kind = ScopeKind::Localised;
  }
  const Best rival = best_local();
  if (options_.replicates > 1 && events_ > 0) {
    result.accident = accident(result.causes.empty() ? best_net() : result.causes.front().net);
  }
  result.raw_confidence = raw_confidence(result, rival.net, global_was);
  result.confidence = calibrated(result.kind, result.raw_confidence);
  if (result.kind == ScopeKind::None && events_ > 0) {
    // A tenth of the exposure: an office of an ordinary fleet. The code is that of one of a hundred
    // values of one of ten attributes.
    const double needed = (kAcceptedNet + std::log(4.0 * 10 * 100)) * dispersion();
    const double ratio = smallest_visible_ratio(0.1, 0.9 * events_, needed, kHarmlessLocal);
    if (ratio > 0) result.smallest_ratio = ratio;
  }
  return result;
}

}  // namespace

std::string_view to_string(ScopeKind kind) {
  switch (kind) {
    case ScopeKind::None:
      return "none";
    case ScopeKind::Localised:
      return "localised";
    case ScopeKind::Global:
      return "global";
  }
  return "none";
}

ScopeResult find_scope(const ScopeTable& table, const ScopeOptions& options) {
  return Search(table, options).run();
}

}  // namespace dropscope
