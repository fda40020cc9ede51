// When the connection is lost: how often, for how long, and at what interval.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "verdict/candidates.h"
#include "verdict/statements.h"

namespace dropscope {
namespace {

/// Windows checks a silent connection after two hours (KeepAliveTime, default 7,200,000 ms) and
/// gives up after ten probes a second apart; a pile of uptimes there shows when Windows noticed,
/// not what closed the connection.
constexpr double kKeepAliveSeconds = 7200;
constexpr double kKeepAliveSlack = 60;

std::string percent(double share) {
  return fmt::format("{:.0f} %", 100.0 * share);
}

/// Quartiles that would read the same are told in seconds.
std::string quartiles(const Distribution& uptimes) {
  std::string low = format_duration(uptimes.p25);
  std::string high = format_duration(uptimes.p75);
  if (low != high) return fmt::format("half between {} and {}", low, high);
  if (std::round(uptimes.p25) == std::round(uptimes.p75)) return "half of them just so long";
  return fmt::format("half between {:.0f} s and {:.0f} s", uptimes.p25, uptimes.p75);
}

/// The busiest stretch of the week in words, when it stands out.
std::string busiest_hours(const Frequency& f) {
  std::array<double, 24> by_hour{};
  double weekend = 0;
  for (std::size_t i = 0; i < f.hour_of_week.size(); ++i) {
    by_hour[i % 24] += f.hour_of_week[i];
    if (i >= std::size_t{5} * 24) weekend += f.hour_of_week[i];
  }
  const double total = static_cast<double>(f.losses);
  double office = 0;
  for (std::size_t hour = 8; hour < 18; ++hour) office += by_hour[hour];
  std::string text =
      fmt::format(" {} of the losses fall between 08:00 and 18:00", percent(office / total));
  text += fmt::format(", {} on a weekend.", percent(weekend / total));
  return text;
}

/// Less probable readings are in the figures, not in a sentence.
constexpr double kWorthNaming = 0.05;

std::string alternatives_text(const IntervalEstimate& e) {
  std::string text;
  for (const RhythmAlternative& other : e.alternatives) {
    if (other.probability < kWorthNaming) continue;
    text += fmt::format("{}{} ({})", text.empty() ? " Also possible: " : ", ",
                        timer_words(other.rhythm, other.seconds), percent(other.probability));
  }
  return text.empty() ? text : text + ".";
}

}  // namespace

Statement tell_frequency(const Case& c) {
  const Frequency& f = c.diagnosis.frequency;
  Statement s;
  s.id = "frequency";
  s.title = "How often";
  if (f.watched_hours >= 1) {
    s.text = fmt::format(
        "{} in {:.1f} computer-days of log: {:.2g} per computer and day (95 % interval {:.2g} to "
        "{:.2g}).",
        count_of(f.losses, "loss", "losses"), f.watched_hours / 24, f.per_day, f.per_day_low,
        f.per_day_high);
  } else {
    s.text = fmt::format("{}; the logs cover less than an hour, too little for a rate.",
                         count_of(f.losses, "loss", "losses"));
  }
  if (f.losses >= 5) s.text += busiest_hours(f);
  if (f.uptimes.n > 0) {
    s.text += fmt::format(
        " Between a restore and the next loss lie {} (median; {} of them were measured, {}).",
        format_duration(f.uptimes.median), f.uptimes.n, quartiles(f.uptimes));
  }
  attach(s, c, Meaning::Lost);
  return s;
}

Statement tell_outages(const Case& c) {
  const Frequency& f = c.diagnosis.frequency;
  Statement s;
  s.id = "outages";
  s.title = "How long";
  s.text =
      fmt::format("{} seen from loss to restore last {} in the median, nine in ten at most {}.",
                  count_of(f.outages.n, "outage"), format_duration(f.outages.median),
                  format_duration(f.outages.p90));
  if (f.open_outages > 0) {
    s.text += fmt::format(" Of {} more the end is not in the log.", f.open_outages);
  }
  if (c.profile.retry_first_s > 0) {
    s.text += fmt::format(
        " This is not how long the fault lasts: {} tries again by itself after {} and then every "
        "{}, so a fault of seconds can show as an outage of {} or {}.",
        c.profile.title, format_duration(c.profile.retry_first_s),
        format_duration(c.profile.retry_then_s), format_duration(c.profile.retry_first_s),
        format_duration(c.profile.retry_first_s + c.profile.retry_then_s));
  }
  attach(s, c, Meaning::Restored);
  return s;
}

Statement tell_interval(const Case& c) {
  const IntervalEstimate& e = c.diagnosis.interval;
  Statement s;
  s.id = "interval";
  s.title = "Regular interval";
  const auto length = [&] {
    return fmt::format("{} (95 % interval {:.0f} s to {:.0f} s)", timer_length(e.seconds), e.low,
                       e.high);
  };
  if (is_regular(e.rhythm)) {
    s.probability = e.probability;
  } else if (e.rhythm != Rhythm::NotEnough) {
    s.probability = 1 - e.regular_probability;
  }
  switch (e.rhythm) {
    case Rhythm::Idle:
      if (c.diagnosis.never_used) {
        s.text = fmt::format(
            "{} of {} measured uptimes lie at {}. The connections were never used, so that a limit "
            "on their age looks the same as an inactivity timer, which is commoner; a connection "
            "that is in use beside them tells.",
            e.at_interval, e.considered, length());
        break;
      }
      s.text = fmt::format(
          "{} of {} measured uptimes lie at {}; the others are mostly longer, few are shorter. So "
          "the connection is closed after that time without traffic, and activity delays it: an "
          "inactivity timer.",
          e.at_interval, e.considered, length());
      break;
    case Rhythm::FixedAge:
      s.text = fmt::format(
          "{} of {} measured uptimes lie at {}, and hardly any connection lives longer, busy or "
          "not: a limit on its age, a lease or a re-authentication.",
          e.at_interval, e.considered, length());
      break;
    case Rhythm::Clock:
      s.text = fmt::format(
          "{} of {} losses (common ones counted once) come at the same time of the clock, every "
          "{}: something runs on a schedule then.",
          e.at_interval, e.considered, cycle_words(e));
      break;
    case Rhythm::Period:
      s.text = fmt::format(
          "{} of {} gaps between losses are {} or a multiple of it, in step with no clock: a "
          "lease, or keys that are renewed.",
          e.at_interval, e.considered, length());
      break;
    case Rhythm::Mixed:
      s.text = fmt::format(
          "Two timers at once; the one that shows more is {}, with {} of {} measured uptimes.",
          length(), e.at_interval, e.considered);
      break;
    case Rhythm::Outage:
      s.text = fmt::format(
          "No regular interval of a connection: most losses are outages of many at once ({} "
          "uptimes were measured).",
          e.considered);
      break;
    case Rhythm::Modulated:
    case Rhythm::Random:
    case Rhythm::Burst:
      s.text = fmt::format(
          "No regular interval: the {} measured uptimes are spread out as they are without a "
          "timer{}.",
          e.considered,
          e.rhythm == Rhythm::Burst       ? "; losses come in clusters"
          : e.rhythm == Rhythm::Modulated ? "; losses follow the hours of the day"
                                          : "");
      break;
    case Rhythm::NotEnough:
      s.text = fmt::format(
          "Not enough evidence: {} from a restore to the next loss {} measured, and about {} more "
          "are needed to see a regular interval or to rule one out.",
          count_of(e.considered, "uptime"), e.considered == 1 ? "was" : "were", e.losses_missing);
      break;
  }
  s.text += alternatives_text(e);
  if (is_keep_alive_pile(e)) {
    s.text +=
        " Take care: two hours is also when Windows by default checks a silent connection "
        "(KeepAliveTime). If a device on the path drops connections without a word, with whatever "
        "shorter timer, Windows notices only then, and the losses look just like this.";
  }
  attach(s, c, Meaning::Lost);
  return s;
}

std::string_view class_words(Rhythm rhythm) {
  switch (rhythm) {
    case Rhythm::Idle:
      return "an inactivity timer";
    case Rhythm::FixedAge:
      return "a fixed connection age";
    case Rhythm::Clock:
      return "fixed times of the clock";
    case Rhythm::Period:
      return "a free-running period";
    case Rhythm::Mixed:
      return "two timers at once";
    case Rhythm::Outage:
      return "outages of many at once";
    case Rhythm::Modulated:
    case Rhythm::Random:
    case Rhythm::Burst:
    case Rhythm::NotEnough:
      break;
  }
  return "no regular interval at all";
}

std::string timer_words(Rhythm rhythm, double seconds) {
  const std::string_view what = class_words(rhythm);
  if (seconds <= 0 || rhythm == Rhythm::Mixed) return std::string(what);
  return fmt::format("{} {} {}", what, rhythm == Rhythm::Clock ? "every" : "of",
                     timer_length(seconds));
}

std::string cycle_words(const IntervalEstimate& interval) {
  const std::string length = timer_length(interval.seconds);
  const std::string times = rhythm::clock_times(interval.seconds, interval.times, interval.spread);
  return times.empty() ? length : fmt::format("{} at {} local time", length, times);
}

bool is_keep_alive_pile(const IntervalEstimate& interval) {
  return (interval.rhythm == Rhythm::Idle || interval.rhythm == Rhythm::FixedAge) &&
         std::abs(interval.seconds - kKeepAliveSeconds) <= kKeepAliveSlack;
}

std::string timer_length(double seconds) {
  if (seconds >= 86400 && std::abs(seconds / 86400 - std::round(seconds / 86400)) < 0.002) {
    return fmt::format("{:.0f} d", std::round(seconds / 86400));
  }
  if (seconds >= 7200 && std::abs(seconds / 3600 - std::round(seconds / 3600)) < 0.01) {
    return fmt::format("{:.0f} h", std::round(seconds / 3600));
  }
  if (seconds >= 600) {
    const double minutes = seconds / 60;
    if (std::abs(minutes - std::round(minutes)) < 0.25) {
      return fmt::format("{:.0f} min", std::round(minutes));
    }
    return fmt::format("{:.1f} min", minutes);
  }
  return fmt::format("{:.0f} s", seconds);
}

}  // namespace dropscope
