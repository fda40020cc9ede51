#pragma once

// What timers do to one client, without dirt: every connection lives until the first of the timers
// at work on it ends it.
//
// An idle timer begins anew at the restore and at every use, and uses are memoryless. With x uses
// per T on average, the share exp(-x) of the lives is exactly T long. An age begins at the restore.
// Clock and period know nothing of restores; when they come while the client is down, nothing is
// lost. A computer that sleeps drops its connection without a record and makes a new one on waking.

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "analysis/rhythm/rhythm.h"
#include "sixth_world/people.h"

namespace dropscope::sixth_world {

using rhythm::Class;

struct Timer {
  Class kind = Class::Age;
  double seconds = 0;
  double uses = 0;             ///< Idle: in `seconds` on average, the sketch's x.
  bool working_hours = false;  ///< Idle: hardly any use outside them.
  std::vector<double> phases;  ///< Clock: seconds of the wall clock, less than `seconds`.
  double jitter = 0;           ///< Standard deviation in seconds.
  bool late_only = false;
};

inline constexpr int kOtherCause = -1;

struct Event {
  double lost = 0;
  double restored = 0;
  int cause = kOtherCause;  ///< Index of the timer.
  int serial = -1;          ///< Follows that of the loss before if nothing happened in between.
  bool prolonged = false;   ///< The connection was used while an idle timer ran.
};

/// Whether the timer counts from the restore.
inline bool counts_from_restore(Class kind) {
  return kind == Class::Idle || kind == Class::Age;
}

class Simulation {
 public:
  /// A stray loss ends the share `strays` of the connections before their time.
  Simulation(Random& random, const Person& person, const std::vector<Timer>& timers, double strays)
      : random_(random), person_(person), clock_(person.zone), timers_(timers), strays_(strays) {}

  std::vector<Event> run(double start, std::size_t count) {
    begin(start);
    std::vector<Event> events;
    double up = start;
    for (int serial = 0; events.size() < count; ++serial) {
      Event event = next_loss(up, serial);
      if (person_.sleeps && !at_work(person_, clock_, event.lost)) {
        up = next_morning(person_, clock_, event.lost) + random_.uniform(0, 20 * kMinute);
        ++serial;  // The life after waking began without a record.
        continue;
      }
      event.restored = event.lost + person_.draw_downtime(random_);
      event.serial = serial;
      events.push_back(event);
      up = event.restored;
    }
    return events;
  }

 private:
  void begin(double start) {
    for (const auto& timer : timers_) {
      const bool free = timer.kind == Class::Period;
      nominal_.push_back(free ? start - timer.seconds * random_.uniform() : start);
      due_.push_back(start);
    }
  }

  Event next_loss(double up, int& serial) {
    Event event;
    event.lost = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < timers_.size(); ++i) {
      const double end = end_of_life(i, up, event.prolonged, serial);
      if (end >= event.lost) continue;
      event.lost = end;
      event.cause = static_cast<int>(i);
    }
    if (random_.chance(strays_)) {
      // One in four is a retry that fails within minutes of the restore.
      const double whole = event.lost - up;
      event.lost = up + (random_.chance(0.25) ? std::min(random_.uniform(20, 240), 0.9 * whole)
                                              : whole * random_.uniform());
      event.cause = kOtherCause;
    } else if (const auto acted = static_cast<std::size_t>(event.cause);
               !counts_from_restore(timers_[acted].kind)) {
      advance(acted);
    }
    return event;
  }

  double end_of_life(std::size_t i, double up, bool& prolonged, int& serial) {
    const auto& timer = timers_[i];
    if (timer.kind == Class::Age) return up + std::max(1.0, timer.seconds + jitter_of(timer));
    if (timer.kind == Class::Idle)
      return last_use(timer, up, prolonged) + timer.seconds +
             std::max(jitter_of(timer), 1 - timer.seconds);
    for (; due_[i] <= up; ++serial) advance(i);
    return due_[i];
  }

  double last_use(const Timer& timer, double up, bool& prolonged) {
    constexpr double kNightShare = 0.03;  // Of the uses by day: mail that comes in.
    double last = up, use = up;
    for (;;) {
      use += random_.exponential(timer.seconds / timer.uses);
      if (use - last >= timer.seconds) return last;
      if (timer.working_hours && !at_work(person_, clock_, use) && !random_.chance(kNightShare)) {
        continue;
      }
      last = use;
      prolonged = true;
    }
  }

  void advance(std::size_t i) {
    const auto& timer = timers_[i];
    nominal_[i] = timer.kind == Class::Clock ? next_on_clock(timer, nominal_[i])
                                             : nominal_[i] + timer.seconds;
    due_[i] = nominal_[i] + jitter_of(timer);
  }

  double next_on_clock(const Timer& timer, double after) {
    const double local = clock_.local(after);
    double next = std::numeric_limits<double>::infinity();
    for (const double phase : timer.phases) {
      double time = phase;
      time += timer.seconds * (std::floor((local - phase) / timer.seconds) + 1);
      // Up to an hour the length divides every change of the clocks, so no time is left out.
      double t = time - clock_.offset(after);
      if (timer.seconds > kHour) t = clock_.instant(time);
      while (t <= after || (timer.seconds > kHour && clock_.local(t) != time)) {
        time += timer.seconds;
        t = clock_.instant(time);
      }
      next = std::min(next, t);
    }
    return next;
  }

  double jitter_of(const Timer& timer) {
    const double deviation = timer.jitter * std::clamp(random_.normal(), -3.0, 3.0);
    return timer.late_only ? std::abs(deviation) : deviation;
  }

  Random& random_;
  const Person& person_;
  WallClock clock_;
  const std::vector<Timer>& timers_;
  double strays_;
  std::vector<double> nominal_,
      due_;  ///< Of clocks and periods: the next, without and with jitter.
};

}  // namespace dropscope::sixth_world
