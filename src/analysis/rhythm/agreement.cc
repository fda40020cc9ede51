#include "analysis/rhythm/agreement.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "analysis/rhythm/background.h"
#include "analysis/rhythm/cycle.h"

namespace dropscope::rhythm {
namespace {

constexpr double kHour = 3'600;

/// Told where there are fewer lengths than asked for: as wide as nothing is.
constexpr double kNoneWide = 3;

/// ln of the narrowest relative width that holds `count` of the lengths, whose logarithms are given
/// ascending.
double closest(const std::vector<double>& logs, std::size_t count) {
  if (count < 2 || logs.size() < count) return kNoneWide;
  double least = std::exp(kNoneWide);
  for (std::size_t i = 0; i + count <= logs.size(); ++i) {
    const double width = logs[i + count - 1] - logs[i];
    least = std::min(least, std::max(width, kClockSeconds * std::exp(-logs[i])));
  }
  return std::log(std::max(least, 1e-5));
}

constexpr std::size_t kClosest = 5;

/// Of two, three and four lengths, of a quarter and of half of them.
std::array<double, kClosest> closest_of(const std::vector<double>& lengths) {
  std::vector<double> logs;
  logs.reserve(lengths.size());
  for (const double length : lengths) logs.push_back(std::log(length));
  std::sort(logs.begin(), logs.end());
  const std::size_t n = logs.size();
  return {closest(logs, 2), closest(logs, 3), closest(logs, 4), closest(logs, (n + 3) / 4),
          closest(logs, (n + 1) / 2)};
}

/// Correlation of each length's logarithm with the one's before it.
double memory_of(const std::vector<double>& lengths) {
  double mean = 0;
  for (const double length : lengths) {
    mean += std::log(length) / static_cast<double>(lengths.size());
  }
  double both = 0;
  double squares = 1e-9;
  double before = 0;
  for (const double length : lengths) {
    const double off = std::log(length) - mean;
    both += off * before;
    squares += off * off;
    before = off;
  }
  return both / squares;
}

/// Cycles in which phases are compared: those of schedules, of a day and of a week.
constexpr std::array kCycles = {900.0, kHour, kDay, 7 * kDay};

/// Losses that are looked at; of more, evenly spaced ones.
constexpr std::size_t kMostPhases = 64;

/// ln of the narrowest arc, as a part of `cycle`, that holds `count` of the phases, which are given
/// ascending.
double closest_arc(const std::vector<double>& phases, double cycle, std::size_t count) {
  const std::size_t n = phases.size();
  if (count < 2 || n < count) return kNoneWide;
  double least = cycle;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t end = i + count - 1;
    const double turn = end >= n ? cycle : 0;
    least = std::min(least, phases[end % n] + turn - phases[i]);
  }
  return std::log(std::max(least, kClockSeconds) / cycle);
}

/// By cycle: the closest three and the closest half of the phases on the wall clock.
std::array<double, 2 * kCycles.size()> arcs_of(const std::vector<double>& local) {
  std::array<double, 2 * kCycles.size()> out{};
  const std::size_t n = std::min(local.size(), kMostPhases);
  std::vector<double> phases(n);
  for (std::size_t k = 0; k < kCycles.size(); ++k) {
    const double cycle = kCycles[k];
    for (std::size_t i = 0; i < n; ++i) {
      const double time = local[i * local.size() / n];
      phases[i] = cyclic(time, cycle);
    }
    std::sort(phases.begin(), phases.end());
    out[2 * k] = closest_arc(phases, cycle, 3);
    out[2 * k + 1] = closest_arc(phases, cycle, (n + 1) / 2);
  }
  return out;
}

/// The losses on the clock of a usual week, that of an office and of a night.
struct Week {
  double office = 0;  ///< Share between 7:00 and 19:00, Monday to Friday.
  double night = 0;   ///< Share between 22:00 and 6:00.
  double turn = 0;    ///< How far the times of day lie together, 0 … 1 (Rayleigh).
  double half = 0;    ///< The same for the half day.
};

Week week_of(const std::vector<double>& local) {
  Week out;
  std::array<double, 2> cosine{};
  std::array<double, 2> sine{};
  for (const double time : local) {
    const double day = std::floor(time / kDay);
    const double second = time - day * kDay;
    const bool works = is_working_day(day);
    out.office += works && second >= 7 * kHour && second < 19 * kHour ? 1 : 0;
    out.night += second >= 22 * kHour || second < 6 * kHour ? 1 : 0;
    const double angle = 2 * std::numbers::pi * second / kDay;
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    cosine[0] += c;
    sine[0] += s;
    cosine[1] += c * c - s * s;
    sine[1] += 2 * c * s;
  }
  const auto n = static_cast<double>(std::max<std::size_t>(1, local.size()));
  out.office /= n;
  out.night /= n;
  out.turn = std::hypot(cosine[0], sine[0]) / n;
  out.half = std::hypot(cosine[1], sine[1]) / n;
  return out;
}

}  // namespace

std::array<double, kAgreements> agreements_of(const Prepared& prepared) {
  const std::array<double, kClosest> uptimes = closest_of(prepared.uptimes);
  const std::array<double, kClosest> gaps = closest_of(prepared.gaps);
  const std::array<double, 2 * kCycles.size()> arcs = arcs_of(prepared.local);
  const Week week = week_of(prepared.local);
  std::array<double, kAgreements> out{};
  auto next = out.begin();
  const auto put = [&](const auto& more) { next = std::copy(more.begin(), more.end(), next); };
  put(uptimes);
  put(gaps);
  put(arcs);
  put(std::array{week.office, week.night, week.turn, week.half, memory_of(prepared.uptimes),
                 std::log1p(static_cast<double>(prepared.peer_count))});
  return out;
}

}  // namespace dropscope::rhythm
