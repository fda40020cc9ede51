// A fleet: few losses of many clients, pooled.
//
// A common cause is asked for first, because outages that are shared would put every client's
// losses at one phase. Then all uptimes, all gaps and all wall-clock phases are pooled; clients
// need not be in phase with each other. What the clearest timer does not explain is searched for a
// second one.

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

/// ln Bayes factor from which a pool of clients is called regular; hundreds are usual with a timer.
constexpr double kFleetGate = 8;

/// A second timer has to explain this share of a fleet's losses, from among those that the first
/// leaves unexplained, or it is strays that happen to agree; and its evidence has to be stronger.
constexpr double kSecondShare = 0.1;
constexpr double kSecondGate = 12;

/// Shares that were right among 288 simulated fleets of each of two worlds (rhythm_quality's,
/// tuning seed 202), with one more right and one more wrong: the class of 263 in 301 answers with a
/// timer, of 68 in 68 outages and 196 in 207 others; a timer was there in 298 of the first and in 6
/// of the other 275.
constexpr double kTimerRight = 264.0 / 303;
constexpr double kOutageRight = 69.0 / 70;
constexpr double kNoTimerRight = 197.0 / 209;
constexpr double kIsRegular = 299.0 / 303;
constexpr double kMissedTimer = 7.0 / 277;

/// Uptimes and losses of a pool that are looked at: more change no answer.
constexpr std::size_t kMostPooled = 1'500;

/// Outlook tries again after 300 s and then every 900 s: such gaps between long pauses are the
/// retries of one burst after another. The share was chosen on simulated fleets: of 48
/// without a timer (second world, seed 404) 11 were false alarms before and one after.
constexpr std::array kRetrySeconds = {300.0, 900.0};
constexpr double kPauseShare = 0.12;

/// A loss in the pool and the life that it ended.
struct Life {
  double time = 0;    // Unix seconds.
  double local = 0;   // Wall clock.
  double uptime = 0;  // 0 of a client's first loss.
  double gap = 0;
  std::size_t client = 0;
};

struct Pool {
  std::vector<Life> lives;  // In order of time.
  Prepared all;             // Losses of every client on one axis, for clocks.
  std::vector<double> uptimes;
  std::vector<double> gaps;
  std::vector<std::pair<double, double>> neighbours;  // Gaps of one client that follow each other.
  std::size_t clients = 0;
};

void thin(std::vector<double>& values) {
  if (values.size() <= kMostPooled) return;
  std::sort(values.begin(), values.end());
  std::vector<double> kept;
  for (std::size_t i = 0; i < kMostPooled; ++i)
    kept.push_back(values[i * values.size() / kMostPooled]);
  values = std::move(kept);
}

/// Fills what is derived from the lives.
void measure(Pool& pool) {
  pool.all.times.clear();
  pool.all.local.clear();
  pool.uptimes.clear();
  pool.gaps.clear();
  const std::size_t step = pool.lives.size() / kMostPooled + 1;
  for (std::size_t i = 0; i < pool.lives.size(); ++i) {
    const Life& life = pool.lives[i];
    if (life.uptime > 0) {
      pool.uptimes.push_back(life.uptime);
      pool.gaps.push_back(life.gap);
    }
    if (i % step != 0) continue;
    if (pool.all.times.empty()) pool.all.start = life.time;
    pool.all.times.push_back(life.time - pool.all.start);
    pool.all.local.push_back(life.local);
  }
  thin(pool.uptimes);
  thin(pool.gaps);
}

Pool pool_of(const std::vector<Client>& clients) {
  Pool pool;
  std::vector<double> downtimes;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const Prepared one = prepare(clients[i]);
    if (one.times.empty()) continue;
    ++pool.clients;
    downtimes.push_back(one.downtime);
    for (std::size_t k = 0; k < one.times.size(); ++k) {
      pool.lives.push_back({one.start + one.times[k], one.local[k], k > 0 ? one.uptimes[k - 1] : 0,
                            k > 0 ? one.gaps[k - 1] : 0, i});
    }
    for (std::size_t k = 1; k < one.gaps.size(); ++k) {
      pool.neighbours.emplace_back(one.gaps[k - 1], one.gaps[k]);
    }
  }
  pool.all.downtime = median(downtimes);
  std::sort(pool.lives.begin(), pool.lives.end(), [](const Life& a, const Life& b) {
    if (a.time != b.time) return a.time < b.time;
    if (a.local != b.local) return a.local < b.local;
    if (a.uptime != b.uptime) return a.uptime < b.uptime;
    return a.gap != b.gap ? a.gap < b.gap : a.client < b.client;
  });
  measure(pool);
  return pool;
}

struct Common {
  double shared = 0;             // Share of the losses in minutes that many clients share.
  std::vector<double> instants;  // Wall clock of each such minute.
};

/// Whether instants that many clients share follow a clock themselves. Each counts once, however
/// many clients it reached.
bool on_a_clock(const Common& common) {
  constexpr std::size_t kFewestInstants = 4;
  if (common.instants.size() < kFewestInstants) return false;
  Prepared instants;
  instants.local = common.instants;
  std::sort(instants.local.begin(), instants.local.end());
  for (const double local : instants.local) {
    instants.times.push_back(local - instants.local.front());
  }
  return fit_clock(instants, false).evidence > 0;
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

Reading reading(Class kind, double seconds, double error, double probability) {
  Reading out;
  out.kind = kind;
  out.probability = probability;
  if (seconds <= 0) return out;
  out.has_interval = true;
  // Twice the standard error, and never less than the second that logs count in.
  const double half = 2 * error + (kind == Class::Clock ? 0 : 1);
  out.interval = {seconds, seconds - half, seconds + half};
  return out;
}

double in_range(const std::vector<double>& values, double low, double high) {
  return static_cast<double>(std::count_if(
      values.begin(), values.end(), [&](double value) { return value > low && value < high; }));
}

/// The kind without a timer that the pool looks most like.
Class kind_without_timer(const Pool& pool) {
  if (in_range(pool.gaps, 0, 600) > 0.35 * static_cast<double>(pool.gaps.size())) {
    return Class::Burst;
  }
  const DayProfile profile(pool.all.local);
  // Ten of 24 hours hold 42 % of an even spread; sampling lifts the busiest ten a little.
  return profile.busiest_share() > 0.7 ? Class::Modulated : Class::Random;
}

/// Correlation of gaps near a length with the next one: -1/2 where losses are scattered about a
/// free-running cycle, 0 where each life begins anew. 0 too if there are few, or if they are so
/// sharp that whole seconds decide.
double memory_of_gaps(const Pool& pool, const SpikeFit& fit) {
  constexpr double kFewest = 20;
  constexpr double kSharpSeconds = 3;
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

bool is_retry(const Pool& pool, double seconds) {
  const bool known = std::any_of(kRetrySeconds.begin(), kRetrySeconds.end(), [&](double retry) {
    return std::abs(seconds / retry - 1) < 0.03;
  });
  return known && in_range(pool.gaps, 10 * seconds, 1e12) >
                      kPauseShare * static_cast<double>(pool.gaps.size());
}

struct Candidate {
  Reading reading;
  double evidence = -30;
  double width = 0;  // Of lengths relative, of a clock in seconds.
  double phase = 0;  // Of a clock.
};

/// The best timer on connections, or the best free period.
Candidate candidate_of_lengths(const Pool& pool, std::span<const double> usual) {
  const SpikeFits uptimes = fit_spikes(pool.uptimes, pool.all.downtime, usual);
  const SpikeFits gaps = fit_spikes(pool.gaps, 0, usual);
  const SpikeFit& age = uptimes.age;
  const SpikeFit& idle = uptimes.idle;
  const auto n = static_cast<double>(pool.uptimes.size());
  const double above = in_range(pool.uptimes, 1.05 * age.seconds, 1.9 * age.seconds);
  const double below = in_range(pool.uptimes, 0.1 * age.seconds, 0.95 * age.seconds);
  // Lives that begin anew leave no memory in the gaps; half of -1/2 is the border.
  constexpr double kPeriodMemory = -0.25;
  constexpr double kMuchSharper = 20;
  const double sharper = gaps.age.evidence - age.evidence;
  const bool delayed = idle.evidence > age.evidence + 4 || (above > 0.12 * n && above > 2 * below);
  if (gaps.age.evidence > kFleetGate &&
      ((sharper > 2 && !delayed) || sharper > kMuchSharper ||
       (sharper > -kMuchSharper && memory_of_gaps(pool, gaps.age) < kPeriodMemory))) {
    return {reading(Class::Period, gaps.age.seconds, gaps.age.error, 0), gaps.age.evidence,
            gaps.age.sigma, 0};
  }
  if (delayed) {
    return {reading(Class::Idle, idle.seconds, idle.error, 0),
            std::max(idle.evidence, age.evidence), idle.sigma, 0};
  }
  return {reading(Class::Age, age.seconds, age.error, 0), age.evidence, age.sigma, 0};
}

Candidate candidate_of_clock(const Pool& pool) {
  const PhaseFit clock = fit_clock(pool.all, false);
  return {reading(Class::Clock, clock.period, 0, 0), clock.evidence, clock.sigma, clock.phase};
}

/// Whether a timer explains a loss. Above an idle timer's T there is its tail, in which another
/// timer may hide; a fixed length also explains its multiples, where losses went unrecorded.
bool explains(const Candidate& candidate, const Life& life, double downtime) {
  constexpr double kWidths = 4;
  constexpr double kLeastWidth = 0.03;
  const double length = candidate.reading.interval.seconds;
  if (length <= 0) return false;
  if (candidate.reading.kind == Class::Clock) {
    const double turns = (life.local - candidate.phase) / length;
    return std::abs(turns - std::round(turns)) * length < kWidths * candidate.width;
  }
  if (life.uptime <= 0) return false;
  const double near = std::max(kLeastWidth, kWidths * candidate.width);
  if (candidate.reading.kind == Class::Idle) return std::abs(life.uptime / length - 1) < near;
  const bool period = candidate.reading.kind == Class::Period;
  const double between = period ? 0 : downtime;
  const double value = period ? life.gap : life.uptime;
  const double times = std::max(1.0, std::round((value + between) / (length + between)));
  return std::abs(value / (times * (length + between) - between) - 1) < near;
}

double explained(const Candidate& candidate, const Pool& pool) {
  return static_cast<double>(std::count_if(
      pool.lives.begin(), pool.lives.end(),
      [&](const Life& life) { return explains(candidate, life, pool.all.downtime); }));
}

/// Whether one is up to six times the other: what losses that went unrecorded make of one timer.
bool is_multiple(double a, double b) {
  const double ratio = std::max(a, b) / std::max(1.0, std::min(a, b));
  return ratio < 6.5 && std::abs(ratio / std::round(ratio) - 1) < 0.03;
}

void take_out(Pool& pool, const Candidate& candidate) {
  std::erase_if(pool.lives,
                [&](const Life& life) { return explains(candidate, life, pool.all.downtime); });
  measure(pool);
}

/// The clearer of a clock and a length in what `first` leaves unexplained; no evidence if it is not
/// clear enough. Late losses of the first are met again there, so one more look is taken behind
/// them.
Candidate second_timer(const Pool& pool, const Candidate& first, std::span<const double> usual) {
  Pool rest = pool;
  take_out(rest, first);
  Candidate best;
  for (int look = 0; look < 2 && rest.uptimes.size() >= kFewestUptimes; ++look) {
    Candidate again;
    for (const Candidate& one : {candidate_of_lengths(rest, usual), candidate_of_clock(rest)}) {
      const double seconds = one.reading.interval.seconds;
      if (one.evidence < kSecondGate || is_retry(pool, seconds)) continue;
      // Two times of one day are a fixed gap apart, which is no period.
      const bool between_clocks =
          first.reading.kind == Class::Clock && one.reading.kind == Class::Period;
      if (between_clocks || is_multiple(seconds, first.reading.interval.seconds)) {
        if (one.evidence > again.evidence) again = one;
        continue;
      }
      if (explained(one, rest) < kSecondShare * static_cast<double>(pool.lives.size())) continue;
      if (one.evidence > best.evidence) best = one;
    }
    if (best.evidence >= kSecondGate || again.evidence < kSecondGate) break;
    take_out(rest, again);
  }
  return best;
}

}  // namespace

Answer classify_fleet(const std::vector<Client>& clients, std::span<const double> usual) {
  const Pool pool = pool_of(clients);
  Answer answer;
  answer.losses = pool.all.times.size();
  answer.enough = pool.uptimes.size() >= kFewestUptimes;
  if (!answer.enough) {
    answer.missing = kFewestUptimes + 1 - std::min(kFewestUptimes, pool.uptimes.size());
    return answer;
  }
  const Candidate clock = candidate_of_clock(pool);
  const Candidate lengths = candidate_of_lengths(pool, usual);
  const bool retries = is_retry(pool, lengths.reading.interval.seconds);
  const bool by_length = lengths.evidence > kFleetGate && !retries;
  const bool by_clock = clock.evidence > kFleetGate;
  // A daily clock is also an age of a day, and most of its losses say so.
  const bool mostly_clock =
      by_clock && explained(clock, pool) > 0.4 * static_cast<double>(pool.lives.size());
  const bool clock_first =
      mostly_clock || !by_length || (by_clock && clock.evidence > lengths.evidence);
  const Candidate& first = clock_first ? clock : lengths;

  const Common common = common_losses(pool);
  if (common.shared > 0.5 && !(by_clock && clock_first && on_a_clock(common))) {
    answer.best = reading(Class::Outage, 0, 0, kOutageRight);
    answer.regular_probability = kMissedTimer;
  } else if (first.evidence <= kFleetGate) {
    answer.best = reading(retries ? Class::Burst : kind_without_timer(pool), 0, 0, kNoTimerRight);
    answer.regular_probability = kMissedTimer;
  } else {
    answer.best = first.reading;
    answer.best.probability = kTimerRight;
    answer.regular_probability = kIsRegular;
    const Candidate second = second_timer(pool, first, usual);
    if (second.evidence > kSecondGate) {
      answer.best.kind = Class::Mixed;
      for (const Candidate& one : {first, second}) {
        answer.alternatives.push_back(one.reading);
        answer.alternatives.back().probability = 1 - kTimerRight;
      }
      return answer;
    }
  }
  for (const Candidate& other : {lengths, clock}) {
    if (other.reading.kind == answer.best.kind || other.evidence < kFleetGate) continue;
    answer.alternatives.push_back(other.reading);
    answer.alternatives.back().probability = 1 - kTimerRight;
  }
  return answer;
}

}  // namespace dropscope::rhythm
