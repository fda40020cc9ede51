#include "verdict/change_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "evidence/facts.h"
#include "verdict/change_text.h"

namespace dropscope {
namespace {

/// Values that a message lists; the rest is counted.
constexpr std::size_t kListed = 20;

bool holds(const Facts& facts, const WherePart& part) {
  const auto found = facts.find(part.attribute);
  if (found == facts.end()) return false;
  // A name without a dot means the computer in any domain, as for --computer.
  const bool short_name = part.attribute == "computer" && part.value.find('.') == std::string::npos;
  return std::any_of(found->second.begin(), found->second.end(), [&](const std::string& value) {
    return equals_nocase_ascii(short_name ? value.substr(0, value.find('.')) : value, part.value);
  });
}

std::string listed(const std::set<std::string>& words) {
  std::vector<std::string> shown;
  for (const std::string& word : words) {
    if (shown.size() < kListed) shown.push_back(printable(word));
  }
  std::string text = fmt::format("{}", fmt::join(shown, ", "));
  if (words.size() > shown.size()) text += fmt::format(" and {} more", words.size() - shown.size());
  return text;
}

/// Nothing when somebody has the value; else why not.
std::string why_nobody(const std::vector<Facts>& all, const WherePart& part) {
  std::set<std::string> names;
  std::set<std::string> values;
  for (const Facts& facts : all) {
    if (holds(facts, part)) return {};
    for (const auto& [name, known] : facts) {
      names.insert(name);
      if (name == part.attribute) values.insert(known.begin(), known.end());
    }
  }
  if (values.empty()) {
    return fmt::format(
        "no computer has an attribute \"{}\"; known are: {}. A table clients.csv adds others",
        printable(part.attribute), listed(names));
  }
  return fmt::format("no computer has {} \"{}\"; there are: {}", printable(part.attribute),
                     printable(part.value), listed(values));
}

}  // namespace

Result<ChangeReport> report_change(const Evidence& evidence, const Diagnosis& diagnosis,
                                   std::vector<WherePart> where, std::optional<Instant> when) {
  ChangeReport report;
  report.zone = diagnosis.zone;
  report.zone_reason = diagnosis.zone_reason;
  report.when = when;
  for (WherePart& part : where) part.attribute = to_lower_ascii(part.attribute);
  std::vector<const ComputerEpisodes*> watched;
  const std::vector<Facts> all_facts =
      where.empty() ? std::vector<Facts>() : facts_of_computers(evidence);
  std::vector<Facts> facts;
  for (const ComputerEpisodes& episodes : diagnosis.episodes) {
    if (episodes.watches.empty()) continue;
    watched.push_back(&episodes);
    if (!where.empty()) facts.push_back(all_facts[episodes.computer]);
  }
  for (const WherePart& part : where) {
    // Without a single log the report says that nothing was watched.
    const std::string reason = watched.empty() ? std::string() : why_nobody(facts, part);
    if (!reason.empty()) return fail(ErrorCode::Invalid, reason, "--where");
  }
  std::vector<const ComputerEpisodes*> changed;
  std::vector<const ComputerEpisodes*> others;
  for (std::size_t i = 0; i < watched.size(); ++i) {
    const bool all = std::all_of(where.begin(), where.end(),
                                 [&](const WherePart& part) { return holds(facts[i], part); });
    (all ? changed : others).push_back(watched[i]);
  }
  report.where = std::move(where);
  report.selected = changed.size();
  report.others = others.size();
  if (when) {
    report.judgement =
        judge_change(changed, others, {report.zone, diagnosis.zones, diagnosis.usual_s}, *when);
  } else {
    report.judgement.history = find_rate_changes(rate_series(changed, report.zone));
  }
  report.headline = change_headline(report);
  report.sentences = change_sentences(report);
  return report;
}

}  // namespace dropscope
