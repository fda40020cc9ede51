#include "analysis/rhythm/fleet_shape.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/rhythm/fleet_length.h"

namespace dropscope::rhythm {
namespace {

/// Lives within so many widths of a length are its own, and never those beyond a fifth of it.
constexpr double kWidths = 3;
constexpr double kFarthest = 0.2;

double reach_of(const SpikeFit& fit) {
  return std::min(kFarthest, kWidths * fit.sigma);
}

/// How far the middle 80 % of the lives near a length lean to the long side: -1 to 1; 0 of normal
/// or even jitter, 0.28 of half a normal, 0.5 of an exponential delay.
double scatter_skew(const Pool& pool, const SpikeFit& fit) {
  std::vector<double> near;
  for (const double one : pool.uptimes) {
    if (std::abs(one / fit.seconds - 1) < reach_of(fit)) near.push_back(one);
  }
  if (near.empty()) return 0;
  std::sort(near.begin(), near.end());
  const auto at = [&](std::size_t tenths) { return near[near.size() * tenths / 10]; };
  return at(9) > at(1) ? (at(9) + at(1) - 2 * at(5)) / (at(9) - at(1)) : 0;
}

/// Whether the lives about the length of `age` scatter evenly and more than whole seconds do.
bool is_even(const Pool& pool, const SpikeFit& age) {
  constexpr double kLateSkew = 0.1;
  return !is_sharp(age) && scatter_skew(pool, age) <= kLateSkew;
}

/// The times that one client's loss is in step with for a period; of the losses, the one with most.
std::vector<double> in_step(const std::vector<double>& times, double period, double reach) {
  // A client of a fleet has a handful; of one with many, so many tell enough.
  constexpr std::size_t kMost = 64;
  const std::size_t n = std::min(kMost, times.size());
  std::vector<double> best;
  for (std::size_t anchor = 0; anchor < n; ++anchor) {
    std::vector<double> some;
    for (std::size_t i = 0; i < n; ++i) {
      const double off = times[i] - times[anchor];
      if (std::abs(off - std::round(off / period) * period) < reach) some.push_back(times[i]);
    }
    if (some.size() > best.size()) best = std::move(some);
  }
  return best;
}

/// Sums of a least-squares line through cycle numbers and times, each client about its own mean.
struct Sums {
  double kk = 0;
  double kt = 0;
  double rest = 0;
  double freedom = 0;

  void add(const std::vector<double>& times, double period) {
    if (times.size() < 2) return;
    const auto n = static_cast<double>(times.size());
    double mean_k = 0;
    double mean_t = 0;
    for (const double time : times) {
      mean_k += std::round((time - times.front()) / period) / n;
      mean_t += (time - times.front()) / n;
    }
    for (const double time : times) {
      const double k = std::round((time - times.front()) / period) - mean_k;
      const double t = time - times.front() - mean_t;
      kk += k * k;
      kt += k * t;
      rest += (t - k * period) * (t - k * period);
    }
    freedom += n - 1;
  }
};

}  // namespace

bool is_delayed(const Pool& pool, const SpikeFit& age) {
  // A stray cuts a life in two pieces. Both are shorter than the timer's length T, unless a loss
  // went unrecorded: then there are as many pieces beyond T for each shorter one as there are lives
  // of 2T for each of T. Computers that sleep make some more. Just above T there are ages, too,
  // whose beginnings are guessed or whose ends are noticed late; so the lives from 1.4 T to 1.9 T
  // count twice and the others not. The shares divide best between simulated ages and idle timers
  // (5,553 fleets of seven worlds, seeds 416 to 423, 3.4 % on the wrong side).
  constexpr double kEdge = 0.05;
  constexpr double kMargin = 1.5;
  constexpr double kLeastErrors = 2.5;
  constexpr double kLeastShare = 0.06;
  constexpr double kShareIfEven = 0.1;
  constexpr double kWide = 0.01;
  const double length = age.seconds;
  const double twice = 2 * length + pool.all.downtime;
  const double reach = reach_of(age);
  const double once = in_range(pool.uptimes, (1 - reach) * length, (1 + reach) * length);
  const double missed = in_range(pool.uptimes, (1 - reach) * twice, (1 + reach) * twice);
  const double edge = std::max(kEdge, reach);
  const double above = in_range(pool.uptimes, (1 + edge) * length, 1.9 * length);
  const double far = in_range(pool.uptimes, 1.4 * length, 1.9 * length);
  const double below = in_range(pool.uptimes, 0.1 * length, (1 - edge) * length);
  const double expected = kMargin * below * missed / std::max(1.0, once);
  const double delayed = 2 * far - expected;
  if (delayed <= kLeastErrors * std::sqrt(expected + 1)) return false;
  // What ends an idle connection is late and never early.
  const bool even = age.sigma > kWide && is_even(pool, age);
  return delayed > (even ? kShareIfEven : kLeastShare) * (once + above);
}

double memory_of_gaps(const Pool& pool, const SpikeFit& fit) {
  constexpr double kFewest = 20;
  const double reach = 3.5 * fit.sigma * fit.seconds;
  double n = 0;
  double sum = 0;
  double products = 0;
  double squares = 0;
  for (const auto& [first, second] : pool.neighbours) {
    const double x = first - fit.seconds;
    const double y = second - fit.seconds;
    if (std::abs(x) > reach || std::abs(y) > reach) continue;
    n += 1;
    sum += x + y;
    products += x * y;
    squares += (x * x + y * y) / 2;
  }
  if (n < kFewest) return 0;
  const double mean = sum / (2 * n);
  const double variance = squares / n - mean * mean;
  if (variance < kSharpSeconds * kSharpSeconds) return 0;
  return (products / n - mean * mean) / variance;
}

Measure measured_period(const Pool& pool, const SpikeFit& fit) {
  constexpr double kReach = 4;
  constexpr int kRounds = 2;
  std::vector<std::vector<double>> clients;
  for (const Life& life : pool.lives) {
    if (life.client >= clients.size()) clients.resize(life.client + 1);
    clients[life.client].push_back(life.time);
  }
  std::sort(clients.begin(), clients.end());  // So that the order of clients is lost.
  Measure out{fit.seconds, fit.error};
  for (int round = 0; round < kRounds; ++round) {
    Sums sums;
    for (const std::vector<double>& times : clients) {
      sums.add(in_step(times, out.seconds, kReach * fit.sigma * fit.seconds), out.seconds);
    }
    if (sums.kk <= 0 || sums.kt <= 0) return out;
    out = {sums.kt / sums.kk, std::sqrt(sums.rest / sums.freedom / sums.kk)};
  }
  return out;
}

}  // namespace dropscope::rhythm
