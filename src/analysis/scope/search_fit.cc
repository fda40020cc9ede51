// The rates of a set of causes, and how much the counts scatter about them.

#include "analysis/scope/search.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <utility>

namespace dropscope {
namespace {

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

}  // namespace

void ScopeSearch::find_kin() {
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

void ScopeSearch::set_weights(std::span<const std::uint32_t> rows,
                              std::span<const double> weights) {
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

ScopeSearch::Fitted ScopeSearch::fitted(const std::vector<Chosen>& causes) const {
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

void ScopeSearch::fit(const std::vector<std::uint32_t>& released) {
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

CountScatter ScopeSearch::measured_scatter() const {
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

double ScopeSearch::bursts_among_few(double people) const {
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

}  // namespace dropscope
