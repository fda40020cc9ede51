#pragma once

// Losses and time at risk on both sides of a change, sorted so that like is compared with like.
//
// A rate differs from client to client, from hour to hour and, with a timer, with the age of the
// connection, and the two sides of a change are never watched in the same mixture. So each stratum
// holds one client at one kind of hour (or age), and only the ratio of the two sides is taken to be
// the same in all strata.

#include <span>
#include <vector>

#include "analysis/episodes/episodes.h"
#include "base/timezone.h"

namespace dropscope {

/// Losses and hours of like circumstances before and after a change. Sums of strata may be
/// weighted, so the losses need not be whole.
struct RateStratum {
  double before_losses = 0;
  double after_losses = 0;
  double before_hours = 0;
  double after_hours = 0;
};

/// What is compared: everything before `from` with everything from `until` on; what lies between is
/// the change itself and counts on neither side. `from` ≤ `until`.
struct ChangeWindow {
  Instant from{};
  Instant until{};
};

/// One stratum for each computer, hour of the day and kind of day (Monday to Friday, weekend) in
/// `zone` that has losses; hours count by the UTC hour that they begin in.
[[nodiscard]] std::vector<RateStratum> strata_by_hour(
    std::span<const ComputerEpisodes* const> computers, const TimeZone& zone,
    const ChangeWindow& window);

/// For losses at a regular age of the connection: one stratum for each computer and kind of age
/// that has losses. Kinds: too young for the interval, within a tenth of a multiple of it, between
/// those, and unknown. `interval_s` > 0 in seconds.
[[nodiscard]] std::vector<RateStratum> strata_by_age(
    std::span<const ComputerEpisodes* const> computers, double interval_s,
    const ChangeWindow& window);

/// Adds up strata whose hours stand in nearly the same ratio (to a hundredth), which say the same
/// of a change: thousands become some hundred at most.
[[nodiscard]] std::vector<RateStratum> pooled(std::span<const RateStratum> strata);

/// The moments of loss, in order; an outage that a log's end cut in two is one loss.
[[nodiscard]] std::vector<Instant> losses_of(const ComputerEpisodes& computer);

/// Kinds of hours of strata_by_hour().
inline constexpr std::size_t kHourKinds = 48;
/// The kind of the UTC hour `hour` (since 1601), 0–47: hour of the local day, weekends from 24 on.
[[nodiscard]] std::size_t hour_kind(std::int64_t hour, const TimeZone& zone);

}  // namespace dropscope
