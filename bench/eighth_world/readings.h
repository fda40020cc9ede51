#pragma once

// Which labels the record at hand cannot tell from the truth, beside mixtures of which one timer
// hardly shows.

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "lengths.h"
#include "life.h"

namespace dropscope::eighth_world {

inline constexpr std::size_t kFewEvents = 6;
inline constexpr double kConstantSeconds = 2;
inline constexpr double kOutOfStepSeconds = 5;

[[nodiscard]] inline std::vector<Ending> recorded_of(const std::vector<Ending>& endings) {
  std::vector<Ending> kept;
  std::copy_if(endings.begin(), endings.end(), std::back_inserter(kept),
               [](const Ending& e) { return e.recorded; });
  return kept;
}

/// Standard deviation of the downtimes, in seconds.
[[nodiscard]] inline double downtime_spread(const std::vector<Ending>& endings) {
  double sum = 0;
  double squares = 0;
  for (const Ending& ending : endings) {
    const double down = ending.restored - ending.lost;
    sum += down;
    squares += down * down;
  }
  const double count = std::max(1.0, static_cast<double>(endings.size()));
  return std::sqrt(std::max(0.0, squares / count - sum / count * sum / count));
}

/// Age and period look alike: few losses, or many, that a constant downtime shifts by nothing.
[[nodiscard]] inline bool no_walk(const Plan& plan, const std::vector<Ending>& kept) {
  const double spread = downtime_spread(kept);
  const double seen = std::max(kConstantSeconds, plan.timers.front().jitter);
  if (kept.size() <= kFewEvents) return spread <= seen || plan.dirt.unknown_restore >= 1;
  return spread * std::sqrt(static_cast<double>(kept.size())) <= kConstantSeconds;
}

/// Lives that use has made longer than the timer, of those that the timer ended.
[[nodiscard]] inline bool hardly_used(const Plan& plan, const std::vector<Ending>& kept) {
  const Timer& timer = plan.timers.front();
  const double margin = std::max(kConstantSeconds, 4 * timer.jitter);
  std::size_t ended = 0;
  std::size_t delayed = 0;
  for (const Ending& ending : kept) {
    if (ending.cause != 0) continue;
    ++ended;
    delayed += ending.lost - ending.made > timer.length + margin;
  }
  return delayed * 10 <= ended;
}

[[nodiscard]] inline bool crosses_time_change(const Person& person,
                                              const std::vector<Ending>& kept) {
  if (kept.empty()) return false;
  const auto offset = [&](double t) { return person.local(t) - t; };
  const double first = offset(kept.front().lost);
  return std::any_of(kept.begin(), kept.end(),
                     [&](const Ending& e) { return offset(e.lost) != first; });
}

/// A time change moves hours and days, not what divides the hour.
[[nodiscard]] inline bool moved_by_change(double length) {
  return std::abs(std::remainder(kHour, length)) > kOutOfStepSeconds;
}

/// Whether the losses of a period stay in step with some usual schedule.
[[nodiscard]] inline bool like_schedule(const Timer& timer, const std::vector<Ending>& kept) {
  if (kept.empty()) return false;
  const double cycles = (kept.back().lost - kept.front().lost) / timer.length;
  const double seen = std::max(kOutOfStepSeconds, 2 * timer.jitter);
  const auto in_step = [&](double schedule) {
    return std::abs(timer.length - schedule) * cycles <= seen;
  };
  return in_step(kDay) || std::any_of(kSchedules.begin(), kSchedules.end(), in_step);
}

inline void add_single(const Plan& plan, const Person& person, const std::vector<Ending>& kept,
                       std::vector<Class>& also) {
  const Timer& timer = plan.timers.front();
  const bool told_by_change = moved_by_change(timer.length) && crosses_time_change(person, kept);
  if (plan.truth == Class::Age && no_walk(plan, kept)) also.push_back(Class::Period);
  if (plan.truth == Class::Idle && hardly_used(plan, kept)) {
    also.push_back(Class::Age);
    if (no_walk(plan, kept)) also.push_back(Class::Period);
  }
  if (plan.truth == Class::Period) {
    if (no_walk(plan, kept)) also.push_back(Class::Age);
    if (like_schedule(timer, kept) && !told_by_change) also.push_back(Class::Clock);
  }
  const bool plain = timer.phases.size() == 1 && !timer.workdays_only;
  if (plan.truth == Class::Clock && plain && !timer.round_phase && !told_by_change) {
    also.push_back(Class::Period);
    if (no_walk(plan, kept)) also.push_back(Class::Age);
  }
}

/// A timer hardly shows that ended fewer than three, or few of many.
inline void add_mixed(const Plan& plan, const std::vector<Ending>& kept, std::vector<Class>& also) {
  for (int timer = 0; timer < 2; ++timer) {
    const auto ends =
        std::count_if(kept.begin(), kept.end(), [&](const Ending& e) { return e.cause == timer; });
    const bool hidden = ends < 3 || (ends < 6 && double(ends) < 0.1 * double(kept.size()));
    if (hidden) also.push_back(plan.timers[static_cast<std::size_t>(1 - timer)].kind);
  }
}

/// Working hours of which less than two days were seen are plain chance.
[[nodiscard]] inline bool one_day(const std::vector<Ending>& kept) {
  return kept.empty() || kept.back().lost - kept.front().lost < 14 * kHour;
}

/// A single cluster is plain chance at a higher rate.
[[nodiscard]] inline bool one_cluster(const Plan& plan, const std::vector<Ending>& kept) {
  double longest = 0;
  for (std::size_t i = 1; i < kept.size(); ++i) {
    longest = std::max(longest, kept[i].lost - kept[i - 1].lost);
  }
  return longest < 8 * (plan.habit.cluster_gap + plan.downtime.typical);
}

[[nodiscard]] inline std::vector<Class> other_readings(const Plan& plan, const Person& person,
                                                       const std::vector<Ending>& endings,
                                                       bool has_peers) {
  const std::vector<Ending> kept = recorded_of(endings);
  std::vector<Class> also;
  if (plan.truth == Class::Outage && !has_peers) also.push_back(Class::Random);
  if (plan.null == Null::WorkingHours && one_day(kept)) also.push_back(Class::Random);
  if (plan.null == Null::Clusters && one_cluster(plan, kept)) also.push_back(Class::Random);
  if (plan.truth == Class::Mixed) {
    add_mixed(plan, kept, also);
  } else if (!plan.timers.empty()) {
    add_single(plan, person, kept, also);
  }
  return also;
}

}  // namespace dropscope::eighth_world
