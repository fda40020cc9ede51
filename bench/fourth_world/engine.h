#pragma once

// Fourth world: everything that may end a connection competes here, life after life.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "analysis/rhythm/rhythm.h"
#include "fourth_world/people.h"

namespace dropscope::fourth_world {

using rhythm::Class;

inline constexpr int kStray = 2;
inline constexpr int kSleep = 3;

struct Event {
  double lost = kNever;
  double restored = kNever;
  int cause = kStray;  // 0 and 1 are timers.
  bool used = false;   // Of an idle timer: somebody delayed it.
};

struct Timer {
  Class kind = Class::Age;
  double seconds = 0;
  double phase = 0;  // Clock: of the wall clock's seconds.
  double sigma = 0;
  double count = 0;
  double next = 0;
};

struct Setup {
  Habits habits;
  Traffic traffic;
  std::vector<Timer> timers;
  double second_path = 0;  // Above 0: a connection meets the second timer so often, else the first.
  Downtime down;
  double stray_rate = 0;
  bool stray_hours = false;
  bool nights = false;
  bool weekends = false;
  bool log_sleep = false;
  double start = 0;
};

/// Lets everything that may end a connection compete, life after life.
class Engine {
 public:
  Engine(Setup setup, Random& dice) : setup_(std::move(setup)), dice_(dice) {
    for (Timer& timer : setup_.timers) begin(timer);
  }

  std::vector<Event> run(std::size_t want) {
    std::vector<Event> events;
    double made = setup_.start;
    if (setup_.nights || setup_.weekends) made = wake_after(made);
    double off = off_after(made);
    while (events.size() < want && made < setup_.start + kLongest) {
      Event event = life(made, off);
      if (event.lost == kNever) break;
      event.restored = event.lost + setup_.down.draw(dice_);
      const double ended = std::min(event.lost, off);
      if (event.cause < kStray) ++timed;
      up += ended - made;
      if (event.restored >= off || event.cause == kSleep) {
        event.restored = wake_after(off) + dice_.uniform(3, 90);
        off = off_after(event.restored);
      }
      if (event.cause != kSleep || setup_.log_sleep) events.push_back(event);
      made = event.restored;
    }
    return events;
  }

  double up = 0;
  std::size_t timed = 0;

 private:
  void begin(Timer& timer) {
    double from = setup_.start;
    if (timer.kind == Class::Clock) from = setup_.habits.local(from);
    timer.count = std::floor((from - timer.phase) / timer.seconds);
    timer.next = 0;
  }

  double tick(const Timer& timer) {
    const double at = timer.phase + timer.count * timer.seconds;
    if (timer.kind == Class::Period) return at;
    // Up to an hour a cycle fits both sides of a change of the clocks, and no hour is skipped.
    if (timer.seconds > kHour) return setup_.habits.utc(at);
    return at - (setup_.habits.local(setup_.start) - setup_.start);
  }

  double timer_end(Timer& timer, double made) {
    if (timer.kind == Class::Age) return made + timer.seconds + timer.sigma * normal(dice_);
    while (timer.next <= made) {
      timer.count += 1;
      timer.next = tick(timer) + timer.sigma * normal(dice_);
    }
    return timer.next;
  }

  double idle_end(const Timer& timer, double made, double limit, bool& used) {
    const double length = timer.seconds + timer.sigma * normal(dice_);
    double last = made;
    while (last + length < limit) {
      const double use = setup_.traffic.next(setup_.habits, last, last + length, dice_);
      if (use == kNever) break;
      used = true;
      last = use + setup_.traffic.use * dice_.exponential();
    }
    return last + length;
  }

  double stray_end(double t, double limit) {
    if (setup_.stray_rate <= 0) return kNever;
    do {
      // Working hours are about a quarter of all.
      t += dice_.exponential() / (setup_.stray_rate * (setup_.stray_hours ? 4 : 1));
    } while (t < limit && setup_.stray_hours && !setup_.habits.at_work(t));
    return t;
  }

  Event life(double made, double off) {
    Event event;
    if (off < kNever) event = {off, 0, kSleep, false};
    const int path =
        setup_.second_path > 0 ? static_cast<int>(dice_.chance(setup_.second_path)) : -1;
    const double stray = stray_end(made, std::min(event.lost, made + kLongest));
    if (stray < event.lost) event = {stray, 0, kStray, false};
    for (const bool idle : {false, true}) {  // Idle last: it need not look beyond the others.
      int number = -1;
      for (Timer& timer : setup_.timers) {
        ++number;
        if ((path >= 0 && number != path) || (timer.kind == Class::Idle) != idle) continue;
        bool used = false;
        const double at = idle ? idle_end(timer, made, event.lost, used) : timer_end(timer, made);
        if (at < event.lost) event = {at, 0, number, used};
      }
    }
    return event;
  }

  double off_after(double t) {
    if (!setup_.nights && !setup_.weekends) return kNever;
    for (double number = setup_.habits.number(t);; number += 1) {
      const Day& plan = setup_.habits.day(number);
      if (plan.off > t && (setup_.nights ? plan.works : plan.weekday == 4)) return plan.off;
    }
  }

  double wake_after(double t) {
    for (double number = setup_.habits.number(t) + 1;; number += 1) {
      const Day& plan = setup_.habits.day(number);
      if (setup_.nights ? plan.works : plan.weekday == 0) return plan.on;
    }
  }

  Setup setup_;
  Random& dice_;
};

}  // namespace dropscope::fourth_world
