// Greedy search with a second look: the best of all local candidates and "global" is taken, the
// rates are fitted, older causes are searched again with the others fixed, and what no longer
// carries its own weight is dropped. The dispersion is estimated from what the first pass left.

#include "analysis/scope/scope.h"

#include <algorithm>
#include <cmath>

#include "analysis/scope/candidates.h"
#include "analysis/scope/confidence.h"
#include "analysis/scope/score.h"

namespace dropscope {
namespace {

/// Offices differ by this much without anything being wrong (the method's interval null).
constexpr double kHarmlessLocal = 1.25;
/// A fleet's rate drifts more than that from month to month.
constexpr double kHarmlessGlobal = 1.5;
/// A history decides in a tiny fleet and must not drown a large one.
constexpr double kMostHistory = 50;
/// A place with nearly the whole exposure has no "elsewhere" to be compared with.
constexpr double kLargestShare = 0.9;
/// Passes of proportional fitting; with five causes it moves less than 1e-6 after about ten.
constexpr int kFitPasses = 30;
constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

class Search {
 public:
  Search(const ScopeTable& table, const ScopeOptions& options)
      : table_(table),
        options_(options),
        candidates_(table.attributes, options.hierarchies, table.events, table.exposure_h),
        weights_(table.exposure_h) {
    for (const double y : table.events) events_ += y;
    for (const double h : table.exposure_h) exposure_ += h;
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

  void grow();
  void look_again();
  void drop_weak();
  void fit();
  void set_weight(std::size_t row, double weight);
  void add(std::size_t candidate);
  void remove(std::size_t place);
  void measure_dispersion();
  [[nodiscard]] bool taken(std::size_t candidate) const;
  [[nodiscard]] double net_of(const ScopeCandidate& candidate) const;
  [[nodiscard]] Best best_local() const;
  [[nodiscard]] double net_of_global() const;
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
  double dispersion_ = 1;
  bool global_ = false;
};

void Search::set_weight(std::size_t row, double weight) {
  const double change = weight - weights_[row];
  if (change == 0) return;
  weights_[row] = weight;
  weight_sum_ += change;
  candidates_.raise(row, change);
}

void Search::fit() {
  // Rows outside all causes have the weight of their exposure; only the others move.
  std::vector<std::uint32_t> inside;
  for (const Chosen& one : chosen_) inside.insert(inside.end(), one.rows.begin(), one.rows.end());
  std::sort(inside.begin(), inside.end());
  inside.erase(std::unique(inside.begin(), inside.end()), inside.end());
  std::vector<std::vector<std::uint32_t>> places(chosen_.size());
  for (std::size_t j = 0; j < chosen_.size(); ++j) {
    for (const std::uint32_t row : chosen_[j].rows) {
      places[j].push_back(static_cast<std::uint32_t>(
          std::lower_bound(inside.begin(), inside.end(), row) - inside.begin()));
    }
    chosen_[j].ratio = 1;
  }
  double outside_events = total_events();
  double outside_weight = exposure_ + (total_weight() - weight_sum_);
  std::vector<double> weight(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    weight[i] = table_.exposure_h[inside[i]];
    outside_events -= table_.events[inside[i]];
    outside_weight -= weight[i];
  }
  // The base rate is that of the rows in no cause: a tenth of an event keeps it from zero.
  const double base = (outside_events + 0.1) / std::max(outside_weight, 1e-9);
  for (int pass = 0; pass < kFitPasses && !chosen_.empty(); ++pass) {
    for (std::size_t j = 0; j < chosen_.size(); ++j) {
      double sum = 0;
      for (const std::uint32_t place : places[j]) sum += weight[place];
      const double expected = base * sum;
      const double events = candidates_.all()[chosen_[j].candidate].events;
      const double step = (events + 0.1) / (expected + 0.1);
      chosen_[j].ratio *= step;
      for (const std::uint32_t place : places[j]) weight[place] *= step;
    }
  }
  for (std::size_t i = 0; i < inside.size(); ++i) set_weight(inside[i], weight[i]);
}

void Search::add(std::size_t candidate) {
  Chosen one;
  one.candidate = candidate;
  const ScopeTerms& terms = candidates_.all()[candidate].terms;
  for (std::size_t row = 0; row < table_.events.size(); ++row) {
    if (matches(table_.attributes, terms, row)) one.rows.push_back(static_cast<std::uint32_t>(row));
  }
  chosen_.push_back(std::move(one));
  fit();
}

void Search::remove(std::size_t place) {
  for (const std::uint32_t row : chosen_[place].rows) set_weight(row, table_.exposure_h[row]);
  chosen_.erase(chosen_.begin() + static_cast<std::ptrdiff_t>(place));
  fit();
}

bool Search::taken(std::size_t candidate) const {
  return std::any_of(chosen_.begin(), chosen_.end(),
                     [&](const Chosen& one) { return one.candidate == candidate; });
}

double Search::net_of(const ScopeCandidate& candidate) const {
  return scan_score(candidate.events, candidate.weight, total_events(), total_weight(),
                    kHarmlessLocal) /
             dispersion_ -
         candidate.code_length;
}

Search::Best Search::best_local() const {
  Best best;
  for (std::size_t i = 0; i < candidates_.all().size(); ++i) {
    const ScopeCandidate& one = candidates_.all()[i];
    if (one.weight > kLargestShare * weight_sum_ || taken(i)) continue;
    const double net = net_of(one);
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
             dispersion_ -
         code;
}

void Search::grow() {
  while (chosen_.size() < options_.max_causes) {
    const Best local = best_local();
    const double global = net_of_global();
    if (std::max(local.net, global) < kAcceptedNet) return;
    if (global >= local.net) {
      global_ = true;
      fit();
    } else {
      add(local.candidate);
    }
    look_again();
  }
}

void Search::look_again() {
  for (std::size_t place = 0; chosen_.size() > 1 && place < chosen_.size(); ++place) {
    const std::size_t old = chosen_[0].candidate;
    remove(0);
    const Best best = best_local();
    add(best.candidate == kNobody ? old : best.candidate);
  }
}

void Search::drop_weak() {
  for (std::size_t left = chosen_.size(); left > 0; --left) {
    const std::size_t old = chosen_[0].candidate;
    remove(0);
    if (net_of(candidates_.all()[old]) >= kAcceptedNet) add(old);
  }
  // A local cause raises the fleet's rate: with it named, the rest may be as it always was.
  if (global_) {
    global_ = false;
    fit();
    global_ = net_of_global() >= kAcceptedNet;
    fit();
  }
}

void Search::measure_dispersion() {
  const double base = total_events() / std::max(total_weight(), 1e-9);
  double squares = 0;
  double expected = 0;
  double largest = 0;
  for (std::size_t row = 0; row < weights_.size(); ++row) {
    const double mean = base * weights_[row];
    const double square = (table_.events[row] - mean) * (table_.events[row] - mean);
    squares += square;
    expected += mean;
    largest = std::max(largest, square);
  }
  // The one client that stands out most may be the cause that is looked for; it is no measure of
  // how much the others scatter.
  dispersion_ = expected > 0 ? std::max(1.0, (squares - largest) / expected) : 1;
}

double Search::share_of_description(const Chosen& chosen) const {
  const ScopeCandidate& mine = candidates_.all()[chosen.candidate];
  const double top = net_of(mine);
  double sum = 1;
  double mine_events = std::max(mine.events, 1.0);
  for (std::size_t i = 0; i < candidates_.all().size(); ++i) {
    const ScopeCandidate& other = candidates_.all()[i];
    if (i == chosen.candidate || taken(i)) continue;
    const double net = net_of(other);
    // Twelve below, it could not move the share by more than 1e-5.
    if (net < top - 12) continue;
    double shared = 0;
    for (const std::uint32_t row : chosen.rows) {
      if (table_.events[row] > 0 && matches(table_.attributes, other.terms, row)) {
        shared += table_.events[row];
      }
    }
    const double overlap = shared / (mine_events + other.events - shared);
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
  cause.events = candidate.events;
  cause.ratio = chosen.ratio;
  for (const std::uint32_t row : chosen.rows) {
    if (table_.events[row] > 0) cause.affected += 1;
    cause.exposure_h += table_.exposure_h[row];
  }
  return cause;
}

ScopeResult Search::run() {
  weight_sum_ = exposure_;
  measure_dispersion();
  const double raw = dispersion_;
  // The first pass takes the scatter as chance so that strong causes come out; what they leave is
  // the fleet's own scatter, between the two.
  dispersion_ = 1;
  grow();
  measure_dispersion();
  dispersion_ = std::min(dispersion_, raw);
  while (!chosen_.empty()) remove(0);
  global_ = false;
  fit();
  grow();
  drop_weak();

  ScopeResult result;
  result.dispersion = dispersion_;
  const std::vector<Chosen> final = chosen_;
  for (const Chosen& one : final) {
    // With the cause taken out of the model, as it was when it was judged.
    const auto place = std::find_if(chosen_.begin(), chosen_.end(), [&](const Chosen& at) {
      return at.candidate == one.candidate;
    });
    remove(static_cast<std::size_t>(place - chosen_.begin()));
    ScopeCause cause = describe(one);
    cause.net = net_of(candidates_.all()[one.candidate]);
    cause.description = share_of_description(one);
    result.causes.push_back(std::move(cause));
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
  result.confidence = scope_confidence(result, rival.net, global_was);
  if (result.kind == ScopeKind::None && events_ > 0) {
    // A tenth of the exposure: an office of an ordinary fleet. The code is that of one of a hundred
    // values of one of ten attributes.
    const double needed = (kAcceptedNet + std::log(4.0 * 10 * 100)) * dispersion_;
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
