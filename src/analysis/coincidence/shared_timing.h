#pragma once

// Do computers lose the connection at the same moments (one thing failed for all), or at the same
// interval, each in its own phase (a timer that counts for each connection)?

#include <cstdint>
#include <string_view>
#include <vector>

#include "analysis/episodes/episodes.h"
#include "analysis/rhythm/episode_rhythm.h"

namespace dropscope {

enum class SharedTimingKind : std::uint8_t {
  TooFew,          ///< Fewer than three computers with losses.
  Together,        ///< At the same moments, more often than the course of the day explains.
  SameTimeOfDay,   ///< At the same moments, which come at the same time on several days.
  EqualIntervals,  ///< Not at the same moments, but after the same length of a connection.
  Independent,     ///< Neither.
};
[[nodiscard]] std::string_view to_string(SharedTimingKind kind);  ///< "too-few", "together" …

/// One episode of the fleet.
struct SharedMoment {
  Instant begin{};
  Instant end{};
  std::uint64_t losses = 0;
  std::uint64_t computers = 0;
  double expected = 0;     ///< Computers that chance gives in that minute.
  double log_p = 0;        ///< ln of the probability of so many, times the minutes looked at.
  bool every_day = false;  ///< As many lose at this time of other days.
};

struct SharedTiming {
  SharedTimingKind kind = SharedTimingKind::TooFew;
  std::uint64_t computers = 0;  ///< With losses.
  std::uint64_t losses = 0;
  std::uint64_t together = 0;         ///< Losses in moments.
  std::vector<SharedMoment> moments;  ///< By time.
  std::uint64_t at_interval = 0;      ///< Computers with a connection that lived for the interval.
};

/// A moment is a minute in which so many computers lose that chance gives as many in less than 1 %
/// of such fleets. Chance is what the half hour before and after, and the same time of other days,
/// let expect, so that mornings and lunches are no moment. Computers that connected together and
/// whose connections then lived for `interval` lose together by the timer alone, and count as one.
/// O(n log n) in the losses, but for crowded hours.
[[nodiscard]] SharedTiming find_shared_timing(const std::vector<ComputerEpisodes>& episodes,
                                              const IntervalEstimate& interval);

}  // namespace dropscope
