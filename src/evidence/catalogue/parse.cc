// Strict reading of the data files with toml++.
//
// One class does the checking: TableReader hands out typed values by key, remembers which keys were
// asked for, and at the end complains about the others. The first error of a file is kept and later
// getters return empty values, so the code that fills a structure reads like the list of its fields
// and needs no branch per field. Reporting only the first error was preferred to a list: later ones
// are often consequences of it.

#include "evidence/catalogue/parse.h"

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "evidence/catalogue/classify.h"

namespace dropscope {
namespace {

constexpr std::int64_t kSchema = 1;

/// Meanings that each kind of file may use, under the names of to_string(Meaning).
constexpr std::array kTextMeanings = {Meaning::Lost, Meaning::Restored, Meaning::Unavailable,
                                      Meaning::Authentication, Meaning::OtherAlert};
constexpr std::array kProfileMeanings = {
    Meaning::Lost,    Meaning::Restored,    Meaning::Started,        Meaning::Stopped,
    Meaning::Crashed, Meaning::Unavailable, Meaning::Authentication, Meaning::OtherAlert};
constexpr std::array kComputerMeanings = {
    Meaning::Sleep,      Meaning::Resume,    Meaning::Shutdown,   Meaning::PowerLoss, Meaning::Boot,
    Meaning::LogCleared, Meaning::ClockStep, Meaning::ZoneReport, Meaning::Context};
constexpr std::array kTimerKinds = {TimerKind::Idle, TimerKind::FixedAge, TimerKind::Clock,
                                    TimerKind::Lease, TimerKind::Other};
constexpr std::array<ServerLog, kServerLogCount> kServerLogs = {
    ServerLog::HttpErr, ServerLog::Iis, ServerLog::HttpStatus, ServerLog::HttpProxy,
    ServerLog::ClientAccess};
constexpr std::array kCloseBy = {CloseBy::Unknown,   CloseBy::Client, CloseBy::Server,
                                 CloseBy::Middlebox, CloseBy::Admin,  CloseBy::Nobody};
constexpr std::array kCloseWhy = {
    CloseWhy::Unknown, CloseWhy::Finished, CloseWhy::Reset,  CloseWhy::Idle,  CloseWhy::Age,
    CloseWhy::Silence, CloseWhy::Failed,   CloseWhy::Killed, CloseWhy::Limit, CloseWhy::Refused};
constexpr std::array kProtocols = {Protocol::RpcTcp, Protocol::RpcHttp, Protocol::MapiHttp,
                                   Protocol::Other};

std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::none:
      break;
    default:
      return "a date or time";
  }
  return "nothing";
}

/// One file being read: its name, and the first error found in it.
class File {
 public:
  explicit File(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] std::string where(const toml::source_region& region) const {
    return fmt::format("{}:{}:{}", name_, region.begin.line, region.begin.column);
  }
  void fail_at(const toml::source_region& region, std::string message) {
    if (!error_) error_ = Error{ErrorCode::Invalid, std::move(message), where(region)};
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  std::string name_;
  std::optional<Error> error_;
};

template <typename Values, typename Name>
std::string list_names(const Values& values, const Name& name) {
  std::string out;
  for (const auto& value : values) {
    if (!out.empty()) out += ", ";
    out += name(value);
  }
  return out;
}

class TableReader {
 public:
  TableReader(File& file, const toml::table& table, std::string what)
      : file_(file), table_(table), what_(std::move(what)) {}

  /// A text that is not blank.
  std::string text(std::string_view key) {
    const toml::node* node = required(key, "a text");
    return node ? text_of(*node, fmt::format("\"{}\"", key)) : std::string();
  }
  std::string optional_text(std::string_view key) {
    const toml::node* node = find(key);
    return node ? text_of(*node, fmt::format("\"{}\"", key)) : std::string();
  }

  std::vector<Placed<std::string>> texts(std::string_view key) {
    const toml::node* node = required(key, "a list of texts");
    return node ? texts_of(*node, key) : std::vector<Placed<std::string>>();
  }
  std::vector<Placed<std::string>> optional_texts(std::string_view key) {
    const toml::node* node = find(key);
    return node ? texts_of(*node, key) : std::vector<Placed<std::string>>();
  }

  /// A number of seconds above zero, or nothing when the key is absent.
  std::optional<double> optional_seconds(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return std::nullopt;
    const bool number = node->is_integer() || node->is_floating_point();
    const std::optional<double> value = number ? node->value<double>() : std::nullopt;
    if (!value) {
      wrong_type(*node, key, "a number of seconds");
      return std::nullopt;
    }
    if (!std::isfinite(*value) || *value <= 0) {
      file_.fail_at(node->source(),
                    fmt::format("\"{}\" is {}; expected a number of seconds above 0 (leave the key "
                                "out when no value is known)",
                                key, *value));
      return std::nullopt;
    }
    return value;
  }

  std::int64_t integer(std::string_view key, std::int64_t least, std::int64_t most) {
    const toml::node* node = required(key, "a whole number");
    return node ? integer_of(*node, key, least, most) : least;
  }
  std::int64_t optional_integer(std::string_view key, std::int64_t least, std::int64_t most,
                                std::int64_t otherwise) {
    const toml::node* node = find(key);
    return node ? integer_of(*node, key, least, most) : otherwise;
  }

  bool optional_bool(std::string_view key) {
    const toml::node* node = find(key);
    if (node == nullptr) return false;
    const std::optional<bool> value = node->is_boolean() ? node->value<bool>() : std::nullopt;
    if (!value) wrong_type(*node, key, "true or false");
    return value.value_or(false);
  }

  /// Event ids: a list of different numbers from 0 to 65535, at least one.
  std::vector<std::uint16_t> event_ids(std::string_view key) {
    std::vector<std::uint16_t> out;
    const toml::node* node = required(key, "a list of event ids");
    if (node == nullptr) return out;
    const toml::array* list = list_of(*node, key, "a list of event ids");
    if (list == nullptr) return out;
    for (const toml::node& item : *list) {
      const auto id = static_cast<std::uint16_t>(
          integer_of(item, key, 0, std::numeric_limits<std::uint16_t>::max()));
      if (std::find(out.begin(), out.end(), id) != out.end()) {
        file_.fail_at(item.source(), fmt::format("\"{}\" holds {} twice", key, id));
      }
      out.push_back(id);
    }
    return out;
  }

  /// One of `values` under its name; `extra` is a further name that gives nothing.
  template <typename Value, std::size_t kCount>
  std::optional<Value> one_of(std::string_view key, const std::array<Value, kCount>& values,
                              std::string_view extra = {}) {
    const toml::node* node = required(key, "a text");
    if (node == nullptr) return std::nullopt;
    const std::string found = text_of(*node, fmt::format("\"{}\"", key));
    if (file_.error()) return std::nullopt;
    for (const Value& value : values) {
      if (to_string(value) == found) return value;
    }
    if (!extra.empty() && found == extra) return std::nullopt;
    std::string expected =
        list_names(values, [](const Value& value) { return std::string(to_string(value)); });
    if (!extra.empty()) expected += fmt::format(", {}", extra);
    file_.fail_at(node->source(), fmt::format("\"{}\" is \"{}\"; expected one of: {}", key,
                                              printable(found), expected));
    return std::nullopt;
  }

  /// The tables of `[[key]]`; none when absent.
  std::vector<const toml::table*> tables(std::string_view key) {
    std::vector<const toml::table*> out;
    const toml::node* node = find(key);
    if (node == nullptr) return out;
    const toml::array* list = node->as_array();
    if (list == nullptr || list->empty()) {
      wrong_type(*node, key, fmt::format("tables, each under [[{}]]", key));
      return out;
    }
    for (const toml::node& item : *list) {
      if (const toml::table* table = item.as_table()) {
        out.push_back(table);
      } else {
        wrong_type(item, key, fmt::format("a table under [[{}]]", key));
      }
    }
    return out;
  }

  [[nodiscard]] const toml::node* find(std::string_view key) {
    known_.insert(std::string(key));
    return table_.get(key);
  }
  [[nodiscard]] std::string where_of(std::string_view key) const {
    const toml::node* node = table_.get(key);
    return file_.where(node ? node->source() : table_.source());
  }
  [[nodiscard]] std::string where() const { return file_.where(table_.source()); }
  void fail_here(std::string message) { file_.fail_at(table_.source(), std::move(message)); }

  /// Call after the last getter: complains about keys that nobody asked for.
  void finish() {
    if (file_.error()) return;
    // The table is sorted by key; report the unknown key that comes first in the file.
    const toml::key* first = nullptr;
    for (const auto& [key, node] : table_) {
      if (known_.count(std::string(key.str())) != 0) continue;
      if (first == nullptr || key.source().begin < first->source().begin) first = &key;
    }
    if (first == nullptr) return;
    std::string hint;
    // Two edits cover the usual slips: a letter wrong, missing, or swapped.
    for (const std::string& known : known_) {
      if (edit_distance(known, first->str()) <= 2)
        hint = fmt::format("; did you mean \"{}\"?", known);
    }
    file_.fail_at(first->source(),
                  fmt::format("\"{}\" is not a key of {}{} Known keys: {}", printable(first->str()),
                              what_, hint.empty() ? "." : hint,
                              list_names(known_, [](const std::string& key) { return key; })));
  }

 private:
  const toml::node* required(std::string_view key, std::string_view expected) {
    const toml::node* node = find(key);
    if (node == nullptr) {
      file_.fail_at(table_.source(),
                    fmt::format("{} has no \"{}\"; expected {}", what_, key, expected));
    }
    return node;
  }

  void wrong_type(const toml::node& node, std::string_view key, std::string_view expected) {
    file_.fail_at(node.source(),
                  fmt::format("\"{}\" is {}; expected {}", key, type_name(node), expected));
  }

  std::string text_of(const toml::node& node, const std::string& name) {
    const auto* value = node.as_string();
    if (value == nullptr) {
      file_.fail_at(node.source(), fmt::format("{} is {}; expected a text", name, type_name(node)));
      return {};
    }
    if (trim(value->get()).empty()) {
      file_.fail_at(node.source(), fmt::format("{} is empty; expected a text", name));
    }
    return value->get();
  }

  const toml::array* list_of(const toml::node& node, std::string_view key,
                             std::string_view expected) {
    const toml::array* list = node.as_array();
    if (list == nullptr) {
      wrong_type(node, key, expected);
    } else if (list->empty()) {
      file_.fail_at(node.source(), fmt::format("\"{}\" is empty; expected {}", key, expected));
    }
    return list;
  }

  std::vector<Placed<std::string>> texts_of(const toml::node& node, std::string_view key) {
    std::vector<Placed<std::string>> out;
    const toml::array* list = list_of(node, key, "a list of texts");
    if (list == nullptr) return out;
    for (const toml::node& item : *list) {
      out.push_back(
          {text_of(item, fmt::format("an entry of \"{}\"", key)), file_.where(item.source())});
    }
    return out;
  }

  std::int64_t integer_of(const toml::node& node, std::string_view key, std::int64_t least,
                          std::int64_t most) {
    const auto* value = node.as_integer();
    if (value == nullptr) {
      wrong_type(node, key, "a whole number");
      return least;
    }
    if (value->get() < least || value->get() > most) {
      file_.fail_at(node.source(),
                    fmt::format("\"{}\" is {}; expected a whole number from {} to {}", key,
                                value->get(), least, most));
      return least;
    }
    return value->get();
  }

  File& file_;
  const toml::table& table_;
  std::string what_;
  std::set<std::string> known_;
};

/// Parses the text and checks `schema`. `fill` reads the rest; its result counts if no error was
/// found.
template <typename Value, typename Fill>
Result<Value> read(std::string_view content, const std::string& name, const std::string& what,
                   const Fill& fill) {
  toml::table root;
  try {
    root = toml::parse(content, name);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    return fail(ErrorCode::Invalid, fmt::format("not valid TOML: {}", error.description()),
                fmt::format("{}:{}:{}", name, at.line, at.column));
  }
  File file(name);
  TableReader reader(file, root, what);
  const toml::node* schema = reader.find("schema");
  const auto* number = schema ? schema->as_integer() : nullptr;
  if (schema == nullptr) {
    reader.fail_here(fmt::format("{} has no \"schema\"; expected schema = {}", what, kSchema));
  } else if (number == nullptr || number->get() != kSchema) {
    file.fail_at(
        schema->source(),
        fmt::format("unknown schema; this version of the program reads schema = {}", kSchema));
  }
  Value value{};
  if (!file.error()) fill(file, reader, value);
  reader.finish();
  if (file.error()) return fail(*file.error());
  return value;
}

bool is_id(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

/// Letters, digits and hyphens, as in "pt-BR". The registry of languages is not consulted.
bool is_language(std::string_view text) {
  return text.size() >= 2 && text.size() <= 35 && text.front() != '-' && text.back() != '-' &&
         is_id(to_lower_ascii(text));
}

/// All but None, which is what a rule without the key has.
std::array<ContextKind, kContextKindCount - 1> context_kinds() {
  std::array<ContextKind, kContextKindCount - 1> out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<ContextKind>(i + 1);
  return out;
}

template <std::size_t kCount>
EventRule read_rule(File& file, const toml::table& table,
                    const std::array<Meaning, kCount>& meanings, std::string_view by_text) {
  TableReader reader(file, table, "[[event]]");
  EventRule rule;
  rule.provider = reader.text("provider");
  rule.ids = reader.event_ids("ids");
  rule.channel = reader.optional_text("channel");
  rule.data_contains = reader.optional_text("data_contains");
  for (Placed<std::string>& words : reader.optional_texts("contains_any")) {
    rule.contains_any.push_back(std::move(words.value));
  }
  rule.meaning = reader.one_of("meaning", meanings, by_text);
  if (const toml::node* context = reader.find("context"); context != nullptr) {
    rule.context = reader.one_of("context", context_kinds()).value_or(ContextKind::None);
    if (rule.meaning != Meaning::Context) {
      file.fail_at(
          context->source(),
          "\"context\" goes with meaning = \"context\"; leave it out or change the meaning");
    }
  }
  rule.note = reader.text("note");
  rule.source = reader.text("source");
  reader.finish();
  return rule;
}

/// The words of contains_any, for comparison of rules.
std::string words_key(const EventRule& rule) {
  std::string key;
  for (const std::string& words : rule.contains_any) key += "\n" + to_lower_ascii(words);
  return key;
}

/// Two rules for the same events contradict or repeat each other.
class RuleIndex {
 public:
  void add(const EventRule& rule, const std::string& where, File& file, const toml::table& table) {
    for (const std::uint16_t id : rule.ids) {
      const auto [entry, added] =
          seen_.emplace(std::tuple(to_lower_ascii(rule.provider), id, to_lower_ascii(rule.channel),
                                   normalise_text(rule.data_contains) + words_key(rule)),
                        where);
      if (!added) {
        file.fail_at(table.source(), fmt::format("event {} of \"{}\" has a rule already, at {}", id,
                                                 printable(rule.provider), entry->second));
      }
    }
  }

 private:
  std::map<std::tuple<std::string, std::uint16_t, std::string, std::string>, std::string> seen_;
};

}  // namespace

Result<Placed<Profile>> parse_profile(std::string_view content, const std::string& name) {
  const auto fill = [](File& file, TableReader& reader, Placed<Profile>& out) {
    Profile& profile = out.value;
    profile.id = reader.text("id");
    out.where = reader.where_of("id");
    if (const toml::node* id = reader.find("id"); id != nullptr && !is_id(profile.id)) {
      file.fail_at(id->source(),
                   fmt::format("\"id\" is \"{}\"; expected lower-case letters, digits "
                               "and hyphens",
                               printable(profile.id)));
    }
    profile.title = reader.text("title");
    profile.peer = reader.text("peer");
    for (Placed<std::string>& product : reader.texts("product_names")) {
      if (normalise_text(product.value).empty()) {
        reader.fail_here("\"product_names\" holds nothing but full stops; expected a name");
      }
      profile.product_names.push_back(std::move(product.value));
    }
    const std::optional<double> first = reader.optional_seconds("retry_first_s");
    const std::optional<double> then = reader.optional_seconds("retry_then_s");
    if (first.has_value() != then.has_value()) {
      reader.fail_here(
          "\"retry_first_s\" and \"retry_then_s\" go together; expected both or neither");
    }
    profile.retry_first_s = first.value_or(0);
    profile.retry_then_s = then.value_or(0);
    const std::string source = reader.optional_text("retry_source");
    if (first && source.empty()) {
      reader.fail_here(
          "\"retry_first_s\" has no \"retry_source\"; expected where the figures are from");
    }
    RuleIndex index;
    for (const toml::table* table : reader.tables("event")) {
      EventRule rule = read_rule(file, *table, kProfileMeanings, "by-text");
      index.add(rule, file.where(table->source()), file, *table);
      profile.rules.push_back(std::move(rule));
    }
    if (profile.rules.empty())
      reader.fail_here("the profile has no [[event]]; expected at least one");
  };
  return read<Placed<Profile>>(content, name, "the profile", fill);
}

Result<std::vector<Placed<EventRule>>> parse_event_map(std::string_view content,
                                                       const std::string& name) {
  using Rules = std::vector<Placed<EventRule>>;
  const auto fill = [](File& file, TableReader& reader, Rules& out) {
    RuleIndex index;
    for (const toml::table* table : reader.tables("event")) {
      EventRule rule = read_rule(file, *table, kComputerMeanings, {});
      const std::string where = file.where(table->source());
      index.add(rule, where, file, *table);
      out.push_back({std::move(rule), where});
    }
    if (out.empty()) reader.fail_here("the event map has no [[event]]; expected at least one");
  };
  return read<Rules>(content, name, "the event map", fill);
}

Result<ParsedServerWords> parse_server_words(std::string_view content, const std::string& name) {
  const auto fill = [](File& file, TableReader& reader, ParsedServerWords& out) {
    for (const toml::table* table : reader.tables("reason")) {
      TableReader row(file, *table, "[[reason]]");
      ServerReason reason;
      reason.log = row.one_of("log", kServerLogs).value_or(ServerLog::HttpErr);
      reason.value = row.text("value");
      reason.contains = row.optional_bool("contains");
      reason.harmless = row.optional_bool("harmless");
      if (!reason.harmless) {
        reason.by = row.one_of("by", kCloseBy).value_or(CloseBy::Unknown);
        reason.why = row.one_of("why", kCloseWhy).value_or(CloseWhy::Unknown);
      }
      reason.note = row.text("note");
      row.text("source");
      row.finish();
      out.words.reasons.push_back(std::move(reason));
      out.reason_where.push_back(row.where_of("value"));
    }
    for (const toml::table* table : reader.tables("path")) {
      TableReader row(file, *table, "[[path]]");
      ServerPath path{to_lower_ascii(row.text("prefix")), row.text("protocol")};
      row.text("note");
      row.text("source");
      row.finish();
      const toml::node* prefix = row.find("prefix");
      if (prefix != nullptr && !path.prefix.starts_with('/')) {
        file.fail_at(prefix->source(),
                     fmt::format("\"prefix\" is \"{}\"; expected a path that begins with /",
                                 printable(path.prefix)));
      }
      out.words.paths.push_back(std::move(path));
    }
    for (const toml::table* table : reader.tables("probe")) {
      TableReader row(file, *table, "[[probe]]");
      out.words.probes.push_back(row.text("text"));
      row.text("source");
      row.finish();
    }
    if (out.words.reasons.empty() && out.words.paths.empty() && out.words.probes.empty()) {
      reader.fail_here(
          "the file of server words has no [[reason]], [[path]] or [[probe]]; expected at least "
          "one");
    }
  };
  return read<ParsedServerWords>(content, name, "the file of server words", fill);
}

Result<ParsedTexts> parse_texts(std::string_view content, const std::string& name) {
  const auto fill = [](File& file, TableReader& reader, ParsedTexts& out) {
    out.table.language = reader.text("language");
    if (const toml::node* language = reader.find("language");
        language != nullptr && !is_language(out.table.language)) {
      file.fail_at(language->source(),
                   fmt::format("\"language\" is \"{}\"; expected a tag such as \"hu\" or \"pt-BR\"",
                               printable(out.table.language)));
    }
    out.table.profile = reader.text("profile");
    out.profile_where = reader.where_of("profile");

    std::map<std::pair<bool, std::string>, std::string> seen;
    const auto add = [&](const toml::source_region& region, const std::string& where,
                         TextRule rule) {
      const auto [entry, added] =
          seen.emplace(std::pair(rule.stem, normalise_text(rule.text)), where);
      if (!added) {
        file.fail_at(region, fmt::format("\"{}\" is listed already, at {}", printable(rule.text),
                                         entry->second));
      }
      out.table.rules.push_back(std::move(rule));
      out.rule_where.push_back(where);
    };
    for (const toml::table* table : reader.tables("text")) {
      TableReader row(file, *table, "[[text]]");
      TextRule rule;
      rule.meaning = row.one_of("meaning", kTextMeanings).value_or(Meaning::Unclassified);
      rule.text = row.text("text");
      rule.prefix = row.optional_bool("prefix");
      rule.confidence = row.text("confidence");
      rule.source = row.text("source");
      row.finish();
      const toml::node* text = row.find("text");
      if (text == nullptr) continue;
      if (normalise_text(rule.text).empty()) {
        file.fail_at(text->source(), "\"text\" holds nothing but full stops; expected a text");
      }
      add(text->source(), row.where_of("text"), std::move(rule));
    }
    for (const toml::table* table : reader.tables("stem")) {
      TableReader row(file, *table, "[[stem]]");
      TextRule rule;
      rule.stem = true;
      // "unclear" is kept as Unclassified: such a stem claims nothing, it only spoils other claims.
      rule.meaning =
          row.one_of("meaning", kTextMeanings, "unclear").value_or(Meaning::Unclassified);
      const std::vector<Placed<std::string>> stems = row.texts("stems");
      rule.confidence = row.text("confidence");
      rule.source = row.text("source");
      row.finish();
      for (const Placed<std::string>& stem : stems) {
        if (normalise_text(stem.value).empty()) {
          file.fail_at(table->source(), "\"stems\" holds nothing but full stops; expected a word");
        }
        rule.text = stem.value;
        add(table->source(), stem.where, rule);
      }
    }
    if (out.table.rules.empty()) {
      reader.fail_here(
          "the language file has neither [[text]] nor [[stem]]; expected at least one");
    }
  };
  return read<ParsedTexts>(content, name, "the language file", fill);
}

Result<std::vector<Placed<Timer>>> parse_timers(std::string_view content, const std::string& name) {
  using Timers = std::vector<Placed<Timer>>;
  // Bounds against slips of the keyboard; no source is meant to have more.
  constexpr std::int64_t kMostSources = 1000;
  constexpr std::int64_t kHighestRank = 1000;
  const auto fill = [](File& file, TableReader& reader, Timers& out) {
    for (const toml::table* table : reader.tables("timer")) {
      TableReader row(file, *table, "[[timer]]");
      Timer timer;
      timer.product = row.text("product");
      timer.timer = row.text("timer");
      timer.seconds = row.optional_seconds("seconds").value_or(0);
      timer.kind = row.one_of("kind", kTimerKinds).value_or(TimerKind::Other);
      timer.layer = row.text("layer");
      timer.confirm = row.text("confirm");
      timer.change = row.text("change");
      timer.confidence = row.text("confidence");
      timer.sources = static_cast<int>(row.integer("sources", 0, kMostSources));
      timer.source = row.text("source");
      timer.closes_connections = !row.optional_bool("closes_nothing");
      timer.rank = static_cast<int>(row.optional_integer("rank", -kHighestRank, kHighestRank, 0));
      for (const Placed<std::string>& entry : row.optional_texts("protocols")) {
        const auto* found =
            std::find_if(kProtocols.begin(), kProtocols.end(),
                         [&](Protocol protocol) { return to_string(protocol) == entry.value; });
        if (found == kProtocols.end()) {
          const std::string expected = list_names(
              kProtocols, [](Protocol protocol) { return std::string(to_string(protocol)); });
          file.fail_at(table->get("protocols")->source(),
                       fmt::format("\"protocols\" holds \"{}\"; expected any of: {}",
                                   printable(entry.value), expected));
          break;
        }
        timer.protocols.push_back(*found);
      }
      row.finish();
      out.push_back({std::move(timer), file.where(table->source())});
    }
    if (out.empty()) reader.fail_here("the file has no [[timer]]; expected at least one");
  };
  return read<Timers>(content, name, "the timer file", fill);
}

}  // namespace dropscope
