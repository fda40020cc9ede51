#include "analysis/rhythm/fleet_bursts.h"

#include <algorithm>
#include <array>
#include <vector>

namespace dropscope::rhythm {
namespace {

/// Outlook tries again after 300 s and then every 900 s, a little late.
constexpr std::array kRetrySeconds = {300.0, 900.0};
constexpr double kEarly = 0.97;
constexpr double kLate = 1.1;

/// Uptimes below are those within a burst.
constexpr double kBrief = 600;

/// A pause of ten times a retry lies between two bursts.
constexpr double kPause = 10;

/// Whether most of the gaps of about this length are spent without a connection: what comes again
/// is the client's try to connect, then, and not the loss.
bool is_down_for(const Pool& pool, double seconds) {
  std::vector<double> up;
  for (const Life& life : pool.lives) {
    if (life.measured && life.gap > kEarly * seconds && life.gap < kLate * seconds) {
      up.push_back(life.uptime / life.gap);
    }
  }
  return !up.empty() && median(up) < 0.5;
}

/// Share of the gaps of about this length that stand beside a long pause of the same client.
double pauses_beside(const Pool& pool, double seconds) {
  double tries = 0;
  double pauses = 0;
  const auto count = [&](double one, double other) {
    if (one < kEarly * seconds || one > kLate * seconds) return;
    tries += 1;
    pauses += other > kPause * seconds ? 1 : 0;
  };
  for (const auto& [first, second] : pool.neighbours) {
    count(first, second);
    count(second, first);
  }
  return pauses / std::max(1.0, tries);
}

/// Share of the uptimes that are clearly shorter.
double shorter_uptimes(const Pool& pool, double seconds) {
  constexpr double kClearly = 0.9;
  return in_range(pool.uptimes, 0, kClearly * seconds) /
         std::max(1.0, static_cast<double>(pool.uptimes.size()));
}

}  // namespace

bool comes_in_clumps(const Pool& pool) {
  // Of two uptimes of a memoryless client one is twenty times as long as the other in one case of
  // ten, and one in ten is 3.3 times as long as their median; in clumps short ones take turns with
  // long ones. So do those of days and nights, which are longer; only where losses don't keep to
  // people's hours need none be brief. The limits divide between simulated fleets of eight worlds
  // without a timer (seeds 405, 606 and 707).
  constexpr double kFewestUnlike = 0.14;
  constexpr double kManyUnlike = 0.23;
  constexpr double kWeight = 1.5;
  constexpr double kLimit = 0.68;
  constexpr double kTimes = 20;
  constexpr double kLong = 4.2;
  if (pool.uptimes.empty()) return false;
  std::vector<double> uptimes = pool.uptimes;
  std::sort(uptimes.begin(), uptimes.end());
  if (uptimes[uptimes.size() * 9 / 10] < kLong * median(uptimes)) return false;
  std::vector<double> before;
  double pairs = 0;
  double unlike = 0;
  for (const Life& life : pool.lives) {
    if (life.client >= before.size()) before.resize(life.client + 1);
    double& last = before[life.client];
    if (last > 0 && life.uptime > 0) {
      pairs += 1;
      unlike += std::max(last, life.uptime) > kTimes * std::min(last, life.uptime) ? 1 : 0;
    }
    last = life.uptime;
  }
  const double share = unlike / std::max(1.0, pairs);
  const double brief = in_range(pool.uptimes, 0, kBrief) / static_cast<double>(pool.uptimes.size());
  if (share > kFewestUnlike && brief + kWeight * share > kLimit) return true;
  return share > kManyUnlike && !follows_people(pool);
}

bool is_retry(const Pool& pool, double seconds, double each) {
  const bool known = std::any_of(kRetrySeconds.begin(), kRetrySeconds.end(), [&](double retry) {
    return seconds > kEarly * retry && seconds < kLate * retry;
  });
  if (!known) return seconds < kBrief && comes_in_clumps(pool);
  if (is_down_for(pool, seconds)) return true;
  // Losses that make the client try again are mostly closer together than its tries; few lives are
  // shorter than an idle timer (seeds 424 to 427: tries have at least 0.27 of shorter ones, or 0.63
  // of pauses; 13 of 14 timers that were taken for tries 0.1 and 0.3 at most).
  constexpr double kFewShorter = 0.15;
  constexpr double kSomePauses = 0.4;
  // A timer in use has some pauses, too, but it is clearer: bursts with as few of them have at most
  // 0.46 of evidence (seeds 401 to 404).
  constexpr double kClear = 0.5;
  constexpr double kFewPauses = 0.2;
  const double pauses = pauses_beside(pool, seconds);
  if (shorter_uptimes(pool, seconds) < kFewShorter && pauses < kSomePauses) return false;
  if (each > kClear && pauses < kFewPauses) return false;
  // The three shares were chosen on simulated fleets of bursts (seeds 101 to 104).
  constexpr double kEachShare = 0.03;
  constexpr double kPauseShare = 0.04;
  constexpr double kBesideShare = 0.08;
  const auto n = static_cast<double>(pool.gaps.size());
  const bool both = std::all_of(kRetrySeconds.begin(), kRetrySeconds.end(), [&](double retry) {
    return in_range(pool.gaps, kEarly * retry, kLate * retry) > kEachShare * n;
  });
  if (both && in_range(pool.gaps, kPause * seconds, 1e12) > kPauseShare * n) return true;
  // Where one of the two is rare, the long pauses have to be the same client's.
  return pauses > kBesideShare;
}

bool is_of_retries(const Candidate& candidate, const Pool& pool) {
  return is_retry(pool, candidate.reading.interval.seconds,
                  is_life(candidate) ? each_of(candidate) : 0);
}

}  // namespace dropscope::rhythm
