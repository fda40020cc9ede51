#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "analysis/rhythm/rhythm.h"
#include "base/time.h"

namespace dropscope::rhythm {
namespace {

std::string length(const Interval& interval) {
  const double half = (interval.high - interval.low) / 2;
  if (half < 0.5) return format_duration(interval.seconds);
  return fmt::format("{} (± {})", format_duration(interval.seconds),
                     format_duration(std::max(1.0, std::round(half))));
}

/// Of a clock with its times.
std::string length(const Reading& reading) {
  const std::string text = length(reading.interval);
  const std::string at = clock_times(reading.interval.seconds, reading.times, reading.spread);
  return at.empty() ? text : fmt::format("{} at {} local time", text, at);
}

std::string_view meaning(Class kind) {
  switch (kind) {
    case Class::Idle:
      return "connections are ended after being unused for";
    case Class::Age:
      return "connections are ended at a fixed age, whatever the traffic, of";
    case Class::Clock:
      return "losses come at fixed times of the clock, every";
    case Class::Period:
      return "losses come in a free-running cycle, independent of the clock, of";
    case Class::Mixed:
      return "two timers are at work at once";
    case Class::Outage:
      return "losses are shared with other clients: look for a common cause, not a timer";
    case Class::Modulated:
      return "losses follow working hours or sleep; there is no regular interval";
    case Class::Burst:
      return "losses come in bursts; there is no regular interval";
    case Class::Random:
      break;
  }
  return "losses are without memory; there is no regular interval";
}

std::string_view name_of_timer(Class kind) {
  if (kind == Class::Idle) return "an idle timer";
  if (kind == Class::Age) return "a limit on age";
  return kind == Class::Clock ? "a clock" : "a free-running cycle";
}

/// The timers of a mixture, which are its first alternatives.
std::string both_timers(const Answer& answer) {
  std::string text;
  for (std::size_t i = 0; i < answer.timers; ++i) {
    const Reading& one = answer.alternatives[i];
    text += fmt::format("{}{} of {}", text.empty() ? ": " : " and ", name_of_timer(one.kind),
                        length(one));
  }
  if (answer.timers > 1) return text;
  return answer.best.has_interval ? "; the clearer has " + length(answer.best) : "";
}

/// "03:15" of minutes since midnight.
std::string time_of_day(int minutes) {
  return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

/// Minutes at which a cycle has its times, counted from the beginning of a longer one that it goes
/// into.
std::set<int> minutes_in(int longer, int cycle, std::span<const double> times) {
  std::set<int> out;
  for (const double time : times) {
    const auto minute = static_cast<int>(std::lround(time / 60));
    for (int begin = 0; begin < longer; begin += cycle) out.insert((begin + minute) % longer);
  }
  return out;
}

}  // namespace

std::string clock_times(double cycle, std::span<const double> times, double spread) {
  constexpr int kHour = 60;
  constexpr int kMinutesOfDay = 24 * kHour;
  constexpr std::size_t kMostNamed = 8;
  constexpr std::array<std::string_view, 7> kFromThursday = {"Thu", "Fri", "Sat", "Sun",
                                                             "Mon", "Tue", "Wed"};
  const auto minutes = static_cast<int>(std::lround(cycle / 60));
  if (minutes < 1) return {};
  const bool in_hour = kHour % minutes == 0;
  const bool in_day = !in_hour && kMinutesOfDay % minutes == 0;
  const int longer = in_hour ? kHour : in_day ? kMinutesOfDay : minutes;
  const std::set<int> all = minutes_in(longer, minutes, times);
  std::string text;
  std::size_t named = 0;
  for (const int minute : all) {
    text += named > 0 ? ", " : spread > 0 ? "about " : "";
    // The first time of the second cycle shows how it goes on.
    if (all.size() > kMostNamed && named > times.size()) return text + "…";
    if (in_hour) {
      text += fmt::format("xx:{:02}", minute);
    } else {
      const auto day = static_cast<std::size_t>(minute / kMinutesOfDay);
      if (longer == 7 * kMinutesOfDay) text += fmt::format("{} ", kFromThursday.at(day));
      text += time_of_day(minute % kMinutesOfDay);
    }
    ++named;
  }
  return text;
}

std::string sentence_of(const Answer& answer) {
  if (!answer.enough) {
    return fmt::format("{} {}: not enough to tell a rhythm; about {} more {} needed.",
                       answer.losses, answer.losses == 1 ? "loss" : "losses", answer.missing,
                       answer.missing_days > 0
                           ? fmt::format("(some {:.1f} days at this rate) are", answer.missing_days)
                           : "are");
  }
  std::string text = fmt::format("{} losses: {}", answer.losses, meaning(answer.best.kind));
  const bool mixed = answer.best.kind == Class::Mixed;
  if (mixed) {
    text += both_timers(answer);
  } else if (answer.best.has_interval) {
    text += " " + length(answer.best);
  }
  text += fmt::format("; {:.0f} % sure", std::floor(100 * answer.best.probability));
  if (!mixed && !answer.alternatives.empty() && answer.best.probability < 0.9) {
    const Reading& other = answer.alternatives.front();
    const bool two = other.kind == Class::Mixed;
    text +=
        two ? ", otherwise two timers" : fmt::format(", otherwise \"{}\"", to_string(other.kind));
    if (other.has_interval) text += (two ? ", one of " : " of ") + length(other);
  }
  if (answer.missing > 0)
    text += fmt::format("; about {} more losses would settle it", answer.missing);
  return text + ".";
}

}  // namespace dropscope::rhythm
