// Three kinds of explanation are compared as models of the counts: all clients are hit alike, the
// clients of one description are, or whoever it happens to. A client that is hit has a count from a
// geometric distribution, whose deviation is as large as its mean: habits differ that much. One
// that is spared has a few losses all the same, by mistake or for another reason. The rate of those
// that are hit is unknown and averaged over.

#include "analysis/scope/few_clients.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "base/result.h"

namespace dropscope {
namespace {

/// Of those who have the cause, so many show it in the time that was watched; of the others, so
/// many have losses that look like it.
constexpr double kHitInside = 0.9;
constexpr double kHitOutside = 0.07;
/// One that is spared has this share of the rate of one that is hit.
constexpr double kSparedRate = 0.04;
/// Of those of whom is not known whether they are inside, this share is hit.
constexpr double kHitUnknown = 0.3;
/// Of a cause that has no place, any share of the clients is hit but nearly all; these are
/// averaged over.
constexpr std::array<double, 4> kAnyShares = {0.25, 0.4, 0.55, 0.7};
/// Rates that are averaged over, as multiples of the mean rate of all clients.
constexpr std::array<double, 9> kRates = {0.5, 0.75, 1, 1.5, 2.2, 3.3, 5, 9, 20};

/// Shares of the occasions at which one that is hit loses the connection, which are averaged over,
/// and the share of one that is spared: a loss of another cause at the same minute.
constexpr std::array<double, 5> kOccasionShares = {0.2, 0.4, 0.6, 0.8, 0.95};
constexpr double kSparedOccasions = 0.02;

/// Before anything is seen: all, nobody in particular, one person or computer, a place of one or of
/// two attributes.
constexpr double kPriorEveryone = 0.3;
constexpr double kPriorAnyone = 0.24;
constexpr double kPriorOne = 0.16;
constexpr double kPriorPlace = 0.27;
constexpr double kPriorPair = 0.03;

double log_sum(double a, double b) {
  const double most = std::max(a, b);
  if (most == -std::numeric_limits<double>::infinity()) return most;
  return most + std::log(std::exp(a - most) + std::exp(b - most));
}

/// ln P(count) of a geometric distribution with this mean.
double log_geometric(double count, double mean) {
  return count * std::log(mean / (1 + mean)) - std::log(1 + mean);
}

/// ln P(these of so many occasions), up to what all shares have in common.
double log_binomial(double count, double occasions, double share) {
  const double others = std::max(0.0, occasions - count);
  return count * std::log(share) + others * std::log(1 - share);
}

/// Whether a client is of a place; unknown where a value is missing.
enum class Inside : std::uint8_t { No, Yes, Unknown };

struct Place {
  std::vector<Inside> rows;
  std::vector<ScopeTerms> names;
  double prior = 0;
  double log_weight = 0;
};

class Comparison {
 public:
  Comparison(const ScopeTable& table, const std::vector<ScopeHierarchy>& hierarchies,
             const FewClientsModel& model)
      : table_(table), hierarchies_(hierarchies), model_(model), rows_(table.events.size()) {
    if (model.occasions) {
      // Each has a share of its own: a laptop that is at home on some days is hit on the others.
      auto& both = logs_.emplace_back();
      for (std::size_t row = 0; row < rows_; ++row) {
        const double n = table.events[row];
        const double occasions = table.exposure_h[row];
        double hit = -std::numeric_limits<double>::infinity();
        for (const double share : kOccasionShares) {
          hit = log_sum(hit, log_binomial(n, occasions, share));
        }
        hit -= std::log(static_cast<double>(kOccasionShares.size()));
        both.push_back({hit, log_binomial(n, occasions, kSparedOccasions)});
      }
      return;
    }
    double events = 0;
    double hours = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      events += table.events[row];
      hours += table.exposure_h[row];
    }
    const double mean = hours > 0 ? events / hours : 0;
    for (const double rate : kRates) {
      auto& both = logs_.emplace_back();
      for (std::size_t row = 0; row < rows_; ++row) {
        const double expected = std::max(1e-9, rate * mean * table.exposure_h[row]);
        both.push_back({log_geometric(table.events[row], expected),
                        log_geometric(table.events[row], kSparedRate * expected)});
      }
    }
  }

  FewClientsResult run() {
    find_places();
    const double everyone = std::log(kPriorEveryone * model_.everyone) +
                            likelihood([](std::size_t) { return kHitInside; });
    double anyone = -std::numeric_limits<double>::infinity();
    for (const double share : kAnyShares) {
      anyone = log_sum(anyone, likelihood([share](std::size_t) { return share; }));
    }
    anyone += std::log(kPriorAnyone * model_.anyone / static_cast<double>(kAnyShares.size()));
    double all = log_sum(everyone, anyone);
    for (Place& place : places_) {
      place.log_weight = std::log(place.prior) + likelihood([&](std::size_t row) {
                           switch (place.rows[row]) {
                             case Inside::Yes:
                               return kHitInside;
                             case Inside::No:
                               return kHitOutside;
                             case Inside::Unknown:
                               break;
                           }
                           return kHitUnknown;
                         });
      all = log_sum(all, place.log_weight);
    }
    std::stable_sort(places_.begin(), places_.end(),
                     [](const Place& a, const Place& b) { return a.log_weight > b.log_weight; });
    FewClientsResult out;
    out.everyone = std::exp(everyone - all);
    out.anyone = std::exp(anyone - all);
    const double best = places_.empty() ? 0 : std::exp(places_.front().log_weight - all);
    ScopeResult& scope = out.scope;
    if (best > std::max(out.everyone, out.anyone)) {
      scope.kind = ScopeKind::Localised;
      scope.confidence = best;
      scope.causes.push_back(describe(places_.front(), all));
    } else if (out.everyone > out.anyone) {
      scope.kind = ScopeKind::Global;
      scope.confidence = out.everyone;
    } else {
      scope.confidence = out.anyone;
    }
    scope.raw_confidence = scope.confidence;
    return out;
  }

 private:
  /// ln of the probability of all counts, when each client is hit with its own probability.
  template <typename Share>
  double likelihood(const Share& share) const {
    double sum = -std::numeric_limits<double>::infinity();
    for (const auto& rate : logs_) {
      double log_p = 0;
      for (std::size_t row = 0; row < rows_; ++row) {
        const double p = share(row);
        log_p += log_sum(std::log(p) + rate[row][0], std::log(1 - p) + rate[row][1]);
      }
      sum = log_sum(sum, log_p);
    }
    return sum - std::log(static_cast<double>(logs_.size()));
  }

  /// Two attributes of one hierarchy are not combined, nor what names one client.
  [[nodiscard]] bool combine(std::size_t a, std::size_t b) const {
    const std::string& first = table_.attributes[a].name;
    const std::string& second = table_.attributes[b].name;
    if (names_one_client(first) || names_one_client(second)) return false;
    return std::none_of(hierarchies_.begin(), hierarchies_.end(), [&](const ScopeHierarchy& each) {
      return std::find(each.begin(), each.end(), first) != each.end() &&
             std::find(each.begin(), each.end(), second) != each.end();
    });
  }

  [[nodiscard]] Inside inside(const ScopeTerms& terms, std::size_t row) const {
    Inside out = Inside::Yes;
    for (const ScopeTerm& term : terms) {
      const std::uint32_t id = table_.attributes[term.attribute].ids[row];
      // A person of whom nobody knows the name is taken for another one.
      if (id == kNoValue && !names_one_client(table_.attributes[term.attribute].name)) {
        out = Inside::Unknown;
      } else if (id != term.value) {
        return Inside::No;
      }
    }
    return out;
  }

  void add(const ScopeTerms& terms, double prior) {
    std::vector<Inside> rows(rows_);
    std::size_t in = 0;
    std::size_t out = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      rows[row] = inside(terms, row);
      in += rows[row] == Inside::Yes ? 1U : 0U;
      out += rows[row] == Inside::No ? 1U : 0U;
    }
    // A place that holds everybody is everybody.
    if (in == 0 || out == 0) return;
    const auto [at, is_new] = seen_.try_emplace(rows, places_.size());
    if (is_new) places_.push_back({std::move(rows), {}, 0, 0});
    places_[at->second].names.push_back(terms);
    places_[at->second].prior += prior;
  }

  [[nodiscard]] double factor(std::uint32_t attribute) const {
    return model_.attributes.empty() ? 1 : model_.attributes[attribute];
  }

  void find_places() {
    const auto& attributes = table_.attributes;
    const auto count = static_cast<std::uint32_t>(attributes.size());
    double ones = 0;
    double pairs = 0;
    for (std::uint32_t a = 0; a < count; ++a) {
      ones += names_one_client(attributes[a].name) ? 1 : 0;
      for (std::uint32_t b = a + 1; b < count; ++b) pairs += combine(a, b) ? 1 : 0;
    }
    for (std::uint32_t a = 0; a < count; ++a) {
      const bool one = names_one_client(attributes[a].name);
      const double kinds = one ? ones : static_cast<double>(count) - ones;
      const double prior = (one ? kPriorOne : kPriorPlace) / kinds /
                           static_cast<double>(attributes[a].values.size()) * factor(a);
      for (std::uint32_t value = 0; value < attributes[a].values.size(); ++value) {
        add({{a, value}}, prior);
      }
      for (std::uint32_t b = a + 1; b < count; ++b) {
        if (combine(a, b)) add_pair(a, b, kPriorPair / pairs * std::sqrt(factor(a) * factor(b)));
      }
    }
  }

  void add_pair(std::uint32_t a, std::uint32_t b, double prior) {
    std::set<std::pair<std::uint32_t, std::uint32_t>> values;
    for (std::size_t row = 0; row < rows_; ++row) {
      const std::uint32_t first = table_.attributes[a].ids[row];
      const std::uint32_t second = table_.attributes[b].ids[row];
      if (first != kNoValue && second != kNoValue) values.emplace(first, second);
    }
    for (const auto& [first, second] : values) {
      add({{a, first}, {b, second}}, prior / static_cast<double>(values.size()));
    }
  }

  /// Names of fewer attributes first, of one client its own name, then what somebody can repair.
  [[nodiscard]] int rank(const ScopeTerms& terms, bool one_client) const {
    int out = 100 * static_cast<int>(terms.size());
    for (const ScopeTerm& term : terms) {
      const std::string& name = table_.attributes[term.attribute].name;
      out += naming_rank(name) - (one_client && names_one_client(name) ? 50 : 0);
    }
    return out;
  }

  [[nodiscard]] ScopeCause describe(const Place& place, double all) const {
    ScopeCause out;
    std::vector<ScopeTerms> names = place.names;
    const bool one = std::count(place.rows.begin(), place.rows.end(), Inside::Yes) == 1;
    std::stable_sort(names.begin(), names.end(), [&](const ScopeTerms& a, const ScopeTerms& b) {
      return rank(a, one) < rank(b, one);
    });
    // The same clients by two attributes say no more than by one of them.
    if (names.front().size() == 1) {
      std::erase_if(names, [](const ScopeTerms& terms) { return terms.size() > 1; });
    }
    out.terms = names.front();
    out.equivalents.assign(names.begin() + 1, names.end());
    double others_events = 0;
    double others_hours = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      const double events = table_.events[row];
      if (place.rows[row] != Inside::Yes) {
        others_events += events;
        others_hours += table_.exposure_h[row];
        continue;
      }
      ++out.clients;
      out.affected += events > 0 ? 1U : 0U;
      out.events += events;
      out.exposure_h += table_.exposure_h[row];
    }
    // Half an event keeps the rate of the others above nothing.
    const double other_rate = std::max(0.5, others_events) / std::max(1e-9, others_hours);
    out.ratio = out.events / std::max(1e-9, out.exposure_h) / other_rate;
    // As a bound of the accident: the odds of this place against everything else.
    const double p = std::exp(place.log_weight - all);
    out.net = p / std::max(1e-12, 1 - p);
    out.net = std::log(std::max(1.0, out.net));
    out.description = p;
    return out;
  }

  const ScopeTable& table_;
  const std::vector<ScopeHierarchy>& hierarchies_;
  const FewClientsModel& model_;
  std::size_t rows_;
  /// By rate, by row: ln P(count) of a client that is hit and of one that is spared.
  std::vector<std::vector<std::array<double, 2>>> logs_;
  std::map<std::vector<Inside>, std::size_t> seen_;
  std::vector<Place> places_;
};

}  // namespace

FewClientsResult find_scope_of_few(const ScopeTable& table,
                                   const std::vector<ScopeHierarchy>& hierarchies,
                                   const FewClientsModel& model) {
  check(table.events.size() <= kFewClients, "too many clients for the comparison of a few");
  return Comparison(table, hierarchies, model).run();
}

}  // namespace dropscope
