// What each kind of data file holds; table_reader.h does the checking.

#include "evidence/catalogue/parse.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "evidence/catalogue/classify.h"
#include "evidence/catalogue/table_reader.h"

namespace dropscope {
namespace {

/// Meanings that each kind of file may use, under the names of to_string(Meaning).
constexpr std::array kTextMeanings = {Meaning::Lost, Meaning::Restored, Meaning::Unavailable,
                                      Meaning::Authentication, Meaning::OtherAlert};
constexpr std::array kProfileMeanings = {
    Meaning::Lost,    Meaning::Restored,    Meaning::Started,        Meaning::Stopped,
    Meaning::Crashed, Meaning::Unavailable, Meaning::Authentication, Meaning::OtherAlert};
constexpr std::array kComputerMeanings = {
    Meaning::Sleep,      Meaning::Resume,    Meaning::Shutdown,   Meaning::PowerLoss, Meaning::Boot,
    Meaning::LogCleared, Meaning::ClockStep, Meaning::ZoneReport, Meaning::Context};
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
  rule.contains_any = reader.optional_plain_texts("contains_any");
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

/// How often the other language uses each value of the English text: once, or the entry is wrong.
bool same_placeholders(std::string_view english, std::string_view other) {
  const std::optional<std::size_t> given = placeholders_of(english);
  const std::optional<std::size_t> used = placeholders_of(other);
  return given && used && *given == *used;
}

/// [report]: marks of numbers, order of dates, and [report.phrases].
Phrasebook read_phrasebook(File& file, const toml::table& table, const std::string& language) {
  TableReader reader(file, table, "[report]");
  Phrasebook book;
  book.language = language;
  book.name = reader.text("name");
  book.decimal = reader.text("decimal");
  book.group = reader.mark("group");
  book.date = reader.text("date");
  for (const std::string_view part : {"DD", "MM", "YYYY"}) {
    if (file.error() || book.date.find(part) != std::string::npos) continue;
    file.fail_at(
        reader.find("date")->source(),
        fmt::format("\"date\" is \"{}\"; expected DD, MM and YYYY in it", printable(book.date)));
  }
  const toml::table* phrases = reader.table("phrases");
  reader.finish();
  if (phrases == nullptr) return book;
  for (const auto& [key, node] : *phrases) {
    const auto* text = node.as_string();
    if (text == nullptr || trim(text->get()).empty()) {
      file.fail_at(node.source(), fmt::format("\"{}\" is {}; expected a text", printable(key.str()),
                                              text == nullptr ? type_name(node) : "empty"));
    } else if (!same_placeholders(key.str(), text->get())) {
      file.fail_at(node.source(),
                   fmt::format("\"{}\" does not hold the values of \"{}\"; expected {{}} as often "
                               "as there, or {{1}}, {{2}} … each at least once",
                               printable(text->get()), printable(key.str())));
    } else {
      book.phrases.emplace(key.str(), text->get());
    }
  }
  return book;
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
    if (std::string log = reader.optional_text("log"); !log.empty()) profile.log = std::move(log);
    profile.log_title = reader.optional_text("log_title");
    if (profile.log_title.empty()) profile.log_title = profile.log + " log";
    profile.collect = reader.optional_text("collect");
    profile.mailbox = reader.optional_bool("mailbox");
    profile.tells_sleep = reader.optional_bool("tells_sleep");
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
    if (const toml::node* report = reader.find("report"); report != nullptr) {
      if (const toml::table* table = reader.table("report")) {
        out.phrasebook = {read_phrasebook(file, *table, out.table.language),
                          file.where(report->source())};
      }
    }
    if (out.table.rules.empty()) {
      reader.fail_here(
          "the language file has neither [[text]] nor [[stem]]; expected at least one");
    }
  };
  return read<ParsedTexts>(content, name, "the language file", fill);
}

Result<StatusWords> parse_status(std::string_view content, const std::string& name) {
  const auto fill = [](File& file, TableReader& reader, StatusWords& out) {
    const std::string language = reader.text("language");
    if (const toml::node* node = reader.find("language"); node != nullptr && !is_language(language))
      file.fail_at(node->source(), "\"language\" is no tag such as \"hu\" or \"pt-BR\"");
    for (const toml::table* table : reader.tables("header")) {
      TableReader row(file, *table, "[[header]]");
      const auto column = row.one_of("column", kStatusColumns);
      for (Placed<std::string>& text : row.texts("texts")) {
        if (column) out.headers.push_back({*column, std::move(text.value), {}});
      }
      row.text("source");
      row.finish();
    }
    for (const toml::table* table : reader.tables("word")) {
      TableReader row(file, *table, "[[word]]");
      const auto column = row.one_of("column", kStatusColumns);
      const std::string value = row.text("value");
      for (Placed<std::string>& text : row.optional_texts("texts")) {
        if (column) out.words.push_back({*column, value, std::move(text.value), {}});
      }
      if (column) out.words.push_back({*column, value, value, {}});
      row.text("source");
      row.finish();
    }
    for (const toml::table* table : reader.tables("label")) {
      TableReader row(file, *table, "[[label]]");
      const std::string id = row.text("id");
      for (Placed<std::string>& text : row.texts("texts")) {
        out.labels.push_back({id, std::move(text.value), {}});
      }
      row.text("source");
      row.finish();
    }
    if (out.headers.empty() && out.words.empty() && out.labels.empty())
      reader.fail_here("the file has no [[header]], [[word]] or [[label]]; expected at least one");
  };
  return read<StatusWords>(content, name, "the file of status words", fill);
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
      timer.protocols = row.some_of("protocols", kProtocols);
      row.finish();
      out.push_back({std::move(timer), file.where(table->source())});
    }
    if (out.empty()) reader.fail_here("the file has no [[timer]]; expected at least one");
  };
  return read<Timers>(content, name, "the timer file", fill);
}

Result<std::vector<Placed<Collectable>>> parse_collection(std::string_view content,
                                                          const std::string& name) {
  using Items = std::vector<Placed<Collectable>>;
  const auto fill = [](File& file, TableReader& reader, Items& out) {
    for (const toml::table* table : reader.tables("item")) {
      TableReader row(file, *table, "[[item]]");
      Collectable item;
      item.id = row.text("id");
      item.title = row.text("title");
      const std::string scope = row.text("scope");
      if (const toml::node* node = row.find("scope");
          node != nullptr && scope != "computer" && scope != "site") {
        file.fail_at(node->source(), fmt::format("\"scope\" is \"{}\"; expected computer or site",
                                                 printable(scope)));
      }
      item.of_site = scope == "site";
      item.kinds = row.plain_texts("kinds");
      item.channels = row.optional_plain_texts("channels");
      item.why = row.text("why");
      item.source = row.text("source");
      item.cost = row.optional_text("cost");
      item.answers = row.some_of("answers", all_aspects());
      for (const toml::table* way : row.tables("how")) {
        TableReader step(file, *way, "[[item.how]]");
        item.ways.push_back({step.text("where"), step.text("command")});
        step.finish();
      }
      row.finish();
      out.push_back({std::move(item), file.where(table->source())});
    }
    if (out.empty()) reader.fail_here("the file has no [[item]]; expected at least one");
  };
  return read<Items>(content, name, "the collection file", fill);
}

}  // namespace dropscope
