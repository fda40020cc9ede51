#include "analysis/rhythm/features.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/rhythm/agreement.h"
#include "analysis/rhythm/background.h"
#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/exponential.h"
#include "analysis/rhythm/log_product.h"
#include "analysis/rhythm/relations.h"
#include "analysis/rhythm/rest.h"
#include "analysis/rhythm/scale.h"

namespace dropscope::rhythm {
namespace {

/// What a client takes to come back, about, in seconds.
constexpr double kUnknownDowntime = 60;

double log_seconds(double seconds) {
  return std::log(std::max(1.0, seconds));
}

double spread(const std::vector<double>& values) {
  const double middle = median(values);
  std::vector<double> off;
  for (const double value : values) off.push_back(std::abs(value - middle));
  return median(off) / std::max(1.0, middle);
}

double share_between(const std::vector<double>& values, double low, double high) {
  if (values.empty()) return 0;
  const auto count = std::count_if(values.begin(), values.end(),
                                   [&](double value) { return value > low && value <= high; });
  return static_cast<double>(count) / static_cast<double>(values.size());
}

/// Gain in ln likelihood per length of two exponentials over one (EM, ten steps): bursts.
double two_exponentials(const std::vector<double>& lengths) {
  constexpr int kSteps = 10;
  constexpr double kLeastExponent = -600;
  const std::size_t count = lengths.size();
  const auto n = static_cast<double>(count);
  double mean = 0;
  for (const double length : lengths) mean += length / n;
  double shorter = mean / 20;
  double longer = mean * 1.5;
  double share = 0.4;
  LogProduct gain;
  std::vector<double> all(count);
  std::vector<double> in_shorter(count);
  for (int step = 0; step < kSteps; ++step) {
    const double shorter_rate = 1 / shorter;
    const double longer_rate = 1 / longer;
    const double shorter_top = share * shorter_rate;
    const double longer_top = (1 - share) * longer_rate;
    for (std::size_t i = 0; i < count; ++i) {
      const double fast = std::max(kLeastExponent, -lengths[i] * shorter_rate);
      const double slow = std::max(kLeastExponent, -lengths[i] * longer_rate);
      const double p = shorter_top * exponential(fast);
      all[i] = p + longer_top * exponential(slow);
      in_shorter[i] = p / all[i];
    }
    double a = 0;
    double at = 0;
    double t = 0;
    for (std::size_t i = 0; i < count; ++i) {
      a += in_shorter[i];
      at += in_shorter[i] * lengths[i];
      t += lengths[i];
      // One exponential gives a length e^(-length / mean) / mean; these exponents add up to -n,
      // hence the 1 below.
      if (step + 1 == kSteps) gain.multiply(all[i] * mean);
    }
    share = std::clamp(a / n, 0.02, 0.98);
    shorter = std::max(1.0, at / std::max(a, 1e-6));
    longer = std::max(1.0, (t - at) / std::max(n - a, 1e-6));
  }
  return gain.log() / n + 1;
}

struct DayShape {
  double first_spread = 0;   // MAD of the first loss of each day, ln seconds.
  double weekday_share = 0;  // Share of losses on Monday to Friday.
  double first_share = 0;    // Share of the days' first losses within half an hour of their median.
  double round_quarter = 0;  // Share of the losses within 100 s of a quarter of an hour.
  double losses_per_day = 0;  // Over days with a loss.
  double night_gap = 0;       // Share of the gaps between 9 h and 20 h: nights and mornings.
  double daily_gap = 0;       // Share of the gaps within 5 % of one to three days.
  double days = 0;
};

DayShape shape_of_days(const Prepared& prepared) {
  DayShape out;
  std::vector<double> firsts;
  double last_day = -1;
  double weekdays = 0;
  double quarters = 0;
  for (const double time : prepared.local) {
    const double day = std::floor(time / kDay);
    const double second = time - day * kDay;
    if (day != last_day) firsts.push_back(second);
    last_day = day;
    weekdays += is_working_day(day) ? 1 : 0;
    const double off = cyclic(second, 900);
    quarters += std::min(off, 900 - off) < 100 ? 1 : 0;
  }
  const auto n = static_cast<double>(std::max<std::size_t>(1, prepared.local.size()));
  out.days = static_cast<double>(firsts.size());
  out.losses_per_day = n / std::max(1.0, out.days);
  out.weekday_share = weekdays / n;
  out.round_quarter = quarters / n;
  const double middle = median(firsts);
  std::vector<double> off;
  for (const double first : firsts) off.push_back(std::abs(first - middle));
  out.first_spread = log_seconds(median(off));
  out.first_share = share_between(off, -1, 1'800);
  out.night_gap = share_between(prepared.gaps, 9 * 3'600, 20 * 3'600);
  for (int k = 1; k <= 3; ++k) {
    out.daily_gap += share_between(prepared.gaps, 0.95 * k * kDay, 1.05 * k * kDay);
  }
  return out;
}

/// Losses that do not follow another within a quarter of an hour: bursts count once.
std::vector<double> apart(const Prepared& prepared) {
  std::vector<double> out;
  for (std::size_t i = 0; i < prepared.local.size(); ++i) {
    if (i == 0 || prepared.gaps[i - 1] > 900) out.push_back(prepared.local[i]);
  }
  return out;
}

struct Habits {
  double day = 0;   // ln Bayes factor of a profile of the day against none.
  double week = 0;  // … of working days against five days in seven.
};

/// Predicts each loss from those before it, once with a profile that is learned on the way and once
/// without one; the ratio of the products is the Bayes factor (eight parts of the day, flat prior).
Habits habits_of(const std::vector<double>& local) {
  constexpr std::size_t kParts = 8;
  std::array<double, kParts> parts{};
  double seen = 0;
  double working = 0;
  LogProduct of_day;
  LogProduct of_week;
  for (const double time : local) {
    const double day = std::floor(time / kDay);
    const auto part = std::min<std::size_t>(
        kParts - 1, static_cast<std::size_t>((time - day * kDay) / kDay * kParts));
    of_day.multiply((parts[part] + 1) / (seen + kParts) * kParts);
    const bool works = is_working_day(day);
    const double share = (working + 5) / (seen + 7);
    of_week.multiply(works ? share * 7 / 5 : (1 - share) * 7 / 2);
    parts[part] += 1;
    working += works ? 1 : 0;
    seen += 1;
  }
  return {of_day.log(), of_week.log()};
}

struct Clumps {
  double short_share = 0;  // Gaps below a twentieth of the mean gap.
  double skew = 0;         // ln(mean gap / median gap).
  double memory = 0;       // Correlation of ln gap with the one before.
  double retries = 0;      // Share of the gaps that retries after 5 or 15 minutes leave.
  double length = 0;       // ln of the mean number of losses without a long pause between.
};

Clumps clumps_of(const std::vector<double>& gaps) {
  Clumps out;
  const auto n = static_cast<double>(gaps.size());
  if (gaps.empty()) return out;
  double mean = 0;
  double middle = 0;
  std::vector<double> logs;
  logs.reserve(gaps.size());
  for (const double gap : gaps) {
    logs.push_back(std::log(gap));
    mean += gap / n;
    middle += logs.back() / n;
  }
  double both = 0;
  double squares = 1e-9;
  double pauses = 1;
  double retries = 0;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const double off = logs[i] - middle;
    squares += off * off;
    if (i > 0) both += off * (logs[i - 1] - middle);
    pauses += gaps[i] > mean / 2 ? 1 : 0;
    // Outlook tries again after 300 s and then every 900 s, a little late.
    const double late = cyclic(gaps[i], 900);
    retries += gaps[i] < 4'000 && (late < 45 || (gaps[i] >= 299 && gaps[i] < 345)) ? 1 : 0;
  }
  out.short_share = share_between(gaps, 0, mean / 20);
  out.skew = std::log(mean / std::max(1.0, median(gaps)));
  out.memory = both / squares;
  out.retries = retries / n;
  out.length = std::log((n + 1) / pauses);
  return out;
}

/// Which losses each of the findings explains, and how far they explain the same ones.
struct Shared {
  double any = 0;            // Share of the losses that age, clock or period explain.
  double age_and_clock = 0;  // Share of the clock's hits that the age explains too.
  double age_and_period = 0;
  double clock_and_period = 0;
  double two_ages = 0;  // Share of the uptimes at the first or the second age.
};

Shared shared_of(const Prepared& prepared, const Findings& found) {
  const auto at_age = [&](const SpikeFit& fit, double uptime) {
    return fit.seconds > 0 && std::abs(std::log(uptime / fit.seconds)) < 3 * fit.sigma;
  };
  double any = 0;
  double age_clock = 0;
  double age_period = 0;
  double clock_period = 0;
  double ages = 0;
  double clocks = 0;
  double periods = 0;
  for (std::size_t i = 0; i < prepared.times.size(); ++i) {
    const bool age = i > 0 && at_age(found.uptimes.age, prepared.uptimes[i - 1]);
    const bool second = i > 0 && at_age(found.uptimes.second_age, prepared.uptimes[i - 1]);
    const bool clock = found.clock.holds(prepared.local[i]);
    const bool period = found.period.holds(prepared.times[i]);
    any += age || clock || period ? 1 : 0;
    ages += age || second ? 1 : 0;
    clocks += clock ? 1 : 0;
    periods += period ? 1 : 0;
    age_clock += age && clock ? 1 : 0;
    age_period += age && period ? 1 : 0;
    clock_period += clock && period ? 1 : 0;
  }
  const auto n = static_cast<double>(prepared.times.size());
  return {any / n, age_clock / std::max(1.0, clocks), age_period / std::max(1.0, periods),
          clock_period / std::max(1.0, periods), ages / std::max(1.0, n - 1)};
}

/// Median distance from `seconds` of the values within a tenth of it, relative.
double scatter_near(const std::vector<double>& values, double seconds) {
  std::vector<double> off;
  for (const double value : values) {
    const double distance = std::abs(value / std::max(1.0, seconds) - 1);
    if (distance < 0.1) off.push_back(distance);
  }
  return std::log(std::max(1e-4, median(off)));
}

std::vector<double> period_seeds(const Prepared& prepared, const Findings& found) {
  std::vector<double> seeds;
  const auto add = [&](double seconds) {
    if (!(seconds > 0) || seeds.size() >= (prepared.gaps.size() > 60 ? 5U : 9U)) return;
    for (const double seed : seeds) {
      if (std::abs(seed / seconds - 1) < 0.01) return;
    }
    seeds.push_back(seconds);
  };
  add(found.gaps.age.seconds);
  add(found.gaps.second_age.seconds);
  add(found.uptimes.age.seconds + prepared.downtime);
  if (prepared.gaps.size() <= 12) {
    std::vector<double> gaps = prepared.gaps;
    std::sort(gaps.begin(), gaps.end());
    for (std::size_t i = 0; i < std::min<std::size_t>(4, gaps.size()); ++i) add(gaps[i]);
  }
  add(found.gaps.age.seconds / 2);
  add(found.gaps.age.seconds / 3);
  add(found.gaps.idle.seconds);
  add(median(prepared.gaps));
  return seeds;
}

}  // namespace

Findings find_timers(const Prepared& prepared, std::span<const double> usual) {
  Findings out;
  if (prepared.uptimes.size() < kFewestUptimes) return out;
  out.uptimes = fit_spikes(prepared.uptimes, prepared.downtime, usual);
  out.gaps = fit_spikes(prepared.gaps, 0, usual);
  out.clock = fit_clock(prepared);
  out.period = fit_period(prepared, period_seeds(prepared, out), usual);

  const auto settle = [&](auto& seconds, double error) {
    seconds = settled_length(seconds, error, usual);
  };
  // Where no restore was recorded, an uptime is longer than it was by a downtime that nobody knows.
  if (prepared.known_restores == 0) {
    for (SpikeFit* one : {&out.uptimes.age, &out.uptimes.idle}) {
      one->error = std::hypot(one->error, kUnknownDowntime);
    }
  }
  settle(out.uptimes.age.seconds, out.uptimes.age.error);
  settle(out.uptimes.idle.seconds, out.uptimes.idle.error);
  settle(out.period.period, out.period.error);
  return out;
}

Findings find_rhythms(const Prepared& prepared, std::span<const double> usual) {
  Findings out = find_timers(prepared, usual);
  if (prepared.uptimes.size() < kFewestUptimes) return out;
  const DayProfile profile(prepared.local);
  const DayShape days = shape_of_days(prepared);
  const Habits habits = habits_of(apart(prepared));
  const Clumps clumps = clumps_of(prepared.gaps);
  const Shared shared = shared_of(prepared, out);
  const auto n = static_cast<double>(prepared.times.size());
  const SpikeFit& age = out.uptimes.age;
  const SpikeFit& idle = out.uptimes.idle;
  const SpikeFit& second = out.uptimes.second_age;
  const SpikeFit& gap = out.gaps.age;
  const PhaseFit& clock = out.clock;
  const PhaseFit& period = out.period;
  const double best = std::max({age.evidence, idle.evidence, clock.evidence, period.evidence});
  double same_clock = 0;  // Whether the free period is a clock's: its distance in errors.
  if (period.period > 0 && clock.period > 0) {
    const double ratio = period.period / clock.period;
    same_clock = std::abs(ratio / std::max(1.0, std::round(ratio)) - 1);
  }
  const std::array<double, kFeatures - kRelations - kAgreements - kRests> values = {
      std::log(n),
      1 / std::sqrt(n),
      squash(age.evidence),
      squash(idle.evidence),
      squash(clock.evidence),
      squash(period.evidence),
      squash(gap.evidence),
      squash(second.evidence),
      squash(out.gaps.idle.evidence),
      squash(age.evidence - idle.evidence),
      squash(age.evidence - gap.evidence),
      squash(period.evidence - age.evidence),
      squash(period.evidence - clock.evidence),
      squash(clock.evidence - age.evidence),
      squash(best),
      best / n,
      age.share,
      std::log(std::max(age.sigma, 1e-4)),
      age.hits / n,
      std::log1p(age.hits),
      log_seconds(age.seconds),
      idle.share,
      idle.tail,
      std::log1p(idle.hits),
      log_seconds(idle.seconds),
      share_between(prepared.uptimes, 0.05 * idle.seconds, 0.97 * idle.seconds),
      share_between(prepared.uptimes, 1.03 * idle.seconds, 1.9 * idle.seconds),
      share_between(prepared.uptimes, 1.03 * age.seconds, 1.9 * age.seconds),
      share_between(prepared.uptimes, 0.1 * age.seconds, 0.95 * age.seconds),
      second.share,
      std::log1p(second.hits),
      clock.share,
      log_seconds(clock.period),
      std::log(std::max(1.0, clock.sigma)),
      std::log1p(clock.hits),
      std::log1p(clock.cycles),
      period.share,
      log_seconds(period.period),
      period.period > 0 ? std::log(std::max(1e-5, period.sigma / period.period)) : 0,
      std::log1p(period.hits),
      std::log(std::max(1e-6, same_clock)),
      log_seconds(median(prepared.uptimes)),
      std::log(std::max(1e-3, spread(prepared.uptimes))),
      std::log(std::max(1e-3, spread(prepared.gaps))),
      share_between(prepared.uptimes, 0, 300),
      two_exponentials(prepared.gaps),
      profile.busiest_share(),
      days.first_spread,
      days.first_share,
      days.weekday_share,
      days.round_quarter,
      std::log(days.losses_per_day),
      days.night_gap + 2 * days.daily_gap,
      std::log1p(days.days),
      prepared.shared,
      squash(prepared.shared_evidence),
      squash(habits.day),
      squash(habits.week),
      clumps.short_share,
      clumps.skew,
      clumps.memory,
      clumps.retries,
      clumps.length,
      shared.any,
      shared.age_and_clock,
      shared.age_and_period,
      shared.clock_and_period,
      shared.two_ages,
      scatter_near(prepared.uptimes, age.seconds),
      scatter_near(prepared.gaps, gap.seconds),
      prepared.known_restores,
      std::log(std::max(1e-4, prepared.downtime_spread / std::max(1.0, age.seconds))),
      squash(out.uptimes.age_anywhere),
      squash(out.uptimes.idle_anywhere),
      squash(out.gaps.age_anywhere),
  };
  auto next = std::copy(values.begin(), values.end(), out.features.begin());
  const auto put = [&](const auto& more) { next = std::copy(more.begin(), more.end(), next); };
  put(relations_of(prepared, out, usual));
  put(agreements_of(prepared));
  put(rest_of(prepared, out, usual));
  return out;
}

}  // namespace dropscope::rhythm
