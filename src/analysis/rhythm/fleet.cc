// A fleet: few losses of many clients, pooled.
//
// A common cause is asked for first, because outages that are shared would put every client's
// losses at one phase. Then all uptimes, all gaps and all wall-clock phases are pooled; clients
// need not be in phase with each other. What the clearest timer does not explain is searched for a
// second one.

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/fleet_bursts.h"
#include "analysis/rhythm/fleet_pool.h"
#include "analysis/rhythm/fleet_second.h"
#include "analysis/rhythm/fleet_timer.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

/// Evidence from which instants that all clients share follow a clock: outages have up to 1.3,
/// clocks 4.4 and more (worlds of fleets, seeds 104, 105 and 107).
constexpr double kInstantsGate = 3;

/// How often an answer of a class was right, and a timer was there, among 864 simulated fleets of
/// each of seven worlds (tuning seed 202), with one more right and one more wrong.
struct Shares {
  double right = 0;
  double timer = 0;
};

constexpr std::array<Shares, kClasses> kShares = {{
    {666.0 / 711, 710.0 / 711},  // Idle
    {669.0 / 724, 723.0 / 724},  // Age
    {678.0 / 697, 696.0 / 697},  // Clock
    {681.0 / 704, 703.0 / 704},  // Period
    {695.0 / 696, 1.0 / 696},    // Outage
    {694.0 / 722, 22.0 / 722},   // Modulated
    {693.0 / 707, 11.0 / 707},   // Random
    {697.0 / 701, 4.0 / 701},    // Burst
    {385.0 / 404, 403.0 / 404},  // Mixed
}};

const Shares& shares_of(Class kind) {
  return kShares.at(static_cast<std::size_t>(kind));
}

/// The kind without a timer that the pool looks most like.
Class kind_without_timer(const Pool& pool) {
  if (comes_in_clumps(pool)) return Class::Burst;
  return follows_people(pool) ? Class::Modulated : Class::Random;
}

/// The null of cycles of several days is even, though people keep to weekdays.
double gate_of_clock(const Candidate& clock) {
  constexpr double kDay = 86'400;
  return clock.reading.interval.seconds > kDay ? 2 * kFleetGate : kFleetGate;
}

/// Whether a length is a whole number of a clock's cycles.
bool is_whole(const Candidate& lengths, const Candidate& clock) {
  const double cycles =
      lengths.reading.interval.seconds / std::max(1.0, clock.reading.interval.seconds);
  return std::round(cycles) >= 1 && std::abs(cycles / std::round(cycles) - 1) < 0.005;
}

/// Whether a clock seen in elapsed time is that period: no other would be so close to a whole
/// number of its cycles.
bool is_same_cycle(const Candidate& lengths, const Candidate& clock) {
  return lengths.reading.kind == Class::Period && is_whole(lengths, clock);
}

/// The clock with another cycle. A longer one leaves several phases open: it is at the one that
/// explains the most.
Candidate at_cycle(const Candidate& clock, double cycle, const Pool& pool) {
  const double seconds = clock.reading.interval.seconds;
  Candidate out = clock;
  out.reading.interval = {cycle, cycle, cycle};
  if (cycle < seconds) {
    out.phase = cyclic(clock.phase, cycle);
    return out;
  }
  double most = -1;
  for (Candidate one = out; one.phase < clock.phase + cycle - 1; one.phase += seconds) {
    const double hits = explained(one, pool);
    if (hits > most) out.phase = one.phase;
    most = std::max(most, hits);
  }
  return out;
}

/// The clock's cycle. Where the clients' own gaps are a longer one of the list, each meets the
/// clock only once in it: one time of the week is also one of each day. Where they are a shorter
/// one, which explains nearly all losses, the clock's is what nights leave of it.
Candidate at_its_length(const Candidate& clock, const Candidate& lengths, const Pool& pool) {
  constexpr double kEach = 1;  // ln Bayes factor for each gap; a clock's is 1 to 6.
  constexpr double kNearlyAll = 0.8;
  constexpr double kMore = 1.2;
  const double down = lengths.reading.kind == Class::Age ? pool.all.downtime : 0;
  const double cycle = listed_cycle(lengths.reading.interval.seconds + down);
  const double seconds = clock.reading.interval.seconds;
  if (cycle <= 0 || lengths.reading.kind == Class::Idle || each_of(lengths) <= kEach) return clock;
  if (cycle > seconds) return is_whole(lengths, clock) ? at_cycle(clock, cycle, pool) : clock;
  const double times = seconds / cycle;
  const bool period = lengths.reading.kind == Class::Period;
  if (!period || cycle == seconds || times != std::round(times)) return clock;
  const Candidate shorter = at_cycle(clock, cycle, pool);
  const double hits = explained(shorter, pool);
  const bool better = hits > kMore * explained(clock, pool);
  return better && hits > kNearlyAll * explicable(shorter, pool) ? shorter : clock;
}

void add_alternative(Answer& answer, const Candidate& candidate) {
  answer.alternatives.push_back(candidate.reading);
  answer.alternatives.back().probability = 1 - answer.best.probability;
}

void answer_with(Answer& answer, const Reading& reading) {
  answer.best = reading;
  answer.best.probability = shares_of(reading.kind).right;
  answer.regular_probability = shares_of(reading.kind).timer;
}

void answer_with(Answer& answer, Class without_timer) {
  Reading reading;
  reading.kind = without_timer;
  answer_with(answer, reading);
}

/// What a pool shows, before it is named.
struct Seen {
  Candidate lengths;
  Candidate clock;
  bool by_length = false;  ///< A length is believed.
  bool by_clock = false;   ///< A clock is believed.
  bool scheduled = false;  ///< It is one whose instants most clients share.
  bool outage = false;     ///< Most losses are shared, at no regular instants.
  bool retries = false;    ///< The clearest length or clock is that of the clients' own tries.
  bool habits = false;     ///< People come, each at an hour of their own, by day or by night.
};

Seen look_at(const Pool& pool, std::span<const double> usual) {
  Seen out;
  out.lengths = candidate_of_lengths(pool, usual);
  out.clock = candidate_of_clock(pool);
  const bool clear = out.lengths.evidence > kFleetGate;
  const bool enough = out.lengths.evidence > gate_of(out.lengths, pool);
  const bool retries_by_length = is_of_retries(out.lengths, pool);
  out.by_length = enough && !retries_by_length;
  out.habits = clear && !enough && out.lengths.reading.interval.seconds > kNight;

  const Common common = common_losses(pool);
  const bool shared = common.shared > kShared;
  const Candidate instants = shared ? candidate_of(clock_of(common)) : Candidate{};
  out.scheduled = instants.evidence > kInstantsGate;
  out.outage = shared && !out.scheduled;
  if (out.scheduled && out.clock.evidence <= kFleetGate) out.clock = instants;
  // Tries may also keep to the quarters of the wall clock's hours.
  const bool retries_by_clock = !out.scheduled && is_of_retries(out.clock, pool);
  // What the clients' own gaps tell, too, needs no more than any clock.
  const bool told = out.by_length && is_same_cycle(out.lengths, out.clock);
  const double gate = told ? kFleetGate : gate_of_clock(out.clock);
  out.by_clock = out.scheduled || (out.clock.evidence > gate && !retries_by_clock);
  out.retries =
      (retries_by_length && clear) || (retries_by_clock && out.clock.evidence > kFleetGate);
  return out;
}

bool is_clock_first(const Seen& seen, const Pool& pool) {
  if (!seen.by_clock) return false;
  if (seen.scheduled || !seen.by_length || is_same_cycle(seen.lengths, seen.clock)) return true;
  if (seen.clock.evidence > seen.lengths.evidence) return true;
  // A daily clock is also an age of a day, and most of its losses say so; an age is a little like
  // a clock where all begin their day at eight.
  constexpr double kMost = 0.4;
  constexpr double kLittle = 0.05;
  return explained(seen.clock, pool) > kMost * explicable(seen.clock, pool) &&
         seen.clock.evidence > kLittle * seen.lengths.evidence;
}

void name_timer(Answer& answer, const Seen& seen, const Pool& pool, std::span<const double> usual) {
  const Candidate first =
      is_clock_first(seen, pool) ? at_its_length(seen.clock, seen.lengths, pool) : seen.lengths;
  const Candidate second = second_timer(pool, first, usual);
  if (second.evidence <= kSecondGate) return answer_with(answer, first.reading);
  const Candidate alone = without(second, first, pool, usual);
  Reading mixed = alone.reading;
  mixed.kind = Class::Mixed;
  answer_with(answer, mixed);
  add_alternative(answer, alone);
  add_alternative(answer, second);
}

}  // namespace

Answer classify_fleet(const std::vector<Client>& clients, std::span<const double> usual) {
  const Pool pool = pool_of(clients);
  Answer answer;
  answer.losses = pool.lives.size();
  answer.enough = pool.uptimes.size() >= kFewestUptimes;
  if (!answer.enough) {
    answer.missing = kFewestUptimes + 1 - std::min(kFewestUptimes, pool.uptimes.size());
    return answer;
  }
  const Seen seen = look_at(pool, usual);
  if (seen.outage) {
    answer_with(answer, Class::Outage);
  } else if (seen.by_length || seen.by_clock) {
    name_timer(answer, seen, pool, usual);
  } else if (seen.retries) {
    answer_with(answer, Class::Burst);
  } else {
    answer_with(answer, seen.habits ? Class::Modulated : kind_without_timer(pool));
  }
  if (answer.best.kind == Class::Mixed) return answer;
  for (const Candidate& other : {seen.lengths, seen.clock}) {
    if (other.reading.kind == answer.best.kind || other.evidence < kFleetGate) continue;
    add_alternative(answer, other);
  }
  return answer;
}

}  // namespace dropscope::rhythm
