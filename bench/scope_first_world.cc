#include <algorithm>
#include <array>
#include <cmath>
#include <random>
#include <utility>

#include "bench/scope_cases.h"

namespace dropscope::scope_cases {
namespace {

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  Fleet make() {
    const auto clients = static_cast<std::size_t>(std::exp(between(std::log(8), std::log(30'000))));
    inventory(clients);
    const double expected = std::exp(between(std::log(20), std::log(400)));
    double hours = 0;
    for (const double h : fleet_.table.exposure_h) hours += h;
    const double base = std::min(0.05, expected / hours);
    std::vector<double> rate(clients, base);
    scatter(rate);
    const double kind = between(0, 1);
    if (kind < 0.15 || between(0, 1) < 0.5) {
      const double before = hours * between(1, 5);
      fleet_.options.history = ScopeHistory{static_cast<double>(poisson(base * before)), before};
    }
    fleet_.stratum = "none";
    if (kind < 0.15) {
      fleet_.kind = ScopeKind::Global;
      fleet_.stratum = "global";
      const double ratio = between(3, 10);
      for (double& one : rate) one *= ratio;
    } else if (kind < 0.7) {
      causes(rate, base);
    }
    for (std::size_t i = 0; i < clients; ++i) {
      fleet_.table.events.push_back(
          static_cast<double>(poisson(rate[i] * fleet_.table.exposure_h[i])));
    }
    return std::move(fleet_);
  }

 private:
  double between(double low, double high) {
    return low + (high - low) * static_cast<double>(random_() >> 11) * 0x1p-53;
  }
  std::size_t below(std::size_t n) { return random_() % n; }
  std::uint64_t poisson(double mean) {
    return mean > 0 ? std::poisson_distribution<std::uint64_t>(mean)(random_) : 0;
  }

  void column(const std::string& name, const std::vector<std::size_t>& values) {
    ScopeAttribute& attribute = fleet_.table.attributes.emplace_back();
    attribute.name = name;
    const bool gaps = below(5) == 0 && name != "user";
    for (const std::size_t value : values) {
      attribute.add(gaps && below(10) == 0 ? std::string() : name + std::to_string(value));
    }
  }

  /// Few values take most clients, as versions and adapters do.
  std::vector<std::size_t> uneven(std::size_t clients, std::size_t values) {
    std::vector<std::size_t> of(clients);
    for (std::size_t& one : of) one = std::min(below(values), below(values));
    return of;
  }

  void inventory(std::size_t clients) {
    std::vector<std::size_t> user(clients), office(clients), subnet(clients), region(clients);
    const std::size_t offices =
        2 + below(std::max<std::size_t>(2, std::min<std::size_t>(80, clients / 10)));
    const std::size_t subnets = 1 + below(4);
    const bool server_by_region = below(4) == 0;
    std::vector<std::size_t> server(clients);
    const std::size_t servers = 2 + below(10);
    for (std::size_t i = 0; i < clients; ++i) {
      user[i] = i;
      office[i] = below(offices);
      subnet[i] = office[i] * subnets + below(subnets);
      region[i] = office[i] % 5;
      server[i] = server_by_region && below(10) != 0 ? region[i] % servers : below(servers);
      fleet_.table.exposure_h.push_back(between(2, 100));
    }
    column("user", user);
    column("region", region);
    column("office", office);
    column("subnet", subnet);
    column("server", server);
    const std::array<std::pair<const char*, std::size_t>, 7> more = {{{"version", 8},
                                                                      {"access", 3},
                                                                      {"lb", 2},
                                                                      {"adapter", 12},
                                                                      {"proxy", 4},
                                                                      {"mode", 2},
                                                                      {"os", 3}}};
    const std::size_t count = below(more.size() + 1);
    for (std::size_t i = 0; i < count; ++i) column(more[i].first, uneven(clients, more[i].second));
  }

  void scatter(std::vector<double>& rate) {
    if (below(5) < 2) {
      const double shape = static_cast<double>(1 + below(4));
      std::gamma_distribution<double> gamma(shape, 1 / shape);
      for (double& one : rate) one *= gamma(random_);
    }
    if (below(3) == 0) {
      for (std::size_t i = 0; i <= rate.size() / 500; ++i)
        rate[below(rate.size())] *= between(2, 5);
    }
  }

  void causes(std::vector<double>& rate, double base) {
    static constexpr std::array<std::pair<double, double>, 3> kStrengths = {
        {{20, 60}, {8, 20}, {4, 8}}};
    const std::size_t strength = below(3);
    const std::size_t wanted = 1 + below(3);
    const ScopeTable& table = fleet_.table;
    for (int attempt = 0; attempt < 100 && fleet_.causes.size() < wanted; ++attempt) {
      const std::size_t draw = below(10);
      const std::size_t order = draw < 6 ? 1 : draw < 9 ? 2 : 3;
      std::set<std::uint32_t> chosen;
      while (chosen.size() < order) {
        chosen.insert(static_cast<std::uint32_t>(below(table.attributes.size())));
      }
      const auto places = std::count_if(chosen.begin(), chosen.end(),
                                        [](std::uint32_t a) { return a >= 1 && a <= 3; });
      if (places > 1 || (order > 1 && chosen.count(0) != 0)) continue;
      const std::size_t row = below(rate.size());
      ScopeTerms terms;
      for (const std::uint32_t a : chosen) terms.push_back({a, table.attributes[a].ids[row]});
      if (std::any_of(terms.begin(), terms.end(),
                      [](const ScopeTerm& term) { return term.value == kNoValue; })) {
        continue;
      }
      Rows rows = rows_of(table, terms);
      const double ratio = between(kStrengths[strength].first, kStrengths[strength].second);
      double mean = 0;
      for (const std::uint32_t one : rows) mean += base * table.exposure_h[one] * ratio;
      // Fewer events than five no method could find.
      if (mean < 5 || rows.size() * 5 > rate.size() * 2 || fleet_.causes.count(rows) != 0) continue;
      for (const std::uint32_t one : rows) rate[one] *= ratio;
      fleet_.causes.insert(std::move(rows));
    }
    if (fleet_.causes.empty()) return;
    fleet_.kind = ScopeKind::Localised;
    fleet_.stratum = strength == 0 ? "easy" : strength == 1 ? "medium" : "hard";
  }

  std::mt19937_64 random_;
  Fleet fleet_;
};

}  // namespace

Fleet first_world(std::uint64_t seed) {
  return Maker(seed).make();
}

}  // namespace dropscope::scope_cases
