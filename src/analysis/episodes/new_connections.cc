// Under the rate of each hour the number of losses of new connections is a Poisson number whose
// mean is the rate added up over the time that new connections were exposed to it (the compensator
// of a counting process; Andersen, Borgan, Gill and Keiding, Statistical Models Based on Counting
// Processes, chapter II). The rate is that of all connections, new ones included, which makes the
// test cautious.

#include "analysis/episodes/new_connections.h"

#include <algorithm>
#include <cmath>

namespace dropscope {
namespace {

constexpr std::size_t kHours = 24;
constexpr double kHour_s = 3600;
/// Spans that are tried: from the shortest time-out of data/timers.toml that a person's pause
/// outlasts to two hours, where Windows notices by itself (its default KeepAliveTime).
constexpr std::array<double, 8> kSpans_s = {600, 900, 1200, 1800, 2700, 3600, 5400, 7200};
/// Longer lives pass a night.
constexpr double kOneDay_s = 12 * 3600;
/// Of the losses of new connections that chance would give, so many happen beside a timer.
constexpr double kBeside = 0.05;
/// Below so many expected losses the absence of one is no observation.
constexpr double kLeastExpected = 1e-3;

using ByHour = std::array<double, kHours>;

/// Calls `take(hour, seconds)` for the hours of the first `length_s`.
template <typename Take>
void walk_hours(const ConnectedTime& time, double length_s, const Take& take) {
  double at = time.begin_of_day_s;
  const double end = at + length_s;
  while (at < end) {
    const double hour = std::floor(at / kHour_s);
    const double next = std::min(end, (hour + 1) * kHour_s);
    take(static_cast<std::size_t>(hour) % kHours, next - at);
    at = next;
  }
}

/// Losses per connected second; an hour borrows from its neighbours, as a few losses would
/// otherwise make a rate.
ByHour rates(std::span<const ConnectedTime> times) {
  ByHour lost{};
  ByHour exposed{};
  for (const ConnectedTime& time : times) {
    const double length = std::min(time.length_s, kOneDay_s);
    walk_hours(time, length, [&](std::size_t hour, double s) { exposed[hour] += s; });
    if (!time.lost || !time.is_new || time.length_s > kOneDay_s) continue;
    const double end = time.begin_of_day_s + time.length_s;
    lost[static_cast<std::size_t>(end / kHour_s) % kHours] += 1;
  }
  ByHour out{};
  for (std::size_t hour = 0; hour < kHours; ++hour) {
    const std::size_t before = (hour + kHours - 1) % kHours;
    const std::size_t after = (hour + 1) % kHours;
    const double n = lost[hour] + (lost[before] + lost[after]) / 2;
    const double s = exposed[hour] + (exposed[before] + exposed[after]) / 2;
    out[hour] = s > 0 ? n / s : 0;
  }
  return out;
}

}  // namespace

NewConnections compare_new_connections(std::span<const ConnectedTime> times) {
  const ByHour rate = rates(times);
  std::array<NewConnections, kSpans_s.size()> found{};
  for (std::size_t i = 0; i < kSpans_s.size(); ++i) {
    double expected = 0;
    std::uint64_t lost = 0;
    for (const ConnectedTime& time : times) {
      if (!time.is_new) continue;
      walk_hours(time, std::min(time.length_s, kSpans_s[i]),
                 [&](std::size_t hour, double s) { expected += rate[hour] * s; });
      if (time.lost && time.length_s < kSpans_s[i]) ++lost;
    }
    if (expected < kLeastExpected) continue;
    // Two Poisson numbers: their counts' factorials cancel.
    const double factor = static_cast<double>(lost) * std::log(kBeside) + (1 - kBeside) * expected;
    found[i] = {factor, kSpans_s[i], lost, expected};
  }
  const auto [least, most] =
      std::minmax_element(found.begin(), found.end(),
                          [](const auto& a, const auto& b) { return a.log_factor < b.log_factor; });
  // Which span a timer has is not known: the mean over all.
  double sum = 0;
  for (const NewConnections& each : found) sum += std::exp(each.log_factor - most->log_factor);
  const double factor = most->log_factor + std::log(sum / static_cast<double>(found.size()));
  NewConnections out = factor > 0 ? *most : *least;
  out.log_factor = factor;
  return out;
}

}  // namespace dropscope
