#include "formats/probe_result/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace dropscope::probe_result {
namespace {

using nlohmann::json;

/// The schema is the first member.
constexpr std::size_t kHeadBytes = 256;
constexpr std::string_view kFamily = "dropscope.probe/";

constexpr std::array kMechanisms{Mechanism::ProxyOrServer, Mechanism::PacketFilter,
                                 Mechanism::UnclearIdle,   Mechanism::HttpKeepAlive,
                                 Mechanism::FixedAge,      Mechanism::ClosedAtOnce,
                                 Mechanism::OneMoment,     Mechanism::NoneFound,
                                 Mechanism::Unreachable,   Mechanism::Unfinished};

/// Takes members by name; the first that is not as it should be is remembered.
class Taker {
 public:
  const json& object(const json& in, const char* name) {
    static const json kNone = json::object();
    const json* found = find(in, name);
    expect(found != nullptr && found->is_object(), name, "an object");
    return found != nullptr && found->is_object() ? *found : kNone;
  }
  std::string text(const json& in, const char* name) {
    const json* found = find(in, name);
    const bool right = found != nullptr && found->is_string();
    expect(right, name, "a text");
    return right ? found->get<std::string>() : std::string();
  }
  bool flag(const json& in, const char* name) {
    const json* found = find(in, name);
    const bool right = found != nullptr && found->is_boolean();
    expect(right, name, "true or false");
    return right && found->get<bool>();
  }
  std::uint16_t port(const json& in, const char* name) {
    const json* found = find(in, name);
    const bool right = found != nullptr && found->is_number_unsigned() &&
                       found->get<std::uint64_t>() >= 1 && found->get<std::uint64_t>() <= 65'535;
    expect(right, name, "a port");
    return right ? static_cast<std::uint16_t>(found->get<std::uint64_t>()) : std::uint16_t{0};
  }
  std::optional<double> seconds_or_null(const json& in, const char* name) {
    const json* found = find(in, name);
    if (found != nullptr && found->is_null()) return std::nullopt;
    const bool right = found != nullptr && found->is_number() && found->get<double>() >= 0 &&
                       found->get<double>() <= kLongest_s;
    expect(right, name, "a length of time in seconds, or null");
    return right ? std::optional(found->get<double>()) : std::nullopt;
  }
  std::optional<Instant> time_if_told(const json& in, const char* name) {
    const json* found = find(in, name);
    if (found == nullptr || found->is_null()) return std::nullopt;
    const auto at = found->is_string() ? parse_utc(found->get<std::string>()) : std::nullopt;
    expect(at.has_value(), name, "an instant such as 2026-01-31T09:00:00Z, or null");
    return at;
  }
  void expect(bool right, std::string_view name, std::string_view expected) {
    if (right || !problem_.empty()) return;
    problem_ = fmt::format("expected {} as member \"{}\"", expected, name);
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  static const json* find(const json& in, const char* name) {
    if (!in.is_object()) return nullptr;
    const auto found = in.find(name);
    return found == in.end() ? nullptr : &*found;
  }
  std::string problem_;
};

Mechanism take_mechanism(Taker& take, const json& finding) {
  const std::string word = take.text(finding, "mechanism");
  const auto found = std::find_if(kMechanisms.begin(), kMechanisms.end(),
                                  [&](Mechanism one) { return to_string(one) == word; });
  take.expect(found != kMechanisms.end(), "mechanism", "one of the known words");
  return found == kMechanisms.end() ? Mechanism::Unfinished : *found;
}

/// Results of the earlier schema were read without their options, and have no TLS.
std::string take_protocol(Taker& take, const json& root, bool earlier) {
  if (earlier && (!root.contains("options") || !root["options"].contains("payload"))) return {};
  const json& options = take.object(root, "options");
  const std::string payload = take.text(options, "payload");
  const bool tls = !earlier && take.flag(options, "tls");
  if (payload == "http") return tls ? "HTTPS" : "HTTP";
  if (payload == "long-poll") return tls ? "HTTPS long poll" : "HTTP long poll";
  return tls ? "TLS" : "";
}

}  // namespace

std::string_view to_string(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::ProxyOrServer:
      return "proxy-or-server";
    case Mechanism::PacketFilter:
      return "packet-filter";
    case Mechanism::UnclearIdle:
      return "unclear-idle";
    case Mechanism::HttpKeepAlive:
      return "http-keep-alive";
    case Mechanism::FixedAge:
      return "fixed-age";
    case Mechanism::ClosedAtOnce:
      return "closed-at-once";
    case Mechanism::OneMoment:
      return "one-moment";
    case Mechanism::NoneFound:
      return "none-found";
    case Mechanism::Unreachable:
      return "unreachable";
    case Mechanism::Unfinished:
      return "unfinished";
  }
  return "";
}

bool is_time_out(Mechanism mechanism) {
  return mechanism == Mechanism::ProxyOrServer || mechanism == Mechanism::PacketFilter ||
         mechanism == Mechanism::UnclearIdle || mechanism == Mechanism::HttpKeepAlive ||
         mechanism == Mechanism::FixedAge;
}

bool is_document(Bytes bytes) {
  const std::string_view head = as_text(bytes.first(std::min(bytes.size(), kHeadBytes)));
  return trim(head).starts_with('{') &&
         head.find(fmt::format("\"{}", kFamily)) != std::string_view::npos;
}

Result<Document> read(std::string_view text) {
  const auto keep = [](int /*depth*/, json::parse_event_t event, json& parsed) {
    // The single connections, which may be many, are not needed.
    return event != json::parse_event_t::key || (parsed != "samples" && parsed != "controls");
  };
  const json root = json::parse(text, keep, false);
  if (!root.is_object()) {
    return fail(ErrorCode::Corrupt,
                "is no JSON object; write the result again with: dropscope probe --format json");
  }
  Taker take;
  const std::string schema = take.text(root, "schema");
  if (schema.starts_with(kFamily) && schema != kSchema && schema != kEarlierSchema) {
    return fail(ErrorCode::Unsupported,
                fmt::format("has the form {}; this version reads {}: run the probe again",
                            printable(schema), kSchema));
  }
  take.expect(schema == kSchema || schema == kEarlierSchema, "schema", kSchema);
  Document out;
  out.version = take.text(take.object(root, "tool"), "version");
  out.host = take.text(root, "host");
  out.port = take.port(root, "port");
  out.address = take.text(root, "address");
  out.protocol = take_protocol(take, root, schema == kEarlierSchema);
  const json& finding = take.object(root, "finding");
  out.mechanism = take_mechanism(take, finding);
  out.seconds = take.seconds_or_null(finding, "seconds");
  out.accuracy_s = take.seconds_or_null(finding, "accuracy_s");
  if (is_time_out(out.mechanism)) {
    take.expect(out.seconds.has_value(), "seconds", "the length of the time-out");
    take.expect(out.accuracy_s.has_value(), "accuracy_s", "how well the time-out is known");
  }
  out.complete = take.flag(finding, "complete");
  out.unanswered = take.flag(take.object(root, "seen"), "unanswered");
  if (root.contains("computer")) out.computer = take.text(root, "computer");
  out.began = take.time_if_told(root, "began");
  out.ended = take.time_if_told(root, "ended");
  if (!take.problem().empty()) {
    return fail(ErrorCode::Corrupt, fmt::format("is no result of a probe: {}", take.problem()));
  }
  return out;
}

}  // namespace dropscope::probe_result
