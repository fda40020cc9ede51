#include "analysis/rhythm/fleet_pool.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/rhythm/cycle.h"

namespace dropscope::rhythm {
namespace {

/// Uptimes and losses of a pool that are looked at: more change no answer.
constexpr std::size_t kMostPooled = 1'500;

/// Lives with a recorded beginning are taken alone if there are so many of them, and a third of
/// all.
constexpr std::ptrdiff_t kFewestMeasured = 30;

void thin(std::vector<double>& values) {
  if (values.size() <= kMostPooled) return;
  std::sort(values.begin(), values.end());
  std::vector<double> kept;
  for (std::size_t i = 0; i < kMostPooled; ++i) {
    kept.push_back(values[i * values.size() / kMostPooled]);
  }
  values = std::move(kept);
}

constexpr std::size_t kHours = 24;
constexpr double kHour = kDay / kHours;
using Hours = std::array<double, kHours>;  // By hour of the local day.

std::size_t hour_of(double local) {
  return std::min(kHours - 1, static_cast<std::size_t>(cyclic(local, kDay) / kHour));
}

/// Seconds for which the clients were watched: from each one's first loss to its last.
Hours watched(const Pool& pool) {
  Hours out{};
  for (const Life& life : pool.lives) {
    const double days = std::floor(life.gap / kDay);
    for (double& hour : out) hour += days * kHour;
    double at = life.local - life.gap + days * kDay;
    while (at < life.local) {
      const double next = std::min(life.local, (std::floor(at / kHour) + 1) * kHour);
      out[hour_of(at)] += next - at;
      at = next;
    }
  }
  return out;
}

double sum_of(const Hours& hours, std::size_t first, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += hours[(first + i) % kHours];
  return sum;
}

}  // namespace

void measure(Pool& pool) {
  pool.all.times.clear();
  pool.all.local.clear();
  pool.uptimes.clear();
  pool.gaps.clear();
  const std::size_t step = pool.lives.size() / kMostPooled + 1;
  for (std::size_t i = 0; i < pool.lives.size(); ++i) {
    const Life& life = pool.lives[i];
    if (pool.guess || life.measured) {
      if (life.uptime > 0) pool.uptimes.push_back(life.uptime);
      if (life.gap > 0) pool.gaps.push_back(life.gap);
    }
    if (i % step != 0) continue;
    if (pool.all.times.empty()) pool.all.start = life.time;
    pool.all.times.push_back(life.time - pool.all.start);
    pool.all.local.push_back(life.local);
  }
  thin(pool.uptimes);
  thin(pool.gaps);
}

void count_gaps_again(Pool& pool) {
  std::vector<const Life*> before;
  pool.neighbours.clear();
  for (Life& life : pool.lives) {
    if (life.client >= before.size()) before.resize(life.client + 1);
    const Life* const last = before[life.client];
    life.gap = last != nullptr ? life.time - last->time : 0;
    if (last != nullptr && last->gap > 0) pool.neighbours.emplace_back(last->gap, life.gap);
    before[life.client] = &life;
  }
  std::sort(pool.neighbours.begin(), pool.neighbours.end());
}

Pool pool_of(const std::vector<Client>& clients) {
  Pool pool;
  std::vector<double> downtimes;
  std::ptrdiff_t lived = 0;
  std::ptrdiff_t measured = 0;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const Prepared one = prepare(clients[i]);
    if (one.times.empty()) continue;
    ++pool.clients;
    downtimes.push_back(one.downtime);
    pool.lives.push_back({one.start, one.local[0], 0, 0, false, i});
    for (std::size_t k = 1; k < one.times.size(); ++k) {
      pool.lives.push_back({one.start + one.times[k], one.local[k], one.uptimes[k - 1],
                            one.gaps[k - 1], one.measured[k - 1], i});
      ++lived;
      measured += one.measured[k - 1] ? 1 : 0;
      if (k > 1) pool.neighbours.emplace_back(one.gaps[k - 2], one.gaps[k - 1]);
    }
  }
  pool.all.downtime = median(downtimes);
  std::sort(pool.lives.begin(), pool.lives.end(), [](const Life& a, const Life& b) {
    if (a.time != b.time) return a.time < b.time;
    if (a.local != b.local) return a.local < b.local;
    if (a.uptime != b.uptime) return a.uptime < b.uptime;
    return a.gap != b.gap ? a.gap < b.gap : a.client < b.client;
  });
  std::sort(pool.neighbours.begin(), pool.neighbours.end());
  pool.guess = measured < kFewestMeasured || measured < lived / 3;
  measure(pool);
  return pool;
}

std::size_t count_uptimes(const Pool& pool) {
  return static_cast<std::size_t>(std::count_if(pool.lives.begin(), pool.lives.end(),
                                                [](const Life& life) { return life.uptime > 0; }));
}

double in_range(const std::vector<double>& values, double low, double high) {
  return static_cast<double>(std::count_if(
      values.begin(), values.end(), [&](double value) { return value > low && value < high; }));
}

bool follows_people(const Pool& pool) {
  // Ten of 24 hours hold 42 % of an even spread, and up to 74 % where half of the computers sleep
  // at night; of losses by working hours 77 % or more (worlds of fleets, seed 101). Where clients
  // were watched for some hours only, all of their losses lie in those: so the odds to lose in the
  // busiest ten hours are compared with those to be watched then.
  constexpr std::size_t kBusyHours = 10;
  constexpr double kTimes = 4.2;  // 75 % against 42 %.
  Hours losses{};
  for (const Life& life : pool.lives) losses[hour_of(life.local)] += 1;
  const Hours seconds = watched(pool);
  std::size_t busiest = 0;
  for (std::size_t first = 1; first < kHours; ++first) {
    if (sum_of(losses, first, kBusyHours) > sum_of(losses, busiest, kBusyHours)) busiest = first;
  }
  const auto quiet = [&](const Hours& hours) {
    return sum_of(hours, busiest + kBusyHours, kHours - kBusyHours);
  };
  const auto busy = [&](const Hours& hours) { return sum_of(hours, busiest, kBusyHours); };
  return busy(losses) * quiet(seconds) > kTimes * quiet(losses) * busy(seconds);
}

Common common_losses(const Pool& pool) {
  Common out;
  const std::vector<Life>& lives = pool.lives;
  if (lives.size() < 4) return out;
  const auto n = static_cast<double>(lives.size());
  const double span = std::max(1.0, lives.back().time - lives.front().time);
  const double expected = 3 * n * kSharedLossSeconds / span;
  const double needed =
      std::max({3.0, 0.06 * static_cast<double>(pool.clients), expected + 6 * std::sqrt(expected)});
  double shared = 0;
  std::size_t begin = 0;
  while (begin < lives.size()) {
    std::size_t end = begin;
    std::vector<std::size_t> who;
    while (end < lives.size() && lives[end].time - lives[begin].time <= kSharedLossSeconds) {
      who.push_back(lives[end++].client);
    }
    std::sort(who.begin(), who.end());
    const auto different = static_cast<double>(std::unique(who.begin(), who.end()) - who.begin());
    if (different >= needed) {
      shared += static_cast<double>(end - begin);
      out.instants.push_back(lives[begin].local);
    }
    begin = end;
  }
  out.shared = shared / n;
  return out;
}

PhaseFit clock_of(const Common& common) {
  constexpr std::size_t kFewestInstants = 4;
  if (common.instants.size() < kFewestInstants) return {};
  Prepared instants;
  instants.local = common.instants;
  std::sort(instants.local.begin(), instants.local.end());
  for (const double local : instants.local) {
    instants.times.push_back(local - instants.local.front());
  }
  return fit_clock(instants, false);
}

}  // namespace dropscope::rhythm
