// A fleet: few losses of many clients, pooled.
//
// A common cause is asked for first, because outages that are shared would put every client's
// losses at one phase. Then all uptimes, all gaps and all wall-clock phases are pooled; clients
// need not be in phase with each other.

#include <algorithm>
#include <cmath>

#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

/// ln Bayes factor from which a pool of clients is called regular; hundreds are usual with a timer.
constexpr double kFleetGate = 8;

/// Shares that were right among 160 simulated fleets of the tuning seed (rhythm_quality 45 202),
/// with one more right and one more wrong: 76 of 80 with a timer, 20 of 20 outages, 60 of 61
/// answers without either.
constexpr double kTimerRight = 77.0 / 82;
constexpr double kOutageRight = 21.0 / 22;
constexpr double kNoTimerRight = 61.0 / 63;

/// Uptimes and losses of a pool that are looked at: more change no answer.
constexpr std::size_t kMostPooled = 1'500;

void thin(std::vector<double>& values) {
  if (values.size() <= kMostPooled) return;
  std::sort(values.begin(), values.end());
  std::vector<double> kept;
  for (std::size_t i = 0; i < kMostPooled; ++i)
    kept.push_back(values[i * values.size() / kMostPooled]);
  values = std::move(kept);
}

struct Pool {
  Prepared all;  // Losses of every client on one axis, for clocks.
  std::vector<double> uptimes;
  std::vector<double> gaps;
  double shared = 0;         // Share of the losses in minutes that many clients share.
  std::size_t instants = 0;  // Different such minutes.
  std::size_t clients = 0;
  double bursts = 0;  // Share of short gaps.
};

struct Mark {
  double time;
  std::size_t client;
};

void find_common(Pool& pool, std::vector<Mark> marks) {
  std::sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
    return a.time != b.time ? a.time < b.time : a.client < b.client;
  });
  if (marks.size() < 4) return;
  const auto n = static_cast<double>(marks.size());
  const double span = std::max(1.0, marks.back().time - marks.front().time);
  const double expected = 3 * n * kSharedLossSeconds / span;
  const double needed =
      std::max({3.0, 0.06 * static_cast<double>(pool.clients), expected + 6 * std::sqrt(expected)});
  std::size_t begin = 0;
  double shared = 0;
  while (begin < marks.size()) {
    std::size_t end = begin;
    std::vector<std::size_t> who;
    while (end < marks.size() && marks[end].time - marks[begin].time <= kSharedLossSeconds) {
      who.push_back(marks[end++].client);
    }
    std::sort(who.begin(), who.end());
    const auto different = static_cast<double>(std::unique(who.begin(), who.end()) - who.begin());
    if (different >= needed) {
      shared += static_cast<double>(end - begin);
      ++pool.instants;
    }
    begin = end;
  }
  pool.shared = shared / n;
}

Pool pool_of(const std::vector<Client>& clients) {
  Pool pool;
  std::vector<Mark> marks;
  struct Moment {
    double time, local;
  };
  std::vector<Moment> moments;
  std::vector<double> downtimes;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    const Prepared one = prepare(clients[i]);
    if (one.times.empty()) continue;
    ++pool.clients;
    for (std::size_t k = 0; k < one.times.size(); ++k) {
      marks.push_back({one.start + one.times[k], i});
      moments.push_back({one.start + one.times[k], one.local[k]});
    }
    pool.uptimes.insert(pool.uptimes.end(), one.uptimes.begin(), one.uptimes.end());
    pool.gaps.insert(pool.gaps.end(), one.gaps.begin(), one.gaps.end());
    downtimes.push_back(one.downtime);
  }
  pool.all.downtime = median(downtimes);
  std::sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) {
    return a.time != b.time ? a.time < b.time : a.local < b.local;
  });
  const std::size_t step = moments.size() / kMostPooled + 1;
  for (std::size_t i = 0; i < moments.size(); i += step) {
    if (pool.all.times.empty()) pool.all.start = moments[i].time;
    pool.all.times.push_back(moments[i].time - pool.all.start);
    pool.all.local.push_back(moments[i].local);
  }
  double close = 0;
  for (const double gap : pool.gaps) close += gap < 600 ? 1 : 0;
  pool.bursts = pool.gaps.empty() ? 0 : close / static_cast<double>(pool.gaps.size());
  thin(pool.uptimes);
  thin(pool.gaps);
  find_common(pool, std::move(marks));
  return pool;
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

/// The kind without a timer that the pool looks most like.
Class kind_without_timer(const Pool& pool) {
  if (pool.bursts > 0.35) return Class::Burst;
  const DayProfile profile(pool.all.local);
  // Ten of 24 hours hold 42 % of an even spread; sampling lifts the busiest ten a little.
  return profile.busiest_share() > 0.7 ? Class::Modulated : Class::Random;
}

double in_range(const std::vector<double>& values, double low, double high) {
  return static_cast<double>(std::count_if(
      values.begin(), values.end(), [&](double value) { return value > low && value < high; }));
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
  const SpikeFits uptimes = fit_spikes(pool.uptimes, pool.all.downtime, usual);
  const SpikeFits gaps = fit_spikes(pool.gaps, 0, usual);
  const PhaseFit clock = fit_clock(pool.all, false);

  struct Candidate {
    Reading reading;
    double evidence;
  };
  std::vector<Candidate> found;
  const SpikeFit& age = uptimes.age;
  const SpikeFit& idle = uptimes.idle;
  const double above = in_range(pool.uptimes, 1.05 * age.seconds, 1.9 * age.seconds);
  const double below = in_range(pool.uptimes, 0.1 * age.seconds, 0.95 * age.seconds);
  const bool delayed =
      idle.evidence > age.evidence + 4 ||
      (above > 0.12 * static_cast<double>(pool.uptimes.size()) && above > 2 * below);
  if (gaps.age.evidence > age.evidence + 2 && !delayed) {
    found.push_back(
        {reading(Class::Period, gaps.age.seconds, gaps.age.error, 0), gaps.age.evidence});
  } else if (delayed) {
    found.push_back(
        {reading(Class::Idle, idle.seconds, idle.error, 0), std::max(idle.evidence, age.evidence)});
  } else {
    found.push_back({reading(Class::Age, age.seconds, age.error, 0), age.evidence});
  }
  found.push_back({reading(Class::Clock, clock.period, 0, 0), clock.evidence});
  if (found[1].evidence > kFleetGate && clock.share > 0.4) found[1].evidence += 1e4;
  std::stable_sort(found.begin(), found.end(),
                   [](const Candidate& a, const Candidate& b) { return a.evidence > b.evidence; });

  const bool common = pool.shared > 0.5 && pool.instants >= 1;
  const bool scheduled = common && found[0].reading.kind == Class::Clock &&
                         found[0].evidence > kFleetGate && pool.instants >= 4;
  if (common && !scheduled) {
    answer.best = reading(Class::Outage, 0, 0, kOutageRight);
  } else if (found[0].evidence > kFleetGate) {
    answer.best = found[0].reading;
    answer.best.probability = kTimerRight;
    answer.regular_probability = kNoTimerRight;
  } else {
    answer.best = reading(kind_without_timer(pool), 0, 0, kNoTimerRight);
    answer.regular_probability = 1 - kNoTimerRight;
  }
  for (const Candidate& other : found) {
    if (other.reading.kind == answer.best.kind || other.evidence < kFleetGate) continue;
    answer.alternatives.push_back(other.reading);
    answer.alternatives.back().probability = 1 - kTimerRight;
  }
  return answer;
}

}  // namespace dropscope::rhythm
