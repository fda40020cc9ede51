#include "verdict/change_text.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "verdict/scope_text.h"

namespace dropscope {
namespace {

/// Certainty is not rounded up to.
std::string percent(double p) {
  if (p > 0.99) return "over 99 %";
  if (p < 0.01) return "under 1 %";
  return fmt::format("{:.0f} %", 100 * p);
}

/// A ratio of rates to two digits.
std::string ratio_words(double ratio) {
  if (ratio >= kMostRatio) return fmt::format("over {:.0f}", kMostRatio);
  if (ratio < 0.005) return "0";
  if (ratio < 0.1) return fmt::format("{:.3f}", ratio);
  return ratio < 10 ? fmt::format("{:.2f}", ratio) : fmt::format("{:.0f}", ratio);
}

std::string days_words(double days) {
  if (days < 1.0) return fmt::format("{:.0f} hours", std::ceil(days * 24));
  const double whole = std::ceil(days);
  return whole == 1 ? "1 day" : fmt::format("{:.0f} days", whole);
}

std::string time_words(const ChangeReport& report, Instant t) {
  return report.zone.format(t).substr(0, 16);
}

std::string side_words(const ChangeSide& side) {
  return fmt::format("{} in {:.0f} watched hours of {}", count_of(side.losses, "loss", "losses"),
                     side.hours, count_of(side.computers, "computer"));
}

std::string per_day_words(const ChangeSide& side) {
  if (!(side.hours > 0)) return {};
  return fmt::format("{:.2f} per computer and 24 hours",
                     static_cast<double>(side.losses) / side.hours * 24);
}

std::string where_words(const ChangeReport& report) {
  std::string text;
  for (const WherePart& part : report.where) {
    text += (text.empty() ? "" : ", ") + printable(part.attribute) + " " + printable(part.value);
  }
  return text;
}

void add_counts(const ChangeReport& report, std::vector<std::string>& out) {
  const ChangeJudgement& j = report.judgement;
  const std::string zone = report.zone.name();
  out.push_back(fmt::format("Before {} ({}): {}, {}.", time_words(report, *report.when), zone,
                            side_words(j.changed.before), per_day_words(j.changed.before)));
  if (!(j.changed.after.hours > 0)) return;
  std::string after =
      fmt::format("Since: {}, {}", side_words(j.changed.after), per_day_words(j.changed.after));
  if (j.changed.before.losses > 0) {
    after += fmt::format(
        "; had nothing changed, {:.1f} would be expected in the same hours of the day and the week",
        j.expected);
  }
  out.push_back(after + ".");
  if (j.by_age) {
    out.push_back(
        fmt::format("The losses before came when connections were {} old, so it counts how many "
                    "connections have passed that age since, not how many hours have passed.",
                    format_duration(j.interval.seconds)));
  }
}

void add_effect(const ChangeReport& report, std::vector<std::string>& out) {
  const ChangeJudgement& j = report.judgement;
  const RateChange& effect = j.effect;
  if (j.changed.after.losses == 0) {
    const std::string chance = j.silence > 0.01
                                   ? percent(j.silence)
                                   : chance_words(-std::log(std::max(j.silence, 1e-300)));
    out.push_back("Chance of such a silence had nothing changed: " + chance + ".");
  }
  out.push_back(fmt::format(
      "Rate since over the rate before{}: {} (95 %: {} to {}). Probability that it fell: {}; that "
      "it is at most half: {}; that it is as before (0.8 to 1.25 times): {}; that it rose: {}.",
      j.controlled ? ", compared with the other computers" : "", ratio_words(effect.ratio),
      ratio_words(effect.low), ratio_words(effect.high), percent(effect.better),
      percent(effect.halved), percent(effect.same), percent(effect.worse)));
}

void add_others(const ChangeReport& report, std::vector<std::string>& out) {
  const ChangeJudgement& j = report.judgement;
  if (!j.others) {
    out.emplace_back(
        "All computers count as changed, so what happened to all of them at that time for another "
        "reason cannot be told from the change. With --where attribute=value the others are the "
        "comparison.");
    return;
  }
  out.push_back(fmt::format(
      "The others ({} without {}): {} before, {} since; {}.", count_of(report.others, "computer"),
      where_words(report), per_day_words(j.others->before),
      j.others->after.hours > 0 ? per_day_words(j.others->after) : "not watched",
      j.controlled ? "what happened to them too is taken out of the ratio"
                   : "they have too few losses to be compared with, so they are left out"));
}

void add_wait(const ChangeReport& report, std::vector<std::string>& out) {
  const ChangeJudgement& j = report.judgement;
  if (!j.wait) return;
  const auto days = [](const std::optional<double>& wait) {
    return wait ? "about " + days_words(*wait) : std::string("more than a year");
  };
  out.push_back(
      fmt::format("How long to go on watching: if no loss comes any more, the answer is there in "
                  "{}; if half as many come, in {}; if they come as before, in {}.",
                  days(j.wait->if_silent), days(j.wait->if_halved), days(j.wait->if_unchanged)));
}

void add_history(const ChangeReport& report, std::vector<std::string>& out) {
  const RateHistory& history = report.judgement.history;
  if (history.segments.empty()) return;
  if (history.changes.empty()) {
    out.emplace_back("By themselves the losses show no time at which their rate changed.");
    return;
  }
  for (std::size_t i = 0; i < history.changes.size(); ++i) {
    const RateChangePoint& change = history.changes[i];
    const RateSegment& before = history.segments[i];
    const RateSegment& after = history.segments[i + 1];
    std::string text = fmt::format(
        "By themselves the losses say: the rate {} between {} and {}, from {:.2f} to {:.2f} per "
        "computer and 24 hours (probability {}).",
        change.effect.ratio < 1 ? "fell" : "rose", time_words(report, change.low),
        time_words(report, change.high), before.per_day, after.per_day,
        percent(change.probability));
    if (report.when && change.low <= *report.when && *report.when <= change.high) {
      text += " The time given lies in it.";
    }
    out.push_back(std::move(text));
  }
}

}  // namespace

std::string change_headline(const ChangeReport& report) {
  const ChangeJudgement& j = report.judgement;
  if (!report.when) {
    if (j.history.segments.empty()) return "Nothing was watched, so nothing can be told.";
    if (j.history.changes.empty()) return "The rate of losses did not change.";
    return fmt::format(
        "The rate of losses changed {}.",
        j.history.changes.size() == 1 ? "once" : fmt::format("{} times", j.history.changes.size()));
  }
  switch (j.outcome) {
    case ChangeOutcome::Better:
      if (j.effect.gone >= 0.9) return "It worked: the losses are gone, or all but gone.";
      return j.effect.halved >= 0.9 ? "It helped: there are at most half as many losses."
                                    : "It helped: there are fewer losses.";
    case ChangeOutcome::Same:
      return "It did not help: there are no fewer losses than before.";
    case ChangeOutcome::Worse:
      return "It did not help: there are more losses than before.";
    case ChangeOutcome::NoLosses:
      return "There was no loss before the change, so nothing could get better.";
    case ChangeOutcome::NoTime:
      if (report.selected == 0) return "Nothing was watched, so nothing can be told.";
      return j.changed.before.hours > 0
                 ? "Nothing was watched after the change yet; collect the logs again later."
                 : "Nothing was watched before the change, so there is nothing to compare with.";
    case ChangeOutcome::Open:
      break;
  }
  return "It cannot be told yet.";
}

std::vector<std::string> change_sentences(const ChangeReport& report) {
  std::vector<std::string> out;
  const ChangeJudgement& j = report.judgement;
  if (report.when && report.selected > 0) {
    add_counts(report, out);
    if (j.outcome != ChangeOutcome::NoTime && j.outcome != ChangeOutcome::NoLosses) {
      add_effect(report, out);
      add_wait(report, out);
      add_others(report, out);
    }
    if (j.left_out > 0) {
      out.push_back(
          fmt::format("{} within 30 minutes of the change count on neither side: the work itself "
                      "ends connections.",
                      count_of(j.left_out, "loss", "losses")));
    }
    if (j.changed.dispersion > 1.5) {
      out.push_back(
          fmt::format("The losses come in bursts (their days differ {:.1f} times as much as by "
                      "chance), so they count for less.",
                      j.changed.dispersion));
    }
  }
  add_history(report, out);
  return out;
}

}  // namespace dropscope
