#include "verdict/whom.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "analysis/scope/few_clients.h"
#include "base/text.h"
#include "verdict/findings.h"
#include "verdict/scope_text.h"

namespace dropscope {
namespace {

/// People use their connections unequally: rates of clients that are hit alike scatter as a gamma
/// distribution of this shape does, with a deviation of seven tenths of the mean
/// (docs/methods/scope.md, harmless differences).
constexpr double kShape = 2;
/// Nothing is excluded altogether by how many are hit.
constexpr double kLeastFit = 0.02;
/// Without a loss for every third client, who is spared tells nothing.
constexpr double kFewest = 1.0 / 3;
/// From this probability on "all are hit alike" is said.
constexpr double kSayGlobal = 0.6;

/// States of Aspect::Whom by the names of attributes.
std::string_view state_of(std::string_view attribute) {
  static const std::map<std::string_view, std::string_view> kStates = {
      {"server", "server"},   {"pool", "server"},         {"load_balancer", "server"},
      {"region", "office"},   {"office", "office"},       {"timezone", "office"},
      {"segment", "segment"}, {"cidr", "segment"},        {"gateway", "segment"},
      {"dns", "segment"},     {"dhcp_server", "segment"}, {"vpn", "vpn"},
      {"vpn_adapter", "vpn"}, {"proxy", "proxy"},         {"version", "version"},
      {"os", "version"},      {"protocol", "protocol"},   {"mode", "protocol"},
      {"user", "computer"},   {"computer", "computer"},
  };
  const auto found = kStates.find(attribute);
  // Whatever else a list tells of a computer is a property of it, as its model is.
  return found == kStates.end() ? "model" : found->second;
}

std::string_view state_of(const Clients& clients, std::uint32_t attribute) {
  return clients.is_setting[attribute] ? "setting"
                                       : state_of(clients.table.attributes[attribute].name);
}

FewClientsModel model_of(const Clients& clients, std::span<const double> states) {
  FewClientsModel out;
  if (states.empty()) return out;
  const auto of = [&](std::string_view state) { return states[state_index(Aspect::Whom, state)]; };
  out.everyone = of("everyone");
  out.anyone = of("nothing");
  for (std::uint32_t a = 0; a < clients.table.attributes.size(); ++a) {
    out.attributes.push_back(of(state_of(clients, a)));
  }
  return out;
}

/// States that nothing in the evidence could have shown: they look like nobody in particular.
std::set<std::string_view> unknown_states(const Clients& clients) {
  std::set<std::string_view> out(states_of(Aspect::Whom).begin(), states_of(Aspect::Whom).end());
  for (const char* told : {"everyone", "nothing", "computer", "setting"}) out.erase(told);
  for (const std::string& name : clients.known) out.erase(state_of(name));
  return out;
}

/// How well the number of clients that are spared agrees with all being hit alike.
void measure_spread(const ScopeTable& table, Whom& whom) {
  double events = 0;
  double hours = 0;
  for (std::size_t row = 0; row < table.events.size(); ++row) {
    events += table.events[row];
    hours += table.exposure_h[row];
  }
  double expected = 0;
  double variance = 0;
  for (const double exposure : table.exposure_h) {
    const double p = std::pow(1 + events / hours * exposure / kShape, -kShape);
    expected += p;
    variance += p * (1 - p);
  }
  const auto n = static_cast<double>(whom.clients);
  const double spared = n - static_cast<double>(whom.affected);
  // Half a client keeps a handful of them from being taken for certainty.
  const double deviation = std::sqrt(variance + 0.25);
  const double more = 0.5 * std::erfc((spared - 0.5 - expected) / (deviation * std::sqrt(2.0)));
  whom.everyone = std::clamp(2 * more, kLeastFit, 1.0);
  // If those who are hit were some of them only, the losses that there are would show it.
  const double told = 1 - std::min(1.0, expected / n / kFewest);
  whom.anyone = std::clamp(1 - told * whom.everyone, kLeastFit, 1.0);
  const double sum = whom.everyone + whom.anyone;
  const double rest =
      whom.scope.kind == ScopeKind::Localised ? 1 - whom.scope.confidence : whom.scope.confidence;
  whom.everyone *= rest / sum;
  whom.anyone *= rest / sum;
  if (whom.scope.kind == ScopeKind::None && whom.everyone >= kSayGlobal * rest) {
    whom.scope.kind = ScopeKind::Global;
    whom.scope.confidence = whom.everyone;
  }
}

/// "in office Berlin", "on server EX01", "with version 16.0": one term as part of a sentence.
std::string place_of(const std::vector<ScopeAttribute>& attributes, const ScopeTerms& terms) {
  static const std::map<std::string_view, std::string_view> kWords = {
      {"office", "in"}, {"region", "in"}, {"segment", "in"},   {"server", "on"},
      {"pool", "on"},   {"vpn", "on"},    {"proxy", "behind"}, {"load_balancer", "behind"}};
  std::string out;
  for (const ScopeTerm& term : terms) {
    const auto word = kWords.find(attributes[term.attribute].name);
    out += fmt::format("{}{} {}", out.empty() ? "" : " and ",
                       word == kWords.end() ? "with" : word->second,
                       describe_terms(attributes, {term}));
  }
  return out;
}

/// Other names of the same clients that are worth a reader's time.
constexpr std::size_t kNamesShown = 3;

std::string explain_place(const Clients& clients, const Whom& whom, const ScopeCause& cause) {
  const auto& attributes = clients.table.attributes;
  std::string text;
  if (cause.clients == 1) {
    text = fmt::format("One computer stands out, that with {}",
                       describe_terms(attributes, cause.terms));
  } else {
    text = fmt::format("{} of the {} affected computers are {}: there {} of {} are affected",
                       cause.affected, whom.affected, place_of(attributes, cause.terms),
                       cause.affected, cause.clients);
  }
  text += fmt::format(", elsewhere {} of {}.", whom.affected - cause.affected,
                      whom.clients - cause.clients);
  for (std::size_t i = 0; i < std::min(kNamesShown, cause.equivalents.size()); ++i) {
    text += fmt::format("{}{}", i == 0 ? " The same computers are those " : ", or those ",
                        place_of(attributes, cause.equivalents[i]));
  }
  if (!cause.equivalents.empty()) text += '.';
  return text;
}

void explain(const Clients& clients, Whom& whom) {
  switch (whom.scope.kind) {
    case ScopeKind::Localised:
      for (const ScopeCause& cause : whom.scope.causes) {
        whom.explanations.push_back(explain_place(clients, whom, cause));
      }
      return;
    case ScopeKind::Global:
      whom.explanations.push_back(fmt::format(
          "Everybody is affected alike: {} of {} lost the connection, and no place stands out.",
          whom.affected, count_of(whom.clients, "computer")));
      return;
    case ScopeKind::None:
      whom.explanations.push_back(fmt::format(
          "{} of {} are affected, and nothing that is known of them tells them from the others.",
          whom.affected, count_of(whom.clients, "computer")));
      if (whom.scope.smallest_ratio) {
        whom.explanations.push_back(
            fmt::format("A place with a tenth of the hours would have been seen from {:.1f} times "
                        "the rate of the others on.",
                        *whom.scope.smallest_ratio));
      }
      return;
  }
}

}  // namespace

Whom find_whom(const Clients& clients, std::span<const std::uint32_t> computers,
               std::span<const double> exposure, std::span<const double> states) {
  Whom out;
  ScopeTable table = with_losses(clients, computers);
  if (!exposure.empty()) table.exposure_h.assign(exposure.begin(), exposure.end());
  out.clients = table.events.size();
  for (const double events : table.events) out.affected += events > 0 ? 1U : 0U;
  if (!out.known()) return out;
  if (out.clients <= kFewClients) {
    FewClientsModel model = model_of(clients, states);
    model.occasions = !exposure.empty();
    const FewClientsResult few = find_scope_of_few(table, default_hierarchies(), model);
    out.scope = few.scope;
    out.everyone = few.everyone;
    out.anyone = few.anyone;
  } else {
    out.scope = find_scope(table, {});
    measure_spread(table, out);
  }
  explain(clients, out);
  return out;
}

std::string words_of(const Whom& whom) {
  std::string out = whom.explanations.front();
  out.pop_back();
  return out;
}

AspectFinding whom_finding(const Clients& clients, const Whom& whom) {
  if (!whom.known()) return {};
  AspectFinding out;
  out.fit.assign(states_of(Aspect::Whom).size(), kLeastFit);
  const auto fit = [&out](std::string_view state) -> double& {
    return out.fit[state_index(Aspect::Whom, state)];
  };
  out.words = words_of(whom);
  double place = std::max(0.0, 1 - whom.everyone - whom.anyone);
  fit("everyone") += whom.everyone;
  fit("nothing") += whom.anyone;
  if (whom.scope.kind == ScopeKind::Localised) {
    // Other names of the same clients fit as well, and a pair of facts is neither of the two alone.
    const ScopeCause& cause = whom.scope.causes.front();
    std::vector<const ScopeTerms*> names = {&cause.terms};
    for (const ScopeTerms& same : cause.equivalents) names.push_back(&same);
    std::map<std::string_view, double> told;
    for (const ScopeTerms* terms : names) {
      for (const ScopeTerm& term : *terms) {
        double& own = told[state_of(clients, term.attribute)];
        own = std::max(own, whom.scope.confidence / static_cast<double>(terms->size()));
      }
    }
    for (const auto& [state, share] : told) fit(state) += share;
    place = std::max(0.0, place - whom.scope.confidence);
  }
  for (const std::string_view state : unknown_states(clients)) fit(state) += whom.anyone;
  // Settings are of each computer by itself: those that were not read may be what tells them apart.
  fit("setting") += whom.anyone * (1 - clients.settings_read);
  // A place that is not told may be of any kind.
  for (double& each : out.fit) each += place / static_cast<double>(out.fit.size());
  return out;
}

}  // namespace dropscope
