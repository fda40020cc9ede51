#include "formats/watch_record/entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/ip_address.h"
#include "base/text.h"

namespace dropscope::watch_record {
namespace {

using Json = nlohmann::ordered_json;

/// The schema is the first member of the first line.
constexpr std::size_t kHeadBytes = 256;
constexpr std::string_view kFamily = "dropscope.watch/";
/// A line has some hundred bytes, a first line some more for each session.
constexpr std::size_t kLongestLine = std::size_t{1} << 20;

constexpr std::array kKinds{Kind::Start, Kind::Up,  Kind::Lost, Kind::Failed,
                            Kind::Alive, Kind::Gap, Kind::Stop};
constexpr std::array kCauses{Cause::Fin, Cause::Rst, Cause::TimeOut, Cause::Unreachable,
                             Cause::Refused};

/// Takes members by name; the first that is not as it should be is remembered.
class Taker {
 public:
  explicit Taker(const Json& from) : from_(from) {}

  std::string text(const char* name) {
    const Json* found = find(name);
    const bool right = found != nullptr && found->is_string();
    expect(right, name, "a text");
    return right ? found->get<std::string>() : std::string();
  }
  double seconds(const char* name, double least = 0) {
    const Json* found = find(name);
    const bool right = found != nullptr && found->is_number() && found->get<double>() >= least &&
                       found->get<double>() <= kLongest_s;
    expect(right, name, "a length of time in seconds");
    return right ? found->get<double>() : 0;
  }
  int number(const char* name, int high) {
    const Json* found = find(name);
    const bool right = found != nullptr && found->is_number_unsigned() &&
                       found->get<std::uint64_t>() >= 1 &&
                       found->get<std::uint64_t>() <= static_cast<std::uint64_t>(high);
    expect(right, name, fmt::format("a whole number from 1 to {}", high));
    return right ? static_cast<int>(found->get<std::uint64_t>()) : 0;
  }
  template <typename Enum, std::size_t N>
  Enum word(const char* name, const std::array<Enum, N>& of) {
    const std::string given = text(name);
    const auto found =
        std::find_if(of.begin(), of.end(), [&](Enum one) { return to_string(one) == given; });
    expect(found != of.end(), name, "one of the known words");
    return found == of.end() ? of.front() : *found;
  }
  Instant time() {
    const auto at = parse_utc(text("time"));
    expect(at.has_value(), "time", "an instant such as 2026-01-31T09:00:00.000Z");
    return at.value_or(Instant{});
  }
  [[nodiscard]] bool has(const char* name) const { return find(name) != nullptr; }
  [[nodiscard]] bool is_null(const char* name) const {
    const Json* found = find(name);
    return found != nullptr && found->is_null();
  }
  const Json& list(const char* name, std::size_t most) {
    static const Json kNone = Json::array();
    const Json* found = find(name);
    const bool right = found != nullptr && found->is_array() && found->size() <= most;
    expect(right, name, "a list of bounded length");
    return right ? *found : kNone;
  }
  void expect(bool right, std::string_view name, std::string_view expected) {
    if (right || !problem_.empty()) return;
    problem_ = fmt::format("expected {} as member \"{}\"", expected, name);
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  [[nodiscard]] const Json* find(const char* name) const {
    if (!from_.is_object()) return nullptr;
    const auto found = from_.find(name);
    return found == from_.end() ? nullptr : &*found;
  }
  const Json& from_;
  std::string problem_;
};

void take_start(Taker& take, Entry& out) {
  out.version = take.text("version");
  out.computer = take.text("computer");
  take.expect(!out.computer.empty(), "computer", "the name of the computer");
  out.zone = take.text("zone");
  out.command = take.text("command");
  out.send_every_s = take.seconds("send_every_s");
  out.keep_alive_s = take.seconds("keep_alive_s");
  for (const Json& one : take.list("sessions", kMostSessions)) {
    Taker inner(one);
    out.sessions.push_back({inner.text("host"),
                            static_cast<std::uint16_t>(inner.number("port", 65'535)),
                            inner.text("address")});
    take.expect(inner.problem().empty(), "sessions",
                fmt::format("hosts with ports and addresses ({})", inner.problem()));
  }
  take.expect(!out.sessions.empty(), "sessions", "at least one session");
}

/// An end that is no address would be none.
std::string take_end(Taker& take, const char* name) {
  std::string end = take.text(name);
  take.expect(end.empty() || IpEndpoint::parse(end), name, "an address with its port");
  return end;
}

void take_rest(Taker& take, Entry& out) {
  switch (out.kind) {
    case Kind::Start:
      take_start(take, out);
      return;
    case Kind::Up:
      out.session = take.number("session", kMostSessions);
      out.local = take_end(take, "local");
      if (take.has("address")) out.address = take_end(take, "address");
      if (!take.is_null("down_s")) out.down_s = take.seconds("down_s");
      return;
    case Kind::Lost:
      out.session = take.number("session", kMostSessions);
      out.local = take_end(take, "local");
      out.cause = take.word("cause", kCauses);
      out.text = take.text("text");
      out.idle_s = take.seconds("idle_s");
      out.age_s = take.seconds("age_s");
      return;
    case Kind::Failed:
      out.session = take.number("session", kMostSessions);
      out.cause = take.word("cause", kCauses);
      out.text = take.text("text");
      return;
    case Kind::Gap:
      out.gap_s = take.seconds("seconds", -kLongest_s);
      return;
    case Kind::Stop:
      out.reason = take.text("reason");
      return;
    case Kind::Alive:
      return;
  }
}

/// Rounded to 0.1 ms, which is finer than anything that is measured.
double rounded(double seconds) {
  return std::round(seconds * 1e4) / 1e4;
}

}  // namespace

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::Start:
      return "start";
    case Kind::Up:
      return "up";
    case Kind::Lost:
      return "lost";
    case Kind::Failed:
      return "failed";
    case Kind::Alive:
      return "alive";
    case Kind::Gap:
      return "gap";
    case Kind::Stop:
      return "stop";
  }
  return "";
}

std::string_view to_string(Cause cause) {
  switch (cause) {
    case Cause::Fin:
      return "fin";
    case Cause::Rst:
      return "rst";
    case Cause::TimeOut:
      return "time-out";
    case Cause::Unreachable:
      return "unreachable";
    case Cause::Refused:
      return "refused";
  }
  return "";
}

bool operator==(const Session& a, const Session& b) {
  return std::tie(a.host, a.port, a.address) == std::tie(b.host, b.port, b.address);
}

bool is_record(Bytes bytes) {
  const std::string_view head = as_text(bytes.first(std::min(bytes.size(), kHeadBytes)));
  return trim(head).starts_with('{') &&
         head.find(fmt::format("\"{}", kFamily)) != std::string_view::npos;
}

Result<Entry> read(std::string_view line) {
  if (line.size() > kLongestLine) {
    return fail(ErrorCode::Limit,
                fmt::format("expected at most {} bytes in a line of the record", kLongestLine));
  }
  const Json root = Json::parse(line, nullptr, false);
  if (!root.is_object()) {
    return fail(ErrorCode::Corrupt, "expected a JSON object, as the watch writes for each event");
  }
  Taker take(root);
  Entry out;
  out.kind = take.word("event", kKinds);
  if (out.kind == Kind::Start && take.problem().empty()) {
    const std::string schema = take.text("schema");
    if (schema.starts_with(kFamily) && schema != kSchema) {
      return fail(ErrorCode::Unsupported, fmt::format("has the form {}; this version reads {}",
                                                      printable(schema), kSchema));
    }
    take.expect(schema == kSchema, "schema", kSchema);
  }
  out.time = take.time();
  take_rest(take, out);
  if (!take.problem().empty()) return fail(ErrorCode::Corrupt, take.problem());
  return out;
}

std::string write(const Entry& entry) {
  Json out;
  if (entry.kind == Kind::Start) out["schema"] = kSchema;
  out["event"] = to_string(entry.kind);
  out["time"] = format_utc(entry.time, 3);
  switch (entry.kind) {
    case Kind::Start: {
      out["version"] = entry.version;
      out["computer"] = entry.computer;
      out["zone"] = entry.zone;
      out["command"] = entry.command;
      out["send_every_s"] = rounded(entry.send_every_s);
      out["keep_alive_s"] = rounded(entry.keep_alive_s);
      Json sessions = Json::array();
      for (const Session& one : entry.sessions) {
        sessions.push_back({{"host", one.host}, {"port", one.port}, {"address", one.address}});
      }
      out["sessions"] = std::move(sessions);
      break;
    }
    case Kind::Up:
      out["session"] = entry.session;
      out["local"] = entry.local;
      if (!entry.address.empty()) out["address"] = entry.address;
      out["down_s"] = entry.down_s ? Json(rounded(*entry.down_s)) : Json(nullptr);
      break;
    case Kind::Lost:
      out["session"] = entry.session;
      out["local"] = entry.local;
      out["cause"] = to_string(entry.cause);
      out["text"] = entry.text;
      out["idle_s"] = rounded(entry.idle_s);
      out["age_s"] = rounded(entry.age_s);
      break;
    case Kind::Failed:
      out["session"] = entry.session;
      out["cause"] = to_string(entry.cause);
      out["text"] = entry.text;
      break;
    case Kind::Gap:
      out["seconds"] = rounded(entry.gap_s);
      break;
    case Kind::Stop:
      out["reason"] = entry.reason;
      break;
    case Kind::Alive:
      break;
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace dropscope::watch_record
