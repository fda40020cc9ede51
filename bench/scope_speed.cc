// Prints how long the scope of large fleets takes, without and with a bootstrap, and the memory
// of a million clients (docs/methods/scope.md).

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "analysis/scope/bootstrap.h"
#include "analysis/scope/scope.h"
#include "analysis/scope/splitmix.h"

namespace {

using namespace dropscope;

constexpr double kHours = 40;
constexpr double kRate = 0.004;  // Losses in an hour: every seventh client has one.
constexpr double kBadOffice = 6;

struct Column {
  const char* name;
  std::uint64_t values;  // 0: one for each client.
};

/// 12 attributes; one office loses the server six times as often as the others.
ScopeTable fleet_of(std::uint64_t clients) {
  constexpr Column kColumns[] = {{"user", 0},     {"computer", 0}, {"region", 6},  {"office", 60},
                                 {"subnet", 300}, {"access", 3},   {"adapter", 9}, {"version", 12},
                                 {"mode", 2},     {"protocol", 2}, {"pool", 8},    {"server", 48}};
  ScopeTable table;
  std::vector<double> means;
  for (const Column& column : kColumns) table.attributes.emplace_back().name = column.name;
  for (std::uint64_t i = 0; i < clients; ++i) {
    // One place and one pool for a client; the rest is drawn by itself.
    const std::uint64_t subnet = splitmix64(2 * i) % 300;
    const std::uint64_t server = splitmix64(2 * i + 1) % 48;
    for (std::size_t c = 0; c < std::size(kColumns); ++c) {
      const Column& column = kColumns[c];
      const std::string_view name = column.name;
      std::uint64_t value = i;
      if (name == "subnet" || name == "office" || name == "region") {
        value = subnet % column.values;
      } else if (name == "server" || name == "pool") {
        value = server % column.values;
      } else if (column.values > 0) {
        value = splitmix64(100 * i + c + kSplitmixStep) % column.values;
      }
      table.attributes[c].add(fmt::format("{}{}", name, value));
    }
    table.exposure_h.push_back(kHours);
    means.push_back(kHours * kRate * (subnet % 60 == 7 ? kBadOffice : 1));
  }
  table.events = draw_counts(means, {}, 1);
  return table;
}

double seconds_of(const ScopeTable& table, std::size_t replicates, int runs) {
  double best = 1e9;
  for (int i = 0; i < runs; ++i) {
    ScopeOptions options;
    options.replicates = replicates;
    const auto start = std::chrono::steady_clock::now();
    const ScopeResult result = find_scope(table, options);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    if (result.causes.size() != 1) fmt::print("found {} places, not one\n", result.causes.size());
    best = std::min(best, took.count());
  }
  return best;
}

}  // namespace

int main() {
  fmt::print("one thread, 12 attributes, best of the runs\n");
  {
    const ScopeTable table = fleet_of(100'000);
    fmt::print("100,000 clients                     {:5.2f} s\n", seconds_of(table, 0, 5));
    fmt::print("100,000 clients, 19 simulated fleets {:4.2f} s\n", seconds_of(table, 19, 2));
  }
  const ScopeTable table = fleet_of(1'000'000);
  fmt::print("1,000,000 clients                   {:5.2f} s\n", seconds_of(table, 0, 2));
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("most memory                         {:5d} MiB\n", usage.ru_maxrss / 1024);
}
