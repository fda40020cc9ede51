#include "verdict/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

#include "base/text.h"
#include "base/time.h"

namespace dropscope {
namespace {

using diagnosis_json::Document;
using diagnosis_json::Rate;

/// Less than that is what another week of the same evidence does to a probability.
constexpr double kProbabilityStep = 0.1;

Movement movement_of(const Rate& before, const Rate& after) {
  if (before.watched_hours <= 0 || after.watched_hours <= 0) return Movement::Unknown;
  if (after.per_day_low > before.per_day_high) return Movement::Worse;
  if (after.per_day_high < before.per_day_low) return Movement::Better;
  return Movement::Same;
}

std::string rate_words(const Rate& rate) {
  if (rate.watched_hours <= 0) return "not observed";
  return fmt::format("{:.2f} losses a day (95 % interval {:.2f} to {:.2f}; {} in {:.0f} h)",
                     rate.per_day, rate.per_day_low, rate.per_day_high, rate.losses,
                     rate.watched_hours);
}

std::string interval_words(const Document& document) {
  if (!document.interval_s) return "none";
  std::string text = format_duration(*document.interval_s);
  if (document.interval_lo && document.interval_hi) {
    text += fmt::format(" ({} to {})", format_duration(*document.interval_lo),
                        format_duration(*document.interval_hi));
  }
  return document.rhythm.empty() ? text : fmt::format("{}, {}", text, document.rhythm);
}

Movement interval_movement(const Document& before, const Document& after) {
  if (!before.interval_s && !after.interval_s) return Movement::Same;
  if (!before.interval_s || !after.interval_s) return Movement::Changed;
  if (before.rhythm != after.rhythm) return Movement::Changed;
  const double before_lo = before.interval_lo.value_or(*before.interval_s);
  const double before_hi = before.interval_hi.value_or(*before.interval_s);
  const double after_lo = after.interval_lo.value_or(*after.interval_s);
  const double after_hi = after.interval_hi.value_or(*after.interval_s);
  return after_lo > before_hi || after_hi < before_lo ? Movement::Changed : Movement::Same;
}

Movement same_or_changed(bool same) {
  return same ? Movement::Same : Movement::Changed;
}

std::vector<std::string> missing_from(std::vector<std::string> all,
                                      std::vector<std::string> known) {
  std::sort(all.begin(), all.end());
  std::sort(known.begin(), known.end());
  std::vector<std::string> out;
  std::set_difference(all.begin(), all.end(), known.begin(), known.end(), std::back_inserter(out));
  return out;
}

std::string headline_of(Movement rate, const Document& before, const Document& after) {
  const std::string cause =
      before.cause == after.cause
          ? fmt::format("the cause is the same: {}", after.title)
          : fmt::format("the cause is another: {} instead of {}", after.title, before.title);
  switch (rate) {
    case Movement::Better:
      return after.rate.losses == 0
                 ? fmt::format(
                       "The losses have stopped: none in {:.0f} h of observation; before, {:.2f} a "
                       "day.",
                       after.rate.watched_hours, before.rate.per_day)
                 : fmt::format("There are fewer losses, by more than chance; {}.", cause);
    case Movement::Worse:
      return fmt::format("There are more losses, by more than chance; {}.", cause);
    case Movement::Unknown:
      return fmt::format("How often it happens cannot be compared; {}.", cause);
    case Movement::Same:
    case Movement::Changed:
      break;
  }
  return fmt::format("It happens as often as before, as far as these logs can tell; {}.", cause);
}

void compare_computers(const Document& before, const Document& after, Comparison& out) {
  std::map<std::string, const Rate*> known;
  for (const auto& each : before.computers) known[to_lower_ascii(each.name)] = &each.rate;
  std::set<std::string> seen;
  for (const auto& each : after.computers) {
    const std::string folded = to_lower_ascii(each.name);
    seen.insert(folded);
    const auto found = known.find(folded);
    if (found == known.end()) {
      out.computers_new.push_back(each.name);
      continue;
    }
    const Movement movement = movement_of(*found->second, each.rate);
    if (movement == Movement::Better || movement == Movement::Worse) {
      out.computers.push_back({each.name, movement, *found->second, each.rate});
    }
  }
  for (const auto& each : before.computers) {
    if (seen.count(to_lower_ascii(each.name)) == 0) out.computers_gone.push_back(each.name);
  }
  std::sort(out.computers.begin(), out.computers.end(),
            [](const ComputerChange& a, const ComputerChange& b) { return a.name < b.name; });
  std::sort(out.computers_new.begin(), out.computers_new.end());
  std::sort(out.computers_gone.begin(), out.computers_gone.end());
}

}  // namespace

std::string_view to_string(Movement movement) {
  switch (movement) {
    case Movement::Same:
      return "same";
    case Movement::Better:
      return "better";
    case Movement::Worse:
      return "worse";
    case Movement::Changed:
      return "changed";
    case Movement::Unknown:
      break;
  }
  return "unknown";
}

Comparison compare(const Document& before, const Document& after) {
  Comparison out;
  out.movement = movement_of(before.rate, after.rate);
  out.headline = headline_of(out.movement, before, after);
  const auto aspect = [&](std::string id, std::string title, Movement movement, std::string was,
                          std::string is) {
    out.aspects.push_back(
        {std::move(id), std::move(title), movement, std::move(was), std::move(is)});
  };
  const auto words = [](const std::string& text) { return text.empty() ? "not told" : text; };
  const auto per_cent = [](double share) { return fmt::format("{:.0f} %", share * 100); };
  aspect("cause", "Cause", same_or_changed(before.cause == after.cause),
         fmt::format("{} ({})", before.title, before.cause),
         fmt::format("{} ({})", after.title, after.cause));
  aspect("probability", "How sure",
         same_or_changed(before.cause == after.cause &&
                         std::abs(before.probability - after.probability) < kProbabilityStep),
         per_cent(before.probability), per_cent(after.probability));
  aspect("rate", "How often", out.movement, rate_words(before.rate), rate_words(after.rate));
  aspect("interval", "At what interval", interval_movement(before, after), interval_words(before),
         interval_words(after));
  aspect("device", "Device", same_or_changed(before.device == after.device), words(before.device),
         words(after.device));
  aspect("scope", "Who is affected", same_or_changed(before.scope == after.scope),
         words(before.scope), words(after.scope));
  out.impacted_new = missing_from(after.impacted, before.impacted);
  out.impacted_gone = missing_from(before.impacted, after.impacted);
  aspect("impacted", "Affected clients",
         same_or_changed(out.impacted_new.empty() && out.impacted_gone.empty()),
         count_of(before.impacted.size(), "client"), count_of(after.impacted.size(), "client"));
  aspect("owner", "Owner", same_or_changed(before.owner == after.owner), words(before.owner),
         words(after.owner));
  aspect("next_step", "Next step", same_or_changed(before.next_step == after.next_step),
         words(before.next_step), words(after.next_step));
  compare_computers(before, after, out);
  return out;
}

}  // namespace dropscope
