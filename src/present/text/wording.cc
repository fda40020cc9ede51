#include "present/text/wording.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"
#include "base/time.h"

namespace dropscope {

std::string percent(double probability) {
  if (!(probability > 0)) return "0 %";
  if (probability >= 1) return "100 %";
  if (probability < 0.005) return "under 1 %";
  if (probability >= 0.995) return "over 99 %";
  return fmt::format("{:.0f} %", probability * 100);
}

std::string grouped(std::uint64_t n) {
  std::string digits = fmt::format("{}", n);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t n, std::string_view singular, std::string_view plural) {
  const std::string with_noun = count_of(n, singular, plural);
  return grouped(n) + with_noun.substr(with_noun.find(' '));
}

std::string timer_text(double seconds) {
  constexpr double kSecondsOnly = 120;   // "90 s" is how vendors write it.
  constexpr double kMinutesOnly = 7200;  // "60 min", "90 min"; from two hours on, hours.
  if (seconds < 0) return "-" + timer_text(-seconds);
  if (seconds < 10 && seconds != std::floor(seconds)) return fmt::format("{:.1f} s", seconds);
  const double whole = std::round(seconds);
  if (whole < kSecondsOnly) return fmt::format("{:.0f} s", whole);
  if (whole < kMinutesOnly) {
    const auto minutes = static_cast<std::int64_t>(whole) / 60;
    const auto rest = static_cast<std::int64_t>(whole) % 60;
    return rest == 0 ? fmt::format("{} min", minutes) : fmt::format("{} min {} s", minutes, rest);
  }
  return format_duration(seconds);
}

std::string bound_text(double bound, double other) {
  std::string text = timer_text(bound);
  const bool alike = text == timer_text(other) && std::round(bound) != std::round(other);
  return alike ? fmt::format("{:.0f} s", bound) : text;
}

std::string interval_text(const IntervalEstimate& interval) {
  if (interval.seconds <= 0) return {};
  return fmt::format("{} (95 % interval {} to {})", timer_text(interval.seconds),
                     bound_text(interval.low, interval.high),
                     bound_text(interval.high, interval.low));
}

std::string_view rhythm_words(Rhythm rhythm) {
  if (is_regular(rhythm)) return class_words(rhythm);
  return rhythm == Rhythm::NotEnough ? "too few losses to tell" : "no regular interval";
}

std::string_view outcome_words(Outcome outcome) {
  switch (outcome) {
    case Outcome::NothingUsable:
      return "No log could be read";
    case Outcome::NoApplication:
      return "No event of the application";
    case Outcome::NoDisconnect:
      return "No connection loss";
    case Outcome::NotEnough:
      return "Not enough evidence";
    case Outcome::NoRegularInterval:
      return "No regular interval";
    case Outcome::IdleTimer:
      return "Inactivity timer";
    case Outcome::FixedAge:
      return "Fixed connection age";
    case Outcome::ClockSchedule:
      return "Clock schedule";
    case Outcome::RegularUnexplained:
      return "Regular, unexplained";
  }
  return "";
}

bool names_a_cause(Outcome outcome) {
  return outcome == Outcome::IdleTimer || outcome == Outcome::FixedAge ||
         outcome == Outcome::ClockSchedule;
}

std::string deviation_text(double seconds) {
  if (std::abs(seconds) < 0.5) return "equal";
  return fmt::format("{} {}", timer_text(std::abs(seconds)), seconds > 0 ? "longer" : "shorter");
}

std::string rate_text(double rate) {
  if (rate <= 0) return "0";
  if (rate >= 10) return fmt::format("{:.0f}", rate);
  if (rate >= 1) return fmt::format("{:.1f}", rate);
  if (rate >= 0.01) return fmt::format("{:.2f}", rate);
  return "under 0.01";
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  const double value = static_cast<double>(bytes);
  if (bytes < 1'000'000) return fmt::format("{:.1f} kB", value / 1e3);
  if (bytes < 1'000'000'000) return fmt::format("{:.1f} MB", value / 1e6);
  return fmt::format("{:.1f} GB", value / 1e9);
}

std::vector<OtherCause> list_other_causes(const Decision& decision, const Catalogue& catalogue) {
  constexpr std::size_t kShown = 3;
  constexpr double kLeast = 0.05;
  std::vector<OtherCause> out;
  for (std::size_t i = 1; i < decision.candidates.size() && out.size() < kShown; ++i) {
    const CauseProbability& each = decision.candidates[i];
    if (each.probability < kLeast) break;
    const auto rule = std::find_if(catalogue.causes.begin(), catalogue.causes.end(),
                                   [&](const CauseRule& r) { return r.id == each.cause; });
    out.push_back({rule == catalogue.causes.end() ? each.cause : rule->title, each.probability});
  }
  return out;
}

std::string other_causes(const Decision& decision, const Catalogue& catalogue) {
  std::string out;
  for (const OtherCause& each : list_other_causes(decision, catalogue)) {
    out += fmt::format("{}{} ({})", out.empty() ? "Also possible: " : ", ", each.title,
                       percent(each.probability));
  }
  return out.empty() ? out : out + ".";
}

std::string impacted_text(const Decision& decision) {
  constexpr std::size_t kShown = 8;
  std::string out;
  const std::size_t shown = std::min(decision.impacted.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) {
    out += (i == 0 ? "" : ", ") + decision.impacted[i];
  }
  if (shown < decision.impacted.size()) {
    out += fmt::format(" and {} more", grouped(decision.impacted.size() - shown));
  }
  return out;
}

std::string_view step_words(StepState state) {
  switch (state) {
    case StepState::Done:
      return "done";
    case StepState::Finding:
      return "to act on";
    case StepState::Missing:
      return "missing";
    case StepState::NotApplicable:
      return "not here";
  }
  return "missing";
}

}  // namespace dropscope
