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
/// Of a cause that has no place, any share of the clients is hit but nearly all; these are
/// averaged over.
constexpr std::array<double, 4> kAnyShares = {0.25, 0.4, 0.55, 0.7};
/// Rates that are averaged over, as multiples of the mean rate of all clients.
constexpr std::array<double, 9> kRates = {0.5, 0.75, 1, 1.5, 2.2, 3.3, 5, 9, 20};

/// Before anything is seen: all, nobody in particular, a place of one or of two attributes.
constexpr double kPriorEveryone = 0.34;
constexpr double kPriorAnyone = 0.26;
constexpr double kPriorPlace = 0.36;
constexpr double kPriorPair = 0.04;
/// A single person or computer is a place too, and there are many of them; as a kind of place it is
/// as likely as each other attribute times this.
constexpr double kOneClient = 3;

double log_sum(double a, double b) {
  const double most = std::max(a, b);
  if (most == -std::numeric_limits<double>::infinity()) return most;
  return most + std::log(std::exp(a - most) + std::exp(b - most));
}

/// ln P(count) of a geometric distribution with this mean.
double log_geometric(double count, double mean) {
  return count * std::log(mean / (1 + mean)) - std::log(1 + mean);
}

struct Place {
  std::vector<bool> rows;
  std::vector<ScopeTerms> names;
  double prior = 0;
  double log_weight = 0;
};

class Comparison {
 public:
  Comparison(const ScopeTable& table, const std::vector<ScopeHierarchy>& hierarchies)
      : table_(table), hierarchies_(hierarchies), rows_(table.events.size()) {
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
    const double everyone =
        std::log(kPriorEveryone) + likelihood([](std::size_t) { return kHitInside; });
    double anyone = -std::numeric_limits<double>::infinity();
    for (const double share : kAnyShares) {
      anyone = log_sum(anyone, likelihood([share](std::size_t) { return share; }));
    }
    anyone += std::log(kPriorAnyone / static_cast<double>(kAnyShares.size()));
    double all = log_sum(everyone, anyone);
    for (Place& place : places_) {
      place.log_weight = std::log(place.prior) + likelihood([&](std::size_t row) {
                           return place.rows[row] ? kHitInside : kHitOutside;
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

  void add(const ScopeTerms& terms, double prior, std::map<std::vector<bool>, std::size_t>& seen) {
    std::vector<bool> rows(rows_);
    std::size_t inside = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      rows[row] = matches(table_.attributes, terms, row);
      inside += rows[row] ? 1U : 0U;
    }
    // A place that holds everybody is everybody.
    if (inside == 0 || inside == rows_) return;
    const auto [at, is_new] = seen.try_emplace(rows, places_.size());
    if (is_new) places_.push_back({std::move(rows), {}, 0, 0});
    places_[at->second].names.push_back(terms);
    places_[at->second].prior += prior;
  }

  void find_places() {
    std::map<std::vector<bool>, std::size_t> seen;
    const auto& attributes = table_.attributes;
    double kinds = 0;
    std::set<std::string> ones;
    for (const ScopeAttribute& each : attributes) {
      kinds += names_one_client(each.name) ? 0 : 1;
      if (names_one_client(each.name)) ones.insert(each.name);
    }
    if (!ones.empty()) kinds += kOneClient;
    std::size_t pairs = 0;
    for (std::size_t a = 0; a < attributes.size(); ++a) {
      const ScopeAttribute& one = attributes[a];
      const double kind =
          names_one_client(one.name) ? kOneClient / static_cast<double>(ones.size()) : 1.0;
      const double prior = kPriorPlace * kind / kinds / static_cast<double>(one.values.size());
      for (std::uint32_t value = 0; value < one.values.size(); ++value) {
        add({{static_cast<std::uint32_t>(a), value}}, prior, seen);
      }
      for (std::size_t b = a + 1; b < attributes.size(); ++b) pairs += combine(a, b) ? 1U : 0U;
    }
    for (std::size_t a = 0; a < attributes.size(); ++a) {
      for (std::size_t b = a + 1; b < attributes.size(); ++b) {
        if (!combine(a, b)) continue;
        std::set<std::pair<std::uint32_t, std::uint32_t>> values;
        for (std::size_t row = 0; row < rows_; ++row) {
          const std::uint32_t first = attributes[a].ids[row];
          const std::uint32_t second = attributes[b].ids[row];
          if (first != kNoValue && second != kNoValue) values.emplace(first, second);
        }
        const double prior =
            kPriorPair / static_cast<double>(pairs) / static_cast<double>(values.size());
        for (const auto& [first, second] : values) {
          add({{static_cast<std::uint32_t>(a), first}, {static_cast<std::uint32_t>(b), second}},
              prior, seen);
        }
      }
    }
  }

  [[nodiscard]] int rank(const ScopeTerms& terms) const {
    int out = 100 * static_cast<int>(terms.size());
    for (const ScopeTerm& term : terms) {
      out += naming_rank(table_.attributes[term.attribute].name);
    }
    return out;
  }

  [[nodiscard]] ScopeCause describe(const Place& place, double all) const {
    ScopeCause out;
    std::vector<ScopeTerms> names = place.names;
    std::stable_sort(names.begin(), names.end(), [this](const ScopeTerms& a, const ScopeTerms& b) {
      return rank(a) < rank(b);
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
      if (!place.rows[row]) {
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
  std::size_t rows_;
  /// By rate, by row: ln P(count) of a client that is hit and of one that is spared.
  std::vector<std::vector<std::array<double, 2>>> logs_;
  std::vector<Place> places_;
};

}  // namespace

FewClientsResult find_scope_of_few(const ScopeTable& table,
                                   const std::vector<ScopeHierarchy>& hierarchies) {
  check(table.events.size() <= kFewClients, "too many clients for the comparison of a few");
  return Comparison(table, hierarchies).run();
}

}  // namespace dropscope
