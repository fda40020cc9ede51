#include "probe/record.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

namespace dropscope::probe {
namespace {

using Json = nlohmann::ordered_json;

using probe_result::kEarlierSchema;
using probe_result::kLongest_s;
using probe_result::kSchema;

/// A search makes some hundreds.
constexpr std::size_t kMostSamples = 100'000;
constexpr int kMostConnections = 1'000'000;

constexpr std::array kModes{Mode::Quick, Mode::Full, Mode::Confirm};
constexpr std::array kPayloads{Payload::None, Payload::Echo, Payload::Http, Payload::LongPoll};
constexpr std::array kOutcomes{Outcome::Survived, Outcome::Finished, Outcome::Reset,
                               Outcome::Silent, Outcome::ResetOnSend};
constexpr std::array kControls{ControlKind::Busy, ControlKind::KeepAlive, ControlKind::Fresh};

/// Rounded to 0.1 ms, which is finer than anything that was measured.
double rounded(double seconds) {
  return std::round(seconds * 1e4) / 1e4;
}

Json optional_seconds(const std::optional<double>& seconds) {
  return seconds ? Json(rounded(*seconds)) : Json(nullptr);
}

Json json_of(const std::optional<HttpAnswer>& answer) {
  if (!answer) return nullptr;
  return {{"status", answer->status},
          {"closes", answer->closes},
          {"keep_alive_s", optional_seconds(answer->keep_alive_s)}};
}

/// Takes members out of a document and remembers the first that is not as expected.
class Reader {
 public:
  [[nodiscard]] const std::string& problem() const { return problem_; }

  void expect(bool right, const std::string& name, const std::string& expected) {
    if (!right && problem_.empty()) problem_ = fmt::format("\"{}\" is not {}", name, expected);
  }
  double seconds(const Json& from, const std::string& name) {
    const Json* value = member(from, name);
    const bool right = value != nullptr && value->is_number() && value->get<double>() >= 0 &&
                       value->get<double>() <= kLongest_s;
    expect(right, name, "a length of time in seconds");
    return right ? value->get<double>() : 0;
  }
  /// `low` is not negative.
  int number(const Json& from, const std::string& name, int low, int high) {
    const Json* value = member(from, name);
    const bool right = value != nullptr && value->is_number_unsigned() &&
                       value->get<std::uint64_t>() >= static_cast<std::uint64_t>(low) &&
                       value->get<std::uint64_t>() <= static_cast<std::uint64_t>(high);
    expect(right, name, fmt::format("a whole number from {} to {}", low, high));
    return right ? static_cast<int>(value->get<std::uint64_t>()) : low;
  }
  bool flag(const Json& from, const std::string& name) {
    const Json* value = member(from, name);
    const bool right = value != nullptr && value->is_boolean();
    expect(right, name, "true or false");
    return right && value->get<bool>();
  }
  std::string text(const Json& from, const std::string& name) {
    const Json* value = member(from, name);
    const bool right = value != nullptr && value->is_string();
    expect(right, name, "a text");
    return right ? value->get<std::string>() : std::string();
  }
  std::optional<Instant> time_if_told(const Json& from, const std::string& name) {
    const Json* value = member(from, name);
    if (value == nullptr || value->is_null()) return std::nullopt;
    const auto at = value->is_string() ? parse_utc(value->get<std::string>()) : std::nullopt;
    expect(at.has_value(), name, "an instant such as 2026-01-31T09:00:00Z, or null");
    return at;
  }
  template <typename Enum, std::size_t N>
  Enum choice(const Json& from, const std::string& name, const std::array<Enum, N>& of) {
    const std::string given = text(from, name);
    for (const Enum one : of) {
      if (to_string(one) == given) return one;
    }
    expect(false, name, "one of the known words");
    return of.front();
  }
  const Json& part(const Json& from, const std::string& name, bool array) {
    static const Json empty = Json::object();
    const Json* value = member(from, name);
    const bool right = value != nullptr && (array ? value->is_array() : value->is_object()) &&
                       value->size() <= kMostSamples;
    expect(right, name, array ? "a list of bounded length" : "an object");
    return right ? *value : empty;
  }

 private:
  static const Json* member(const Json& from, const std::string& name) {
    if (!from.is_object()) return nullptr;
    const auto found = from.find(name);
    return found == from.end() ? nullptr : &*found;
  }
  std::string problem_;
};

std::optional<HttpAnswer> read_answer(Reader& reader, const Json& from) {
  if (!from.contains("http") || from["http"].is_null()) return std::nullopt;
  const Json& answer = reader.part(from, "http", false);
  HttpAnswer out{reader.number(answer, "status", 200, 599), reader.flag(answer, "closes"), {}};
  if (answer.contains("keep_alive_s") && !answer["keep_alive_s"].is_null()) {
    out.keep_alive_s = reader.seconds(answer, "keep_alive_s");
  }
  return out;
}

Options read_options(Reader& reader, const Json& from, bool earlier) {
  Options out;
  out.mode = reader.choice(from, "mode", kModes);
  out.confirm_s = reader.seconds(from, "confirm_s");
  out.max_s = reader.seconds(from, "max_s");
  reader.expect(out.max_s > 0, "max_s", "above 0");
  out.connections = reader.number(from, "connections", 1, kMostConnections);
  out.payload = reader.choice(from, "payload", kPayloads);
  out.keep_alive = reader.flag(from, "keep_alive");
  if (earlier) return out;
  out.tls = reader.flag(from, "tls");
  out.path = reader.text(from, "path");
  return out;
}

Observations read_observations(Reader& reader, const Json& from) {
  Observations out;
  out.rounds = reader.number(from, "rounds", 0, kMostConnections);
  out.connected = reader.number(from, "connected", 0, kMostConnections);
  out.failed = reader.number(from, "failed", 0, kMostConnections);
  out.failure = reader.text(from, "failure");
  out.unanswered = reader.flag(from, "unanswered");
  out.http = read_answer(reader, from);
  for (const Json& one : reader.part(from, "samples", true)) {
    out.samples.push_back({reader.choice(one, "outcome", kOutcomes), reader.seconds(one, "idle_s"),
                           reader.seconds(one, "ended_s"),
                           reader.number(one, "round", 0, kMostConnections)});
  }
  for (const Json& one : reader.part(from, "controls", true)) {
    out.controls.push_back({reader.choice(one, "kind", kControls),
                            reader.choice(one, "outcome", kOutcomes),
                            reader.seconds(one, "lasted_s")});
  }
  return out;
}

}  // namespace

std::string to_json(const Record& record, const Finding& finding, std::string_view version) {
  Json out;
  out["schema"] = kSchema;
  out["tool"] = {{"name", "dropscope"}, {"version", version}};
  out["host"] = record.host;
  out["port"] = record.port;
  out["address"] = record.address;
  out["computer"] = record.computer;
  const auto time = [](const std::optional<Instant>& at) {
    return at ? Json(format_utc(*at)) : Json(nullptr);
  };
  out["began"] = time(record.began);
  out["ended"] = time(record.ended);
  out["finding"] = {{"mechanism", to_string(finding.mechanism)},
                    {"end", finding.end ? Json(to_string(*finding.end)) : Json(nullptr)},
                    {"seconds", optional_seconds(finding.seconds)},
                    {"accuracy_s", optional_seconds(finding.accuracy_s)},
                    {"complete", finding.complete},
                    {"sentence", finding.sentence},
                    {"notes", finding.notes}};
  const Options& options = record.options;
  out["options"] = {{"mode", to_string(options.mode)},
                    {"confirm_s", options.confirm_s},
                    {"max_s", options.max_s},
                    {"connections", options.connections},
                    {"payload", to_string(options.payload)},
                    {"keep_alive", options.keep_alive},
                    {"tls", options.tls},
                    {"path", options.path}};
  const Observations& seen = record.seen;
  Json samples = Json::array();
  for (const Sample& sample : seen.samples) {
    samples.push_back({{"outcome", to_string(sample.outcome)},
                       {"idle_s", rounded(sample.idle_s)},
                       {"ended_s", rounded(sample.ended_s)},
                       {"round", sample.round}});
  }
  Json controls = Json::array();
  for (const Control& control : seen.controls) {
    controls.push_back({{"kind", to_string(control.kind)},
                        {"outcome", to_string(control.outcome)},
                        {"lasted_s", rounded(control.lasted_s)}});
  }
  out["seen"] = {{"rounds", seen.rounds},         {"connected", seen.connected},
                 {"failed", seen.failed},         {"failure", seen.failure},
                 {"unanswered", seen.unanswered}, {"http", json_of(seen.http)},
                 {"samples", std::move(samples)}, {"controls", std::move(controls)}};
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Record> read_record(std::string_view json) {
  const Json document = Json::parse(json, nullptr, false);
  if (document.is_discarded()) {
    return fail(ErrorCode::Corrupt, "not JSON; expected what an earlier probe wrote");
  }
  Reader reader;
  const std::string schema = reader.text(document, "schema");
  if (schema != kSchema && schema != kEarlierSchema) {
    return fail(ErrorCode::Corrupt,
                fmt::format("not the record of a probe: expected \"schema\": \"{}\"", kSchema));
  }
  Record out;
  out.host = reader.text(document, "host");
  out.port = static_cast<std::uint16_t>(reader.number(document, "port", 1, 65'535));
  out.address = reader.text(document, "address");
  out.options =
      read_options(reader, reader.part(document, "options", false), schema == kEarlierSchema);
  out.seen = read_observations(reader, reader.part(document, "seen", false));
  if (document.contains("computer")) out.computer = reader.text(document, "computer");
  out.began = reader.time_if_told(document, "began");
  out.ended = reader.time_if_told(document, "ended");
  if (!reader.problem().empty()) {
    return fail(ErrorCode::Corrupt, "damaged record of a probe: " + reader.problem());
  }
  return out;
}

}  // namespace dropscope::probe
