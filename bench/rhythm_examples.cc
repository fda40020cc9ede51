// Writes what rhythm_fit.py fits to: clients of one simulated world, as the classifier sees them.
//
//   rhythm_examples WORLD SEED FIRST LAST OUTPUT [few]
//
// WORLD is a name of rhythm_worlds.cc: first, second, … Clients FIRST to LAST, without that one;
// with "few" those alone that the trees for few uptimes judge. One row of 32-bit floats, in the
// machine's order, for each client with enough uptimes: the features; truth, band and sort of null
// as numbers; the two true intervals in seconds, 0 where there are none; seconds and standard error
// of each of the four measures.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

#include "analysis/rhythm/rhythm.h"
#include "rhythm_cases.h"
#include "rhythm_worlds.h"

namespace {

using namespace dropscope;
using namespace dropscope::rhythm;

using Row = std::array<float, kFeatures + 5 + 2 * kMeasures>;

/// False where there are too few uptimes, or more than are asked for.
bool fill_row(const rhythm_cases::Case& one, const std::vector<double>& usual, bool few_only,
              Row& row) {
  const Prepared prepared = prepare(one.client);
  if (prepared.uptimes.size() < kFewestUptimes) return false;
  if (few_only && band_of(prepared.uptimes.size()) >= kFewBands) return false;
  const Findings found = find_rhythms(prepared, usual);
  std::size_t at = 0;
  const auto put = [&](double value) { row[at++] = static_cast<float>(value); };
  for (const double feature : found.features) put(feature);
  put(static_cast<double>(one.truth));
  put(static_cast<double>(band_of(prepared.uptimes.size())));
  put(static_cast<double>(one.null));
  for (std::size_t i = 0; i < 2; ++i) put(i < one.intervals.size() ? one.intervals[i] : 0);
  for (std::size_t m = 0; m < kMeasures; ++m) {
    const Measure measure = measure_of(static_cast<Class>(m), found);
    put(measure.seconds);
    put(measure.error);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const bool few_only = argc == 7 && std::string_view(argv[6]) == "few";
  if (argc != 6 && !few_only) {
    std::fprintf(stderr, "usage: rhythm_examples WORLD SEED FIRST LAST OUTPUT [few]\n");
    return 2;
  }
  const auto world = rhythm_cases::world_of(argv[1]);
  if (!world) {
    std::fprintf(stderr, "rhythm_examples: no world %s\n", argv[1]);
    return 2;
  }
  const auto seed = static_cast<std::uint64_t>(std::atoll(argv[2]));
  const auto begin = static_cast<std::size_t>(std::atoll(argv[3]));
  const auto end = static_cast<std::size_t>(std::atoll(argv[4]));
  if (end < begin) {
    std::fprintf(stderr, "rhythm_examples: LAST is below FIRST\n");
    return 2;
  }
  const std::size_t count = end - begin;
  const std::vector<double> usual = rhythm_cases::usual();
  std::vector<Row> rows(count);
  std::vector<char> filled(count);
  const auto work = [&](std::size_t first) {
    for (std::size_t i = first; i < count; i += 2) {
      filled[i] = fill_row(rhythm_cases::case_of(*world, seed, begin + i), usual, few_only, rows[i])
                      ? 1
                      : 0;
    }
  };
  std::thread other(work, 1);
  work(0);
  other.join();

  std::FILE* const file = std::fopen(argv[5], "wb");
  if (file == nullptr) {
    std::perror(argv[5]);
    return 1;
  }
  bool good = true;
  for (std::size_t i = 0; i < count; ++i) {
    if (filled[i] != 0) good &= std::fwrite(rows[i].data(), sizeof(Row), 1, file) == 1;
  }
  return std::fclose(file) == 0 && good ? 0 : 1;
}
