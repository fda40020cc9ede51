#include "analysis/rhythm/fleet_daily.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/rhythm/arc.h"
#include "analysis/rhythm/cycle.h"

namespace dropscope::rhythm {
namespace {

constexpr double kHour = 3'600;

/// Fewer losses may lie in one hour for any reason, those of fewer clients by their leases.
constexpr std::size_t kFewest = 40;
constexpr std::size_t kFewestClients = 4;

/// Share of the losses in the hour: 89 % and more of daily jobs with jitter, up to 97 % of people
/// who go to lunch together (nine worlds of fleets, seeds 411 to 418) …
constexpr double kNearlyAll = 0.85;

/// … whose two quietest days in a row have 4 to 18 % of the losses of another day; of jobs, on
/// pools of nine days and more, they have 28 % at least.
constexpr double kRest = 0.22;

/// The hour of the day with the most losses.
Arc busiest_hour(const Pool& pool) {
  std::vector<double> phases;
  for (const Life& life : pool.lives) phases.push_back(cyclic(life.local, kDay));
  return densest_arc(std::move(phases), kDay, kHour);
}

bool has_nearly_all(const Arc& hour, const Pool& pool) {
  const auto all = static_cast<double>(pool.lives.size());
  return pool.lives.size() >= kFewest && static_cast<double>(hour.held) >= kNearlyAll * all;
}

/// Losses in the hour by day, from the first such day to the last.
std::vector<double> days_of(const Pool& pool, const Arc& hour) {
  std::vector<std::int64_t> days;
  for (const Life& life : pool.lives) {
    const double since = cyclic(life.local - hour.begin, kDay);
    if (since > kHour) continue;
    days.push_back(std::llround((life.local - hour.begin - since) / kDay));
  }
  if (days.empty()) return {};
  const auto [first, last] = std::minmax_element(days.begin(), days.end());
  std::vector<double> out(static_cast<std::size_t>(*last - *first) + 1);
  for (const std::int64_t day : days) out[static_cast<std::size_t>(day - *first)] += 1;
  return out;
}

constexpr std::size_t kWeek = 7;

/// Losses in the hour on a day of the week, from any one on, by the number of such days.
using Week = std::array<double, kWeek>;

/// Nothing where not each day of the week was seen.
std::optional<Week> week_of(const std::vector<double>& days) {
  if (days.size() < kWeek) return std::nullopt;
  Week losses{};
  Week seen{};
  for (std::size_t day = 0; day < days.size(); ++day) {
    losses[day % kWeek] += days[day];
    seen[day % kWeek] += 1;
  }
  for (std::size_t k = 0; k < kWeek; ++k) losses[k] /= seen[k];
  return losses;
}

/// Whether two days in a row have far fewer losses than the others.
bool has_rest(const Week& week) {
  double all = 0;
  for (const double losses : week) all += losses;
  for (std::size_t k = 0; k < kWeek; ++k) {
    const double two = week[k] + week[(k + 1) % kWeek];
    if (two / 2 <= kRest * (all - two) / (kWeek - 2)) return true;
  }
  return false;
}

/// ln Bayes factor against losses at any time of the day, with the price of a free hour.
double evidence_of(double in_hour, double all) {
  const double share = (in_hour + 0.5) / (all + 1);
  const double hour = kHour / kDay;
  return in_hour * std::log(share / hour) + (all - in_hour) * std::log((1 - share) / (1 - hour)) +
         std::log(hour);
}

}  // namespace

bool keeps_to_one_hour(const Pool& pool) {
  constexpr auto kFewestDays = 3;
  const Arc hour = busiest_hour(pool);
  if (!has_nearly_all(hour, pool)) return false;
  const std::vector<double> days = days_of(pool, hour);
  return std::count_if(days.begin(), days.end(), [](double losses) { return losses > 0; }) >=
         kFewestDays;
}

Candidate daily_hour(const Pool& pool) {
  // Four times this width explains a loss.
  constexpr double kWidth = kHour / 2 / 4;
  Candidate out;
  const Arc hour = busiest_hour(pool);
  if (pool.clients < kFewestClients || !has_nearly_all(hour, pool)) return out;
  const std::optional<Week> week = week_of(days_of(pool, hour));
  if (!week || has_rest(*week)) return out;
  out.reading.kind = Class::Clock;
  out.reading.has_interval = true;
  out.reading.interval = {kDay, kDay, kDay};
  out.reading.spread = kHour / 2;
  out.evidence =
      evidence_of(static_cast<double>(hour.held), static_cast<double>(pool.lives.size()));
  out.width = kWidth;
  out.phase = cyclic(hour.middle, kDay);
  return out;
}

}  // namespace dropscope::rhythm
