#pragma once

// Whether a record shows its cause, and which labels the customer accepts beside the true one:
// those that the sketch calls not identifiable ("what few events can tell"), as far as this record
// goes.

#include <cmath>
#include <set>
#include <vector>

#include "sixth_world/lengths.h"

namespace dropscope::sixth_world {

/// A client with its cause, on the way to a case.
struct Draft {
  Class kind = Class::Random;
  std::size_t count = 0;  ///< Losses asked for.
  Dirt dirt;
  Person person;
  std::vector<Timer> timers;
  bool under_load = false;    ///< Outages come in working hours.
  std::vector<Event> events;  ///< As recorded.
};

struct Lives {
  std::size_t whole = 0;      ///< Ended by a timer, and the loss before is in the record.
  std::size_t prolonged = 0;  ///< Of these: while an idle timer ran, the connection was used.
};

inline Lives count_lives(const Draft& draft) {
  Lives lives;
  for (std::size_t i = 1; i < draft.events.size(); ++i) {
    const auto& before = draft.events[i - 1];
    const auto& event = draft.events[i];
    if (event.cause == kOtherCause || event.serial != before.serial + 1) continue;
    const auto kind = draft.timers[static_cast<std::size_t>(event.cause)].kind;
    if (before.cause == kOtherCause && !counts_from_restore(kind)) continue;
    ++lives.whole;
    if (event.prolonged) ++lives.prolonged;
  }
  return lives;
}

inline std::size_t ended_by(const Draft& draft, int timer) {
  return static_cast<std::size_t>(
      std::count_if(draft.events.begin(), draft.events.end(),
                    [&](const Event& event) { return event.cause == timer; }));
}

/// Short gaps are many and long ones exist, or nobody would speak of bursts.
inline bool is_clustered(const std::vector<Event>& events) {
  std::size_t brief = 0, calm = 0;
  for (std::size_t i = 1; i < events.size(); ++i) {
    const double gap = events[i].lost - events[i - 1].lost;
    brief += gap < 15 * kMinute ? 1 : 0;
    calm += gap > kHour ? 1 : 0;
  }
  return 3 * brief >= events.size() && calm >= 1;
}

inline bool shows_cause(const Draft& draft) {
  const std::size_t size = draft.events.size();
  if (size < 4 || 10 * size < 7 * draft.count) return false;
  if (draft.kind == Class::Burst) return is_clustered(draft.events);
  if (draft.timers.empty()) return true;
  std::size_t acted = 0;
  for (int i = 0; i < static_cast<int>(draft.timers.size()); ++i) {
    const std::size_t ended = ended_by(draft, i);
    if (draft.timers.size() > 1 && (ended < 2 || ended * 100 < size * 15)) return false;
    acted += ended;
  }
  return acted >= 3 && 10 * acted >= 7 * size && count_lives(draft).whole >= 2;
}

inline bool divides_hour(double seconds) {
  return std::fmod(kHour, seconds) == 0;
}

/// Whether the clocks change within the record, with two losses at least on either side.
inline bool sees_clocks_change(const Draft& draft) {
  WallClock clock(draft.person.zone);
  std::size_t as_first = 0;
  const double first = clock.offset(draft.events.front().lost);
  for (const auto& event : draft.events) as_first += clock.offset(event.lost) == first ? 1U : 0U;
  return as_first >= 2 && draft.events.size() - as_first >= 2;
}

/// Standard deviation of the downtimes, 0 if the log has no restores to tell.
inline double downtime_scatter(const Draft& draft) {
  if (draft.dirt.unknown_restores == 1) return 0;
  if (draft.person.retry_grid) return 15 * kMinute;
  return draft.person.downtime * draft.person.downtime_spread;
}

/// Whether age and period look alike: downtimes as constant as the timer, and so few losses, or so
/// little scatter, that the phase cannot be seen to walk.
inline bool age_like_period(const Draft& draft) {
  const double jitter = draft.timers.front().jitter, scatter = downtime_scatter(draft);
  const auto size = static_cast<double>(draft.events.size());
  const bool constant = scatter <= std::max(1.0, jitter);
  return constant && (size <= 6 || std::sqrt(size) * std::hypot(jitter, scatter) < 2);
}

inline std::vector<Class> beside_idle(const Draft& draft) {
  const auto lives = count_lives(draft);
  std::vector<Class> also;
  if (lives.prolonged <= 1 || 20 * lives.prolonged <= lives.whole) {
    also.push_back(Class::Age);
    if (age_like_period(draft)) also.push_back(Class::Period);
  }
  if (lives.whole - lives.prolonged < 2 && draft.events.size() <= 8) {
    also.push_back(Class::Random);  // Nothing agrees on T.
    if (draft.timers.front().working_hours) also.push_back(Class::Modulated);
  }
  return also;
}

inline std::vector<Class> beside_age(const Draft& draft) {
  std::vector<Class> also;
  if (count_lives(draft).whole <= 3) also.push_back(Class::Idle);  // It may just not be used.
  if (age_like_period(draft)) also.push_back(Class::Period);
  return also;
}

inline std::vector<Class> beside_clock(const Draft& draft) {
  const auto& timer = draft.timers.front();
  // A phase on 5 minutes is seen if the mean of the losses is sharp beside them.
  const double error = timer.jitter / std::sqrt(static_cast<double>(draft.events.size()));
  const bool round = std::fmod(timer.phases.front(), 5 * kMinute) == 0 && error < 30;
  if (timer.phases.size() > 1 || round) return {};
  std::vector<Class> also;
  if (divides_hour(timer.seconds) || !sees_clocks_change(draft)) also.push_back(Class::Period);
  if (age_like_period(draft)) also.push_back(Class::Age);
  return also;
}

inline std::vector<Class> beside_period(const Draft& draft) {
  const double length = draft.timers.front().seconds;
  const bool listed = !within(kSchedules, length, length).empty();
  std::vector<Class> also;
  if (divides_hour(length) || (listed && !sees_clocks_change(draft))) also.push_back(Class::Clock);
  if (age_like_period(draft)) also.push_back(Class::Age);
  return also;
}

/// One of two timers is told when it dominates, either one when the losses are few.
inline std::vector<Class> beside_mixed(const Draft& draft) {
  const std::size_t first = ended_by(draft, 0), second = ended_by(draft, 1);
  const bool few = draft.events.size() <= 8;
  std::set<Class> also;
  if (few || 3 * second < first) also.insert(draft.timers[0].kind);
  if (few || 3 * first < second) also.insert(draft.timers[1].kind);
  return {also.begin(), also.end()};
}

inline std::vector<Class> beside_modulated(const Draft& draft) {
  WallClock clock(draft.person.zone);
  std::set<double> days;
  for (const auto& event : draft.events) days.insert(std::floor(clock.local(event.lost) / kDay));
  if (draft.events.size() <= 6 || days.size() < 3) return {Class::Random};
  return {};
}

inline std::vector<Class> accepted_beside_truth(const Draft& draft, bool has_peers) {
  switch (draft.kind) {
    case Class::Idle:
      return beside_idle(draft);
    case Class::Age:
      return beside_age(draft);
    case Class::Clock:
      return beside_clock(draft);
    case Class::Period:
      return beside_period(draft);
    case Class::Mixed:
      return beside_mixed(draft);
    case Class::Modulated:
      return beside_modulated(draft);
    case Class::Burst:
      return draft.events.size() <= 6 ? std::vector{Class::Random} : std::vector<Class>();
    case Class::Outage:
      if (has_peers) return {};
      return draft.under_load ? std::vector{Class::Random, Class::Modulated}
                              : std::vector{Class::Random};
    case Class::Random:
      break;
  }
  return {};
}

}  // namespace dropscope::sixth_world
