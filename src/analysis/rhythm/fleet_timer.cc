#include "analysis/rhythm/fleet_timer.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/fleet_length.h"
#include "analysis/rhythm/fleet_shape.h"
#include "analysis/rhythm/spike.h"

namespace dropscope::rhythm {
namespace {

/// Lengths of a pool that are fitted: five times those of one client, because among two or three
/// losses of each there are fewer on the timer.
constexpr std::size_t kMostFitted = 600;

/// Lives within so many widths of a length are its own, and within this share of it at least.
constexpr double kWidths = 4;
constexpr double kLeastReach = 0.03;

/// The standard error is that of whole seconds and of the scatter about T; delays and clients' own
/// habits add to it. With these factors on it 98 % of the bounds of periods held the truth among
/// simulated fleets (seven worlds, tuning seed 202), and nearly all of those of sharp lengths: what
/// real devices add to seconds, no world knows.
double widening(Class kind) {
  return kind == Class::Period ? 1.4 : 4.2;
}

/// How much shorter than told a timer on connections may be, in seconds, as nobody recorded how
/// long the clients were away: mostly less than a minute and a half.
double unknown_away(const Pool& pool, double seconds) {
  constexpr double kLongest = 90;
  constexpr double kGreatestShare = 0.1;
  return pool.all.downtime > 0 ? 0 : std::min(kLongest, kGreatestShare * seconds);
}

Interval bounded(Class kind, double seconds, double error) {
  const double half = kind == Class::Clock ? 0 : widening(kind) * (2 * error + 1);
  return {seconds, seconds - half, seconds + half};
}

Reading reading(Class kind, const Interval& interval) {
  Reading out;
  out.kind = kind;
  out.has_interval = interval.seconds > 0;
  if (out.has_interval) out.interval = interval;
  return out;
}

bool counts_gaps(const Candidate& candidate) {
  return candidate.reading.kind == Class::Clock || candidate.reading.kind == Class::Period;
}

/// Whether its width is in seconds and not a part of its length.
bool counts_seconds(const Candidate& candidate) {
  return candidate.reading.kind == Class::Clock;
}

double reach_of(const Candidate& candidate) {
  return std::max(kLeastReach, kWidths * candidate.width);
}

/// The length of a life in which all but the last of `times` losses went unrecorded.
double repeated(const Candidate& candidate, double times, double downtime) {
  const double between = counts_gaps(candidate) ? 0 : downtime;
  return times * (candidate.reading.interval.seconds + between) - between;
}

/// How often lives of `times` lengths are seen.
double lives_of(const Candidate& candidate, double times, const Pool& pool) {
  const double reach = reach_of(candidate);
  const double middle = repeated(candidate, times, pool.all.downtime);
  return in_range(counts_gaps(candidate) ? pool.gaps : pool.uptimes, (1 - reach) * middle,
                  (1 + reach) * middle);
}

/// Whether lives of `times` lengths are more frequent than losses that went unrecorded make them.
/// Each loss is unrecorded with a probability that lives of twice the length tell, and that is
/// below a half.
bool is_too_frequent(const Candidate& candidate, int times, const Pool& pool) {
  constexpr double kErrors = 4;
  const double once = std::max(1.0, lives_of(candidate, 1, pool));
  const double unrecorded = times > 2 ? std::min(0.5, lives_of(candidate, 2, pool) / once) : 0.5;
  const double expected = once * std::pow(unrecorded, times - 1);
  return lives_of(candidate, times, pool) > expected + kErrors * std::sqrt(expected + 1);
}

/// Whether gaps that are told better than uptimes, or that take turns, speak for a free period.
bool is_period(const Pool& pool, const SpikeFit& age, const SpikeFit& gap, bool delayed) {
  // Lives that begin anew leave no memory in the gaps; half of -1/2 is the border.
  constexpr double kPeriodMemory = -0.25;
  if (gap.evidence <= kFleetGate) return false;
  const double sharper = gap.evidence - age.evidence;
  const double little = std::max(2.0, 0.01 * age.evidence);
  const double much = std::max(20.0, 0.05 * age.evidence);
  return (sharper > little && !delayed) || sharper > much ||
         (sharper > -much && memory_of_gaps(pool, gap) < kPeriodMemory);
}

/// Whether gaps of one day are at least a fifth as many as those of about so many `seconds`: people
/// who come again after some days mostly come again on the next.
bool has_days(const Pool& pool, double seconds) {
  constexpr double kShare = 0.2;
  constexpr double kNear = 0.1;
  const auto about = [&](double length) {
    return in_range(pool.gaps, (1 - kNear) * length, (1 + kNear) * length);
  };
  return about(kDay) > kShare * about(seconds);
}

/// T of an idle timer or a fixed age with its bounds.
Interval length_of(Class kind, const Pool& pool, const SpikeFits& uptimes) {
  const SpikeFit& age = uptimes.age;
  const SpikeFit& fit = kind == Class::Idle ? uptimes.idle : age;
  const bool same =
      std::abs(fit.seconds / age.seconds - 1) < std::max(kLeastReach, kWidths * age.sigma);
  return same && !is_sharp(age) ? length_about(pool.uptimes, age, kind)
                                : bounded(kind, fit.seconds, fit.error);
}

}  // namespace

bool explains(const Candidate& candidate, const Life& life, double downtime) {
  const double length = candidate.reading.interval.seconds;
  if (length <= 0) return false;
  if (candidate.reading.kind == Class::Clock) {
    const double turns = (life.local - candidate.phase) / length;
    return std::abs(turns - std::round(turns)) * length < kWidths * candidate.width;
  }
  const double reach = reach_of(candidate);
  if (candidate.reading.kind == Class::Idle) return std::abs(life.uptime / length - 1) < reach;
  const double between = counts_gaps(candidate) ? 0 : downtime;
  const double value = counts_gaps(candidate) ? life.gap : life.uptime;
  if (value <= 0) return false;
  const double times = std::clamp(std::round((value + between) / (length + between)), 1.0,
                                  static_cast<double>(candidate.repeats));
  return std::abs(value / repeated(candidate, times, downtime) - 1) < reach;
}

int repeats_of(const Candidate& candidate, const Pool& pool) {
  constexpr int kMostRepeats = 6;
  // A cycle goes on while a computer sleeps, and a clock's phase tells more than its gaps.
  if (candidate.reading.kind == Class::Period) return kMostRepeats;
  if (candidate.reading.kind == Class::Clock) return 1;
  int times = 1;
  while (times < kMostRepeats && !is_too_frequent(candidate, times + 1, pool)) ++times;
  return times;
}

Candidate candidate_of_lengths(const Pool& pool, std::span<const double> usual,
                               const LengthSearch& search) {
  const SpikeSearch spikes{kMostFitted, search.second || follows_people(pool)};
  const SpikeFits uptimes = fit_spikes(pool.uptimes, pool.all.downtime, usual, spikes);
  const SpikeFits gaps = fit_spikes(pool.gaps, 0, usual, spikes);
  Candidate out;
  out.lengths = std::min(pool.uptimes.size(), kMostFitted);
  const bool delayed = !search.fixed && is_delayed(pool, uptimes.age);
  const auto fill = [&](Class kind, const Interval& interval, const SpikeFit& fit,
                        double evidence) {
    out.reading = reading(kind, interval);
    if (kind != Class::Period) out.reading.interval.low -= unknown_away(pool, interval.seconds);
    out.evidence = evidence;
    out.width = fit.sigma;
  };
  if (is_period(pool, uptimes.age, gaps.age, delayed)) {
    const Measure measure = measured_period(pool, gaps.age);
    fill(Class::Period, bounded(Class::Period, measure.seconds, measure.error), gaps.age,
         gaps.age.evidence);
  } else if (delayed) {
    fill(Class::Idle, length_of(Class::Idle, pool, uptimes), uptimes.idle,
         std::max(uptimes.idle.evidence, uptimes.age.evidence));
  } else {
    fill(Class::Age, length_of(Class::Age, pool, uptimes), uptimes.age, uptimes.age.evidence);
  }
  out.repeats = repeats_of(out, pool);
  return out;
}

Candidate candidate_of(const PhaseFit& clock) {
  Candidate out;
  out.reading = reading(Class::Clock, bounded(Class::Clock, clock.period, 0));
  out.evidence = clock.evidence;
  out.width = clock.sigma;
  out.phase = clock.phase();
  return out;
}

Candidate candidate_of_clock(const Pool& pool) {
  return candidate_of(fit_clock(pool.all, false));
}

bool is_life(const Candidate& candidate) {
  return candidate.reading.kind == Class::Idle || candidate.reading.kind == Class::Age;
}

double each_of(const Candidate& candidate) {
  if (candidate.lengths == 0) return 0;
  return candidate.evidence / static_cast<double>(candidate.lengths);
}

double gate_of(const Candidate& lengths, const Pool& pool) {
  // Tries of the same moment are no timer's; the shortest there is ends what idles for a minute.
  constexpr double kShortest = 30;
  const double seconds = lengths.reading.interval.seconds;
  if (seconds < kShortest) return std::numeric_limits<double>::infinity();
  // Workdays and nights make lengths of some hours and more, each with a scatter of its own. People
  // who come at the same hour on most days have gaps of whole days, too. In a pool that is sharper
  // in the middle than any one scatter, so that the evidence grows with the number of lengths
  // without a timer. A timer's is 1 to 5 for each length where jitter does not blur it.
  constexpr double kWorkday = 21'600;
  constexpr double kEachNight = 0.25;
  constexpr double kEachDay = 0.5;
  // A scatter of a quarter of an hour is people's; a timer with so much jitter shows it in most
  // lives.
  constexpr double kWide = 0.01;
  constexpr double kEachIfWide = 1;
  const bool wide = lengths.width > kWide;
  if (seconds < (wide ? kWorkday : kNight)) return kFleetGate;
  const double days = seconds / kDay;
  const double near = std::max(0.02, days < 1.5 ? 2.5 * lengths.width : 0);
  const bool whole = std::round(days) >= 1 && std::abs(days / std::round(days) - 1) < near;
  const double each = !whole || !has_days(pool, seconds) ? kEachNight
                      : wide                             ? kEachIfWide
                                                         : kEachDay;
  return std::max(kFleetGate, each * static_cast<double>(lengths.lengths));
}

double explained(const Candidate& candidate, const Pool& pool) {
  constexpr double kLatest = 1.9;
  const double length = candidate.reading.interval.seconds;
  const auto is_explained = [&](const Life& life) {
    const bool late = candidate.reading.kind == Class::Idle && life.uptime > length &&
                      life.uptime < kLatest * length;
    return late || explains(candidate, life, pool.all.downtime);
  };
  return static_cast<double>(std::count_if(pool.lives.begin(), pool.lives.end(), is_explained));
}

double explicable(const Candidate& candidate, const Pool& pool) {
  if (candidate.reading.kind == Class::Clock) return static_cast<double>(pool.lives.size());
  return static_cast<double>(count_uptimes(pool));
}

void take_out(Pool& pool, const Candidate& candidate) {
  std::erase_if(pool.lives,
                [&](const Life& life) { return explains(candidate, life, pool.all.downtime); });
  count_gaps_again(pool);
  measure(pool);
}

bool is_made_of(const Candidate& other, const Candidate& one, const Pool& pool) {
  // Late lives of the length itself may be anywhere near; the middle of its multiples is as sharp
  // as both lengths are.
  constexpr double kSharpest = 0.004;
  const double width = counts_seconds(other) ? one.width : std::max(one.width, other.width);
  const double sharp = std::clamp(1.5 * width, kSharpest, kLeastReach);
  for (int times = 1; times <= one.repeats; ++times) {
    const double middle = repeated(one, times, pool.all.downtime);
    const double off = std::abs(other.reading.interval.seconds / middle - 1);
    if (off < (times == 1 ? kLeastReach : sharp)) return true;
  }
  return false;
}

}  // namespace dropscope::rhythm
