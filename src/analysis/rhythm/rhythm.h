#pragma once

// Is there a regular interval in the losses, of which kind, how long, and how sure is that?
// Method, limits and measured rates: docs/methods/rhythm.md.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/rhythm/features.h"
#include "analysis/rhythm/forest.h"
#include "analysis/rhythm/prepare.h"

namespace dropscope::rhythm {

enum class Class : std::uint8_t {
  Idle,       ///< Ends connections that were unused for T: sharp lower edge, delayed by activity.
  Age,        ///< Ends every connection T after it began, whatever the traffic.
  Clock,      ///< At times of the local wall clock.
  Period,     ///< Every T, in step with no clock: a lease, a rekey.
  Outage,     ///< Many clients at once.
  Modulated,  ///< Follows working hours or sleep, with no interval.
  Random,     ///< No memory.
  Burst,      ///< Comes in clusters, with no interval.
  Mixed,      ///< Two timers at once.
};
static_assert(static_cast<std::size_t>(Class::Mixed) + 1 == kClasses);
static_assert(static_cast<std::size_t>(Class::Period) + 1 == kMeasures);

[[nodiscard]] std::string_view to_string(Class one);  ///< "idle", "age", …, "mixed"

/// Whether the class has an interval: idle, age, clock, period and mixed.
[[nodiscard]] bool is_regular(Class one);

/// An interval of seconds with bounds that hold the truth in 95 % of such cases.
struct Interval {
  double seconds = 0;
  double low = 0;
  double high = 0;
};

struct Reading {
  Class kind = Class::Random;
  bool has_interval = false;
  Interval interval;
  double probability = 0;
  /// Of a clock, where they are known: seconds of its cycle at which losses come, ascending. Cycles
  /// count from midnight of 1970-01-01, a Thursday, of local time.
  std::vector<double> times;
  /// Of a clock: how many seconds from its times losses come, where that is more than what notices
  /// a loss needs; else 0.
  double spread = 0;
};

struct Answer {
  bool enough = false;  ///< False: too few uptimes; nothing else is meaningful then but `missing`.
  Reading best;         ///< `probability`: that the class is right.
  double regular_probability = 0;
  /// Other readings worth naming, most probable first; of Mixed, its timers before them. One of
  /// the same kind as `best` is a multiple or part of its interval.
  std::vector<Reading> alternatives;
  std::size_t timers = 0;  ///< Of Mixed: how many alternatives, the first ones, are its timers.
  std::size_t losses = 0;
  std::size_t missing = 0;  ///< Losses still needed, about; 0 = none.
  double missing_days = 0;  ///< Days of watching that they take at the rate seen; 0 = unknown.
};

/// The rhythm of one client. `usual`: seconds that timers are known to have; may be empty.
[[nodiscard]] Answer classify(const Client& client, std::span<const double> usual);

/// The rhythm that the clients of a fleet have in common; each may have its own phase.
[[nodiscard]] Answer classify_fleet(const std::vector<Client>& clients,
                                    std::span<const double> usual);

/// The times of a clock's cycle to the minute: "03:15, 15:45" of a day, "Mon 03:15" of a week,
/// "xx:05, xx:45" of each hour, "00:10, 02:10, …" of a cycle of two hours. Empty without times.
/// With a spread "about 03:15".
[[nodiscard]] std::string clock_times(double cycle, std::span<const double> times, double spread);

/// One plain sentence for a help desk.
[[nodiscard]] std::string sentence_of(const Answer& answer);

/// The interval of a kind among the findings, before widening: seconds and standard error; 0 if
/// there is none, and for a class without a measure of its own.
struct Measure {
  double seconds = 0;
  double error = 0;
};
[[nodiscard]] Measure measure_of(Class kind, const Findings& found);

/// The class, of those with a measure of their own, by whose measure the interval of `kind` is
/// told. A mixture takes the likeliest; another class its own, unless one is likelier by far.
[[nodiscard]] Class measured_as(Class kind, const Findings& found, const MeasureOdds& odds);

}  // namespace dropscope::rhythm
