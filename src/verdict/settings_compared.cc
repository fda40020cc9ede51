#include "verdict/settings_compared.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace dropscope {
namespace {

/// A computer belongs to those that keep the connection when it loses it at less than this share of
/// the mean rate of the affected ones.
constexpr double kSpared = 0.2;

/// ln of the probability that k of n lie on one side by chance when K of N do (hypergeometric, the
/// most extreme table; both groups are pure).
double log_chance_of_pure(std::size_t a, std::size_t b) {
  double out = 0;
  for (std::size_t i = 1; i <= a; ++i) {
    out += std::log(static_cast<double>(i)) - std::log(static_cast<double>(b + i));
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
  for (const Setting& setting : evidence.settings) {
    if (setting.computer != kNoComputer) out.try_emplace(setting.computer, rule.default_text);
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
    // All that lose have one value, and none that is spared has it.
    if (losing.size() != 1 || spared.count(losing.begin()->first) != 0) continue;
    std::size_t others = 0;
    for (const auto& [value, n] : spared) others += n;
    const std::size_t own = losing.begin()->second;
    const double chance = std::exp(log_chance_of_pure(own, others));
    AspectFinding out;
    // With two computers such a table is one in two by chance; with five and five one in 252.
    out.fit = {1, std::max(0.01, chance)};
    out.words =
        fmt::format("\"{}\" is {} on {} of {} that lose the connection, and not on {} that keep it",
                    rule.title, losing.begin()->first, own, own, others);
    return out;
  }
  if (!compared) return {};
  AspectFinding out;
  out.fit = {0.1, 1};
  out.words =
      "settings that bear on connections are the same on computers that lose it and that keep it";
  return out;
}

}  // namespace dropscope
