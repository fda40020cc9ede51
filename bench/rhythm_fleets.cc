// Writes src/analysis/rhythm/fleet_constants.cc: what the true class is where a fleet was answered
// with one, by size of the pool.
//
//   rhythm_fleets OUTPUT [COUNT]
//
// COUNT (864) fleets of each world with the seed by which widths are set, and three parts of each,
// from two clients on, as pools in practice are small.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

#include "analysis/rhythm/fleet_pool.h"
#include "analysis/rhythm/fleet_shares.h"
#include "rhythm_cases.h"
#include "rhythm_worlds.h"

namespace {

using namespace dropscope::rhythm;
namespace cases = dropscope::rhythm_cases;

constexpr std::uint64_t kSeed = 202;
constexpr std::size_t kParts = 4;  // The whole fleet among them.

struct Seen {
  std::size_t band = 0;
  std::size_t answered = 0;
  std::size_t truth = 0;
  bool enough = false;
};

/// The first clients, evenly many parts from two to all by ratio.
std::vector<Client> part_of(const std::vector<Client>& clients, std::size_t part, double fraction) {
  if (part == 0) return clients;
  const double all = static_cast<double>(clients.size()) / 2;
  const double place = (static_cast<double>(part - 1) + fraction) / (kParts - 1);
  const auto count = static_cast<std::ptrdiff_t>(2 * std::pow(all, place));
  return {clients.begin(), clients.begin() + count};
}

void look_at(cases::World world, std::size_t index, const std::vector<double>& usual, Seen* out) {
  const cases::Fleet fleet = cases::fleet_of(world, kSeed, index);
  // Multiples of the golden ratio are even in every stretch.
  const double fraction = std::fmod(0.618033988749895 * static_cast<double>(index), 1.0);
  for (std::size_t part = 0; part < kParts; ++part, ++out) {
    const std::vector<Client> clients = part_of(fleet.clients, part, fraction);
    const Answer answer = classify_fleet(clients, usual);
    out->enough = answer.enough;
    out->band = fleet_band_of(count_uptimes(pool_of(clients)));
    out->answered = static_cast<std::size_t>(answer.best.kind);
    out->truth = static_cast<std::size_t>(fleet.truth);
  }
}

bool write(const char* path, const FleetShares& shares) {
  std::FILE* const file = std::fopen(path, "w");
  if (file == nullptr) return false;
  std::fputs(
      "// Written by bench/rhythm_fleets.cc; change that instead.\n"
      "// clang-format off\n\n"
      "#include \"analysis/rhythm/fleet_shares.h\"\n\n"
      "namespace dropscope::rhythm {\n"
      "namespace {\n\n"
      "constexpr FleetShares kShares = {{\n",
      file);
  for (const auto& band : shares) {
    std::fputs("  {{\n", file);
    for (const Posterior& one : band) {
      std::fputs("    {{", file);
      for (const double share : one) std::fprintf(file, "%.4f,", share);
      std::fputs("}},\n", file);
    }
    std::fputs("  }},\n", file);
  }
  std::fputs(
      "}};\n\n"
      "}  // namespace\n\n"
      "const FleetShares& fleet_shares() {\n"
      "  return kShares;\n"
      "}\n\n"
      "}  // namespace dropscope::rhythm\n",
      file);
  return std::fclose(file) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: rhythm_fleets OUTPUT [COUNT]\n");
    return 2;
  }
  const std::size_t count = argc > 2 ? static_cast<std::size_t>(std::atol(argv[2])) : 864;
  const std::vector<double> usual = cases::usual();
  std::vector<Seen> all(cases::kWorlds.size() * count * kParts);
  const auto work = [&](std::size_t first) {
    for (std::size_t i = first; i < cases::kWorlds.size() * count; i += 2) {
      look_at(cases::kWorlds[i / count], i % count, usual, &all[i * kParts]);
    }
  };
  std::thread other(work, 1);
  work(0);
  other.join();

  // Half a fleet more of each class, so that nothing is certain.
  FleetShares shares{};
  for (auto& band : shares) {
    for (Posterior& one : band) one.fill(0.5);
  }
  for (const Seen& one : all) {
    if (one.enough) shares[one.band][one.answered][one.truth] += 1;
  }
  for (auto& band : shares) {
    for (Posterior& one : band) {
      double sum = 0;
      for (const double share : one) sum += share;
      for (double& share : one) share /= sum;
    }
  }
  if (!write(argv[1], shares)) {
    std::perror(argv[1]);
    return 1;
  }
  return 0;
}
