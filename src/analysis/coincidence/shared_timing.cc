#include "analysis/coincidence/shared_timing.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>

namespace dropscope {
namespace {

/// Clients whose connection is reset notice within seconds, most others at their next request.
constexpr Ticks kTogether = std::chrono::minutes{1};
/// The course of the day is even enough for as long on either side.
constexpr Ticks kAround = std::chrono::minutes{30};
/// Schedules are kept to that, and clocks agree to that.
constexpr Ticks kSameTime = std::chrono::minutes{2};
constexpr Ticks kDay = std::chrono::hours{24};
constexpr double kAccident = 0.01;
/// From so many days on, "every day" means something.
constexpr std::size_t kFewestDays = 3;

struct Loss {
  Instant time{};
  std::uint32_t computer = 0;
  /// When the connection began, where it lived for the interval.
  std::optional<Instant> timed_from;
};

bool earlier(const Loss& a, const Loss& b) {
  return std::tie(a.time, a.computer) < std::tie(b.time, b.computer);
}

std::vector<Loss> collect(const std::vector<ComputerEpisodes>& episodes,
                          const IntervalEstimate& interval, SharedTiming& result) {
  std::vector<Loss> losses;
  for (const ComputerEpisodes& computer : episodes) {
    std::map<Instant, Instant> begins;
    bool at_interval = false;
    if (interval.seconds > 0) {
      // A timer is as coarse as its own tick: a twentieth of the interval holds what is seen.
      const double slack = 0.05 * interval.seconds;
      for (const Uptime& uptime : computer.uptimes) {
        if (!uptime.complete() || uptime.seconds() < interval.low - slack ||
            uptime.seconds() > interval.high + slack) {
          continue;
        }
        begins[uptime.end] = uptime.begin;
        at_interval = true;
      }
    }
    bool any = false;
    for (const Outage& outage : computer.outages) {
      if (outage.lost_event == kNoEvent) continue;
      Loss loss{outage.lost, computer.computer, {}};
      if (const auto begin = begins.find(outage.lost); begin != begins.end()) {
        loss.timed_from = begin->second;
      }
      losses.push_back(loss);
      any = true;
    }
    result.computers += any ? 1u : 0u;
    result.at_interval += at_interval ? 1u : 0u;
  }
  std::sort(losses.begin(), losses.end(), earlier);
  return losses;
}

/// Different computers among the losses, those that a timer keeps in step counted as one.
std::size_t independent_computers(std::span<const Loss> losses) {
  std::set<std::uint32_t> others;
  std::vector<Instant> timed;
  std::set<std::uint32_t> timed_computers;
  for (const Loss& loss : losses) {
    if (loss.timed_from) {
      if (timed_computers.insert(loss.computer).second) timed.push_back(*loss.timed_from);
    } else {
      others.insert(loss.computer);
    }
  }
  std::sort(timed.begin(), timed.end());
  std::size_t groups = 0;
  for (std::size_t i = 0; i < timed.size(); ++i) {
    if (i == 0 || timed[i] - timed[i - 1] > kTogether) ++groups;
  }
  return others.size() + groups;
}

/// ln P(N ≥ count) when `seen` came in a time whose length is 1 / share: negative binomial, because
/// the rate is known from what was seen only.
double log_tail(std::size_t count, double seen, double share) {
  if (count == 0) return 0;
  const double shape = seen + 1;
  const double p = share / (1 + share);
  double sum = 0;
  // The terms fall at least as fast as p once they fall; two hundred are more than are needed.
  for (std::size_t k = count; k < count + 200; ++k) {
    const auto n = static_cast<double>(k);
    sum += std::exp(std::lgamma(n + shape) - std::lgamma(n + 1) - std::lgamma(shape) +
                    n * std::log(p) + shape * std::log1p(-p));
  }
  return std::log(std::max(sum, 1e-300));
}

class Search {
 public:
  explicit Search(std::vector<Loss> losses) : losses_(std::move(losses)) {
    std::set<std::int64_t> days;
    for (const Loss& loss : losses_) {
      days.insert(loss.time.time_since_epoch() / kDay);
      by_time_of_day_.push_back({time_of_day(loss.time), &loss - losses_.data()});
    }
    days_ = days.size();
    std::sort(by_time_of_day_.begin(), by_time_of_day_.end());
  }

  void run(SharedTiming& result) const {
    std::size_t i = 0;
    while (i < losses_.size()) {
      std::size_t end = i;
      while (end < losses_.size() && losses_[end].time <= losses_[i].time + kTogether) ++end;
      const std::optional<SharedMoment> moment = end - i > 1 ? judge(i, end) : std::nullopt;
      if (moment) {
        result.moments.push_back(*moment);
        result.together += moment->losses;
      }
      i = moment ? end : i + 1;
    }
  }

 private:
  static Ticks time_of_day(Instant t) { return t.time_since_epoch() % kDay; }

  [[nodiscard]] std::size_t count_between(Instant from, Instant to) const {
    const auto at = [&](Instant t) {
      return std::lower_bound(losses_.begin(), losses_.end(), t,
                              [](const Loss& loss, Instant time) { return loss.time < time; });
    };
    return static_cast<std::size_t>(at(to) - at(from));
  }

  /// Different computers a day that lose at this time of other days.
  [[nodiscard]] double of_other_days(Instant t) const {
    if (days_ < kFewestDays) return 0;
    std::set<std::pair<std::int64_t, std::uint32_t>> found;
    const std::int64_t today = t.time_since_epoch() / kDay;
    const auto add = [&](Ticks from, Ticks to) {
      for (auto at = std::lower_bound(by_time_of_day_.begin(), by_time_of_day_.end(),
                                      std::pair<Ticks, std::ptrdiff_t>(from, -1));
           at != by_time_of_day_.end() && at->first <= to; ++at) {
        const Loss& loss = losses_[static_cast<std::size_t>(at->second)];
        const std::int64_t day = loss.time.time_since_epoch() / kDay;
        if (day != today) found.emplace(day, loss.computer);
      }
    };
    const Ticks from = time_of_day(t) - kSameTime;
    const Ticks to = time_of_day(t) + kTogether + kSameTime;
    add(from, to);
    if (from < Ticks{0}) add(from + kDay, kDay);
    if (to > kDay) add(Ticks{0}, to - kDay);
    return static_cast<double>(found.size()) / static_cast<double>(days_ - 1);
  }

  [[nodiscard]] std::optional<SharedMoment> judge(std::size_t from, std::size_t to) const {
    const std::span<const Loss> losses(losses_.data() + from, to - from);
    const std::size_t computers = independent_computers(losses);
    if (computers < 3) return std::nullopt;
    const Instant begin = losses.front().time;
    const Instant end = begin + kTogether;
    const auto around = static_cast<double>(count_between(begin - kAround, begin) +
                                            count_between(end + Ticks{1}, end + kAround));
    constexpr double kShare =
        0.5 * (static_cast<double>(kTogether.count()) / static_cast<double>(kAround.count()));
    const double looks = std::log(static_cast<double>(losses_.size()));
    SharedMoment moment;
    moment.begin = begin;
    moment.end = losses.back().time;
    moment.losses = losses.size();
    std::set<std::uint32_t> different;
    for (const Loss& loss : losses) different.insert(loss.computer);
    moment.computers = different.size();
    moment.expected = around * kShare;
    // The first loss is there by the choice of the minute.
    moment.log_p = log_tail(computers - 1, around, kShare) + looks;
    if (moment.log_p > std::log(kAccident)) return std::nullopt;
    // As many on the same minutes of other days: nothing special about this one.
    const double daily = of_other_days(begin);
    moment.every_day =
        daily > moment.expected && log_tail(computers - 1, daily * static_cast<double>(days_ - 1),
                                            1 / static_cast<double>(days_ - 1)) +
                                           looks >
                                       std::log(kAccident);
    if (moment.every_day) moment.expected = daily;
    return moment;
  }

  std::vector<Loss> losses_;
  std::vector<std::pair<Ticks, std::ptrdiff_t>> by_time_of_day_;
  std::size_t days_ = 0;
};

}  // namespace

std::string_view to_string(SharedTimingKind kind) {
  switch (kind) {
    case SharedTimingKind::TooFew:
      return "too-few";
    case SharedTimingKind::Together:
      return "together";
    case SharedTimingKind::SameTimeOfDay:
      return "same-time-of-day";
    case SharedTimingKind::EqualIntervals:
      return "equal-intervals";
    case SharedTimingKind::Independent:
      return "independent";
  }
  return "independent";
}

SharedTiming find_shared_timing(const std::vector<ComputerEpisodes>& episodes,
                                const IntervalEstimate& interval) {
  SharedTiming result;
  std::vector<Loss> losses = collect(episodes, interval, result);
  result.losses = losses.size();
  if (result.computers < 3) return result;
  Search(std::move(losses)).run(result);
  std::uint64_t single = 0;
  std::uint64_t daily = 0;
  for (const SharedMoment& moment : result.moments) {
    (moment.every_day ? daily : single) += moment.losses;
  }
  // A few moments among many losses of a timer are an outage beside it; the timer is the rule.
  const bool timed =
      interval.seconds > 0 && result.at_interval >= 2 && interval.rhythm != Rhythm::Clock;
  if (timed && 2 * result.together < result.losses) {
    result.kind = SharedTimingKind::EqualIntervals;
  } else if (single >= daily && single > 0) {
    result.kind = SharedTimingKind::Together;
  } else if (daily > 0) {
    result.kind = SharedTimingKind::SameTimeOfDay;
  } else {
    result.kind = timed ? SharedTimingKind::EqualIntervals : SharedTimingKind::Independent;
  }
  return result;
}

}  // namespace dropscope
