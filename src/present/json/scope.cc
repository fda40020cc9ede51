#include "present/scope.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "present/json/scope_object.h"
#include "verdict/scope_text.h"

namespace dropscope {
namespace {

Json terms_object(const std::vector<ScopeAttribute>& attributes, const ScopeTerms& terms) {
  Json object = Json::object();
  for (const ScopeTerm& term : terms) {
    object[attributes[term.attribute].name] = attributes[term.attribute].values[term.value];
  }
  return object;
}

/// Broken UTF-8 becomes U+FFFD, as everywhere in the JSON that is written.
std::string one_line(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// Three decimals: more would suggest a precision that no estimate of this kind has.
double rounded(double value) {
  return std::round(value * 1000) / 1000;
}

}  // namespace

Json scope_object(const std::vector<ScopeAttribute>& attributes, const ScopeResult& result,
                  const std::vector<std::string>& explanations) {
  Json document = Json::object();
  document["scope"] = to_string(result.kind);
  document["causes"] = Json::array();
  document["confidence"] = rounded(result.confidence);
  document["explanations"] = explanations;
  Json details = Json::array();
  for (const ScopeCause& cause : result.causes) {
    document["causes"].push_back(terms_object(attributes, cause.terms));
    Json equivalents = Json::array();
    for (const ScopeTerms& terms : cause.equivalents) {
      equivalents.push_back(terms_object(attributes, terms));
    }
    details.push_back({{"clients", cause.clients},
                       {"affected", cause.affected},
                       {"events", cause.events},
                       {"exposure_h", rounded(cause.exposure_h)},
                       {"ratio", rounded(cause.ratio)},
                       {"equivalents", std::move(equivalents)}});
  }
  document["details"] = std::move(details);
  document["dispersion"] = rounded(result.dispersion);
  if (result.accident) document["accident"] = *result.accident;
  if (result.smallest_ratio) document["smallest_ratio"] = rounded(*result.smallest_ratio);
  return document;
}

std::string render_scope_json(const ScopeTable& table, const ScopeResult& result,
                              const std::string& case_name, std::optional<double> seconds) {
  Json document = Json::object();
  if (!case_name.empty()) document["case"] = case_name;
  document.update(scope_object(table.attributes, result, explain_scope(table, result)));
  if (seconds) document["seconds"] = rounded(*seconds);
  return one_line(document) + "\n";
}

std::string render_causes_json(const LeafTable& table, const std::vector<ScopeTerms>& causes,
                               const std::string& case_name, std::optional<double> seconds) {
  Json document = Json::object();
  if (!case_name.empty()) document["case"] = case_name;
  document["causes"] = Json::array();
  for (const ScopeTerms& terms : causes) {
    std::string text;
    for (const ScopeTerm& term : terms) {
      if (!text.empty()) text += '&';
      const ScopeAttribute& attribute = table.attributes[term.attribute];
      text += attribute.name + "=" + attribute.values[term.value];
    }
    document["causes"].push_back(std::move(text));
  }
  if (seconds) document["seconds"] = rounded(*seconds);
  return one_line(document) + "\n";
}

}  // namespace dropscope
