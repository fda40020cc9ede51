#include "analysis/change/strata.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace dropscope {
namespace {

constexpr Ticks kHour = std::chrono::hours{1};

std::int64_t hour_of(Instant t) {
  return std::chrono::floor<std::chrono::hours>(t.time_since_epoch()).count();
}

Instant begin_of(std::int64_t hour) {
  return Instant{std::chrono::hours{hour}};
}

/// hour_kind() of hours that are asked for again and again.
class HourKinds {
 public:
  explicit HourKinds(const TimeZone& zone) : zone_(zone) {}
  std::size_t at(std::int64_t hour) {
    const auto [place, added] = kinds_.try_emplace(hour, 0);
    if (added) place->second = hour_kind(hour, zone_);
    return place->second;
  }

 private:
  const TimeZone& zone_;
  std::map<std::int64_t, std::size_t> kinds_;
};

/// Calls `use(begin, end, after)` for the parts of a span on either side of the window.
template <typename Use>
void for_each_side(Instant begin, Instant end, const ChangeWindow& window, const Use& use) {
  if (begin < window.from) use(begin, std::min(end, window.from), false);
  if (end > window.until) use(std::max(begin, window.until), end, true);
}

void add_loss(RateStratum& stratum, Instant lost, const ChangeWindow& window) {
  if (lost < window.from) {
    stratum.before_losses += 1;
  } else if (lost >= window.until) {
    stratum.after_losses += 1;
  }
}

template <std::size_t Count>
void keep_with_losses(std::array<RateStratum, Count>& strata, std::vector<RateStratum>& out) {
  for (RateStratum& one : strata) {
    if (one.before_losses + one.after_losses > 0) out.push_back(one);
    one = {};
  }
}

enum Age : std::size_t { Young, AtInterval, Between, Unknown, kAges };

/// A tenth of the interval holds the scatter of a timer's own coarseness and of a late notice.
constexpr double kNearInterval = 0.1;

Age age_kind(double age_s, double interval_s) {
  const double rounds = age_s / interval_s;
  if (rounds < 1 - kNearInterval) return Young;
  return std::abs(rounds - std::round(rounds)) <= kNearInterval ? AtInterval : Between;
}

/// Adds the hours of an uptime to the kinds of age that it passes through.
void add_ages(std::array<RateStratum, kAges>& strata, const Uptime& uptime, double interval_s,
              const ChangeWindow& window) {
  const bool age_known =
      uptime.begin_edge != Edge::LogStart && uptime.begin_edge != Edge::ClockStep;
  Instant at = uptime.begin;
  // A round has two borders: where the neighbourhood of a multiple begins, and where it ends.
  for (std::int64_t border = 0; at < uptime.end; ++border) {
    const double rounds =
        static_cast<double>(border / 2 + 1) + (border % 2 == 0 ? -kNearInterval : kNearInterval);
    const Instant next =
        age_known ? std::min(uptime.end, uptime.begin + ticks_from_seconds(rounds * interval_s))
                  : uptime.end;
    const Age kind = !age_known        ? Unknown
                     : border == 0     ? Young
                     : border % 2 == 1 ? AtInterval
                                       : Between;
    for_each_side(at, next, window, [&](Instant begin, Instant end, bool after) {
      (after ? strata[kind].after_hours : strata[kind].before_hours) +=
          seconds_between(begin, end) / 3600;
    });
    at = std::max(next, at + Ticks{1});
  }
  if (uptime.end_edge == Edge::Lost) {
    const Age kind =
        age_known ? age_kind(seconds_between(uptime.begin, uptime.end), interval_s) : Unknown;
    add_loss(strata[kind], uptime.end, window);
  }
}

}  // namespace

std::size_t hour_kind(std::int64_t hour, const TimeZone& zone) {
  // The middle, so that zones of half an hour are no border case.
  const CivilTime local = zone.to_local(begin_of(hour) + kHour / 2);
  return static_cast<std::size_t>(local.hour) + (local.weekday >= 5 ? 24u : 0u);
}

std::vector<Instant> losses_of(const ComputerEpisodes& computer) {
  std::vector<Instant> losses;
  for (const Outage& outage : computer.outages) {
    if (outage.lost_event != kNoEvent) losses.push_back(outage.lost);
  }
  std::sort(losses.begin(), losses.end());
  losses.erase(std::unique(losses.begin(), losses.end()), losses.end());
  return losses;
}

std::vector<RateStratum> pooled(std::span<const RateStratum> strata) {
  constexpr double kWidth = 0.01;
  // Key: whether there are hours before and after, then the logarithm of their ratio.
  std::map<std::pair<int, std::int64_t>, RateStratum> sums;
  for (const RateStratum& one : strata) {
    const int sides = (one.before_hours > 0 ? 1 : 0) + (one.after_hours > 0 ? 2 : 0);
    const double log_ratio = sides == 3 ? std::log(one.after_hours / one.before_hours) : 0;
    RateStratum& sum = sums[{sides, std::llround(log_ratio / kWidth)}];
    sum.before_losses += one.before_losses;
    sum.after_losses += one.after_losses;
    sum.before_hours += one.before_hours;
    sum.after_hours += one.after_hours;
  }
  std::vector<RateStratum> result;
  for (const auto& [key, sum] : sums) result.push_back(sum);
  return result;
}

std::vector<RateStratum> strata_by_hour(std::span<const ComputerEpisodes* const> computers,
                                        const TimeZone& zone, const ChangeWindow& window) {
  std::vector<RateStratum> result;
  HourKinds kinds(zone);
  std::array<RateStratum, kHourKinds> strata{};
  for (const ComputerEpisodes* computer : computers) {
    const std::vector<Instant> losses = losses_of(*computer);
    if (losses.empty()) continue;
    for (const Watch& watch : computer->watches) {
      for (std::int64_t hour = hour_of(watch.begin); begin_of(hour) < watch.end; ++hour) {
        RateStratum& stratum = strata[kinds.at(hour)];
        for_each_side(std::max(watch.begin, begin_of(hour)),
                      std::min(watch.end, begin_of(hour + 1)), window,
                      [&](Instant begin, Instant end, bool after) {
                        (after ? stratum.after_hours : stratum.before_hours) +=
                            seconds_between(begin, end) / 3600;
                      });
      }
    }
    for (const Instant lost : losses) add_loss(strata[kinds.at(hour_of(lost))], lost, window);
    keep_with_losses(strata, result);
  }
  return result;
}

std::vector<RateStratum> strata_by_age(std::span<const ComputerEpisodes* const> computers,
                                       double interval_s, const ChangeWindow& window) {
  std::vector<RateStratum> result;
  std::array<RateStratum, kAges> strata{};
  for (const ComputerEpisodes* computer : computers) {
    for (const Uptime& uptime : computer->uptimes) add_ages(strata, uptime, interval_s, window);
    keep_with_losses(strata, result);
  }
  return result;
}

}  // namespace dropscope
