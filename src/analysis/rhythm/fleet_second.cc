#include "analysis/rhythm/fleet_second.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/fleet_bursts.h"

namespace dropscope::rhythm {
namespace {

/// A second timer has to explain this share of a fleet's losses, from among those that the first
/// leaves unexplained, or it is strays that happen to agree.
constexpr double kSecondShare = 0.1;

/// Whether the lives of a length end at the same hours of the day. A computer that sleeps at night
/// and connects in the morning has lives that seem to last from an afternoon to a length after
/// that; those of a timer come round the clock.
bool ends_in_mornings(const Candidate& candidate, const Pool& pool) {
  constexpr double kHours = 4 * 3'600;
  constexpr double kMost = 0.75;
  std::vector<double> ends;
  for (const Life& life : pool.lives) {
    if (explains(candidate, life, pool.all.downtime)) ends.push_back(cyclic(life.local, kDay));
  }
  std::sort(ends.begin(), ends.end());
  const std::size_t n = ends.size();
  std::size_t most = 0;
  for (std::size_t i = 0, j = 0; i < n; ++i) {
    while (j < i + n && ends[j % n] + (j >= n ? kDay : 0) - ends[i] < kHours) ++j;
    most = std::max(most, j - i);
  }
  return static_cast<double>(most) > kMost * static_cast<double>(n);
}

/// Whether `second` is a timer beside `first`, found in `rest`, which `first` leaves unexplained.
bool stands_beside(const Candidate& second, const Candidate& first, const Pool& rest,
                   const Pool& pool) {
  const double share = explained(second, rest) / std::max(1.0, explicable(second, pool));
  if (share <= kSecondShare) return false;
  if (second.reading.kind == Class::Clock) return true;
  const double each = each_of(second);
  const double seconds = second.reading.interval.seconds;
  const double ratio = seconds / first.reading.interval.seconds;
  // Nights make lengths of half a day and more, with a scatter of their own: up to 0.25 for each
  // length and 16 % of the lives (worlds of fleets, seed 101).
  constexpr double kNightEach = 0.2;
  constexpr double kNightShare = 0.2;
  if (seconds > kNight && (each < kNightEach || share < kNightShare)) return false;
  if (is_life(first) && is_life(second) && seconds > kNight && ends_in_mornings(second, rest)) {
    return false;
  }
  if (!is_life(first) || !is_life(second)) return true;
  // Near the first there are its own late and early lives; two timers so close are rare and sharp.
  constexpr double kNear = 1.25;
  constexpr double kNearEach = 1.5;
  if (ratio < kNear && ratio > 1 / kNear) return each >= kNearEach;
  // Near its double there are its lives that went on after an unrecorded loss, with downtimes of
  // each client's own (seeds 401 to 404: 12 of 12 true ones pass, 1 of 19 others).
  constexpr double kTwiceFrom = 1.88;
  constexpr double kTwiceTo = 2.16;
  constexpr double kTwiceEach = 0.27;
  constexpr double kTwiceShare = 0.2;
  if (ratio > kTwiceFrom && ratio < kTwiceTo) return each >= kTwiceEach && share >= kTwiceShare;
  // What is left of an idle timer's tail piles up at its lower end.
  constexpr double kTailEach = 0.12;
  return first.reading.kind != Class::Idle || ratio < 1 || ratio > 1.9 || each >= kTailEach;
}

}  // namespace

Candidate second_timer(const Pool& pool, const Candidate& first, std::span<const double> usual) {
  const LengthSearch search{true, first.reading.kind == Class::Idle};
  Pool rest = pool;
  take_out(rest, first);
  Candidate best;
  // What a clock leaves and all clients still share is another time of its day.
  if (first.reading.kind == Class::Clock && common_losses(rest).shared > kShared) return best;
  // Late losses of the first are met again there, so one more look is taken behind them.
  for (int look = 0; look < 2 && rest.uptimes.size() >= kFewestUptimes; ++look) {
    Candidate again;
    const Candidate clock = candidate_of_clock(rest);
    for (Candidate one : {candidate_of_lengths(rest, usual, search), clock}) {
      one.repeats = repeats_of(one, pool);
      if (one.evidence < kSecondGate || is_of_retries(one, pool)) continue;
      // Two times of one day are a fixed gap apart, which is no period and no clock of its own. A
      // period has a phase for each client, so that no clock is left beside it.
      const bool between_clocks =
          first.reading.kind == Class::Clock &&
          (one.reading.kind == Class::Clock ||
           (one.reading.kind == Class::Period && clock.evidence > kFleetGate));
      if (between_clocks || is_made_of(one, first, pool) || is_made_of(first, one, pool)) {
        if (one.evidence > again.evidence) again = one;
      } else if (one.evidence > best.evidence && stands_beside(one, first, rest, pool)) {
        best = one;
      }
    }
    if (best.evidence >= kSecondGate || again.evidence < kSecondGate) break;
    take_out(rest, again);
  }
  return best;
}

Candidate without(const Candidate& second, const Candidate& first, const Pool& pool,
                  std::span<const double> usual) {
  constexpr double kSame = 0.06;
  if (first.reading.kind == Class::Clock) return first;
  Pool rest = pool;
  take_out(rest, second);
  if (rest.uptimes.size() < kFewestUptimes) return first;
  const Candidate again = candidate_of_lengths(rest, usual);
  const double ratio = again.reading.interval.seconds / first.reading.interval.seconds;
  return again.evidence > kFleetGate && std::abs(ratio - 1) < kSame ? again : first;
}

}  // namespace dropscope::rhythm
