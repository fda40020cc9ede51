#include "analysis/rhythm/phase.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "analysis/rhythm/background.h"
#include "analysis/rhythm/spike.h"

namespace dropscope::rhythm {
namespace {

constexpr double kDay = 86'400;

/// Cycles that schedules of jobs, policies and backups have.
constexpr std::array<double, 13> kClockPeriods = {900,    1'200,    1'800,   3'600,  7'200,
                                                  10'800, 14'400,   21'600,  28'800, 43'200,
                                                  kDay,   2 * kDay, 7 * kDay};

/// Widths of a spike in seconds: a cron job, a job that works through a list, a start delay.
constexpr std::array kSigmas = {1.5, 5.0, 15.0, 45.0, 100.0};

struct Sorted {
  double phase;
  double time;
};

/// Losses that follow another within this many seconds are its retries, and tell no new phase.
double retry_seconds(double period) {
  return std::min(0.4 * period, 2'400.0);
}

std::vector<double> without_retries(const std::vector<double>& times, double within) {
  std::vector<double> kept;
  double last = 0;
  for (const double time : times) {
    if (!kept.empty() && time - last < within) {
      last = time;
      continue;
    }
    last = time;
    kept.push_back(time);
  }
  return kept;
}

double cyclic(double value, double period) {
  const double rest = std::fmod(value, period);
  return rest < 0 ? rest + period : rest;
}

/// Shortest way from `b` to `a` on the circle.
double distance(double a, double b, double period) {
  double d = std::fmod(a - b, period);
  if (d > period / 2) d -= period;
  if (d < -period / 2) d += period;
  return d;
}

/// The same for two that are less than a cycle and a half apart, without a division.
double near_distance(double a, double b, double period) {
  const double d = a - b;
  if (d > period / 2) return d - period;
  return d < -period / 2 ? d + period : d;
}

/// One spike on the circle of `period`; the price of the phase is paid, that of the period is not.
PhaseFit fit_spike(const std::vector<double>& times, double period, const DayProfile* profile,
                   double widest) {
  PhaseFit best;
  const std::size_t n = times.size();
  if (n < 3) return best;
  std::vector<Sorted> order;
  for (const double time : times) order.push_back({cyclic(time, period), time});
  std::sort(order.begin(), order.end(),
            [](const Sorted& a, const Sorted& b) { return a.phase < b.phase; });
  std::vector<double> null;
  for (const Sorted& one : order) {
    null.push_back(profile != nullptr ? profile->folded(one.phase, period) : 1 / period);
  }
  for (const double sigma : kSigmas) {
    if (sigma > widest) break;
    const double width = std::min(4 * sigma, 0.3 * period);
    std::size_t most = 0;
    std::size_t first = 0;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < n; ++begin) {
      end = std::max(end, begin);
      while (end < begin + n) {
        const double lap = end >= n ? period : 0;
        if (order[end % n].phase + lap - order[begin].phase > width) break;
        ++end;
      }
      if (end - begin > most) {
        most = end - begin;
        first = begin;
      }
    }
    if (most < 2) continue;
    double mean = 0;
    for (std::size_t i = first; i < first + most; ++i) {
      mean += distance(order[i % n].phase, order[first].phase, period);
    }
    double centre = order[first].phase + mean / static_cast<double>(most);
    centre = cyclic(centre, period);
    double share = std::min(0.95, static_cast<double>(most) / static_cast<double>(n));
    double total = 0;
    double hits = 0;
    for (int step = 0; step < 5; ++step) {
      double moment = 0;
      hits = 0;
      total = 0;
      for (std::size_t i = 0; i < n; ++i) {
        const double d = near_distance(order[i].phase, centre, period);
        double spike = 0;
        if (std::abs(d) < 6 * sigma) {
          spike = std::exp(-0.5 * d * d / (sigma * sigma)) /
                  (sigma * std::sqrt(2 * std::numbers::pi)) / null[i];
        }
        const double all = 1 - share + share * spike;
        const double part = share * spike / all;
        hits += part;
        moment += part * d;
        if (step == 4) total += std::log(all);
      }
      centre = cyclic(centre + moment / std::max(0.5, hits), period);
      share = std::min(0.98, (hits + 2) / (static_cast<double>(n) + 2.5));
    }
    std::vector<double> cycles;
    for (const Sorted& one : order) {
      const double d = distance(one.phase, centre, period);
      if (std::abs(d) < 3 * sigma) cycles.push_back(std::round((one.time - centre) / period));
    }
    std::sort(cycles.begin(), cycles.end());
    const auto different =
        static_cast<double>(std::unique(cycles.begin(), cycles.end()) - cycles.begin());
    if (different < 3) continue;
    total *= different / std::max(different, static_cast<double>(cycles.size()));
    const double place =
        std::log(std::min(0.5, 2.5 * sigma / std::sqrt(std::max(1.0, hits)) / period));
    const double evidence =
        total + 3 * std::log(share) + place - std::log(static_cast<double>(kSigmas.size()));
    if (evidence > best.evidence) {
      best.period = period;
      best.phase = cyclic(centre, period);
      best.sigma = sigma;
      best.share = share;
      best.hits = hits;
      best.cycles = different;
      best.evidence = evidence;
    }
  }
  return best;
}

/// Sum of the first two harmonics' power at `period`, of the first `count` times.
double power(const std::vector<double>& times, std::size_t count, double period) {
  double c1 = 0;
  double s1 = 0;
  double c2 = 0;
  double s2 = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double turn = (times[i] - times[0]) / period;
    const double angle = 2 * std::numbers::pi * (turn - std::floor(turn));
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    c1 += c;
    s1 += s;
    c2 += c * c - s * s;
    s2 += 2 * c * s;
  }
  return c1 * c1 + s1 * s1 + c2 * c2 + s2 * s2;
}

/// Follows a period through ever longer stretches, each of which tells it better.
double refine(const std::vector<double>& times, double period, double error) {
  const std::size_t n = times.size();
  for (std::size_t stretch = 8;; stretch *= 3) {
    const std::size_t count = std::min(n, stretch);
    const double span = times[count - 1] - times[0];
    if (span < 2 * period) {
      if (count == n) return period;
      continue;
    }
    const double step = std::max(0.08 * period * period / span, error / 50);
    double best = -1;
    double at = period;
    for (double trial = period - error; trial <= period + error; trial += step) {
      const double value = power(times, count, trial);
      if (value > best) {
        best = value;
        at = trial;
      }
    }
    period = at;
    error = std::min(error, 2.5 * step);
    if (count == n) return period;
  }
}

/// Least squares on cycle numbers, over the losses in the spike.
void polish(const std::vector<double>& times, PhaseFit& fit) {
  double n = 0;
  double mean_k = 0;
  double mean_t = 0;
  std::vector<double> k;
  std::vector<double> t;
  for (const double time : times) {
    if (std::abs(distance(time, fit.phase, fit.period)) > 3.5 * fit.sigma) continue;
    k.push_back(std::round((time - fit.phase) / fit.period));
    t.push_back(time - fit.phase);
    mean_k += k.back();
    mean_t += t.back();
    n += 1;
  }
  if (n < 3) return;
  mean_k /= n;
  mean_t /= n;
  double kk = 0;
  double kt = 0;
  for (std::size_t i = 0; i < k.size(); ++i) {
    kk += (k[i] - mean_k) * (k[i] - mean_k);
    kt += (k[i] - mean_k) * (t[i] - mean_t);
  }
  if (kk <= 0) return;
  const double slope = kt / kk;
  double rest = 0;
  for (std::size_t i = 0; i < k.size(); ++i) {
    const double r = t[i] - mean_t - slope * (k[i] - mean_k);
    rest += r * r;
  }
  const double noise = std::sqrt((rest + 1) / std::max(1.0, n - 1));
  fit.period = slope;
  fit.error = std::max(0.3, noise) / std::sqrt(kk);
}

}  // namespace

PhaseFit fit_clock(const Prepared& prepared, bool one_client) {
  PhaseFit best;
  if (prepared.times.size() < 4) return best;
  const DayProfile profile(prepared.local);
  std::array<PhaseFit, kClockPeriods.size()> fits;
  for (std::size_t i = 0; i < kClockPeriods.size(); ++i) {
    const double period = kClockPeriods[i];
    if (period > prepared.span() / 2) continue;
    fits[i] = fit_spike(without_retries(prepared.local, one_client ? retry_seconds(period) : 0),
                        period, &profile, 0.1 * period);
    // Schedules begin on a round minute more often than not.
    const double grid = 300;
    const double off = std::abs(distance(fits[i].phase, 0, grid));
    if (off < 2 * fits[i].sigma + 3) {
      const double gain = std::log(grid / std::min(grid / 2, 5 * fits[i].sigma + 6));
      fits[i].evidence += std::min(3.0, std::max(0.0, gain));
    }
    fits[i].evidence -= std::log(static_cast<double>(kClockPeriods.size()));
  }
  std::size_t chosen = 0;
  for (std::size_t i = 1; i < fits.size(); ++i) {
    if (fits[i].evidence > fits[chosen].evidence) chosen = i;
  }
  // A daily job is also at one phase of every hour; the longest cycle that loses no hits is meant.
  for (std::size_t i = chosen + 1; i < fits.size(); ++i) {
    if (fits[chosen].period <= 0 || std::fmod(kClockPeriods[i], fits[chosen].period) != 0) continue;
    if (fits[i].hits >= 0.85 * fits[chosen].hits && fits[i].evidence > fits[chosen].evidence - 12) {
      const double evidence = std::max(fits[i].evidence, fits[chosen].evidence);
      chosen = i;
      fits[i].evidence = evidence;
    }
  }
  return fits[chosen];
}

PhaseFit fit_period(const Prepared& prepared, const std::vector<double>& seeds,
                    std::span<const double> usual) {
  PhaseFit best;
  if (prepared.times.size() < 4) return best;
  for (const double seed : seeds) {
    if (!(seed >= 30) || seed > prepared.span() / 2) continue;
    const std::vector<double> times = without_retries(prepared.times, retry_seconds(seed));
    if (times.size() < 4) continue;
    const double period = refine(times, seed, 0.03 * seed);
    const double widest = std::max(1.6, 0.12 * period);
    PhaseFit fit = fit_spike(times, period, nullptr, widest);
    if (fit.period <= 0) continue;
    for (int round = 0; round < 2; ++round) {
      polish(times, fit);
      const PhaseFit again = fit_spike(times, fit.period, nullptr, widest);
      if (again.period <= 0 || again.hits < fit.hits - 0.5) break;
      const double error = fit.error;
      fit = again;
      fit.error = error;
    }
    const double trials = 0.06 * prepared.span() / fit.period;
    fit.evidence += price_of_length(fit.period, fit.error / fit.period, usual) * 0.5 -
                    0.5 * std::log(1 + trials);
    if (fit.evidence > best.evidence + 0.5) best = fit;
  }
  return best;
}

}  // namespace dropscope::rhythm
