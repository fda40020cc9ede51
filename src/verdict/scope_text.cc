#include "verdict/scope_text.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"

namespace dropscope {
namespace {

std::string explain_cause(const ScopeTable& table, const ScopeCause& cause) {
  std::uint64_t affected = 0;
  for (const double events : table.events) {
    if (events > 0) affected += 1;
  }
  const std::uint64_t clients = table.events.size();
  std::string text = fmt::format(
      "{} of the {} affected clients are those with {} (of {} there {} affected; elsewhere {} of "
      "{}); they lose the server {:.1f} times as often as the others; chance of that by accident: "
      "{}.",
      cause.affected, affected, describe_terms(table.attributes, cause.terms), cause.clients,
      cause.affected == 1 ? "1 is" : fmt::format("{} are", cause.affected),
      affected - cause.affected, clients - cause.clients, cause.ratio, chance_words(cause.net));
  for (const ScopeTerms& same : cause.equivalents) {
    text +=
        fmt::format(" The same clients are those with {}.", describe_terms(table.attributes, same));
  }
  return text;
}

}  // namespace

std::string chance_words(double minus_log) {
  constexpr double kLn10 = 2.302585092994046;
  const int power = static_cast<int>(minus_log / kLn10);
  if (power < 1) return "less than 1 in 10";
  if (power > 9) return "less than 1 in 1,000,000,000";
  std::string number = "1";
  for (int i = power; i > 0; --i) {
    if (i % 3 == 0) number += ',';
    number += '0';
  }
  return "less than 1 in " + number;
}

std::string describe_terms(const std::vector<ScopeAttribute>& attributes, const ScopeTerms& terms) {
  std::string text;
  for (const ScopeTerm& term : terms) {
    if (!text.empty()) text += ", ";
    const ScopeAttribute& attribute = attributes[term.attribute];
    text += attribute.name + " " + printable(attribute.values[term.value]);
  }
  return text;
}

std::vector<std::string> explain_scope(const ScopeTable& table, const ScopeResult& result) {
  std::vector<std::string> sentences;
  if (result.kind == ScopeKind::Global) {
    sentences.push_back(
        fmt::format("Everybody is affected: the fleet loses the server {:.1f} times as often as in "
                    "its history.",
                    result.global_ratio));
  }
  for (const ScopeCause& cause : result.causes) sentences.push_back(explain_cause(table, cause));
  if (result.kind != ScopeKind::None) return sentences;
  double events = 0;
  for (const double y : table.events) events += y;
  if (table.events.size() < 2) {
    sentences.emplace_back(
        "There are no other clients to compare with, so where the cause lies cannot be told.");
  } else if (events == 0) {
    sentences.emplace_back("No client lost its server.");
  } else {
    sentences.push_back(
        fmt::format("The {} are spread over the {} as chance spreads them; no place stands out.",
                    count_of(static_cast<std::uint64_t>(std::llround(events)), "loss", "losses"),
                    count_of(table.events.size(), "client")));
    if (result.smallest_ratio) {
      sentences.push_back(fmt::format(
          "A place with a tenth of the hours would have been seen from {:.1f} times the rate of "
          "the others on.",
          *result.smallest_ratio));
    } else {
      sentences.emplace_back(
          "There are too few losses to see a difference of any size; watch for longer.");
    }
  }
  return sentences;
}

}  // namespace dropscope
