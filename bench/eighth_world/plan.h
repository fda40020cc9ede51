#pragma once

// What a client, or all clients of a fleet, have in common: the causes of losses, how a connection
// comes back, and how badly the log is kept.

#include <vector>

#include "people.h"
#include "rhythm_cases.h"

namespace dropscope::eighth_world {

using rhythm::Class;
using rhythm_cases::Null;

enum class Shape { Normal, Even, Late, Seldom };  ///< Of jitter; seldom: most lives have none.
inline constexpr double kSeldom = 0.35;           ///< Share of lives with such jitter.

struct Timer {
  Class kind = Class::Age;
  double length = kHour;
  double jitter = 0;  ///< Seconds.
  Shape shape = Shape::Normal;
  double use = 1;              ///< Idle: mean uses during one length while in use.
  double quiet_use = 1;        ///< Idle: share of that use outside working hours.
  std::vector<double> phases;  ///< Clock: local seconds in the cycle.
  bool workdays_only = false;  ///< Clock.
  bool round_phase = false;    ///< Clock: on whole five minutes.
};

/// Losses that no timer makes.
struct Habit {
  double mean = kHour;           ///< Seconds between losses, or between clusters.
  double cluster_size = 4;       ///< Burst: mean.
  double cluster_gap = kMinute;  ///< Burst: mean seconds.
  double lunch = 12.5 * kHour;   ///< Local time of the return to the desk.
  double spread = 15 * kMinute;  ///< Of that return.
  double extra = 0;              ///< Resume, lunch: losses of no cause per day.
  bool by_sleep = false;         ///< Working hours: until the computer sleeps.
};

struct Downtime {
  double typical = 20;
  double spread = 0.3;  ///< Of the logarithm; 0 = constant.
  double hangs = 0;     ///< Share that waits for Outlook's retries.
  double longest = 3000;
};

struct Dirt {
  double missing = 0;          ///< Share of losses that nobody recorded.
  double stray = 0;            ///< Share of losses with another cause.
  bool strays_end_it = true;   ///< Else another account's loss, told in the same words.
  double jitter = 0;           ///< Relative.
  double unknown_restore = 0;  ///< Share.
  double repeated = 0;         ///< Share of losses told twice.
  double retry = 0;            ///< Share of losses after which the first way back fails.
  double step = 0;             ///< Chance of one step of the clock.
  double cut = 0;              ///< Chance that the log's beginning is overwritten.
};

struct Plan {
  Class truth = Class::Random;
  Null null = Null::Timer;
  std::vector<Timer> timers;
  Habit habit;
  std::vector<double> incidents;  ///< Outage: instants, ascending.
  double hit = 1;                 ///< Outage: chance to be hit.
  Downtime downtime;
  Dirt dirt;
  bool sleeps = false;
  bool tells_wakes = false;  ///< The log says when the computer woke.
  double loss_on_wake = 0;   ///< Chance that waking is told as a loss.
};

/// One client under a plan.
struct Subject {
  Person person;
  std::vector<double> starts;  ///< Of each timer with a period of its own.
  double use_factor = 1;
  double start = 0;  ///< When its first connection is made.
};

}  // namespace dropscope::eighth_world
