#include "analysis/change/judge.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace dropscope {
namespace {

/// From this on an answer is given, and a regular interval is taken for granted.
constexpr double kSure = 0.95;
/// With fewer losses the others' own change is hardly known, and adds doubt instead of taking it.
constexpr double kControlLosses = 10;
constexpr double kMostDays = 365;

using Computers = std::span<const ComputerEpisodes* const>;

ChangeGroup count(Computers computers, const TimeZone& zone, const ChangeWindow& window,
                  std::uint64_t& left_out) {
  ChangeGroup group;
  group.dispersion = daily_dispersion(rate_series(computers, zone));
  for (const ComputerEpisodes* computer : computers) {
    double before = 0;
    double after = 0;
    for (const Watch& watch : computer->watches) {
      before += std::max(0.0, seconds_between(watch.begin, std::min(watch.end, window.from)));
      after += std::max(0.0, seconds_between(std::max(watch.begin, window.until), watch.end));
    }
    group.before.computers += before > 0 ? 1u : 0u;
    group.after.computers += after > 0 ? 1u : 0u;
    group.before.hours += before / 3600;
    group.after.hours += after / 3600;
    for (const Instant lost : losses_of(*computer)) {
      if (lost < window.from) {
        ++group.before.losses;
      } else if (lost >= window.until) {
        ++group.after.losses;
      } else {
        ++left_out;
      }
    }
  }
  return group;
}

/// The interval of what lies before the change.
IntervalEstimate interval_before(Computers computers, const ChangeSetting& setting, Instant end) {
  std::vector<ComputerEpisodes> cut;
  for (const ComputerEpisodes* computer : computers) {
    if (computer->outages.empty()) continue;
    ComputerEpisodes& one = cut.emplace_back(*computer);
    std::erase_if(one.outages, [&](const Outage& outage) { return outage.lost >= end; });
    std::erase_if(one.uptimes, [&](const Uptime& uptime) { return uptime.end >= end; });
    std::erase_if(one.watches, [&](const Watch& watch) { return watch.begin >= end; });
    for (Watch& watch : one.watches) watch.end = std::min(watch.end, end);
  }
  std::vector<const ComputerEpisodes*> pointers;
  for (const ComputerEpisodes& one : cut) pointers.push_back(&one);
  return measure_rhythm(pointers, setting.zones, setting.usual_s);
}

ChangeOutcome outcome_of(const RateChange& effect) {
  if (effect.better >= kSure) return ChangeOutcome::Better;
  if (effect.worse >= kSure) return ChangeOutcome::Worse;
  // "Did not help" is told also when it may have made things worse.
  if (effect.same + effect.worse >= kSure) return ChangeOutcome::Same;
  return ChangeOutcome::Open;
}

double span_days(Computers computers, Instant end) {
  Instant first = end;
  Instant last{};
  for (const ComputerEpisodes* computer : computers) {
    for (const Watch& watch : computer->watches) {
      first = std::min(first, watch.begin);
      last = std::max(last, std::min(watch.end, end));
    }
  }
  return last > first ? seconds_between(first, last) / 86400 : 0;
}

/// The strata as they would be after `days` more, with `factor` times the losses of before.
std::vector<RateStratum> continued(const std::vector<RateStratum>& strata, double days,
                                   double days_before, double factor) {
  std::vector<RateStratum> later = strata;
  for (RateStratum& one : later) {
    const double share = days / days_before;
    one.after_hours += one.before_hours * share;
    one.after_losses += one.before_losses * share * factor;
  }
  return later;
}

/// The fewest days, to a twentieth, for which `told` holds; it does not cease to hold later.
std::optional<double> first_day(const std::function<bool(double)>& told) {
  double high = 0.25;
  while (high <= kMostDays && !told(high)) high *= 2;
  if (high > kMostDays) return told(kMostDays) ? std::optional(kMostDays) : std::nullopt;
  double low = high / 2;
  while (high - low > 0.05 * high) {
    const double middle = (low + high) / 2;
    (told(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace

std::string_view to_string(ChangeOutcome outcome) {
  switch (outcome) {
    case ChangeOutcome::NoLosses:
      return "no-losses";
    case ChangeOutcome::NoTime:
      return "no-time";
    case ChangeOutcome::Better:
      return "better";
    case ChangeOutcome::Same:
      return "same";
    case ChangeOutcome::Worse:
      return "worse";
    case ChangeOutcome::Open:
      return "open";
  }
  return "open";
}

ChangeJudgement judge_change(Computers changed, Computers others, const ChangeSetting& setting,
                             Instant when) {
  const TimeZone& zone = setting.zone;
  ChangeJudgement judgement;
  judgement.window = {when - kChangeWork, when + kChangeWork};
  judgement.history = find_rate_changes(rate_series(changed, zone));
  judgement.changed = count(changed, zone, judgement.window, judgement.left_out);
  const ChangeGroup& own = judgement.changed;
  std::uint64_t ignored = 0;
  if (!others.empty()) judgement.others = count(others, zone, judgement.window, ignored);
  if (!(own.before.hours > 0) || !(own.after.hours > 0)) return judgement;
  if (own.before.losses + own.after.losses == 0) {
    judgement.outcome = ChangeOutcome::NoLosses;
    return judgement;
  }

  judgement.interval = interval_before(changed, setting, judgement.window.from);
  const bool of_age =
      judgement.interval.rhythm == Rhythm::Idle || judgement.interval.rhythm == Rhythm::FixedAge;
  std::vector<RateStratum> strata = pooled(strata_by_hour(changed, zone, judgement.window));
  judgement.expected = expected_after(strata);
  double dispersion = own.dispersion;
  // Whether it is an idle timer or a limit on age does not matter here.
  if (of_age && judgement.interval.regular_probability >= kSure) {
    judgement.by_age = true;
    strata = pooled(strata_by_age(changed, judgement.interval.seconds, judgement.window));
    // A timer's losses are no burst: what makes its days differ is how long connections live, and
    // that is counted.
    dispersion = 1;
  }
  std::vector<RateStratum> control;
  if (judgement.others && judgement.others->after.hours > 0) {
    control = pooled(strata_by_hour(others, zone, judgement.window));
    judgement.controlled = static_cast<double>(judgement.others->before.losses) >= kControlLosses &&
                           expected_after(control) >= kControlLosses / 2;
    if (!judgement.controlled) control.clear();
  }
  const double control_dispersion = judgement.others ? judgement.others->dispersion : 1;
  const auto compare = [&](const std::vector<RateStratum>& with) {
    return compare_rates(with, dispersion, control, control_dispersion);
  };
  judgement.effect = compare(strata);
  judgement.silence = silence_probability(strata, dispersion);
  judgement.outcome = own.before.losses == 0 && outcome_of(judgement.effect) != ChangeOutcome::Worse
                          ? ChangeOutcome::NoLosses
                          : outcome_of(judgement.effect);
  const double days = span_days(changed, judgement.window.from);
  if (judgement.outcome != ChangeOutcome::Open || !(days > 0)) return judgement;
  ChangeWait wait;
  const auto wait_for = [&](double factor, ChangeOutcome outcome) {
    return first_day([&](double more) {
      return outcome_of(compare(continued(strata, more, days, factor))) == outcome;
    });
  };
  wait.if_silent = wait_for(0, ChangeOutcome::Better);
  wait.if_halved = wait_for(0.5, ChangeOutcome::Better);
  wait.if_unchanged = wait_for(1, ChangeOutcome::Same);
  judgement.wait = wait;
  return judgement;
}

}  // namespace dropscope
