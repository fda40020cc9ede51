#pragma once

// Losses without a timer: chance, working hours, mornings, lunch, clusters and common incidents.

#include <algorithm>

#include "plan.h"

namespace dropscope::eighth_world {

/// Losses of chance while somebody works or the computer is awake.
[[nodiscard]] inline double working_end(const Habit& habit, const Person& person, double made,
                                        Random& random) {
  double left = random.exponential(habit.mean);
  double now = made;
  for (;;) {
    Person day = person;
    if (!habit.by_sleep) day.lingers = 0;
    const double sleep = day.next_sleep(now);
    if (now + left < sleep) return now + left;
    left -= sleep - now;
    now = day.next_wake(sleep);
  }
}

[[nodiscard]] inline double lunch_end(const Habit& habit, const Person& person, double made) {
  double day = std::floor(person.local(made) / kDay);
  for (;; ++day) {
    if (!person.works_on(day)) continue;
    const double back = person.utc(day * kDay + habit.lunch + habit.spread * person.whim(day, 3));
    if (back > made) return back;
  }
}

[[nodiscard]] inline double daily_end(const Plan& plan, const Person& person, double made,
                                      Random& random) {
  const Habit& habit = plan.habit;
  // The loss is told some seconds after the computer woke or the desk was reached.
  const double hour =
      plan.null == Null::Resume ? person.next_wake(made) : lunch_end(habit, person, made);
  const double daily = hour + random.between(3, 40);
  if (habit.extra <= 0) return daily;
  Habit rare = habit;
  rare.mean = kDay / 3 / habit.extra;
  return std::min(daily, working_end(rare, person, made, random));
}

/// Losses that come in clusters; it remembers how many of the present one are left.
class Clusters {
 public:
  [[nodiscard]] double end(const Habit& habit, double made, Random& random) {
    if (left_ > 0) {
      --left_;
      return made + 1 + random.exponential(habit.cluster_gap);
    }
    left_ = 1 + static_cast<int>(random.exponential(habit.cluster_size - 1));
    return made + random.exponential(habit.mean);
  }

 private:
  int left_ = 0;
};

[[nodiscard]] inline double incident_end(const Plan& plan, double made, Random& random) {
  const double all_told = 25;  // Seconds until the last client has noticed.
  auto next = std::upper_bound(plan.incidents.begin(), plan.incidents.end(), made);
  while (next != plan.incidents.end() && !random.chance(plan.hit)) ++next;
  return next == plan.incidents.end() ? kNever : *next + random.between(0, all_told);
}

[[nodiscard]] inline double habit_end(const Plan& plan, const Subject& subject, double made,
                                      Clusters& clusters, Random& random) {
  switch (plan.null) {
    case Null::Timer:
      return incident_end(plan, made, random);
    case Null::WorkingHours:
      return working_end(plan.habit, subject.person, made, random);
    case Null::Resume:
    case Null::Lunch:
      return daily_end(plan, subject.person, made, random);
    case Null::Clusters:
      return clusters.end(plan.habit, made, random);
    case Null::Plain:
      break;
  }
  return made + random.exponential(plan.habit.mean);
}

[[nodiscard]] inline double mean_of_habit(const Plan& plan) {
  if (plan.null == Null::Resume || plan.null == Null::Lunch) return 1.4 * kDay;
  if (plan.null == Null::WorkingHours) return 4 * plan.habit.mean;
  if (plan.null == Null::Clusters) return plan.habit.mean / plan.habit.cluster_size;
  return plan.habit.mean;
}

}  // namespace dropscope::eighth_world
