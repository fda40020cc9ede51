// A scan for a spike in the lengths of uptimes, and a scan for fixed times of day.
//
// The question is asked as a test against nulls that people and machines produce without any timer:
// uptimes of random losses spread smoothly over the logarithmic scale, uptimes over a night crowd
// at the length of a night, losses crowd in working hours. Each null is bounded from above by a
// density that the smooth cases do not exceed, and the chance that so many values fall into so
// narrow a window is bounded with it (binomial tail, times the number of windows tried). That makes
// the answer late rather than wrong: a false "regular" sends a network team hunting for nothing.
//
// Rejected: variation coefficient of the gaps (an idle timer has a long tail and fails it), Fourier
// methods (a timer that restarts with each connection has no phase), kernel estimates of the
// background (they follow the spike that they should be compared with when it holds most of the
// data). docs/methods/interval.md has the derivation and the measured error rates.

#include "analysis/rhythm/interval.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>

#include "analysis/frequency/poisson.h"

namespace dropscope {
namespace {

/// Shorter uptimes are a connection that never settled; the shortest timer in data/timers.toml that
/// closes connections is 50 s.
constexpr double kShortestUptime = 30.0;

/// With fewer uptimes than this nothing is claimed, whatever they look like: three values in one
/// narrow window are the least that can agree by more than chance, and one of five may stray.
constexpr std::size_t kFewest = 5;

/// With this many uptimes most timers would have shown, so that "none" can be said, with the
/// probability that missed_probability() leaves for it.
constexpr std::size_t kEnough = 12;

/// Smallest probability of "regular" at which it is claimed.
constexpr double kClaim = 0.9;

/// No claim is made with more than this: the model's own error is not in the numbers.
constexpr double kMostCertain = 0.99;

/// Widths of the windows, as natural logarithms of the ratio of their ends.
constexpr std::array<double, 5> kWidths = {0.002, 0.005, 0.012, 0.03, 0.06};

/// Times of a second and a half of reconnecting on either side.
constexpr double kNarrowestSeconds = 2.5;

/// Upper bound for the density of ln(uptime), per unit, without a timer. Exponential uptimes peak
/// at 1/e = 0.37 and gamma-distributed ones of shape 4 at 0.78; the length of a night, as long as
/// one morning's arrival resembles the next (sd 25 min in 15 h), peaks near 15.
double null_density(double seconds) {
  if (seconds < 4 * 3600.0) return 0.8;
  if (seconds < 6 * 3600.0) return 2.0;
  return 15.0;
}

/// Probability that there is a timer although none was found among `n` uptimes: the rate at which
/// the harder simulated timers (two thirds of the uptimes delayed by activity) are missed, 35 % at
/// 12 uptimes and less than 1 % at 40, against even prior odds (docs/methods/interval.md).
double missed_probability(std::size_t n) {
  return 1.0 / (1.0 + std::exp((static_cast<double>(n) - 8.0) / 5.0));
}

struct UptimeSample {
  double seconds = 0;
  double gap = 0;  ///< From the loss before to the loss that ends it; 0 if unknown.
  bool power_known = false;
};

struct Samples {
  std::vector<UptimeSample> complete;  ///< Sorted by seconds.
  std::vector<double> survived;  ///< Lengths that ended otherwise, begun with a restore; sorted.
};

Samples collect_uptimes(const std::vector<const ComputerEpisodes*>& computers) {
  Samples samples;
  for (const ComputerEpisodes* computer : computers) {
    std::size_t outage = 0;
    for (const Uptime& uptime : computer->uptimes) {
      if (uptime.begin_edge != Edge::Restored) continue;
      const double seconds = uptime.seconds();
      if (seconds < kShortestUptime) continue;
      if (!uptime.complete()) {
        // Without a System log the computer may have been off for most of it.
        if (computer->power_known) samples.survived.push_back(seconds);
        continue;
      }
      while (outage < computer->outages.size() && computer->outages[outage].end < uptime.begin) {
        ++outage;
      }
      UptimeSample sample;
      sample.seconds = seconds;
      sample.power_known = computer->power_known;
      if (outage < computer->outages.size() && computer->outages[outage].complete() &&
          computer->outages[outage].end == uptime.begin) {
        sample.gap = seconds_between(computer->outages[outage].lost, uptime.end);
      }
      samples.complete.push_back(sample);
    }
  }
  std::sort(samples.complete.begin(), samples.complete.end(),
            [](const UptimeSample& a, const UptimeSample& b) {
              return a.seconds != b.seconds ? a.seconds < b.seconds : a.gap < b.gap;
            });
  std::sort(samples.survived.begin(), samples.survived.end());
  return samples;
}

/// Posterior odds from a p-value: the bound of Sellke, Bayarri and Berger (2001), -e p ln p, on the
/// Bayes factor for the null, with even prior odds.
double probability_from_log_p(double log_p) {
  if (log_p > -1.0) return 0.5 * std::exp(std::min(0.0, -(log_p + 1.0)));
  const double factor = std::exp(1.0 + log_p) * -log_p;
  return 1.0 / (1.0 + factor);
}

struct Spike {
  std::size_t first = 0;  ///< Into the sorted samples.
  std::size_t end = 0;
  double log_p = 0;
};

double width_at(double seconds, double width) {
  return std::max(width, kNarrowestSeconds / seconds);
}

/// The window that is least likely by chance; log_p 0 when no window holds three.
Spike find_spike(const std::vector<UptimeSample>& sorted) {
  Spike best;
  const std::size_t n = sorted.size();
  const double trials = std::log(static_cast<double>(n) * static_cast<double>(kWidths.size()));
  for (const double width : kWidths) {
    Spike candidate;
    std::size_t end = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double w = width_at(sorted[i].seconds, width);
      const double limit = sorted[i].seconds * std::exp(w);
      end = std::max(end, i + 1);
      while (end < n && sorted[end].seconds <= limit) ++end;
      const std::size_t count = end - i;
      if (count < 3) continue;
      const double p = null_density(sorted[i].seconds) * w;
      const double mean = p * static_cast<double>(n - 1);
      const double others = static_cast<double>(count - 1);
      if (others <= mean) continue;
      // A quick bound finds the window; the exact tail is computed for the best one only.
      const double quick = others - mean - others * std::log(others / mean);
      if (quick < candidate.log_p) candidate = {i, end, quick};
    }
    if (candidate.log_p == 0) continue;
    const double w = width_at(sorted[candidate.first].seconds, width);
    const double p = null_density(sorted[candidate.first].seconds) * w;
    candidate.log_p =
        std::min(0.0, trials + log_binomial_tail(n - 1, candidate.end - candidate.first - 1, p));
    // In thousands of uptimes any unevenness is significant: a spike must also stand out from the
    // values just below it, where neither an idle timer nor an age limit puts any.
    if (n > 50) {
      const double low = sorted[candidate.first].seconds * std::exp(-3 * w);
      const auto below = std::lower_bound(
          sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(candidate.first), low,
          [](const UptimeSample& s, double value) { return s.seconds < value; });
      const auto neighbours = static_cast<double>(
          sorted.begin() + static_cast<std::ptrdiff_t>(candidate.first) - below);
      if (static_cast<double>(candidate.end - candidate.first) < neighbours) continue;
    }
    if (candidate.log_p < best.log_p) best = candidate;
  }
  return best;
}

/// Where uptimes lie relative to the spike.
struct Counts {
  double on = 0;
  double below = 0;
  double above = 0;
};

Counts count_around(const Samples& samples, const Spike& spike) {
  Counts counts;
  const auto& all = samples.complete;
  const double low = all[spike.first].seconds;
  const double high = all[spike.end - 1].seconds;
  counts.on = static_cast<double>(spike.end - spike.first);
  counts.below = static_cast<double>(spike.first);
  for (std::size_t i = spike.end; i < all.size(); ++i) {
    // Without a System log a long uptime may be a night in which the computer was off.
    if (all[i].power_known || all[i].seconds < 5 * low) counts.above += 1;
  }
  counts.above += static_cast<double>(
      samples.survived.end() -
      std::upper_bound(samples.survived.begin(), samples.survived.end(), high * 1.05));
  return counts;
}

/// Log marginal likelihood of the counts under a Dirichlet prior (up to the multinomial
/// coefficient).
double log_dirichlet(const Counts& n, double on, double below, double above) {
  return std::lgamma(on + below + above) -
         std::lgamma(on + below + above + n.on + n.below + n.above) + std::lgamma(on + n.on) -
         std::lgamma(on) + std::lgamma(below + n.below) - std::lgamma(below) +
         std::lgamma(above + n.above) - std::lgamma(above);
}

/// Probability that the spike is an idle timer rather than a limit on age. An idle timer is delayed
/// by activity, so that uptimes lie on it and above it, few below; a limit on age lets nothing live
/// longer, while other causes cut some connections short. The weights say just that, and are weak:
/// they are worth seven observations.
double idle_probability(const Counts& counts) {
  const double idle = log_dirichlet(counts, 3.0, 0.6, 3.0);
  const double age = log_dirichlet(counts, 5.0, 1.5, 0.35);
  return 1.0 / (1.0 + std::exp(age - idle));
}

double median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

struct Length {
  double seconds = 0, low = 0, high = 0;
};

/// Lower edge of the spike. After reconnecting a client exchanges data for some seconds before it
/// is idle, so the timer is a little shorter than what lies on it: the estimate is the lower end,
/// and the interval reaches from below it, by as much as the spike is wide there, up to its middle.
Length idle_length(std::span<const UptimeSample> spike) {
  const std::size_t n = spike.size();
  // The minimum for few; for many the 8 % quantile, which single early losses cannot move.
  const std::size_t at = n <= 12 ? 0 : static_cast<std::size_t>(0.08 * static_cast<double>(n));
  const double edge = spike[at].seconds;
  const double spread = spike[n / 2].seconds - spike[0].seconds;
  Length length;
  length.seconds = edge;
  length.low = std::min(spike[0].seconds, edge - 0.5 * spread) - 2.0 - 0.001 * edge;
  length.high = std::max(spike[n / 2].seconds, edge + 1.0);
  return length;
}

/// What a client needs to notice a connection that was closed with a reset, and to log it.
constexpr double kNoticeSeconds = 2.0;

/// Centre of the spike with the standard error of a median, and the time to notice.
Length age_length(std::span<const UptimeSample> spike) {
  std::vector<double> lengths;
  std::vector<double> gaps;
  for (const UptimeSample& s : spike) {
    lengths.push_back(s.seconds);
    if (s.gap > 0) gaps.push_back(s.gap);
  }
  const auto spread = [](const std::vector<double>& values, double centre) {
    std::vector<double> deviations;
    deviations.reserve(values.size());
    for (const double v : values) deviations.push_back(std::abs(v - centre));
    return 1.4826 * median_of(std::move(deviations));  // Standard deviation, if normal.
  };
  double centre = median_of(lengths);
  double sd = spread(lengths, centre);
  std::size_t n = lengths.size();
  // A free-running period ticks from loss to loss, an age from restore to loss: the tighter one
  // counts.
  if (gaps.size() >= 3 && gaps.size() * 2 >= lengths.size()) {
    const double gap_centre = median_of(gaps);
    const double gap_sd = spread(gaps, gap_centre);
    if (gap_sd < 0.5 * sd) {
      centre = gap_centre;
      sd = gap_sd;
      n = gaps.size();
    }
  }
  const double error = 1.96 * 1.2533 * sd / std::sqrt(static_cast<double>(n)) + kNoticeSeconds;
  return {centre, centre - error, centre + error};
}

// Fixed times of day.

struct ClockScan {
  double period = 0;
  double arc = 0;  ///< Width of the arc in seconds.
  double log_p = 0;
  std::uint32_t hits = 0;    ///< Losses in the arc.
  std::uint32_t losses = 0;  ///< Losses looked at, common outages counted once.
  double day_share = 0;      ///< Share of days with losses whose losses lie mostly in the arc.
};

struct LocalLoss {
  double time = 0;  ///< Local seconds.
  std::int64_t day = 0;
};

/// Losses closer than this are one event for the clock: many clients of one outage, or retries.
constexpr double kSameInstant = 90.0;

/// More are thinned evenly; the scan is about days, and there are never many of those.
constexpr std::size_t kMostLosses = 20'000;

std::vector<LocalLoss> collect_losses(const std::vector<const ComputerEpisodes*>& computers,
                                      const TimeZone& zone) {
  std::vector<Instant> losses;
  for (const ComputerEpisodes* computer : computers) {
    for (const Outage& outage : computer->outages) {
      if (outage.lost_event != kNoEvent) losses.push_back(outage.lost);
    }
  }
  std::sort(losses.begin(), losses.end());
  std::vector<Instant> distinct;
  for (const Instant t : losses) {
    if (distinct.empty() || seconds_between(distinct.back(), t) > kSameInstant) {
      distinct.push_back(t);
    }
  }
  std::vector<LocalLoss> result;
  const std::size_t stride = distinct.size() / kMostLosses + 1;
  for (std::size_t i = 0; i < distinct.size(); i += stride) {
    const double local = std::chrono::duration<double>(distinct[i].time_since_epoch()).count() +
                         zone.offset_seconds(distinct[i]);
    result.push_back({local, static_cast<std::int64_t>(std::floor(local / 86400.0))});
  }
  return result;
}

struct ClockPeriod {
  double seconds;
  double crowding;  ///< Upper bound for the density of phases without a clock, relative to uniform.
};
/// Meetings and lunch begin on the hour; mornings begin within an hour of each other.
constexpr std::array<ClockPeriod, 10> kPeriods = {{{900, 1.5},
                                                   {1200, 1.5},
                                                   {1800, 2},
                                                   {3600, 3},
                                                   {7200, 6},
                                                   {10800, 8},
                                                   {14400, 10},
                                                   {21600, 12},
                                                   {43200, 18},
                                                   {86400, 25}}};
constexpr std::array<double, 4> kArcs = {4, 15, 60, 180};

/// One phase per loss on the circle of one period, and the day that it belongs to.
struct Phase {
  double at;
  std::uint32_t day;  ///< Index of the local day.
};

ClockScan scan_period(const std::vector<LocalLoss>& losses, const ClockPeriod& period) {
  ClockScan best;
  std::map<std::int64_t, std::uint32_t> days;
  for (const LocalLoss& loss : losses) days.try_emplace(loss.day, 0);
  std::uint32_t index = 0;
  for (auto& [day, i] : days) i = index++;
  std::vector<std::uint32_t> of_day(days.size(), 0);
  std::vector<Phase> phases;
  phases.reserve(losses.size() * 2);
  for (const LocalLoss& loss : losses) {
    const std::uint32_t day = days.at(loss.day);
    ++of_day[day];
    phases.push_back({std::fmod(loss.time, period.seconds), day});
  }
  std::sort(phases.begin(), phases.end(), [](const Phase& a, const Phase& b) {
    return a.at != b.at ? a.at < b.at : a.day < b.day;
  });
  const std::size_t n = phases.size();
  for (std::size_t i = 0; i < n; ++i) {
    phases.push_back({phases[i].at + period.seconds, phases[i].day});
  }
  const double trials = std::log(static_cast<double>(n * kPeriods.size() * kArcs.size()));
  // A day speaks for the clock when at least half of its losses lie in the arc. Whether they came
  // together or not, that happens by chance with at most twice the arc's share (Markov's
  // inequality).
  for (const double arc : kArcs) {
    const double q = 2 * period.crowding * arc / period.seconds;
    if (q > 0.5) continue;
    const double mean = q * static_cast<double>(days.size());
    std::vector<std::uint32_t> inside(days.size(), 0);
    std::size_t days_hit = 0;
    const auto hit = [&](std::uint32_t day) {
      return 2 * inside[day] >= of_day[day] && inside[day] > 0;
    };
    const auto change = [&](std::uint32_t day, bool add) {
      const bool before = hit(day);
      if (add) {
        ++inside[day];
      } else {
        --inside[day];
      }
      const bool after = hit(day);
      if (after && !before) ++days_hit;
      if (before && !after) --days_hit;
    };
    std::size_t end = 0;
    for (std::size_t i = 0; i < n; ++i) {
      while (end < i + n && phases[end].at <= phases[i].at + arc) change(phases[end++].day, true);
      const double hits = static_cast<double>(days_hit);
      if (days_hit >= 4 && hits > mean) {
        const double log_p = std::min(0.0, trials + hits - mean - hits * std::log(hits / mean));
        if (log_p < best.log_p) {
          best.period = period.seconds;
          best.arc = arc;
          best.log_p = log_p;
          best.hits = static_cast<std::uint32_t>(end - i);
          best.losses = static_cast<std::uint32_t>(n);
          best.day_share = hits / static_cast<double>(days.size());
        }
      }
      change(phases[i].day, false);
    }
  }
  return best;
}

/// Share of days that a schedule must explain; with fewer, something else is at work too.
constexpr double kMostDays = 0.6;

ClockScan scan_clock(const std::vector<LocalLoss>& losses) {
  ClockScan best;
  if (losses.size() < 4) return best;
  for (const ClockPeriod& period : kPeriods) {
    const ClockScan scan = scan_period(losses, period);
    if (scan.day_share >= kMostDays && scan.log_p < best.log_p) best = scan;
  }
  return best;
}

void set_alternatives(IntervalEstimate& estimate, double idle, double age, const Length& idle_is,
                      const Length& age_is) {
  const auto add = [&](Rhythm rhythm, double seconds, double probability) {
    if (rhythm != estimate.rhythm && probability >= 0.05) {
      estimate.alternatives.push_back({rhythm, seconds, probability});
    }
  };
  add(Rhythm::Idle, idle_is.seconds, idle);
  add(Rhythm::FixedAge, age_is.seconds, age);
  add(Rhythm::None, 0, 1.0 - estimate.regular_probability);
  std::stable_sort(estimate.alternatives.begin(), estimate.alternatives.end(),
                   [](const RhythmAlternative& a, const RhythmAlternative& b) {
                     return a.probability > b.probability;
                   });
}

double watched_days(const std::vector<const ComputerEpisodes*>& computers) {
  double days = 0;
  for (const ComputerEpisodes* computer : computers) {
    for (const Watch& watch : computer->watches) {
      days += seconds_between(watch.begin, watch.end) / 86400.0;
    }
  }
  return days;
}

}  // namespace

IntervalEstimate estimate_interval(const std::vector<const ComputerEpisodes*>& computers,
                                   const TimeZone& zone) {
  IntervalEstimate estimate;
  const Samples samples = collect_uptimes(computers);
  const std::size_t n = samples.complete.size();
  estimate.considered = static_cast<std::uint32_t>(n);

  const std::vector<LocalLoss> losses = collect_losses(computers, zone);
  const ClockScan clock = scan_clock(losses);
  const Spike spike = n >= kFewest ? find_spike(samples.complete) : Spike{};
  const double clock_probability =
      std::min(kMostCertain, clock.log_p < 0 ? probability_from_log_p(clock.log_p) : 0.0);
  const double spike_probability =
      std::min(kMostCertain, spike.log_p < 0 ? probability_from_log_p(spike.log_p) : 0.0);

  // A schedule wins over a spike: its losses are evenly spaced as well, so that their uptimes pile
  // up at the period less the outage, while no timer that restarts with the connection keeps to the
  // clock.
  if (clock_probability >= kClaim) {
    estimate.rhythm = Rhythm::Clock;
    estimate.seconds = clock.period;
    estimate.low = clock.period - clock.arc / std::max(1.0, static_cast<double>(clock.hits));
    estimate.high = clock.period + clock.arc / std::max(1.0, static_cast<double>(clock.hits));
    estimate.probability = estimate.regular_probability = clock_probability;
    estimate.at_interval = clock.hits;
    estimate.considered = clock.losses;
    return estimate;
  }

  if (spike_probability >= kClaim) {
    const std::span<const UptimeSample> members(samples.complete.data() + spike.first,
                                                spike.end - spike.first);
    const double idle = idle_probability(count_around(samples, spike));
    const Length idle_is = idle_length(members);
    const Length age_is = age_length(members);
    estimate.rhythm = idle >= 0.5 ? Rhythm::Idle : Rhythm::FixedAge;
    const Length& length = idle >= 0.5 ? idle_is : age_is;
    estimate.seconds = length.seconds;
    estimate.low = length.low;
    estimate.high = length.high;
    estimate.regular_probability = spike_probability;
    estimate.probability = spike_probability * std::max(idle, 1.0 - idle);
    estimate.at_interval = static_cast<std::uint32_t>(members.size());
    set_alternatives(estimate, spike_probability * idle, spike_probability * (1.0 - idle), idle_is,
                     age_is);
    return estimate;
  }

  estimate.regular_probability =
      std::max({spike_probability, clock_probability, missed_probability(n)});
  estimate.probability = std::min(kMostCertain, 1.0 - estimate.regular_probability);
  if (n >= kEnough) {
    estimate.rhythm = Rhythm::None;
    return estimate;
  }
  estimate.rhythm = Rhythm::NotEnough;
  estimate.losses_missing = static_cast<std::uint32_t>(kEnough - n);
  const double days = watched_days(computers);
  if (n > 0 && days > 0) {
    // At the rate at which measured uptimes came in so far.
    estimate.days_missing = static_cast<double>(estimate.losses_missing) * days /
                            static_cast<double>(n) / static_cast<double>(computers.size());
  }
  return estimate;
}

std::string_view to_string(Rhythm rhythm) {
  switch (rhythm) {
    case Rhythm::NotEnough:
      return "not-enough";
    case Rhythm::None:
      return "none";
    case Rhythm::Idle:
      return "idle";
    case Rhythm::FixedAge:
      return "fixed-age";
    case Rhythm::Clock:
      return "clock";
  }
  return "none";
}

}  // namespace dropscope
