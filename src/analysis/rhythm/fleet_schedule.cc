#include "analysis/rhythm/fleet_schedule.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/phase.h"

namespace dropscope::rhythm {
namespace {

/// ln of the ways to choose so many of so many.
double ln_choices(std::size_t of, std::size_t chosen) {
  double out = 0;
  for (std::size_t i = 0; i < chosen; ++i) {
    out += std::log(static_cast<double>(of - i) / static_cast<double>(i + 1));
  }
  return out;
}

/// How often each of the places is met that a shorter cycle has in a longer one.
using Places = std::vector<double>;

Places met_of(const std::vector<std::int64_t>& turns, std::size_t places) {
  Places out(places);
  const auto n = static_cast<std::int64_t>(places);
  for (const std::int64_t turn : turns) out[static_cast<std::size_t>((turn % n + n) % n)] += 1;
  return out;
}

/// Whether the places that are left out are so for a reason of the schedule. While people or their
/// computers sleep no place is met, whatever the schedule: that leaves out one stretch of a day and
/// of a week, two of two days, and of a cycle of some hours seldom more than half.
bool is_chosen(const Places& places, double least, double cycle) {
  constexpr double kNoNight = 3 * 3'600;
  if (cycle <= kNoNight) return true;
  const std::size_t n = places.size();
  std::size_t hit = 0;
  std::size_t stretches = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (places[i] < least) continue;
    hit += 1;
    stretches += places[(i + 1) % n] < least ? 1U : 0U;
  }
  if (cycle < kDay && 2 * hit > n) return false;
  const std::size_t nights = cycle == 2 * kDay ? 2 : 1;
  return stretches > nights;
}

/// ln Bayes factor, about, of a cycle with so many of its places chosen: what is met in them has
/// fewer to be in. With one of them, and without strays, it is lift_evidence.
double evidence_of(double met, std::size_t places, std::size_t chosen) {
  constexpr double kTime = 3;  // A further time of the cycle is one in twenty.
  const double fewer = static_cast<double>(places) / static_cast<double>(chosen);
  return met * std::log(fewer) - ln_choices(places, chosen) -
         kTime * static_cast<double>(chosen - 1);
}

}  // namespace

Schedule schedule_of(const std::vector<std::int64_t>& turns, double seconds) {
  constexpr double kEnough = 5;
  constexpr double kFewest = 2;  // Cycles in which each time of the schedule is met.
  // Many clients meet the clock at one instant, which tells no more than one of them does.
  std::vector<std::int64_t> instants = turns;
  instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
  Schedule out{seconds, {0}};
  if (instants.empty() || seconds <= 0) return out;
  const double span = seconds * static_cast<double>(instants.back() - instants.front());
  double best = kEnough;
  for (const double cycle : clock_cycles()) {
    if (cycle <= seconds || std::fmod(cycle, seconds) != 0 || span < 2 * cycle) continue;
    const auto n = static_cast<std::size_t>(cycle / seconds);
    const Places met = met_of(turns, n);
    const Places at_instants = met_of(instants, n);
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return met[a] > met[b]; });
    double kept = 0;
    double kept_instants = 0;
    for (std::size_t i = 0; i < kMostTimes && i + 1 < n; ++i) {
      const std::size_t place = order[i];
      if (at_instants[place] < kFewest) break;
      kept += met[place];
      kept_instants += at_instants[place];
      if (i == 0) continue;  // fit_clock has seen to a single time.
      const std::size_t chosen = i + 1;
      const double strays = static_cast<double>(turns.size()) - kept;
      const double evidence = evidence_of(kept, n, chosen) - kPriceOfStray * strays;
      if (evidence <= best || evidence_of(kept_instants, n, chosen) <= kEnough) continue;
      if (!is_chosen(met, met[place], cycle)) continue;
      best = evidence;
      out = {cycle, {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(chosen)}};
    }
  }
  std::sort(out.places.begin(), out.places.end());
  return out;
}

}  // namespace dropscope::rhythm
