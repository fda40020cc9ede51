// A fleet: few losses of many clients, pooled.
//
// A common cause is asked for first, because outages that are shared would put every client's
// losses at one phase. Then all uptimes, all gaps and all wall-clock phases are pooled; clients
// need not be in phase with each other. What the clearest timer does not explain is searched for a
// second one.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/fleet_bursts.h"
#include "analysis/rhythm/fleet_daily.h"
#include "analysis/rhythm/fleet_pool.h"
#include "analysis/rhythm/fleet_schedule.h"
#include "analysis/rhythm/fleet_second.h"
#include "analysis/rhythm/fleet_shares.h"
#include "analysis/rhythm/fleet_timer.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

/// Evidence from which instants that all clients share follow a clock: outages have up to 1.3,
/// clocks 4.4 and more (worlds of fleets, seeds 104, 105 and 107).
constexpr double kInstantsGate = 3;

/// The kind without a timer that the pool looks most like.
Class kind_without_timer(const Pool& pool) {
  if (comes_in_clumps(pool)) return Class::Burst;
  return follows_people(pool) ? Class::Modulated : Class::Random;
}

/// The null of cycles of several days is even, though people keep to weekdays.
double gate_of_clock(const Candidate& clock) {
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

/// The clock with the cycle of its schedule and its times. It is only told so: what it explains
/// stays with the shorter cycle.
Candidate as_scheduled(const Candidate& clock, const Pool& pool) {
  const double seconds = clock.reading.interval.seconds;
  if (clock.reading.kind != Class::Clock || seconds <= 0) return clock;
  std::vector<std::int64_t> turns;
  for (const Life& life : pool.lives) {
    if (!explains(clock, life, pool.all.downtime)) continue;
    turns.push_back(std::llround((life.local - clock.phase) / seconds));
  }
  std::sort(turns.begin(), turns.end());
  const Schedule schedule = schedule_of(turns, seconds);
  Candidate out = clock;
  out.reading.interval = {schedule.cycle, schedule.cycle, schedule.cycle};
  for (const std::size_t place : schedule.places) {
    const double time = clock.phase + seconds * static_cast<double>(place);
    out.reading.times.push_back(cyclic(time, schedule.cycle));
  }
  std::sort(out.reading.times.begin(), out.reading.times.end());
  return out;
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

/// Where nearly all losses lie in one hour of the day, that hour is their clock or people's.
void look_at_the_hour(const Pool& pool, Seen& seen) {
  constexpr double kAboutADay = 0.01;
  constexpr double kMost = 0.6;
  if (!keeps_to_one_hour(pool)) return;
  // A part of the hour is no time of the clock, and no cycle below a day has all losses in one.
  const double cycle = seen.clock.reading.interval.seconds;
  const bool most = explained(seen.clock, pool) > kMost * explicable(seen.clock, pool);
  if (cycle < kDay || (cycle == kDay && !most)) seen.by_clock = false;
  const double length = seen.lengths.reading.interval.seconds;
  const bool other = seen.by_length && std::abs(length / kDay - 1) > kAboutADay;
  const Candidate daily = daily_hour(pool);
  if (seen.by_clock || other || daily.evidence <= kFleetGate) return;
  seen.clock = daily;
  seen.by_clock = true;
  seen.by_length = false;
}

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
  if (!out.scheduled) look_at_the_hour(pool, out);
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

/// The class that a pool is answered with, and the reading of each timer that was found.
struct Named {
  Class kind = Class::Random;
  std::vector<Candidate> timers;  ///< Of Mixed two, of another timer one.
};

Named name_of(const Seen& seen, const Pool& pool, std::span<const double> usual) {
  if (seen.outage) return {Class::Outage, {}};
  if (!seen.by_length && !seen.by_clock) {
    if (seen.retries) return {Class::Burst, {}};
    return {seen.habits ? Class::Modulated : kind_without_timer(pool), {}};
  }
  const Candidate first =
      is_clock_first(seen, pool) ? at_its_length(seen.clock, seen.lengths, pool) : seen.lengths;
  const Candidate second = second_timer(pool, first, usual);
  if (second.evidence <= kSecondGate) return {first.reading.kind, {as_scheduled(first, pool)}};
  const Candidate alone = without(second, first, pool, usual);
  return {Class::Mixed, {as_scheduled(alone, pool), as_scheduled(second, pool)}};
}

/// A reading of another class than the answer's. What is not told apart has the same length.
Reading other_reading(Class kind, const Seen& seen, const Named& named) {
  Reading out;
  out.kind = kind;
  const Candidate& by = kind == Class::Clock ? seen.clock : seen.lengths;
  if (!is_regular(kind) || by.evidence <= kFleetGate) return out;
  const bool first = kind == Class::Mixed && !named.timers.empty();
  out.interval = first ? named.timers.front().reading.interval : by.reading.interval;
  out.has_interval = out.interval.seconds > 0;
  return out;
}

void answer_with(Answer& answer, const Named& named, const Seen& seen, const Posterior& posterior) {
  constexpr double kLeastAlternative = 0.03;
  const auto of = [&](Class kind) { return posterior.at(static_cast<std::size_t>(kind)); };
  if (!named.timers.empty()) answer.best = named.timers.front().reading;
  answer.best.kind = named.kind;
  if (named.kind == Class::Mixed) {  // They are the timer's.
    answer.best.times.clear();
    answer.best.spread = 0;
  }
  answer.best.probability = of(named.kind);
  std::array<bool, kClasses> told{};
  told.at(static_cast<std::size_t>(named.kind)) = true;
  if (named.kind == Class::Mixed) {
    for (const Candidate& timer : named.timers) {
      answer.alternatives.push_back(timer.reading);
      answer.alternatives.back().probability = of(timer.reading.kind);
      told.at(static_cast<std::size_t>(timer.reading.kind)) = true;
    }
  }
  answer.timers = answer.alternatives.size();
  const auto timers = static_cast<std::ptrdiff_t>(answer.timers);
  for (std::size_t c = 0; c < kClasses; ++c) {
    const auto kind = static_cast<Class>(c);
    if (is_regular(kind)) answer.regular_probability += posterior[c];
    if (told[c] || posterior[c] < kLeastAlternative) continue;
    answer.alternatives.push_back(other_reading(kind, seen, named));
    answer.alternatives.back().probability = posterior[c];
  }
  std::stable_sort(
      answer.alternatives.begin() + timers, answer.alternatives.end(),
      [](const Reading& a, const Reading& b) { return a.probability > b.probability; });
}

/// How many losses more make a timer of this class one that is told with nine in ten.
void ask_for_more(Answer& answer, const Pool& pool, std::size_t uptimes) {
  constexpr double kSettled = 0.9;
  if (!is_regular(answer.best.kind) || answer.best.probability >= kSettled) return;
  const auto kind = static_cast<std::size_t>(answer.best.kind);
  std::size_t band = fleet_band_of(uptimes) + 1;
  while (band < kFleetBands && fleet_shares()[band][kind][kind] < kSettled) ++band;
  if (band == kFleetBands) return;
  answer.missing = kFleetBandStarts[band] - uptimes;
  const double days = (pool.lives.back().time - pool.lives.front().time) / kDay;
  answer.missing_days =
      days * static_cast<double>(answer.missing) / static_cast<double>(pool.lives.size());
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
  const Named named = name_of(seen, pool, usual);
  const std::size_t uptimes = count_uptimes(pool);
  const auto kind = static_cast<std::size_t>(named.kind);
  answer_with(answer, named, seen, fleet_shares().at(fleet_band_of(uptimes)).at(kind));
  ask_for_more(answer, pool, uptimes);
  return answer;
}

}  // namespace dropscope::rhythm
