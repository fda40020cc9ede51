#include "formats/diagnosis/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace dropscope::diagnosis_json {
namespace {

using nlohmann::json;

constexpr std::string_view kSchema = "dropscope.diagnosis/2";
/// The schema is the first member.
constexpr std::size_t kHeadBytes = 256;

/// Long lists that a comparison does not need.
bool is_passed_over(const std::string& name) {
  constexpr std::array<std::string_view, 12> kNames = {
      "outages", "uptimes", "closes",  "settings", "connections",  "sources",
      "clocks",  "events",  "clients", "days",     "hour_of_week", "timers"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

/// Takes members by name; the first that is not as it should be is remembered.
class Taker {
 public:
  const json& object(const json& in, const char* name) {
    static const json kNone = json::object();
    const json* found = find(in, name);
    if (found == nullptr || !found->is_object()) return complain(name, "an object"), kNone;
    return *found;
  }
  const json& list(const json& in, const char* name) {
    static const json kNone = json::array();
    const json* found = find(in, name);
    if (found == nullptr || !found->is_array()) return complain(name, "a list"), kNone;
    return *found;
  }
  std::string text(const json& in, const char* name, bool may_be_null = false) {
    const json* found = find(in, name);
    if (found != nullptr && found->is_null() && may_be_null) return {};
    if (found == nullptr || !found->is_string()) return complain(name, "a text"), std::string();
    return found->get<std::string>();
  }
  double number(const json& in, const char* name) {
    const json* found = find(in, name);
    if (found == nullptr || !found->is_number()) return complain(name, "a number"), 0;
    return found->get<double>();
  }
  std::optional<double> number_or_null(const json& in, const char* name) {
    const json* found = find(in, name);
    if (found != nullptr && found->is_null()) return std::nullopt;
    return number(in, name);
  }
  std::uint64_t count(const json& in, const char* name) {
    const json* found = find(in, name);
    if (found == nullptr || !found->is_number_unsigned()) {
      return complain(name, "a whole number"), 0;
    }
    return found->get<std::uint64_t>();
  }
  void complain(std::string_view name, std::string_view expected) {
    if (problem_.empty()) problem_ = fmt::format("expected {} as member \"{}\"", expected, name);
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

  static const json* find(const json& in, const char* name) {
    if (!in.is_object()) return nullptr;
    const auto found = in.find(name);
    return found == in.end() ? nullptr : &*found;
  }

 private:
  std::string problem_;
};

Rate rate_of(Taker& take, const json& in) {
  const json& frequency = take.object(in, "frequency");
  Rate rate;
  rate.losses = take.count(frequency, "losses");
  rate.watched_hours = take.number(frequency, "watched_hours");
  rate.per_day = take.number(frequency, "per_day");
  rate.per_day_low = take.number(frequency, "per_day_low");
  rate.per_day_high = take.number(frequency, "per_day_high");
  return rate;
}

/// "localised: office = Berlin and server = ex01; office = Rome". Without confidence and figures,
/// which differ from week to week while the same clients are hit.
std::string scope_words(Taker& take, const json& scope) {
  std::string text = take.text(scope, "scope");
  bool first = true;
  for (const json& cause : take.list(scope, "causes")) {
    text += first ? ": " : "; ";
    first = false;
    bool first_term = true;
    if (!cause.is_object()) {
      take.complain("causes", "a list of objects");
      continue;
    }
    for (const auto& [attribute, value] : cause.items()) {
      if (!value.is_string()) take.complain(attribute, "a text");
      text += fmt::format("{}{} = {}", first_term ? "" : " and ", attribute,
                          value.is_string() ? value.get<std::string>() : std::string());
      first_term = false;
    }
  }
  return text;
}

void take_verdict(Taker& take, const json& verdict, Document& out) {
  out.cause = take.text(verdict, "cause");
  out.title = take.text(verdict, "title");
  out.summary = take.text(verdict, "summary");
  out.headline = take.text(verdict, "headline");
  out.outcome = take.text(verdict, "outcome");
  out.probability = take.number(verdict, "probability");
  out.interval_s = take.number_or_null(verdict, "interval_s");
  out.interval_lo = take.number_or_null(verdict, "interval_lo");
  out.interval_hi = take.number_or_null(verdict, "interval_hi");
  out.rhythm = take.text(verdict, "rhythm", true);
  out.device = take.text(verdict, "device", true);
  out.owner = take.text(verdict, "owner");
  const json& step = take.object(verdict, "next_step");
  out.next_step = take.text(step, "what");
  out.next_command = take.text(step, "command");
  if (const json* scope = Taker::find(verdict, "scope"); scope != nullptr && !scope->is_null()) {
    out.scope = scope_words(take, *scope);
  } else {
    for (const json& each : take.list(verdict, "statements")) {
      if (take.text(each, "id") == "scope") out.scope = take.text(each, "text");
    }
  }
}

void take_computers(Taker& take, const json& root, Document& out) {
  for (const json& each : take.list(root, "computers")) {
    out.computers.push_back({take.text(each, "name"), rate_of(take, each)});
    for (const json& span : take.list(each, "coverage")) {
      // Times of one form and zone are ordered as texts.
      const std::string first = take.text(span, "first");
      const std::string last = take.text(span, "last");
      if (out.first.empty() || first < out.first) out.first = first;
      out.last = std::max(out.last, last);
    }
  }
}

}  // namespace

bool is_document(Bytes bytes) {
  const std::string_view head = as_text(bytes.first(std::min(bytes.size(), kHeadBytes)));
  return trim(head).starts_with('{') &&
         head.find("\"dropscope.diagnosis/") != std::string_view::npos;
}

Result<Document> read(std::string_view text) {
  const auto keep = [](int /*depth*/, json::parse_event_t event, json& parsed) {
    return event != json::parse_event_t::key || !parsed.is_string() ||
           !is_passed_over(parsed.get_ref<const std::string&>());
  };
  const json root = json::parse(text, keep, false);
  if (!root.is_object()) {
    return fail(ErrorCode::Corrupt,
                "is no JSON object; write the result again with: dropscope diagnose --format json");
  }
  Taker take;
  const std::string schema = take.text(root, "schema");
  if (schema.starts_with("dropscope.diagnosis/") && schema != kSchema) {
    return fail(ErrorCode::Unsupported,
                fmt::format("has the form {}; this version reads {}: diagnose the evidence again",
                            printable(schema), kSchema));
  }
  if (schema != kSchema) take.complain("schema", kSchema);
  Document out;
  out.version = take.text(take.object(root, "tool"), "version");
  out.zone = take.text(take.object(root, "zone"), "name");
  out.application = take.text(take.object(root, "application"), "title");
  take_verdict(take, take.object(root, "verdict"), out);
  for (const json& each : take.list(root, "verdicts")) {
    out.causes.push_back({take.text(each, "cause"), take.text(each, "title"),
                          take.number(each, "probability"), take.count(each, "losses")});
  }
  for (const json& each : take.list(root, "impacted")) {
    if (each.is_string()) {
      out.impacted.push_back(each.get<std::string>());
    } else {
      take.complain("impacted", "a list of texts");
    }
  }
  const json& fleet = take.object(root, "fleet");
  out.rate = rate_of(take, fleet);
  out.computers_with_losses = take.count(fleet, "computers_with_losses");
  take_computers(take, root, out);
  if (!take.problem().empty()) {
    return fail(ErrorCode::Corrupt, fmt::format("is no result of dropscope: {}", take.problem()));
  }
  return out;
}

}  // namespace dropscope::diagnosis_json
