#include "simulate/scenario.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "base/files.h"
#include "base/text.h"
#include "evidence/catalogue/catalogue.h"

namespace dropscope::simulation {

namespace {

// A scenario is written by hand; anything larger is not one.
constexpr std::uint64_t kScenarioLimitBytes = 1 << 20;
// Ten times the largest fleet that the project's measurements use.
constexpr std::int64_t kMaxComputers = 100'000;
constexpr std::int64_t kMaxDays = 3660;
constexpr double kDay = 86'400;
// Forwarded logs mix all computers in one file, so all records are in memory at once.
constexpr unsigned kMaxForwardedComputers = 1000;

struct KindName {
  CauseKind kind;
  std::string_view name;
};
constexpr KindName kKinds[] = {
    {CauseKind::Idle, "idle"},     {CauseKind::FixedAge, "fixed-age"},
    {CauseKind::Clock, "clock"},   {CauseKind::Period, "period"},
    {CauseKind::Random, "random"}, {CauseKind::Outage, "outage"},
    {CauseKind::Burst, "burst"},   {CauseKind::Wifi, "wifi"},
    {CauseKind::Sleep, "sleep"},
};

// The ids of src/verdict/verdict.h. That floor is above this one, so the list is repeated here; a
// test of the whole program compares an expectation with what diagnose says.
constexpr std::string_view kOutcomes[] = {
    "nothing-usable", "no-application",      "no-disconnect",
    "not-enough",     "no-regular-interval", "idle-timer",
    "fixed-age",      "clock-schedule",      "regular-unexplained"};

struct Problem {
  toml::source_position place;
  std::string message;
};

// All mistakes of one file, so that an author sees them in one run.
struct Problems {
  std::string file;
  std::vector<Problem> list;

  void add(const toml::source_region& source, std::string message) {
    list.push_back({source.begin, std::move(message)});
  }
  [[nodiscard]] std::string place(const toml::source_position& at) const {
    return fmt::format("{}:{}:{}", file, at.line, at.column);
  }
  [[nodiscard]] Error error() {
    std::stable_sort(list.begin(), list.end(), [](const Problem& a, const Problem& b) {
      return a.place.line != b.place.line ? a.place.line < b.place.line
                                          : a.place.column < b.place.column;
    });
    std::string text = list[0].message;
    for (std::size_t i = 1; i < list.size() && i < 10; ++i) {
      text += fmt::format("\n{}: {}", place(list[i].place), list[i].message);
    }
    if (list.size() > 10) text += fmt::format("\n… and {} more", list.size() - 10);
    return Error{ErrorCode::Invalid, std::move(text), place(list[0].place)};
  }
};

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

std::optional<double> time_of_day(std::string_view text) {
  std::vector<std::string_view> parts = split(text, ':');
  if (parts.size() < 2 || parts.size() > 3) return {};
  constexpr std::int64_t kLimit[] = {24, 60, 60};
  double seconds = 0;
  double unit = 3600;
  for (std::size_t i = 0; i < parts.size(); ++i, unit /= 60) {
    std::optional<std::int64_t> value = parse_int(parts[i]);
    if (!value || *value < 0 || *value >= kLimit[i]) return {};
    seconds += unit * static_cast<double>(*value);
  }
  return seconds;
}

std::optional<CivilTime> date_only(std::string_view text) {
  std::vector<std::string_view> parts = split(text, '-');
  if (parts.size() != 3) return {};
  std::optional<std::int64_t> year = parse_int(parts[0]);
  std::optional<std::int64_t> month = parse_int(parts[1]);
  std::optional<std::int64_t> day = parse_int(parts[2]);
  if (!year || !month || !day || *year < 1970 || *year > 2200) return {};
  if (*month < 1 || *month > 12 || *day < 1 || *day > 31) return {};
  CivilTime civil;
  civil.year = *year;
  civil.month = static_cast<int>(*month);
  civil.day = static_cast<int>(*day);
  std::optional<Instant> t = from_civil_utc(civil);
  if (!t) return {};
  return to_civil_utc(*t);
}

// One table of the file. Each getter marks its key as known; finish() reports the others.
class Section {
 public:
  Section(const toml::table* table, std::string name, Problems& problems)
      : table_(table), name_(std::move(name)), problems_(problems) {}

  [[nodiscard]] bool present() const { return table_ != nullptr; }
  [[nodiscard]] const toml::source_region& source() const { return table_->source(); }
  [[nodiscard]] bool has(std::string_view key) const { return table_ && table_->contains(key); }

  const toml::node* find(std::string_view key) {
    known_.insert(std::string(key));
    return table_ ? table_->get(key) : nullptr;
  }

  void complain(const toml::node& node, std::string_view key, std::string_view message) {
    problems_.add(node.source(), fmt::format("{}: {}", full(key), message));
  }
  void wrong_type(const toml::node& node, std::string_view key, std::string_view expected) {
    complain(node, key, fmt::format("expected {}, found {}", expected, type_name(node)));
  }
  void missing(std::string_view key, std::string_view what) {
    toml::source_region nowhere{{1, 1}, {1, 1}, {}};
    problems_.add(table_ ? table_->source() : nowhere,
                  fmt::format("{} is missing: {}", full(key), what));
  }

  double number(std::string_view key, double standard, double low, double high) {
    const toml::node* node = find(key);
    if (!node) return standard;
    return checked_number(*node, key, low, high).value_or(standard);
  }

  std::optional<double> checked_number(const toml::node& node, std::string_view key, double low,
                                       double high) {
    std::optional<double> value;
    if (node.is_integer() || node.is_floating_point()) value = node.value<double>();
    if (!value || !std::isfinite(*value)) {
      wrong_type(node, key, "a number");
      return {};
    }
    if (*value < low || *value > high) {
      complain(node, key, fmt::format("{} is outside {} to {}", *value, low, high));
      return {};
    }
    return value;
  }

  std::int64_t integer(std::string_view key, std::int64_t standard, std::int64_t low,
                       std::int64_t high) {
    const toml::node* node = find(key);
    if (!node) return standard;
    if (!node->is_integer()) {
      wrong_type(*node, key, "a whole number");
      return standard;
    }
    std::int64_t value = node->as_integer()->get();
    if (value < low || value > high) {
      complain(*node, key, fmt::format("{} is outside {} to {}", value, low, high));
      return standard;
    }
    return value;
  }

  bool boolean(std::string_view key, bool standard) {
    const toml::node* node = find(key);
    if (!node) return standard;
    if (!node->is_boolean()) {
      wrong_type(*node, key, "true or false");
      return standard;
    }
    return node->as_boolean()->get();
  }

  std::string text(std::string_view key, std::string standard = {}) {
    const toml::node* node = find(key);
    if (!node) return standard;
    if (!node->is_string()) {
      wrong_type(*node, key, "a text");
      return standard;
    }
    return node->as_string()->get();
  }

  std::string choice(std::string_view key, std::string standard,
                     const std::vector<std::string_view>& allowed) {
    const toml::node* node = find(key);
    if (!node) return standard;
    std::string value = text(key);
    if (!node->is_string()) return standard;
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
      complain(*node, key,
               fmt::format("\"{}\" is not known; one of: {}", value, fmt::join(allowed, ", ")));
      return standard;
    }
    return value;
  }

  // One text, or an array of texts that is not empty.
  std::vector<std::string> texts(std::string_view key, std::vector<std::string> standard) {
    const toml::node* node = find(key);
    if (!node) return standard;
    if (node->is_string()) return {node->as_string()->get()};
    std::vector<std::string> values;
    if (const toml::array* array = node->as_array()) {
      for (const toml::node& element : *array) {
        if (!element.is_string()) {
          wrong_type(element, key, "a text");
          return standard;
        }
        values.push_back(element.as_string()->get());
      }
    }
    if (values.empty()) {
      wrong_type(*node, key, "a text or an array of texts that is not empty");
      return standard;
    }
    return values;
  }

  // Two numbers [low, high], or one for both.
  Range range(std::string_view key, Range standard, double low, double high) {
    const toml::node* node = find(key);
    if (!node) return standard;
    const toml::array* array = node->as_array();
    if (!array) {
      std::optional<double> value = checked_number(*node, key, low, high);
      return value ? Range{*value, *value} : standard;
    }
    if (array->size() != 2) {
      complain(*node, key, "expected two numbers: [from, to]");
      return standard;
    }
    std::optional<double> first = checked_number(*array->get(0), key, low, high);
    std::optional<double> second = checked_number(*array->get(1), key, low, high);
    if (!first || !second) return standard;
    if (*first > *second) {
      complain(*node, key,
               fmt::format("the first number, {}, is above the second, {}", *first, *second));
      return standard;
    }
    return {*first, *second};
  }

  double day_time(std::string_view key, std::string_view standard) {
    const toml::node* node = find(key);
    if (!node) return *time_of_day(standard);
    std::string value = text(key);
    std::optional<double> seconds = time_of_day(value);
    if (!seconds) {
      if (node->is_string()) {
        complain(*node, key, fmt::format("\"{}\" is no time of day; write it as \"08:30\"", value));
      }
      return *time_of_day(standard);
    }
    return *seconds;
  }

  std::optional<Instant> local_time(std::string_view key, const TimeZone& zone) {
    const toml::node* node = find(key);
    return node ? local_time_of(*node, key, zone) : std::nullopt;
  }

  std::optional<Instant> local_time_of(const toml::node& node, std::string_view key,
                                       const TimeZone& zone) {
    if (!node.is_string()) {
      wrong_type(node, key, "a text such as \"2025-09-03 14:00\"");
      return {};
    }
    std::string value = node.as_string()->get();
    std::string_view rest = value;
    std::optional<CivilTime> civil = date_only(rest.substr(0, rest.find(' ')));
    double seconds = 0;
    std::size_t space = rest.find(' ');
    if (civil && space != std::string_view::npos) {
      std::optional<double> of_day = time_of_day(rest.substr(space + 1));
      if (of_day) {
        seconds = *of_day;
      } else {
        civil.reset();
      }
    }
    std::optional<Instant> result;
    if (civil) {
      auto whole = static_cast<int>(seconds);
      civil->hour = whole / 3600;
      civil->minute = whole / 60 % 60;
      civil->second = whole % 60;
      result = zone.from_local(*civil);
    }
    if (!result) {
      complain(node, key,
               fmt::format("\"{}\" is no date and time; write it as \"2025-09-03 14:00\"", value));
    }
    return result;
  }

  // A sub-table; the section is empty when the key is absent.
  Section sub(std::string_view key) {
    const toml::node* node = find(key);
    if (node && !node->is_table()) wrong_type(*node, key, "a table");
    return {node ? node->as_table() : nullptr, full(key), problems_};
  }

  std::vector<Section> subs(std::string_view key) {
    std::vector<Section> sections;
    const toml::node* node = find(key);
    if (!node) return sections;
    const toml::array* array = node->as_array();
    if (!array) {
      wrong_type(*node, key, fmt::format("an array of tables ([[{}]])", full(key)));
      return sections;
    }
    for (const toml::node& element : *array) {
      if (!element.is_table()) {
        wrong_type(element, key, "a table");
        continue;
      }
      sections.emplace_back(element.as_table(), full(key), problems_);
    }
    return sections;
  }

  void finish() {
    if (!table_) return;
    for (const auto& [key, node] : *table_) {
      std::string name{key.str()};
      if (known_.contains(name)) continue;
      std::string hint;
      std::size_t best = 3;
      for (const std::string& known : known_) {
        std::size_t distance = edit_distance(name, known);
        if (distance < best) {
          best = distance;
          hint = fmt::format("; did you mean \"{}\"?", known);
        }
      }
      if (hint.empty()) hint = fmt::format("; known here: {}", fmt::join(known_, ", "));
      problems_.add(key.source(), fmt::format("unknown key {}{}", full(name), hint));
    }
  }

 private:
  [[nodiscard]] std::string full(std::string_view key) const {
    return name_.empty() ? std::string(key) : fmt::format("{}.{}", name_, key);
  }

  const toml::table* table_;
  std::string name_;
  Problems& problems_;
  std::set<std::string> known_;
};

constexpr double kWeek = 7 * kDay;

Fleet read_fleet(Section s, Problems& problems) {
  Fleet fleet;
  fleet.computers = static_cast<unsigned>(s.integer("computers", 1, 1, kMaxComputers));
  fleet.name = s.text("name", fleet.computers == 1 ? "PC01" : "{kind}{office}{number}");
  if (fleet.computers > 1 && fleet.name.find("{number}") == std::string::npos) {
    s.complain(*s.find("name"), "name", "needs {number}, or all computers have the same name");
  }
  for (char c : fleet.name) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && c != '-' && c != '_' && c != '{' && c != '}') {
      s.complain(*s.find("name"), "name",
                 "may hold letters, digits, - and _ besides {kind}, {office}, {number}");
      break;
    }
  }
  fleet.domain = s.text("domain", "corp.example");
  fleet.laptops = s.number("laptops", 0, 0, 1);
  fleet.wifi = s.number("wifi", 0.7, 0, 1);
  fleet.vpn = s.number("vpn", 0, 0, 1);
  double shares = 0;
  std::set<std::string> names;
  for (Section& o : s.subs("office")) {
    Office office;
    office.name = o.text("name");
    if (office.name.empty()) o.missing("name", "each office has one");
    if (!names.insert(office.name).second) {
      problems.add(o.source(), fmt::format("there are two offices named \"{}\"", office.name));
    }
    office.share = o.number("share", 1, 0.0001, 1e6);
    office.time_zone = o.text("time_zone");
    if (!office.time_zone.empty() && !TimeZone::find(office.time_zone)) {
      o.complain(*o.find("time_zone"), "time_zone",
                 fmt::format("\"{}\" is not a known time zone", office.time_zone));
    }
    office.server = o.text("server");
    office.proxy = o.text("proxy");
    office.segments = o.texts("segments", {"LAN1"});
    shares += office.share;
    o.finish();
    fleet.offices.push_back(std::move(office));
  }
  if (fleet.offices.empty()) {
    fleet.offices.push_back({"Main", 1, "", "", "", {"LAN1"}});
    shares = 1;
  }
  for (Office& office : fleet.offices) office.share /= shares;
  s.finish();
  return fleet;
}

ClientHabits read_client(Section s) {
  ClientHabits c;
  c.mode = s.choice("mode", "cached", {"cached", "online"});
  c.protocols = s.texts("protocol", {"RPC/TCP"});
  for (const std::string& protocol : c.protocols) {
    if (protocol != "RPC/TCP" && protocol != "RPC/HTTP" && protocol != "MAPI/HTTP" &&
        !protocol.empty()) {
      s.complain(
          *s.find("protocol"), "protocol",
          fmt::format("\"{}\" is not known; one of: RPC/TCP, RPC/HTTP, MAPI/HTTP, or \"\" for "
                      "an inventory that does not say",
                      protocol));
    }
  }
  c.versions = s.texts("version", {"14.0.7268.5000"});
  c.systems = s.texts("os", {"Windows 10"});
  c.server = s.text("server", "EX01");
  c.protocol_shapes_traffic = s.boolean("protocol_shapes_traffic", false);
  c.keep_alive_s = s.number("keep_alive_s", 7200, 0, kWeek);
  c.other_keep_alive_s = s.number("other_keep_alive_s", c.keep_alive_s, 1, kWeek);
  c.other_keep_alive_share = s.number("other_keep_alive_share", 0, 0, 1);
  c.work_start_s = s.day_time("work_start", "08:00");
  c.work_end_s = s.day_time("work_end", "17:00");
  if (c.work_end_s < c.work_start_s + 3600) {
    const toml::node* node = s.find(s.has("work_end") ? "work_end" : "work_start");
    if (node) s.complain(*node, "work_end", "must be at least an hour after work_start");
  }
  c.work_jitter_min = s.number("work_jitter_min", 25, 0, 120);
  c.lunch_s = s.day_time("lunch", "12:15");
  c.lunch_min = s.range("lunch_min", {30, 60}, 1, 240);
  c.lunch_share = s.number("lunch_share", 0.95, 0, 1);
  c.meetings_per_day = s.number("meetings_per_day", 1, 0, 8);
  c.meeting_min = {30, 60, 60, 90};
  if (const toml::node* node = s.find("meeting_min")) {
    std::vector<double> lengths;
    if (const toml::array* array = node->as_array()) {
      for (const toml::node& element : *array) {
        if (std::optional<double> v = s.checked_number(element, "meeting_min", 5, 480))
          lengths.push_back(*v);
      }
    } else {
      s.wrong_type(*node, "meeting_min", "an array of numbers");
    }
    if (!lengths.empty()) c.meeting_min = lengths;
  }
  c.absent = s.number("absent", 0.02, 0, 1);
  c.works_weekends = s.number("works_weekends", 0, 0, 1);
  c.on_at_night = s.number("on_at_night", 0.2, 0, 1);
  c.on_at_weekend = s.number("on_at_weekend", 0.05, 0, 1);
  c.sleep_share = s.number("sleep_share", 0.5, 0, 1);
  c.sleeps_after_min = s.number("sleeps_after_min", 0, 0, 600);
  c.outlook_after_min = s.range("outlook_after_min", {1, 8}, 0, 240);
  c.outlook = s.boolean("outlook", true);
  c.reconnect_s = s.range("reconnect_s", {1, 8}, 0.05, 3600);
  c.slow_reconnect = s.number("slow_reconnect", 0.02, 0, 1);
  s.finish();
  return c;
}

Activity read_activity(Section s, const ClientHabits& client) {
  Activity a;
  // Cached mode answers reading and scrolling from its own copy, online mode asks the server: the
  // user's work is then seen on the wire several times as often. The factor is an assumption.
  a.user_every_min = s.number("user_every_min", client.mode == "online" ? 4 : 12, 0.05, 1e5);
  a.mail_every_min = s.number("mail_every_min", 45, 0.05, 1e5);
  a.mail_night_every_min = s.number("mail_night_every_min", 240, 0.05, 1e5);
  a.clumping = s.number("clumping", 0.4, 0, 0.95);
  a.day_shape = static_cast<int>(s.integer("day_shape", 4, 0, 100));
  a.sync_s = s.range("sync_s", {1, 15}, 0, 600);
  s.finish();
  return a;
}

Where read_where(Section s, CauseKind kind) {
  Where where;
  where.office = s.text("office");
  where.segment = s.text("segment");
  where.kind = s.choice("kind", "", {"laptop", "desktop"});
  where.adapter =
      s.choice("adapter", kind == CauseKind::Wifi ? "Wi-Fi" : "", {"Wi-Fi", "Ethernet"});
  where.server = s.text("server");
  where.vpn = s.text("vpn");
  where.share = s.number("share", 1, 0, 1);
  s.finish();
  return where;
}

std::vector<Instant> read_instants(Section& s, std::string_view key, const TimeZone& zone) {
  std::vector<Instant> times;
  const toml::node* node = s.find(key);
  if (!node) return times;
  if (const toml::array* array = node->as_array()) {
    for (const toml::node& element : *array) {
      if (std::optional<Instant> t = s.local_time_of(element, key, zone)) times.push_back(*t);
    }
  } else if (std::optional<Instant> t = s.local_time_of(*node, key, zone)) {
    times.push_back(*t);
  }
  std::sort(times.begin(), times.end());
  return times;
}

void need(Section& s, std::string_view key, std::string_view what) {
  if (!s.has(key)) s.missing(key, what);
}

void read_clock(Section& s, Cause& cause) {
  cause.jitter_s = s.number("jitter_s", 2, 0, 3600);
  cause.utc = s.boolean("utc", false);
  cause.offset_s = s.number("offset_s", 0, 0, kDay);
  for (const std::string& text : s.texts("at", {})) {
    if (std::optional<double> t = time_of_day(text)) {
      cause.times_of_day_s.push_back(*t);
    } else {
      s.complain(*s.find("at"), "at",
                 fmt::format("\"{}\" is no time of day; write it as \"03:00\"", text));
    }
  }
  std::sort(cause.times_of_day_s.begin(), cause.times_of_day_s.end());
  cause.seconds = s.number("seconds", 0, 60, kDay);
  if (s.has("at") == s.has("seconds")) {
    s.missing("at", "a clock has either times (at = [\"03:00\"]) or a grid (seconds = 21600)");
  } else if (cause.seconds > 0) {
    double cycles = kDay / cause.seconds;
    if (cycles != std::floor(cycles)) {
      s.complain(*s.find("seconds"), "seconds", "must divide a day, such as 3600 or 21600");
      return;
    }
    for (double t = 0; t < kDay; t += cause.seconds) {
      double shifted = t + cause.offset_s;
      cause.times_of_day_s.push_back(shifted >= kDay ? shifted - kDay : shifted);
    }
    std::sort(cause.times_of_day_s.begin(), cause.times_of_day_s.end());
  } else {
    cause.seconds = cause.times_of_day_s.empty()
                        ? kDay
                        : kDay / static_cast<double>(cause.times_of_day_s.size());
  }
}

template <typename Value, std::size_t kCount>
Value read_named(Section& s, std::string_view key,
                 const std::array<std::pair<std::string_view, Value>, kCount>& values,
                 Value otherwise) {
  std::vector<std::string_view> names = {""};
  for (const auto& [name, value] : values) names.push_back(name);
  const std::string found = s.choice(key, "", names);
  for (const auto& [name, value] : values) {
    if (name == found) return value;
  }
  return otherwise;
}

NearEvent read_near(Section& s) {
  constexpr std::array<std::pair<std::string_view, NearEvent>, 7> kNear = {
      {{"wifi", NearEvent::Wifi},
       {"link", NearEvent::Link},
       {"address", NearEvent::Address},
       {"no-internet", NearEvent::NoInternet},
       {"vpn", NearEvent::Vpn},
       {"crash", NearEvent::Crash},
       {"sign-in", NearEvent::SignIn}}};
  return read_named(s, "near", kNear, NearEvent::None);
}

ClosedAs read_closed_as(Section& s) {
  constexpr std::array<std::pair<std::string_view, ClosedAs>, 5> kClosedAs = {
      {{"client", ClosedAs::Client},
       {"server", ClosedAs::Server},
       {"idle", ClosedAs::Idle},
       {"admin", ClosedAs::Admin},
       {"server-down", ClosedAs::ServerDown}}};
  return read_named(s, "closed_as", kClosedAs, ClosedAs::Client);
}

Cause read_cause(Section s, const TimeZone& zone) {
  Cause cause;
  std::vector<std::string_view> names;
  for (const KindName& kind : kKinds) names.push_back(kind.name);
  need(s, "kind", fmt::format("one of {}", fmt::join(names, ", ")));
  std::string kind = s.choice("kind", "idle", names);
  for (const KindName& k : kKinds) {
    if (k.name == kind) cause.kind = k.kind;
  }
  cause.name = s.text("name", kind);
  cause.where = read_where(s.sub("where"), cause.kind);
  cause.from = s.local_time("start", zone);
  cause.to = s.local_time("end", zone);
  if (cause.from && cause.to && *cause.to <= *cause.from) {
    s.complain(*s.find("end"), "end", "must be after start");
  }
  cause.near = read_near(s);
  cause.closed_as = read_closed_as(s);
  switch (cause.kind) {
    case CauseKind::Idle:
    case CauseKind::FixedAge:
      need(s, "seconds", "the timer's length");
      cause.seconds = s.number("seconds", 3600, 5, 60 * kDay);
      cause.jitter_s = s.number("jitter_s", 1, 0, cause.seconds / 2);
      cause.silent = s.boolean("silent", false);
      break;
    case CauseKind::Clock:
      read_clock(s, cause);
      break;
    case CauseKind::Period:
      need(s, "seconds", "the period");
      cause.seconds = s.number("seconds", 3600, 30, 60 * kDay);
      cause.jitter_s = s.number("jitter_s", 1, 0, cause.seconds / 2);
      cause.restarts_at_boot = s.boolean("restarts_at_boot", false);
      break;
    case CauseKind::Random:
      need(s, "per_day", "losses per computer and day");
      cause.per_day = s.number("per_day", 1, 0, 1000);
      cause.working_hours = s.boolean("working_hours", false);
      break;
    case CauseKind::Outage:
      cause.at = read_instants(s, "at", zone);
      cause.per_day = s.number("per_day", 0, 0, 100);
      if (!s.has("at") && !s.has("per_day"))
        s.missing("at", "when, or per_day for outages at random");
      cause.duration_s = s.range("duration_s", {60, 420}, 0, kWeek);
      cause.spread_s = s.number("spread_s", 20, 0, 3600);
      break;
    case CauseKind::Burst: {
      need(s, "per_day", "bursts per computer and day");
      cause.per_day = s.number("per_day", 0.2, 0, 1000);
      Range losses = s.range("losses", {3, 8}, 1, 1000);
      cause.losses_min = static_cast<int>(losses.low);
      cause.losses_max = static_cast<int>(losses.high);
      cause.gap_s = s.range("gap_s", {20, 180}, 1, kDay);
      break;
    }
    case CauseKind::Wifi:
      need(s, "per_day", "losses per computer and day");
      cause.per_day = s.number("per_day", 2, 0, 1000);
      break;
    case CauseKind::Sleep:
      cause.share_of_resumes = s.number("share_of_resumes", 1, 0, 1);
      break;
  }
  s.finish();
  return cause;
}

Noise read_noise(Section s) {
  Noise n;
  n.losses_per_day = s.number("losses_per_day", 0, 0, 1000);
  n.application_per_day = s.number("application_per_day", 12, 0, 1e5);
  n.system_per_day = s.number("system_per_day", 12, 0, 1e5);
  n.other_26_per_day = s.number("other_26_per_day", 0.5, 0, 1e4);
  n.alerts_per_day = s.number("alerts_per_day", 1.5, 0, 1e4);
  n.authentication_per_day = s.number("authentication_per_day", 0.1, 0, 1e4);
  n.duplicates = s.number("duplicates", 0, 0, 1);
  s.finish();
  return n;
}

LogSettings read_log(Section s, const TimeZone& zone) {
  LogSettings log;
  constexpr std::int64_t kGigabyte = 1LL << 30;
  // The smallest log: the file header's block and one chunk (formats/evtx/format.h).
  log.max_bytes = static_cast<std::uint64_t>(s.integer("max_bytes", 0, 4096 + 65536, kGigabyte));
  log.preallocate_bytes =
      static_cast<std::uint64_t>(s.integer("preallocate_bytes", 0, 4096 + 65536, kGigabyte));
  log.first_record_id =
      static_cast<std::uint64_t>(s.integer("first_record_id", 0, 1, 1'000'000'000'000));
  log.cleared_at = s.local_time("cleared_at", zone);
  log.starts_at = s.local_time("starts_at", zone);
  log.ends_at = s.local_time("ends_at", zone);
  log.dirty = s.boolean("dirty", false);
  log.minor_version = s.choice("version", "3.1", {"3.1", "3.2"}) == "3.2" ? 2 : 1;
  for (Section& d : s.subs("damage")) {
    LogDamage damage;
    need(d, "kind", "cut or crc");
    damage.kind =
        d.choice("kind", "cut", {"cut", "crc"}) == "crc" ? DamageKind::Crc : DamageKind::Cut;
    damage.computers = static_cast<unsigned>(d.integer("computers", 1, 1, kMaxComputers));
    d.finish();
    log.damage.push_back(damage);
  }
  if (Section step = s.sub("clock_step"); step.present()) {
    ClockStepRule rule;
    need(step, "at", "when the clock is set");
    need(step, "seconds", "new minus old reading");
    rule.at = step.local_time("at", zone).value_or(Instant{});
    rule.seconds = step.number("seconds", 0, -kWeek, kWeek);
    rule.share = step.number("share", 1, 0, 1);
    step.finish();
    log.clock_step = rule;
  }
  s.finish();
  return log;
}

Expectation read_expectation(Section s) {
  Expectation e;
  e.outcomes = s.texts("outcome", {});
  for (const std::string& outcome : e.outcomes) {
    if (std::find(std::begin(kOutcomes), std::end(kOutcomes), outcome) == std::end(kOutcomes)) {
      s.complain(
          *s.find("outcome"), "outcome",
          fmt::format("\"{}\" is not known; one of: {}", outcome, fmt::join(kOutcomes, ", ")));
    }
  }
  if (s.has("interval_s")) e.interval_s = s.number("interval_s", 0, 1, 60 * kDay);
  if (s.has("tolerance_s")) e.tolerance_s = s.number("tolerance_s", 0, 0, 60 * kDay);
  if (s.has("losses_min")) e.losses_min = s.integer("losses_min", 0, 0, 1'000'000'000);
  if (s.has("losses_max")) e.losses_max = s.integer("losses_max", 0, 0, 1'000'000'000);
  e.causes = s.texts("cause", {});
  e.candidates = s.texts("candidates", {});
  e.note = s.text("note");
  s.finish();
  return e;
}

int days_for(int working_days, const CivilTime& start) {
  int days = 0;
  while (working_days > 0) {
    if (date_after(start, days).weekday < 5) --working_days;
    ++days;
  }
  return days;
}

void read_calendar(Section& s, Scenario& scenario) {
  need(s, "start", "the first day, as \"2025-09-01\"");
  std::string start = s.text("start", "2025-09-01");
  std::optional<CivilTime> date = date_only(start);
  if (date) {
    scenario.start_date = *date;
  } else {
    s.complain(*s.find("start"), "start",
               fmt::format("\"{}\" is no date; write it as \"2025-09-01\"", start));
    scenario.start_date = *date_only("2025-09-01");
  }
  std::string zone = s.text("time_zone", "UTC");
  if (std::optional<TimeZone> found = TimeZone::find(zone)) {
    scenario.zone = *found;
  } else {
    s.complain(*s.find("time_zone"), "time_zone",
               fmt::format("\"{}\" is not a known time zone; near it: {}", zone,
                           fmt::join(similar_zone_names(zone, 3), ", ")));
  }
  bool has_days = s.has("days");
  bool has_working_days = s.has("working_days");
  std::int64_t days = s.integer("days", 0, 1, kMaxDays);
  std::int64_t working_days = s.integer("working_days", 0, 1, kMaxDays * 5 / 7);
  if (has_days == has_working_days) {
    s.missing("days", "give days or working_days, not both");
  }
  scenario.days = has_working_days ? days_for(static_cast<int>(working_days), scenario.start_date)
                                   : static_cast<int>(days);
}

void check_together(Section& s, const Scenario& scenario) {
  if (scenario.forwarded) {
    const toml::node* node = s.find("forwarded");
    const LogSettings& log = scenario.log;
    if (log.max_bytes || log.preallocate_bytes || !log.damage.empty()) {
      s.complain(*node, "forwarded",
                 "cannot be combined with log.max_bytes, preallocate_bytes or damage");
    }
    if (Result<void> size = check_fleet_size(scenario); !size) {
      s.complain(*node, "forwarded", size.error().message);
    }
  }
  bool one_text = !scenario.lost_text.empty() || !scenario.restored_text.empty();
  bool both_texts = !scenario.lost_text.empty() && !scenario.restored_text.empty();
  if (one_text && !both_texts)
    s.missing(scenario.lost_text.empty() ? "lost_text" : "restored_text", "the other one is given");
}

Scenario read_scenario(const toml::table& root, Problems& problems) {
  Scenario scenario;
  Section s(&root, "", problems);
  need(s, "schema", "schema = 1");
  s.integer("schema", 1, 1, 1);
  need(s, "name", "a short name");
  scenario.name = s.text("name");
  scenario.description = s.text("description");
  scenario.seed = static_cast<std::uint64_t>(s.integer("seed", 1, 1, INT64_MAX));
  read_calendar(s, scenario);
  scenario.language = s.text("language", "en");
  scenario.language_place =
      problems.place(s.has("language") ? s.find("language")->source().begin : root.source().begin);
  scenario.lost_text = s.text("lost_text");
  scenario.restored_text = s.text("restored_text");
  scenario.system_log = s.boolean("system_log", true);
  scenario.inventory = s.boolean("inventory", true);
  scenario.forwarded = s.boolean("forwarded", false);
  scenario.balancer_log = s.boolean("balancer_log", false);
  scenario.settings = s.boolean("settings", false);
  if (s.has("truth_events")) scenario.truth_events = s.boolean("truth_events", true);
  scenario.fixed_losses = static_cast<std::uint64_t>(s.integer("fixed_losses", 0, 1, 1'000'000));
  scenario.fleet = read_fleet(s.sub("fleet"), problems);
  scenario.client = read_client(s.sub("client"));
  scenario.activity = read_activity(s.sub("activity"), scenario.client);
  for (Section& cause : s.subs("cause"))
    scenario.causes.push_back(read_cause(cause, scenario.zone));
  scenario.noise = read_noise(s.sub("noise"));
  scenario.log = read_log(s.sub("log"), scenario.zone);
  scenario.expect = read_expectation(s.sub("expect"));
  check_together(s, scenario);
  s.finish();
  return scenario;
}

}  // namespace

std::string_view to_string(CauseKind kind) {
  for (const KindName& k : kKinds) {
    if (k.kind == kind) return k.name;
  }
  return "unknown";
}

CivilTime date_after(const CivilTime& date, int days) {
  CivilTime midnight = date;
  midnight.hour = midnight.minute = midnight.second = midnight.ticks = 0;
  std::optional<Instant> t = from_civil_utc(midnight);
  check(t.has_value(), "a scenario's dates exist");
  return to_civil_utc(*t + std::chrono::days(days));
}

Instant Scenario::midnight(const TimeZone& zone_of, int day) const {
  std::optional<Instant> t = zone_of.from_local(date_after(start_date, day));
  check(t.has_value(), "a scenario's dates exist");
  return *t;
}

Result<void> check_fleet_size(const Scenario& scenario) {
  if (scenario.fleet.computers > kMaxComputers) {
    return fail(ErrorCode::Invalid,
                fmt::format("at most {} computers can be simulated", kMaxComputers));
  }
  if (scenario.forwarded && scenario.fleet.computers > kMaxForwardedComputers) {
    return fail(
        ErrorCode::Invalid,
        fmt::format("a forwarded log is made in memory, so at most {} computers can be in it",
                    kMaxForwardedComputers));
  }
  return {};
}

Result<Scenario> parse_scenario(std::string_view text, std::string_view name) {
  Problems problems{std::string(name), {}};
  try {
    toml::table root = toml::parse(text, name);
    Scenario scenario = read_scenario(root, problems);
    if (!problems.list.empty()) return fail(problems.error());
    return scenario;
  } catch (const toml::parse_error& e) {
    return fail(ErrorCode::Invalid, fmt::format("this is not valid TOML: {}", e.description()),
                problems.place(e.source().begin));
  }
}

Result<Scenario> load_scenario(const std::filesystem::path& path) {
  Result<std::string> text = read_file(path, kScenarioLimitBytes);
  if (!text) return fail(text.error());
  return parse_scenario(*text, path_to_utf8(path));
}

Result<void> resolve_texts(Scenario& scenario, const Catalogue& catalogue) {
  auto first_exact = [&](std::string_view language, Meaning meaning) -> std::string {
    for (const TextTable& table : catalogue.texts) {
      if (table.profile != "outlook" || !equals_nocase_ascii(table.language, language)) continue;
      for (const TextRule& rule : table.rules) {
        if (!rule.stem && rule.meaning == meaning) return rule.text;
      }
    }
    return {};
  };
  if (scenario.lost_text.empty()) {
    scenario.lost_text = first_exact(scenario.language, Meaning::Lost);
    scenario.restored_text = first_exact(scenario.language, Meaning::Restored);
  }
  if (scenario.lost_text.empty() || scenario.restored_text.empty()) {
    std::set<std::string> languages;
    for (const TextTable& table : catalogue.texts) languages.insert(table.language);
    return fail(ErrorCode::Invalid,
                fmt::format("language: no event texts of \"{}\" are known; give lost_text and "
                            "restored_text, or one of: {}",
                            scenario.language, fmt::join(languages, ", ")),
                scenario.language_place);
  }
  scenario.authentication_text = first_exact(scenario.language, Meaning::Authentication);
  if (scenario.authentication_text.empty()) {
    scenario.authentication_text = first_exact("en", Meaning::Authentication);
  }
  // The words that Outlook's status bar shows while it waits for credentials (facts: messages
  // table).
  if (scenario.authentication_text.empty()) scenario.authentication_text = "Need Password";
  return {};
}

}  // namespace dropscope::simulation
