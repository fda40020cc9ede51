#include "analysis/rhythm/phase.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "analysis/rhythm/background.h"
#include "analysis/rhythm/log_product.h"
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

/// Losses whose phases are looked at; of more, evenly spaced ones, so that the time stays bounded.
constexpr std::size_t kMostPhases = 128;

/// Cycles of an hour and more may have several times in them.
constexpr double kShortestOfTimes = 3'600;

/// A seed whose first fit is so much worse than the best one, in ln Bayes factor, is not polished.
constexpr double kHopeless = 8;

/// ln likelihood that the densest arc has to gain over the null; less never pays the prices.
constexpr double kWorthFitting = 2;

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
  return std::clamp(value - period * std::floor(value / period), 0.0, period);
}

/// Shortest way from `b` to `a` on the circle.
double distance(double a, double b, double period) {
  const double d = a - b;
  return d - period * std::floor(d / period + 0.5);
}

/// The same for two that are less than a cycle and a half apart, without a division.
double near_distance(double a, double b, double period) {
  const double d = a - b;
  if (d > period / 2) return d - period;
  return d < -period / 2 ? d + period : d;
}

/// Widths that a spike of a free period may have: threefold steps up to a twentieth of it, which is
/// what jitter of some per cent makes of a long one.
std::vector<double> free_sigmas(double period) {
  std::vector<double> sigmas;
  for (double sigma = kSigmas[0]; sigmas.empty() || sigma <= 0.05 * period; sigma *= 3) {
    sigmas.push_back(sigma);
  }
  return sigmas;
}

/// A loss near a spike: its distance from where the spike was first seen, and the null there, as
/// its inverse.
struct Near {
  double offset;
  double time;
  double rarity;
};

/// One spike on the circle of `period`; the price of the phase is paid, that of the period is not.
PhaseFit fit_spike(const std::vector<double>& times, double period, const DayProfile* profile,
                   std::span<const double> sigmas, double widest) {
  PhaseFit best;
  const std::size_t n = std::min(times.size(), kMostPhases);
  if (n < 3) return best;
  std::vector<Sorted> order;
  order.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double time = times[i * times.size() / n];
    order.push_back({cyclic(time, period), time});
  }
  std::sort(order.begin(), order.end(),
            [](const Sorted& a, const Sorted& b) { return a.phase < b.phase; });
  // Twice around, so that an arc may pass the end of the circle.
  std::vector<double> phases(2 * n);
  for (std::size_t i = 0; i < n; ++i) {
    phases[i] = order[i].phase;
    phases[n + i] = order[i].phase + period;
  }
  std::vector<Near> near;
  std::vector<double> cycles;
  for (const double sigma : sigmas) {
    if (sigma > widest) break;
    const double width = std::min(4 * sigma, 0.3 * period);
    std::size_t most = 0;
    std::size_t first = 0;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < n; ++begin) {
      while (end < begin + n && phases[end] - phases[begin] <= width) ++end;
      if (end - begin > most) {
        most = end - begin;
        first = begin;
      }
    }
    if (most < 2) continue;
    const double null_there =
        profile != nullptr ? profile->folded(order[first].phase, period) : 1 / period;
    const double expected = static_cast<double>(n) * width * null_there;
    const auto found = static_cast<double>(most);
    if (found * std::log(found / expected) - found + expected < kWorthFitting) continue;
    double mean = 0;
    for (std::size_t i = first; i < first + most; ++i) {
      mean += distance(order[i % n].phase, order[first].phase, period);
    }
    const double start = cyclic(order[first].phase + mean / static_cast<double>(most), period);
    // Losses far from the spike only tell that they are not in it.
    near.clear();
    const double reach = std::min(8 * sigma, period / 2);
    const auto add = [&](std::size_t i) {
      const double offset = near_distance(order[i].phase, start, period);
      if (std::abs(offset) > reach) return false;
      near.push_back({offset, order[i].time,
                      profile != nullptr ? 1 / profile->folded(order[i].phase, period) : period});
      return true;
    };
    std::size_t seen = 0;
    for (; seen < n && add((first + seen) % n); ++seen) {
    }
    for (std::size_t back = 1; seen < n && add((first + n - back) % n); ++back, ++seen) {
    }
    const auto far = static_cast<double>(n - near.size());
    double share = std::min(0.95, static_cast<double>(most) / static_cast<double>(n));
    double shift = 0;
    double total = 0;
    double hits = 0;
    LogProduct gain;
    constexpr int kSpikeSteps = 5;
    const double peak = 1 / (sigma * std::sqrt(2 * std::numbers::pi));
    const double steepness = -0.5 / (sigma * sigma);
    for (int step = 0; step < kSpikeSteps; ++step) {
      double moment = 0;
      hits = 0;
      if (step + 1 == kSpikeSteps) total = far * std::log(1 - share);
      for (const Near& one : near) {
        const double d = one.offset - shift;
        double spike = 0;
        if (std::abs(d) < 6 * sigma) {
          spike = std::exp(steepness * d * d) * peak * one.rarity;
        }
        const double all = 1 - share + share * spike;
        const double part = share * spike / all;
        hits += part;
        moment += part * d;
        if (step + 1 == kSpikeSteps) gain.multiply(all);
      }
      shift += moment / std::max(0.5, hits);
      share = std::min(0.98, (hits + 2) / (static_cast<double>(n) + 2.5));
    }
    total += gain.log();
    const double centre = cyclic(start + shift, period);
    cycles.clear();
    LogProduct hours;
    for (const Near& one : near) {
      if (std::abs(one.offset - shift) < 3 * sigma) {
        cycles.push_back(std::round((one.time - centre) / period));
        hours.multiply(period / one.rarity);
      }
    }
    std::sort(cycles.begin(), cycles.end());
    const auto different =
        static_cast<double>(std::unique(cycles.begin(), cycles.end()) - cycles.begin());
    if (different < 3) continue;
    total *= different / std::max(different, static_cast<double>(cycles.size()));
    const double place =
        std::log(std::min(0.5, 2.5 * sigma / std::sqrt(std::max(1.0, hits)) / period));
    const double evidence =
        total + 3 * std::log(share) + place - std::log(static_cast<double>(sigmas.size()));
    if (evidence > best.evidence) {
      best.period = period;
      best.phases[0] = centre;
      best.spikes = 1;
      best.sigma = sigma;
      best.share = share;
      best.hits = hits;
      best.cycles = different;
      best.evidence = evidence;
      best.hours = hours.log();
    }
  }
  return best;
}

/// A frequency that may be right, and the power of its first two harmonics.
struct Trial {
  double frequency;
  double power;
};

/// A unit vector that stands for a phase.
struct Hand {
  double c, s;
};

/// The hand after so many turns, to 1e-8, which a search for peaks does not see; some five times as
/// fast as the library's sine and cosine, and the same on every machine.
Hand hand_at(double turns) {
  // By quarters, so that the angle is at most an eighth of a turn.
  const double quarters = std::floor(4 * turns + 0.5);
  const double x = 2 * std::numbers::pi * (turns - quarters / 4);
  const double y = x * x;
  const double s = x * (1 - y / 6 * (1 - y / 20 * (1 - y / 42 * (1 - y / 72))));
  const double c = 1 - y / 2 * (1 - y / 12 * (1 - y / 30 * (1 - y / 56 * (1 - y / 90))));
  switch (static_cast<std::int64_t>(quarters) & 3) {
    case 1:
      return {-s, c};
    case 2:
      return {-c, -s};
    case 3:
      return {s, -c};
    default:
      return {c, s};
  }
}

/// Power of two harmonics of times at `steps` frequencies from each of `first` on, side by side:
/// the sums of one do not wait for those of another. A time turns by a constant angle (`turns`)
/// from one frequency to the next, so that sines are taken only once. `out` holds the powers, those
/// of one first frequency behind those of the one before.
template <std::size_t kFirsts>
void scan(const std::vector<double>& times, const std::vector<Hand>& turns,
          const std::array<double, kFirsts>& first, std::size_t steps, std::vector<double>& out) {
  struct Hands {
    std::array<double, kFirsts> c, s;
  };
  std::vector<Hands> hands(turns.size());
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const double t = times[i] - times[0];
    for (std::size_t f = 0; f < kFirsts; ++f) {
      const Hand hand = hand_at(t * first[f]);
      hands[i].c[f] = hand.c;
      hands[i].s[f] = hand.s;
    }
  }
  out.resize(kFirsts * steps);
  for (std::size_t k = 0; k < steps; ++k) {
    std::array<double, kFirsts> c1{};
    std::array<double, kFirsts> s1{};
    std::array<double, kFirsts> c2{};
    std::array<double, kFirsts> s2{};
    for (std::size_t i = 0; i < turns.size(); ++i) {
      const Hand turn = turns[i];
      Hands& hand = hands[i];
      for (std::size_t f = 0; f < kFirsts; ++f) {
        const double c = hand.c[f];
        const double s = hand.s[f];
        c1[f] += c;
        s1[f] += s;
        c2[f] += c * c - s * s;
        s2[f] += 2 * c * s;
        hand.c[f] = c * turn.c - s * turn.s;
        hand.s[f] = s * turn.c + c * turn.s;
      }
    }
    for (std::size_t f = 0; f < kFirsts; ++f) {
      out[f * steps + k] = c1[f] * c1[f] + s1[f] * s1[f] + c2[f] * c2[f] + s2[f] * s2[f];
    }
  }
}

/// The same for up to three first frequencies, as many as `refine` keeps.
void scan_all(const std::vector<double>& times, const std::vector<Hand>& turns,
              const std::vector<double>& first, std::size_t steps, std::vector<double>& out) {
  if (first.size() == 1) {
    scan<1>(times, turns, {first[0]}, steps, out);
  } else if (first.size() == 2) {
    scan<2>(times, turns, {first[0], first[1]}, steps, out);
  } else {
    scan<3>(times, turns, {first[0], first[1], first[2]}, steps, out);
  }
}

/// Follows periods near `period` through ever longer stretches, each of which tells them better.
/// The best three are kept, because few losses with strays among them often prefer a wrong one.
double refine(const std::vector<double>& times, double period, double error) {
  constexpr std::size_t kKept = 3;
  const std::size_t n = times.size();
  double reach = error / (period * period);  // In frequency.
  std::vector<Trial> kept = {{1 / period, 0}};
  std::vector<Hand> turns;
  std::vector<double> first;
  std::vector<double> power;
  for (std::size_t stretch = 12;; stretch *= 3) {
    const std::size_t count = std::min(n, stretch);
    const double span = times[count - 1] - times[0];
    if (span < 2 * period) {
      if (count == n) return 1 / kept.front().frequency;
      continue;
    }
    const double step = std::max(0.08 / span, reach / 50);
    const auto steps = static_cast<std::size_t>(2 * reach / step) + 1;
    turns.clear();
    for (std::size_t i = 0; i < count; ++i) {
      turns.push_back(hand_at((times[i] - times[0]) * step));
    }
    first.clear();
    for (const Trial& one : kept) first.push_back(one.frequency - reach);
    scan_all(times, turns, first, steps, power);
    std::vector<Trial> peaks;
    for (std::size_t f = 0; f < first.size(); ++f) {
      const double* all = power.data() + f * steps;
      for (std::size_t k = 0; k < steps; ++k) {
        if (k > 0 && all[k - 1] > all[k]) continue;
        if (k + 1 < steps && all[k + 1] >= all[k]) continue;
        peaks.push_back({first[f] + static_cast<double>(k) * step, all[k]});
      }
    }
    std::stable_sort(peaks.begin(), peaks.end(),
                     [](const Trial& a, const Trial& b) { return a.power > b.power; });
    kept.clear();
    for (const Trial& peak : peaks) {
      const bool known = std::any_of(kept.begin(), kept.end(), [&](const Trial& other) {
        return std::abs(other.frequency - peak.frequency) < 2.5 * step;
      });
      if (!known) kept.push_back(peak);
      if (kept.size() == kKept) break;
    }
    reach = std::min(reach, 2.5 * step);
    if (count == n) return 1 / kept.front().frequency;
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

/// ln Bayes factor, about, of a cycle `multiple` times as long that keeps `kept` of `hits`: each
/// hit in the one place of `multiple` that it may have is so many times more probable.
double lift_evidence(double multiple, double kept, double hits) {
  constexpr double kLostHit = 3;  // A hit that the longer cycle calls a stray: one of twenty.
  return (kept - 1) * std::log(multiple) - kLostHit * (hits - kept);
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
    const PhaseFit more = fit_spike(left, fit.period, &profile, kSigmas, 0.1 * fit.period);
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
    fits[i] = fit_spike(times, period, &profile, kSigmas, 0.1 * period);
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
    const double period = refine(times, seed, 0.03 * seed);
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
