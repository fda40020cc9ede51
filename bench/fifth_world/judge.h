#pragma once

// Whether a record shows what its label says, and what else a perfect judge could take it for.
//
// Both are decided by the record and not by the parameters: an idle limit on a client that is
// hardly used is an age, however it was drawn.

#include "fifth_world/causes.h"

namespace dropscope::fifth_world {

/// How far a loss of `timer` may be from its time by jitter and by whole seconds.
inline double noise_of(const Timer& timer) {
  return timer.jitter.size + 1.5;
}

inline std::size_t count_of(const std::vector<Event>& events, int by) {
  return static_cast<std::size_t>(
      std::count_if(events.begin(), events.end(), [&](const Event& e) { return e.by == by; }));
}

/// Uptimes that the timer ended, as the record shows them: from the loss before where a restore is
/// unknown.
inline std::vector<double> uptimes_of(const std::vector<Event>& events, int by) {
  std::vector<double> found;
  for (std::size_t i = 1; i < events.size(); ++i) {
    const rhythm::Loss& before = events[i - 1].loss;
    if (events[i].by != by || events[i].serial != events[i - 1].serial + 1) continue;
    const double restored = before.has_restored ? before.restored : before.lost;
    const double made = events[i].loss.has_made ? events[i].loss.made : restored;
    found.push_back(events[i].loss.lost - made);
  }
  return found;
}

inline bool alike(const std::vector<double>& values, double noise) {
  if (values.empty()) return true;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *high - *low <= 2 * noise;
}

/// Whether the losses of the timer lie on an even grid.
inline bool on_grid(const std::vector<Event>& events, double noise) {
  std::vector<double> times;
  std::vector<double> gaps;
  for (const Event& event : events) {
    if (event.by != 0) continue;
    if (!times.empty()) gaps.push_back(event.loss.lost - times.back());
    times.push_back(event.loss.lost);
  }
  if (gaps.size() < 2) return true;
  double period = *std::min_element(gaps.begin(), gaps.end());
  std::vector<double> steps{0};
  for (std::size_t i = 1; i < times.size(); ++i) {
    steps.push_back(std::floor((times[i] - times[0]) / period + 0.5));
    if (steps[i] > 0) period = (times[i] - times[0]) / steps[i];
  }
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (std::abs(times[i] - times[0] - steps[i] * period) > 2 * noise) return false;
  }
  return true;
}

/// Whether summer time moves the wall clock against a period of `length` within the record.
inline bool dst_shows(const std::vector<Event>& events, double length, Wall& wall) {
  const double first = wall.offset(events.front().loss.lost);
  return std::any_of(events.begin(), events.end(), [&](const Event& event) {
    return std::fmod(std::abs(wall.offset(event.loss.lost) - first), length) > 1;
  });
}

/// Spread of the gaps over their mean: 1 without memory, more in clusters.
inline double unevenness(const std::vector<Event>& events) {
  double sum = 0;
  double squares = 0;
  const double count = static_cast<double>(events.size()) - 1;
  for (std::size_t i = 1; i < events.size(); ++i) {
    const double gap = events[i].loss.lost - events[i - 1].loss.lost;
    sum += gap;
    squares += gap * gap;
  }
  return sum > 0 ? std::sqrt(std::max(0.0, squares * count / (sum * sum) - 1)) : 0;
}

/// Uptimes at the lower edge of an idle limit, without which nothing would tell of its length.
inline std::size_t at_edge(const std::vector<Event>& events, const Timer& timer, int by,
                           double hidden_downtime) {
  const double high = 1.1 * timer.length + noise_of(timer) + hidden_downtime;
  const std::vector<double> uptimes = uptimes_of(events, by);
  return static_cast<std::size_t>(
      std::count_if(uptimes.begin(), uptimes.end(), [&](double x) { return x <= high; }));
}

/// By how much an uptime seems longer where restores are mostly unknown.
inline double hidden_downtime_of(const Dirt& dirt) {
  return dirt.unknown_restores > 0.5 ? std::min(dirt.down_most, 3 * dirt.down_seconds) : 0;
}

/// Whether the cause acts often enough in what is recorded.
inline bool convincing(const Cause& cause, const std::vector<Event>& events, const Dirt& dirt,
                       std::size_t asked) {
  const std::size_t count = events.size();
  if (count < 4 || 10 * count < 7 * asked) return false;
  const double hidden = hidden_downtime_of(dirt);
  const std::size_t timers = std::max<std::size_t>(1, cause.timers.size());
  for (std::size_t i = 0; i < timers; ++i) {
    const int by = static_cast<int>(i);
    const std::size_t acted = count_of(events, by);
    if (timers > 1 ? acted < 2 || 100 * acted < 15 * count : acted < 3 || 2 * acted < count) {
      return false;
    }
    if (cause.timers.empty()) continue;
    const Timer& timer = cause.timers[i];
    const std::size_t uptimes = uptimes_of(events, by).size();
    const bool restarts = timer.kind == Class::Idle || timer.kind == Class::Age;
    if (restarts && timers == 1 && (uptimes < 2 || 4 * uptimes < count)) return false;
    if (restarts && uptimes < 1) return false;
    if (timer.kind == Class::Idle && at_edge(events, timer, by, hidden) < 1) return false;
  }
  return cause.truth != Class::Burst || unevenness(events) > 1.2;
}

struct Readings {
  std::vector<Class> kinds;
  void add(Class kind, bool applies = true) {
    const bool known = std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    if (applies && !known) kinds.push_back(kind);
  }
};

inline void readings_of_timer(Readings& also, Timer& timer, const std::vector<Event>& events,
                              double hidden_downtime) {
  const double noise = noise_of(timer);
  const std::vector<double> uptimes = uptimes_of(events, 0);
  const bool same_length = alike(uptimes, noise);
  const double longest = *std::max_element(uptimes.begin(), uptimes.end());
  if (timer.kind == Class::Idle) {
    const bool undelayed = longest <= timer.length + noise + hidden_downtime;
    const std::size_t edge = at_edge(events, timer, 0, hidden_downtime);
    const bool no_edge = edge < 2 || 8 * edge < uptimes.size();
    also.add(Class::Age, undelayed);
    also.add(Class::Period, undelayed && on_grid(events, noise));
    also.add(Class::Modulated, no_edge);
    also.add(Class::Random, no_edge);
  } else if (timer.kind == Class::Age) {
    // Delays by use and unknown downtimes look the same; and four undelayed uptimes prove little.
    also.add(Class::Idle, uptimes.size() <= 4 || (hidden_downtime > 0 && !same_length));
    also.add(Class::Period, on_grid(events, noise));
  }
}

inline void readings_of_ticks(Readings& also, Timer& timer, const std::vector<Event>& events) {
  const double noise = noise_of(timer);
  const std::vector<double> uptimes = uptimes_of(events, 0);
  const bool same_age = uptimes.size() + 1 == events.size() && alike(uptimes, noise);
  const bool seen_dst = dst_shows(events, timer.length, timer.wall);
  also.add(Class::Age, same_age && timer.phases.size() < 2);
  if (timer.kind == Class::Period) {
    const bool schedule = timer.length == kWeek || std::find(kSchedules.begin(), kSchedules.end(),
                                                             timer.length) != kSchedules.end();
    also.add(Class::Clock, schedule && !seen_dst);
    return;
  }
  const bool round = std::fmod(timer.phases[0], 300) == 0 && timer.jitter.size < kMinute;
  const bool even = timer.phases.size() == 1 && !timer.workdays_only;
  also.add(Class::Period, even && !seen_dst && !round);
}

inline void readings_of_null(Readings& also, const Cause& cause, const std::vector<Event>& events,
                             const Habits& habits) {
  const std::size_t count = events.size();
  also.add(Class::Random, cause.truth == Class::Modulated && count <= 8);
  also.add(Class::Random, cause.truth == Class::Burst && count <= 5);
  also.add(Class::Modulated, cause.truth == Class::Random && count <= 6);
  also.add(Class::Burst, cause.truth == Class::Random && (count <= 6 || unevenness(events) > 1.4));
  // People who come to the minute are a daily clock to whoever sees only their losses.
  const double to_the_minute = count <= 6 ? 15 * kMinute : 4 * kMinute;
  also.add(Class::Clock, cause.null == Null::Resume && habits.spread < to_the_minute);
}

/// Other classes that the data cannot tell from the truth.
inline std::vector<Class> also_of(Cause& cause, const std::vector<Event>& events, const Dirt& dirt,
                                  const Habits& habits, bool peers) {
  Readings also;
  const double hidden = hidden_downtime_of(dirt);
  if (cause.truth == Class::Mixed) {
    const std::size_t first = count_of(events, 0);
    const std::size_t second = count_of(events, 1);
    also.add(cause.timers[0].kind, second <= 2 || first > 4 * second);
    also.add(cause.timers[1].kind, first <= 2 || second > 4 * first);
  } else if (cause.truth == Class::Clock || cause.truth == Class::Period) {
    readings_of_ticks(also, cause.timers[0], events);
  } else if (!cause.timers.empty()) {
    readings_of_timer(also, cause.timers[0], events, hidden);
  } else if (cause.truth != Class::Outage) {
    readings_of_null(also, cause, events, habits);
  } else if (!peers) {
    for (const Class face : cause.face) also.add(face);
  }
  return also.kinds;
}

}  // namespace dropscope::fifth_world
