#include "analysis/scope/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "analysis/scope/bootstrap.h"
#include "analysis/scope/confidence.h"

namespace dropscope {
namespace {

/// A fleet's rate drifts more than that from month to month.
constexpr double kHarmlessGlobal = 1.5;
/// A place with nearly the whole exposure has no "elsewhere" to be compared with.
constexpr double kLargestShare = 0.9;
/// Groupings of up to 256 MiB are kept from one simulated fleet to the next; beyond, time is spent.
constexpr std::size_t kMostGroupings = std::size_t{64} << 20;

}  // namespace

ScopeSearch::Chosen ScopeSearch::rows_of(std::size_t candidate) const {
  Chosen one;
  one.candidate = candidate;
  const ScopeTerms& terms = candidates_.all()[candidate].terms;
  for (std::size_t row = 0; row < table_.events.size(); ++row) {
    if (matches(table_.attributes, terms, row)) one.rows.push_back(static_cast<std::uint32_t>(row));
  }
  return one;
}

void ScopeSearch::add(std::size_t candidate) {
  chosen_.push_back(rows_of(candidate));
  fit();
}

void ScopeSearch::remove(std::size_t place) {
  const std::vector<std::uint32_t> rows = std::move(chosen_[place].rows);
  chosen_.erase(chosen_.begin() + static_cast<std::ptrdiff_t>(place));
  fit(rows);
}

std::vector<std::vector<std::size_t>> ScopeSearch::wider_than(std::size_t candidate) const {
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

void ScopeSearch::generalise() {
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

bool ScopeSearch::taken(std::size_t candidate) const {
  return std::any_of(chosen_.begin(), chosen_.end(),
                     [&](const Chosen& one) { return one.candidate == candidate; });
}

double ScopeSearch::net_of(std::size_t candidate, double harmless) const {
  const ScopeMass& mass = candidates_.masses()[candidate];
  const ScanPlace inside{mass.events, base_ * mass.weight, base_ * base_ * mass.squares};
  const ScanPlace outside{total_events() - mass.events, base_ * (total_weight() - mass.weight),
                          base_ * base_ * std::max(0.0, square_sum_ - mass.squares)};
  return scattered_scan_score(inside, outside, harmless, scatter_) - mass.code_length;
}

ScopeSearch::Best ScopeSearch::best_local() const {
  Best best;
  for (std::size_t i = 0; i < candidates_.masses().size(); ++i) {
    const ScopeMass& one = candidates_.masses()[i];
    if (one.weight > kLargestShare * weight_sum_ || taken(i)) continue;
    const double net = net_of(i);
    if (net > best.net) best = {i, net};
  }
  return best;
}

double ScopeSearch::net_of_global() const {
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

void ScopeSearch::grow() {
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

void ScopeSearch::look_again() {
  for (std::size_t place = 0; chosen_.size() > 1 && place < chosen_.size(); ++place) {
    const std::size_t old = chosen_[0].candidate;
    remove(0);
    const Best best = best_local();
    add(best.candidate == kNobody ? old : best.candidate);
  }
  generalise();
}

void ScopeSearch::drop_weak() {
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

double ScopeSearch::share_of_description(const Chosen& chosen) const {
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

ScopeCause ScopeSearch::describe(const Chosen& chosen) const {
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

double ScopeSearch::best_net() const {
  double best = -std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < candidates_.masses().size(); ++i) {
    if (candidates_.masses()[i].weight > kLargestShare * weight_sum_ || taken(i)) continue;
    best = std::max(best, net_to_tell(i));
  }
  // Without two events anywhere nothing can be described; code lengths begin at that of four kinds.
  return std::isfinite(best) ? best : -std::log(4.0);
}

double ScopeSearch::accident(double best) const {
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
    ScopeSearch search(replicate, once, groupings);
    const ScopeResult found = search.run();
    maxima.push_back(found.causes.empty() ? search.best_net() : found.causes.front().net);
  }
  return gumbel_tail(maxima, best);
}

ScopeResult ScopeSearch::run() {
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

}  // namespace dropscope
