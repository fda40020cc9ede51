// Prints how often the scope of simulated fleets is found, as docs/methods/scope.md gives it, and
// draws how far its confidence can be believed. Seeds begin at 5,000,000; nothing was tuned on them
// (constants were set on seeds below 1,000,000 and on a generator of another language).
//
//   scope_quality [FLEETS [CURVE.svg [FIRST-SEED]]]      default 1,000 fleets

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "analysis/scope/scope.h"

namespace {

using namespace dropscope;
using Rows = std::vector<std::uint32_t>;

constexpr std::uint64_t kFirstSeed = 5'000'000;

struct Fleet {
  ScopeTable table;
  ScopeOptions options;
  ScopeKind kind = ScopeKind::None;
  std::string stratum;
  std::set<Rows> causes;
};

Rows rows_of(const ScopeTable& table, const ScopeTerms& terms) {
  Rows rows;
  for (std::uint32_t row = 0; row < table.exposure_h.size(); ++row) {
    if (matches(table.attributes, terms, row)) rows.push_back(row);
  }
  return rows;
}

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

struct Tally {
  int fleets = 0, none = 0, local = 0, global = 0;
  std::size_t hits = 0, extra = 0, missed = 0;
};

struct Bin {
  int count = 0;
  int right = 0;
  double stated = 0;
};

void draw(const std::string& path, const std::array<Bin, 10>& bins) {
  std::ofstream out(path, std::ios::binary);
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 340 340\" "
         "font-family=\"sans-serif\" "
         "font-size=\"11\">\n<rect width=\"340\" height=\"340\" fill=\"#fff\"/>\n<path d=\"M40 "
         "300V20M40 300H320M40 300L320 20\" stroke=\"#888\" fill=\"none\"/>\n";
  for (int tick = 0; tick <= 10; tick += 5) {
    out << fmt::format(
        "<text x=\"{}\" y=\"316\" text-anchor=\"middle\">{:.1f}</text>\n"
        "<text x=\"34\" y=\"{}\" text-anchor=\"end\">{:.1f}</text>\n",
        40 + 28 * tick, tick / 10.0, 304 - 28 * tick, tick / 10.0);
  }
  for (const Bin& bin : bins) {
    if (bin.count == 0) continue;
    out << fmt::format(
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"{:.1f}\" fill=\"#1f6fb2\" "
        "fill-opacity=\"0.7\"/>\n",
        40 + 280 * bin.stated / bin.count, 300 - 280.0 * bin.right / bin.count,
        2 + std::sqrt(bin.count) / 3);
  }
  out << "<text x=\"180\" y=\"334\" text-anchor=\"middle\">confidence stated</text>\n<text "
         "x=\"12\" "
         "y=\"160\" text-anchor=\"middle\" transform=\"rotate(-90 12 160)\">exactly "
         "right</text>\n</svg>\n";
}

}  // namespace

int main(int argc, char** argv) {
  const int fleets = argc > 1 ? std::atoi(argv[1]) : 1000;
  const std::uint64_t first = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : kFirstSeed;
  std::map<std::string, Tally> tallies;
  std::array<Bin, 10> bins{};
  std::map<ScopeKind, std::vector<std::pair<double, bool>>> raw;
  for (int i = 0; i < fleets; ++i) {
    const Fleet fleet = Maker(first + static_cast<std::uint64_t>(i)).make();
    const ScopeResult result = find_scope(fleet.table, fleet.options);
    std::set<Rows> said;
    for (const ScopeCause& cause : result.causes) said.insert(rows_of(fleet.table, cause.terms));
    Tally& tally = tallies[fleet.stratum];
    ++tally.fleets;
    ++(result.kind == ScopeKind::None     ? tally.none
       : result.kind == ScopeKind::Global ? tally.global
                                          : tally.local);
    for (const Rows& rows : said) ++(fleet.causes.count(rows) != 0 ? tally.hits : tally.extra);
    for (const Rows& rows : fleet.causes) tally.missed += said.count(rows) == 0 ? 1u : 0u;
    Bin& bin = bins[std::min<std::size_t>(9, static_cast<std::size_t>(result.confidence * 10))];
    ++bin.count;
    bin.stated += result.confidence;
    const bool right = result.kind == fleet.kind && said == fleet.causes;
    if (right) ++bin.right;
    raw[result.kind].emplace_back(result.raw_confidence, right);
  }
  fmt::print("{:8} {:>7} {:>7} {:>7} {:>7} {:>7}\n", "truth", "fleets", "none", "local", "global",
             "F1");
  for (const auto& [name, t] : tallies) {
    const double denominator = static_cast<double>(2 * t.hits + t.extra + t.missed);
    const double f1 = denominator > 0 ? 2 * static_cast<double>(t.hits) / denominator : 1;
    fmt::print("{:8} {:7} {:7} {:7} {:7} {:7.3f}\n", name, t.fleets, t.none, t.local, t.global, f1);
  }
  double error = 0;
  fmt::print("\nstated  right  fleets\n");
  for (const Bin& bin : bins) {
    if (bin.count == 0) continue;
    error += std::abs(bin.stated - bin.right);
    fmt::print("{:6.3f} {:6.3f} {:7}\n", bin.stated / bin.count,
               static_cast<double>(bin.right) / bin.count, bin.count);
  }
  fmt::print("expected calibration error {:.3f}\n", error / fleets);
  // What the table in src/analysis/scope/confidence.cc is made of: bins of equal size.
  for (auto& [kind, answers] : raw) {
    std::stable_sort(answers.begin(), answers.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    fmt::print("\n{}: product, exactly right\n", to_string(kind));
    constexpr std::size_t kGroups = 8;
    for (std::size_t group = 0; group < kGroups; ++group) {
      const std::size_t from = answers.size() * group / kGroups;
      const std::size_t to = answers.size() * (group + 1) / kGroups;
      double sum = 0;
      double hits = 0;
      for (std::size_t k = from; k < to; ++k) {
        sum += answers[k].first;
        if (answers[k].second) hits += 1;
      }
      const auto count = static_cast<double>(to - from);
      if (to > from) fmt::print("{:.4f} {:.3f}\n", sum / count, hits / count);
    }
  }
  if (argc > 2) draw(argv[2], bins);
  return 0;
}
