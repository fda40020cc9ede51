#include "analysis/rhythm/phase.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/rhythm/background.h"
#include "analysis/rhythm/circle.h"
#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/frequency.h"
#include "analysis/rhythm/spike.h"

namespace dropscope::rhythm {
namespace {

/// Cycles that schedules of jobs, policies and backups have.
constexpr std::array<double, 13> kClockPeriods = {900,    1'200,    1'800,   3'600,  7'200,
                                                  10'800, 14'400,   21'600,  28'800, 43'200,
                                                  kDay,   2 * kDay, 7 * kDay};

/// Cycles of an hour and more may have several times in them.
constexpr double kShortestOfTimes = 3'600;

/// A seed whose first fit is so much worse than the best one, in ln Bayes factor, is not polished.
constexpr double kHopeless = 8;

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

/// Widths that a spike of a free period may have: threefold steps up to a twentieth of it, which is
/// what jitter of some per cent makes of a long one.
std::vector<double> free_sigmas(double period) {
  std::vector<double> sigmas;
  for (double sigma = kSpikeWidths[0]; sigmas.empty() || sigma <= 0.05 * period; sigma *= 3) {
    sigmas.push_back(sigma);
  }
  return sigmas;
}

/// Least squares on cycle numbers, over the losses in the spike.
void polish(const std::vector<double>& times, PhaseFit& fit) {
  double n = 0;
  double mean_k = 0;
  double mean_t = 0;
  std::vector<double> k;
  std::vector<double> t;
  for (const double time : times) {
    if (std::abs(distance(time, fit.phase(), fit.period)) > 3.5 * fit.sigma) continue;
    k.push_back(std::round((time - fit.phase()) / fit.period));
    t.push_back(time - fit.phase());
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

/// From here on the longer cycle is meant.
constexpr double kLift = 2;

/// A period that only hits every second, third … time is that many times as long.
bool lift(const std::vector<double>& times, PhaseFit& fit) {
  std::vector<double> cycles;
  for (const double time : times) {
    if (std::abs(distance(time, fit.phase(), fit.period)) > 3.5 * fit.sigma) continue;
    cycles.push_back(std::round((time - fit.phase()) / fit.period));
  }
  cycles.erase(std::unique(cycles.begin(), cycles.end()), cycles.end());
  const auto hits = static_cast<double>(cycles.size());
  if (hits < 3) return false;
  double best = kLift;
  double chosen = 1;
  double phase = fit.phase();
  for (int multiple = 2; multiple <= 6; ++multiple) {
    std::array<double, 6> residues{};
    for (const double cycle : cycles) {
      residues[static_cast<std::size_t>(cyclic(cycle, multiple) + 0.5) % 6] += 1;
    }
    const auto most = std::max_element(residues.begin(), residues.end());
    if (*most < 3) continue;
    const double evidence = lift_evidence(multiple, *most, hits);
    if (evidence <= best) continue;
    best = evidence;
    chosen = multiple;
    phase = fit.phase() + fit.period * static_cast<double>(most - residues.begin());
  }
  fit.period *= chosen;
  fit.phases[0] = phase;
  return chosen > 1;
}

/// Whether the times of a cycle come again after a half, a third or a quarter of it, which is a
/// shorter cycle then.
bool repeats(const PhaseFit& fit) {
  const auto begin = fit.phases.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(fit.spikes);
  for (const double parts : {2.0, 3.0, 4.0}) {
    const bool all = std::all_of(begin, end, [&](double one) {
      return std::any_of(begin, end, [&](double other) {
        return std::abs(distance(one + fit.period / parts, other, fit.period)) < 4 * fit.sigma;
      });
    });
    if (all) return true;
  }
  return false;
}

/// A schedule with several times of the same cycle: each further spike is looked for among the
/// losses that those before it leave, where its share is one of what is left.
PhaseFit with_more_times(PhaseFit fit, const std::vector<double>& times,
                         const DayProfile& profile) {
  // A further time of the cycle is one in twenty before the losses are seen.
  constexpr double kPriceOfTime = 3;
  // The same losses as the first spike was fitted to: evidence counts them.
  std::vector<double> left;
  const std::size_t n = std::min(times.size(), kMostPhases);
  for (std::size_t i = 0; i < n; ++i) left.push_back(times[i * times.size() / n]);
  while (fit.period > 0 && fit.spikes < kMostTimes) {
    std::erase_if(left, [&](double time) { return fit.holds(time); });
    const PhaseFit more = fit_spike(left, fit.period, &profile, kSpikeWidths, 0.1 * fit.period);
    if (more.evidence <= kPriceOfTime) break;
    fit.evidence += more.evidence - kPriceOfTime;
    fit.hours += more.hours;
    fit.share += (1 - fit.share) * more.share;
    fit.hits += more.hits;
    fit.cycles = std::max(fit.cycles, more.cycles);
    fit.sigma = std::max(fit.sigma, more.sigma);
    fit.phases[fit.spikes++] = more.phase();
  }
  return fit;
}

}  // namespace

PhaseFit fit_clock(const Prepared& prepared, bool one_client) {
  PhaseFit best;
  if (prepared.times.size() < 4) return best;
  const DayProfile profile(prepared.local);
  std::array<PhaseFit, kClockPeriods.size()> fits;
  std::array<PhaseFit, kClockPeriods.size()> several;  // With more than one time of the cycle.
  std::vector<double> times;                           // Without retries within `left_out` seconds.
  double left_out = 0;
  for (std::size_t i = 0; i < kClockPeriods.size(); ++i) {
    const double period = kClockPeriods[i];
    if (period > prepared.span() / 2) continue;
    const double within = one_client ? retry_seconds(period) : 0;
    if (times.empty() || within != left_out) times = without_retries(prepared.local, within);
    left_out = within;
    fits[i] = fit_spike(times, period, &profile, kSpikeWidths, 0.1 * period);
    // Schedules begin on a round minute more often than not.
    const double grid = 300;
    const double off = std::abs(distance(fits[i].phase(), 0, grid));
    if (off < 2 * fits[i].sigma + 3) {
      const double gain = std::log(grid / std::min(grid / 2, 5 * fits[i].sigma + 6));
      fits[i].evidence += std::min(3.0, std::max(0.0, gain));
    }
    fits[i].evidence -= std::log(static_cast<double>(kClockPeriods.size()));
    if (period < kShortestOfTimes || period > kDay) continue;
    const PhaseFit more = with_more_times(fits[i], times, profile);
    if (more.spikes > 1 && !repeats(more)) several[i] = more;
  }
  std::size_t chosen = 0;
  for (std::size_t i = 1; i < fits.size(); ++i) {
    if (fits[i].evidence > fits[chosen].evidence) chosen = i;
  }
  // A daily job is also at one phase of every hour; the longest cycle that loses no hits is meant.
  for (std::size_t i = chosen + 1; i < fits.size(); ++i) {
    if (fits[chosen].period <= 0 || std::fmod(kClockPeriods[i], fits[chosen].period) != 0) continue;
    const double multiple = kClockPeriods[i] / fits[chosen].period;
    if (lift_evidence(multiple, fits[i].hits, std::max(fits[i].hits, fits[chosen].hits)) > kLift &&
        fits[i].evidence > fits[chosen].evidence - 12) {
      const double evidence = std::max(fits[i].evidence, fits[chosen].evidence);
      chosen = i;
      fits[i].evidence = evidence;
    }
  }
  // A longer cycle whose times all fall into people's hours has only a strict null against it; but
  // a shorter one goes unseen, too, while nobody is connected.
  constexpr double kHoursCount = 0.3;
  const auto weight = [&](const PhaseFit& fit) { return fit.evidence + kHoursCount * fit.hours; };
  best = fits[chosen];
  for (const PhaseFit& more : several) {
    if (more.spikes == 0 || weight(more) < weight(best) + kLift) continue;
    const double evidence = std::max(best.evidence, more.evidence);
    best = more;
    best.evidence = evidence;
  }
  return best;
}

double lift_evidence(double multiple, double kept, double hits) {
  return (kept - 1) * std::log(multiple) - kPriceOfStray * (hits - kept);
}

std::span<const double> clock_cycles() {
  return kClockPeriods;
}

double listed_cycle(double seconds) {
  for (const double period : kClockPeriods) {
    if (std::abs(seconds / period - 1) < 0.003) return period;
  }
  return 0;
}

PhaseFit fit_period(const Prepared& prepared, const std::vector<double>& seeds,
                    std::span<const double> usual) {
  PhaseFit best;
  if (prepared.times.size() < 4) return best;
  for (const double seed : seeds) {
    if (!(seed >= 30) || seed > prepared.span() / 2) continue;
    const std::vector<double> times = without_retries(prepared.times, retry_seconds(seed));
    if (times.size() < 4) continue;
    const double period = refine_period(times, seed, 0.03 * seed);
    const std::vector<double> sigmas = free_sigmas(period);
    PhaseFit fit = fit_spike(times, period, nullptr, sigmas, period);
    if (fit.period <= 0 || fit.evidence < best.evidence - kHopeless) continue;
    for (int round = 0; round < 2; ++round) {
      polish(times, fit);
      const PhaseFit again = fit_spike(times, fit.period, nullptr, sigmas, period);
      if (again.period <= 0 || again.hits < fit.hits - 0.5) break;
      const double error = fit.error;
      fit = again;
      fit.error = error;
    }
    PhaseFit lifted = fit;
    if (lift(times, lifted)) {
      polish(times, lifted);
      PhaseFit again = fit_spike(times, lifted.period, nullptr, sigmas, lifted.period);
      if (again.period > 0) {
        again.error = lifted.error;
        again.evidence = std::max(again.evidence, fit.evidence);
        fit = again;
      }
    }
    const double trials = 0.06 * prepared.span() / fit.period;
    fit.evidence += price_of_length(fit.period, fit.error / fit.period, usual) * 0.5 -
                    0.5 * std::log(1 + trials);
    if (fit.evidence > best.evidence + 0.5) best = fit;
  }
  return best;
}

}  // namespace dropscope::rhythm
