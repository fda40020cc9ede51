#include "verdict/settings_compared.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

namespace dropscope {
namespace {

/// A computer belongs to those that keep the connection when it loses it at less than this share of
/// the mean rate of the affected ones.
constexpr double kSpared = 0.2;

/// A table that chance gives more often than this tells the settings of nobody apart.
constexpr double kByChance = 0.5;

/// The probability that all `losing` are by chance among the `with` of `all` computers that have a
/// value (hypergeometric, the most extreme table).
double chance_of_all(std::size_t losing, std::size_t with, std::size_t all) {
  double out = 1;
  for (std::size_t i = 0; i < losing; ++i) {
    out *= static_cast<double>(with - i) / static_cast<double>(all - i);
  }
  return out;
}

}  // namespace

bool bears_on_losses(const SettingRule& rule) {
  return rule.matters_if_changed ||
         std::any_of(rule.meanings.begin(), rule.meanings.end(),
                     [](const SettingMeaning& meaning) { return meaning.matters; });
}

std::map<std::uint32_t, std::string> setting_values(const Evidence& evidence,
                                                    const SettingRule& rule) {
  std::map<std::uint32_t, std::string> out;
  for (const AbsentSetting& absent : evidence.absent_settings) {
    if (absent.computer == kNoComputer || evidence.strings.at(absent.id) != rule.id) continue;
    out.try_emplace(absent.computer, rule.default_text);
  }
  for (const Setting& setting : evidence.settings) {
    if (setting.computer == kNoComputer || evidence.strings.at(setting.id) != rule.id) continue;
    out[setting.computer] = evidence.strings.at(setting.value);
  }
  return out;
}

AspectFinding compare_settings(const Evidence& evidence, const Catalogue& catalogue,
                               const std::map<std::uint32_t, double>& losses,
                               const std::map<std::uint32_t, double>& days) {
  double total = 0;
  double watched = 0;
  for (const auto& [computer, n] : losses) {
    const auto own = days.find(computer);
    total += n;
    watched += own == days.end() ? 1 : own->second;
  }
  if (watched <= 0) return {};
  const double mean = total / watched;
  bool compared = false;
  AspectFinding best;
  double least = 1;
  double tried = 0;
  for (const SettingRule& rule : catalogue.settings) {
    if (!bears_on_losses(rule)) continue;
    std::map<std::string, std::size_t> losing;
    std::map<std::string, std::size_t> spared;
    for (const auto& [computer, value] : setting_values(evidence, rule)) {
      const auto own_days = days.find(computer);
      if (own_days == days.end()) continue;
      const auto own = losses.find(computer);
      const double rate = own == losses.end() ? 0 : own->second / own_days->second;
      ++(rate < kSpared * mean ? spared : losing)[value];
    }
    if (losing.empty() || spared.empty()) continue;
    compared = true;
    std::set<std::string> values;
    for (const auto* side : {&losing, &spared}) {
      for (const auto& [value, n] : *side) values.insert(value);
    }
    if (values.size() < 2) continue;
    ++tried;
    // All that lose have one value. Of those that are spared some may have it too: who is seldom at
    // the computer, or never idle, does not meet the timer that the setting lets act.
    if (losing.size() != 1) continue;
    const auto& [value, own] = *losing.begin();
    std::size_t kept = 0;
    for (const auto& [other, n] : spared) kept += n;
    const auto same = spared.find(value);
    const std::size_t kept_too = same == spared.end() ? 0 : same->second;
    const double chance = chance_of_all(own, own + kept_too, own + kept);
    if (chance >= least) continue;
    least = chance;
    best.words = fmt::format(
        "\"{}\" is {} on {} of {} that lose the connection, and on {} of {} that keep it",
        rule.title, value, own, own, kept_too, kept);
  }
  // The more settings differ at all, the sooner one of them divides the computers by chance.
  if (const double by_chance = least * tried; tried > 0 && by_chance <= kByChance) {
    // With two computers such a table is one in two by chance; with five and five one in 252.
    best.fit = {1, std::max(0.01, by_chance)};
    return best;
  }
  if (!compared) return {};
  AspectFinding out;
  out.fit = {0.1, 1};
  out.words =
      "settings that bear on connections are the same on computers that lose it and that keep it";
  return out;
}

}  // namespace dropscope
