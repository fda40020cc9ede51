// Prints what deciding by a bootstrap would give instead of deciding by the code length
// (docs/methods/scope.md): on the same fleets, how often a place is told where there is none, and
// how often where there is one.
//
//   scope_bootstrap [FLEETS [REPLICATES]]      default 150 fleets of each world, 19 replicates

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include "analysis/scope/scope.h"
#include "bench/scope_cases.h"

namespace {

using namespace dropscope;
using namespace dropscope::scope_cases;

/// Not those that anything was tuned or fitted on.
constexpr std::uint64_t kFirstSeed = 7'000'000;

struct Case {
  bool has_cause = false;
  bool told = false;  // By the code length.
  double accident = 1;
};

double share(const std::vector<Case>& cases, bool has_cause, bool (*told)(const Case&, double),
             double limit) {
  double all = 0;
  double yes = 0;
  for (const Case& one : cases) {
    if (one.has_cause != has_cause) continue;
    all += 1;
    yes += told(one, limit) ? 1 : 0;
  }
  return all > 0 ? yes / all : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const int fleets = argc > 1 ? std::atoi(argv[1]) : 150;
  const int replicates = argc > 2 ? std::atoi(argv[2]) : 19;
  std::vector<Case> cases;
  for (const auto world : {&first_world, &second_world}) {
    for (int i = 0; i < fleets; ++i) {
      Fleet fleet = world(kFirstSeed + static_cast<std::uint64_t>(i));
      if (fleet.kind == ScopeKind::Global) continue;
      fleet.options.replicates = static_cast<std::size_t>(replicates);
      const ScopeResult result = find_scope(fleet.table, fleet.options);
      cases.push_back({fleet.kind == ScopeKind::Localised, !result.causes.empty(),
                       result.accident.value_or(1)});
    }
  }
  fmt::print("{:24} {:>10} {:>10}\n", "told when", "no cause", "a cause");
  const auto print = [&](const std::string& rule, bool (*told)(const Case&, double), double limit) {
    fmt::print("{:24} {:>9.1f}% {:>9.1f}%\n", rule, 100 * share(cases, false, told, limit),
               100 * share(cases, true, told, limit));
  };
  print(
      "code length", [](const Case& one, double) { return one.told; }, 0);
  for (const double limit : {0.001, 0.005, 0.01, 0.02, 0.05}) {
    print(
        fmt::format("p < {}", limit),
        [](const Case& one, double most) { return one.accident < most; }, limit);
    print(
        fmt::format("code length, p < {}", limit),
        [](const Case& one, double most) { return one.told && one.accident < most; }, limit);
  }
  return 0;
}
