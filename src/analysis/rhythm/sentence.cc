#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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
                        length(one.interval));
  }
  if (answer.timers > 1) return text;
  return answer.best.has_interval ? "; the clearer has " + length(answer.best.interval) : "";
}

}  // namespace

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
    text += " " + length(answer.best.interval);
  }
  text += fmt::format("; {:.0f} % sure", std::floor(100 * answer.best.probability));
  if (!mixed && !answer.alternatives.empty() && answer.best.probability < 0.9) {
    const Reading& other = answer.alternatives.front();
    const bool two = other.kind == Class::Mixed;
    text +=
        two ? ", otherwise two timers" : fmt::format(", otherwise \"{}\"", to_string(other.kind));
    if (other.has_interval) text += (two ? ", one of " : " of ") + length(other.interval);
  }
  if (answer.missing > 0)
    text += fmt::format("; about {} more losses would settle it", answer.missing);
  return text + ".";
}

}  // namespace dropscope::rhythm
