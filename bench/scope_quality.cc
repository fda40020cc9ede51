// Prints how often the scope of simulated fleets is found, as docs/methods/scope.md gives it, and
// draws how far its confidence can be believed. Of both worlds, seeds below 1,000,000 were tuned
// and fitted on; the default seeds begin at 5,000,000 and were not.
//
//   scope_quality [FLEETS [CURVE.svg|- [FIRST-SEED [misses]]]]      default 1,000 fleets of each
//   world

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "analysis/scope/scope.h"
#include "bench/scope_cases.h"

namespace {

using namespace dropscope;
using namespace dropscope::scope_cases;

constexpr std::uint64_t kFirstSeed = 5'000'000;

struct Tally {
  int fleets = 0, none = 0, local = 0, global = 0;
  std::size_t hits = 0, extra = 0, missed = 0;
};

struct Bin {
  int count = 0;
  int right = 0;
  double stated = 0;
};

/// What was found in some fleets.
struct Measured {
  std::map<std::string, Tally> tallies;
  std::array<Bin, 10> bins{};
  std::map<ScopeKind, std::vector<std::pair<double, bool>>> raw;
  int fleets = 0;
};

std::string describe(const ScopeTable& table, const ScopeTerms& terms) {
  std::string text;
  for (const ScopeTerm& term : terms) {
    const ScopeAttribute& attribute = table.attributes[term.attribute];
    text += (text.empty() ? "" : "&") + attribute.name + "=" + attribute.values[term.value];
  }
  return text;
}

void print_miss(std::uint64_t seed, const Fleet& fleet, const ScopeResult& result,
                const std::set<Rows>& said) {
  fmt::print("seed {} {} {} clients, said {} at {:.2f}\n", seed, fleet.stratum,
             fleet.table.events.size(), to_string(result.kind), result.confidence);
  for (const Rows& rows : fleet.causes) {
    double events = 0;
    for (const std::uint32_t row : rows) events += fleet.table.events[row];
    fmt::print("  {} cause of {} clients, {} events\n", said.count(rows) != 0 ? "found" : "missed",
               rows.size(), events);
  }
  for (const ScopeCause& cause : result.causes) {
    const bool right = fleet.causes.count(rows_of(fleet.table, cause.terms)) != 0;
    fmt::print("  {} {} ({} clients, {} events, ratio {:.1f}, net {:.1f}, share {:.2f})\n",
               right ? "right" : "wrong", describe(fleet.table, cause.terms), cause.clients,
               cause.events, cause.ratio, cause.net, cause.description);
  }
}

void measure(Fleet (*world)(std::uint64_t), int fleets, std::uint64_t first, bool misses,
             Measured& out) {
  for (int i = 0; i < fleets; ++i) {
    const std::uint64_t seed = first + static_cast<std::uint64_t>(i);
    const Fleet fleet = world(seed);
    const ScopeResult result = find_scope(fleet.table, fleet.options);
    std::set<Rows> said;
    for (const ScopeCause& cause : result.causes) said.insert(rows_of(fleet.table, cause.terms));
    Tally& tally = out.tallies[fleet.stratum];
    ++tally.fleets;
    ++out.fleets;
    ++(result.kind == ScopeKind::None     ? tally.none
       : result.kind == ScopeKind::Global ? tally.global
                                          : tally.local);
    for (const Rows& rows : said) ++(fleet.causes.count(rows) != 0 ? tally.hits : tally.extra);
    for (const Rows& rows : fleet.causes) tally.missed += said.count(rows) == 0 ? 1u : 0u;
    Bin& bin = out.bins[std::min<std::size_t>(9, static_cast<std::size_t>(result.confidence * 10))];
    ++bin.count;
    bin.stated += result.confidence;
    const bool right = result.kind == fleet.kind && said == fleet.causes;
    if (right) ++bin.right;
    out.raw[result.kind].emplace_back(result.raw_confidence, right);
    if (misses && !right) print_miss(seed, fleet, result, said);
  }
}

void print(const Measured& found) {
  fmt::print("{:8} {:>7} {:>7} {:>7} {:>7} {:>7}\n", "truth", "fleets", "none", "local", "global",
             "F1");
  for (const auto& [name, t] : found.tallies) {
    const auto denominator = static_cast<double>(2 * t.hits + t.extra + t.missed);
    const double f1 = denominator > 0 ? 2 * static_cast<double>(t.hits) / denominator : 1;
    fmt::print("{:8} {:7} {:7} {:7} {:7} {:7.3f}\n", name, t.fleets, t.none, t.local, t.global, f1);
  }
  double error = 0;
  fmt::print("\nstated  right  fleets\n");
  for (const Bin& bin : found.bins) {
    if (bin.count == 0) continue;
    error += std::abs(bin.stated - bin.right);
    fmt::print("{:6.3f} {:6.3f} {:7}\n", bin.stated / bin.count,
               static_cast<double>(bin.right) / bin.count, bin.count);
  }
  fmt::print("expected calibration error {:.3f}\n", error / found.fleets);
}

/// What the table in src/analysis/scope/confidence.cc is made of: groups of equal size.
void print_groups(Measured& found) {
  for (auto& [kind, answers] : found.raw) {
    std::stable_sort(answers.begin(), answers.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    fmt::print("\n{}: product, exactly right\n", to_string(kind));
    constexpr std::size_t kGroups = 10;
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
}

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
  const bool misses = argc > 4;
  Measured both;
  for (const auto& [name, world] :
       {std::pair{"first world", &first_world}, std::pair{"second world", &second_world}}) {
    Measured found;
    measure(world, fleets, first, misses, found);
    fmt::print("{}\n", name);
    print(found);
    fmt::print("\n");
    both.fleets += found.fleets;
    for (std::size_t i = 0; i < both.bins.size(); ++i) {
      both.bins[i].count += found.bins[i].count;
      both.bins[i].right += found.bins[i].right;
      both.bins[i].stated += found.bins[i].stated;
    }
    for (auto& [kind, answers] : found.raw) {
      both.raw[kind].insert(both.raw[kind].end(), answers.begin(), answers.end());
    }
  }
  print_groups(both);
  if (argc > 2 && std::string(argv[2]) != "-") draw(argv[2], both.bins);
  return 0;
}
