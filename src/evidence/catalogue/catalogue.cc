// The catalogue as a whole: which files there are, what replaces what, and the checks that need
// more than one file.
//
// A file's folder says what it is (kPlaces), so a user's folder is laid out like the built-in one
// and nothing has to be registered. A file that lies elsewhere is an error rather than ignored:
// "txt/hu.toml" would otherwise look as if it had been read.

#include "evidence/catalogue/catalogue.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <system_error>
#include <tuple>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "evidence/catalogue/classify.h"
#include "evidence/catalogue/parse.h"

namespace dropscope {
namespace {

/// The largest built-in file has some tens of kilobytes; a thousand times that is no data file.
constexpr std::uint64_t kLargestFile = 16u << 20;

/// Where a kind of file lies: in a folder of its own, as any .toml there, or under one name.
struct Place {
  std::string_view folder;  ///< Empty for a single file.
  std::string_view file;    ///< "timers.toml"; empty where only the folder holds them.
};

/// In the order of loading: texts refer to profiles, so all profiles come first.
enum FileKind : std::size_t {
  kProfile,
  kEventMap,
  kText,
  kTimers,
  kSettings,
  kStatus,
  kLayoutFile,
  kServer,
  kCollection,
  kCause,
  kKinds,
};
constexpr std::array<Place, kKinds> kPlaces = {{{"profiles", ""},
                                                {"event_map", ""},
                                                {"text", ""},
                                                {"timers", "timers.toml"},
                                                {"settings", ""},
                                                {"status", ""},
                                                {"layouts", ""},
                                                {"server", ""},
                                                {"", "collection.toml"},
                                                {"causes", ""}}};

/// "expected profiles/*.toml, … or collection.toml".
std::string expected_places() {
  std::vector<std::string> names;
  for (const Place& place : kPlaces) {
    if (!place.folder.empty()) names.push_back(fmt::format("{}/*.toml", place.folder));
    if (!place.file.empty()) names.emplace_back(place.file);
  }
  std::string text = "expected ";
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  }
  return text;
}

/// kKinds for a name that is no place of data files.
FileKind kind_of(std::string_view name) {
  const std::vector<std::string_view> parts = split(name, '/');
  for (std::size_t i = 0; i < kKinds; ++i) {
    const bool in_folder = parts.size() == 2 && parts[0] == kPlaces[i].folder &&
                           parts[1].size() > 5 && parts[1].ends_with(".toml");
    if (in_folder || (!kPlaces[i].file.empty() && name == kPlaces[i].file)) {
      return static_cast<FileKind>(i);
    }
  }
  return kKinds;
}

struct Input {
  std::string shown;  ///< How errors name the file.
  std::string content;
};
using Inputs = std::map<std::string, Input>;  // By relative name: the order of loading.

/// Adds the files of one folder; `prefix` is "" for the user's folder itself, else "text/" and so
/// on.
Result<void> add_folder(const std::filesystem::path& folder, const std::string& prefix,
                        Inputs& inputs) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::map<std::string, fs::path> entries;  // Sorted, as a directory's own order is the system's.
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    entries.emplace(path_to_utf8(entry->path().filename()), entry->path());
  }
  if (error) return fail(io_error(folder, error.value(), "listing the data folder"));

  for (const auto& [file_name, path] : entries) {
    if (file_name.starts_with('.'))
      continue;  // What file managers and version control leave behind.
    const std::string name = prefix + file_name;
    const bool is_folder = fs::is_directory(path, error);
    if (is_folder && prefix.empty() && kind_of(name + "/x.toml") != kKinds) {
      if (auto added = add_folder(path, name + "/", inputs); !added) return added;
      continue;
    }
    if (is_folder || kind_of(name) == kKinds) {
      return fail(ErrorCode::Invalid,
                  fmt::format("not a place for data files; {}", expected_places()),
                  path_to_utf8(path));
    }
    auto content = read_file(path, kLargestFile);
    if (!content) return fail(content.error());
    inputs[name] = Input{path_to_utf8(path), std::move(*content)};
  }
  return {};
}

Result<Inputs> gather(const std::optional<std::filesystem::path>& user_folder) {
  Inputs inputs;
  for (const DataFile& file : built_in_data()) {
    if (kind_of(file.name) == kKinds) continue;  // Data of other parts of the program.
    inputs[std::string(file.name)] =
        Input{fmt::format("built-in {}", file.name), std::string(file.content)};
  }
  if (!user_folder) return inputs;
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(*user_folder, error);
  if (!std::filesystem::exists(status)) {
    return fail(ErrorCode::NotFound, "the data folder does not exist", path_to_utf8(*user_folder));
  }
  if (!std::filesystem::is_directory(status)) {
    return fail(ErrorCode::Invalid, fmt::format("not a folder; {} in it", expected_places()),
                path_to_utf8(*user_folder));
  }
  if (auto added = add_folder(*user_folder, "", inputs); !added) return fail(added.error());
  return inputs;
}

/// What is known of earlier files while later ones are added.
class Builder {
 public:
  Result<void> add_profile(const Input& input) {
    auto profile = parse_profile(input.content, input.shown);
    if (!profile) return fail(profile.error());
    auto added = unique(profiles_, profile->value.id, profile->where,
                        fmt::format("profile \"{}\"", profile->value.id));
    if (!added) return added;
    catalogue_.profiles.push_back(std::move(profile->value));
    return {};
  }

  Result<void> add_event_map(const Input& input) {
    auto rules = parse_event_map(input.content, input.shown);
    if (!rules) return fail(rules.error());
    for (auto& [rule, where] : *rules) {
      for (const std::uint16_t id : rule.ids) {
        const std::string key = fmt::format("{}\n{}\n{}\n{}\n{}", to_lower_ascii(rule.provider), id,
                                            to_lower_ascii(rule.channel), rule.data_contains,
                                            fmt::join(rule.contains_any, "\n"));
        auto added = unique(events_, key, where,
                            fmt::format("a rule for event {} of \"{}\"", id, rule.provider));
        if (!added) return added;
      }
      catalogue_.computer_events.push_back(std::move(rule));
    }
    return {};
  }

  Result<void> add_texts(const Input& input) {
    auto texts = parse_texts(input.content, input.shown);
    if (!texts) return fail(texts.error());
    if (profiles_.count(texts->table.profile) == 0) {
      std::string known;
      for (const auto& [id, where] : profiles_) known += (known.empty() ? "" : ", ") + id;
      return fail(ErrorCode::Invalid,
                  fmt::format("\"profile\" is \"{}\"; expected the id of a profile: {}",
                              printable(texts->table.profile), known),
                  texts->profile_where);
    }
    // The same text may stand in several languages, as Danish and Norwegian share some, but it must
    // mean the same in all: an event does not say its language.
    for (std::size_t i = 0; i < texts->table.rules.size(); ++i) {
      const TextRule& rule = texts->table.rules[i];
      const auto [entry, added] =
          texts_.emplace(std::tuple(texts->table.profile, rule.stem, normalise_text(rule.text)),
                         Placed<Meaning>{rule.meaning, texts->rule_where[i]});
      if (!added && entry->second.value != rule.meaning) {
        return fail(ErrorCode::Invalid,
                    fmt::format("\"{}\" means {} here and {} at {}; an event does not tell its "
                                "language, so both must agree",
                                printable(rule.text), name_of(rule.meaning),
                                name_of(entry->second.value), entry->second.where),
                    texts->rule_where[i]);
      }
    }
    if (texts->phrasebook) {
      auto added = unique(phrasebooks_, texts->table.language, texts->phrasebook->where,
                          fmt::format("[report] of language \"{}\"", texts->table.language));
      if (!added) return added;
      catalogue_.phrasebooks.push_back(std::move(texts->phrasebook->value));
    }
    catalogue_.texts.push_back(std::move(texts->table));
    return {};
  }

  Result<void> add_timers(const Input& input) {
    auto timers = parse_timers(input.content, input.shown);
    if (!timers) return fail(timers.error());
    for (auto& [timer, where] : *timers) {
      auto added = unique(timers_, to_lower_ascii(timer.product + "\n" + timer.timer), where,
                          fmt::format("timer \"{}\" of \"{}\"", timer.timer, timer.product));
      if (!added) return added;
      catalogue_.timers.push_back(std::move(timer));
    }
    return {};
  }

  Result<void> add_collection(const Input& input) {
    auto items = parse_collection(input.content, input.shown);
    if (!items) return fail(items.error());
    for (auto& [item, where] : *items) {
      auto added = unique(items_, item.id, where, fmt::format("item \"{}\"", item.id));
      if (!added) return added;
      catalogue_.collection.push_back(std::move(item));
    }
    return {};
  }

  Result<void> add_cause(const Input& input) {
    auto cause = parse_cause(input.content, input.shown);
    if (!cause) return fail(cause.error());
    auto added = unique(causes_, cause->value.id, cause->where,
                        fmt::format("cause \"{}\"", cause->value.id));
    if (!added) return added;
    catalogue_.causes.push_back(std::move(cause->value));
    return {};
  }

  Result<void> add_status(const Input& input) {
    auto words = parse_status(input.content, input.shown);
    if (!words) return fail(words.error());
    catalogue_.status_words.add(*words);
    return {};
  }

  Result<void> add_layout(const Input& input) {
    auto layout = parse_layout(input.content, input.shown);
    if (!layout) return fail(layout.error());
    auto added = unique(layouts_, layout->value.id, layout->where,
                        fmt::format("layout \"{}\"", layout->value.id));
    if (!added) return added;
    catalogue_.layouts.push_back(std::move(layout->value));
    return {};
  }

  Result<void> add_server_words(const Input& input) {
    auto parsed = parse_server_words(input.content, input.shown);
    if (!parsed) return fail(parsed.error());
    ServerWords& all = catalogue_.server_words;
    for (std::size_t i = 0; i < parsed->words.reasons.size(); ++i) {
      ServerReason& reason = parsed->words.reasons[i];
      auto added = unique(
          reasons_, fmt::format("{}\n{}", to_string(reason.log), to_lower_ascii(reason.value)),
          parsed->reason_where[i],
          fmt::format("a reason \"{}\" of {}", reason.value, to_string(reason.log)));
      if (!added) return added;
      all.reasons.push_back(std::move(reason));
    }
    for (ServerPath& path : parsed->words.paths) all.paths.push_back(std::move(path));
    for (std::string& probe : parsed->words.probes) all.probes.push_back(std::move(probe));
    return {};
  }

  Result<void> add_settings(const Input& input) {
    auto parsed = parse_settings(input.content, input.shown);
    if (!parsed) return fail(parsed.error());
    for (auto& [section, where] : parsed->sections) {
      auto added = unique(sections_, section.id, where, fmt::format("section \"{}\"", section.id));
      if (!added) return added;
      catalogue_.sections.push_back(std::move(section));
    }
    for (auto& [setting, where] : parsed->settings) {
      auto added = unique(settings_, setting.id, where, fmt::format("setting \"{}\"", setting.id));
      if (!added) return added;
      if (!setting.section.empty()) section_uses_.push_back({setting.section, where});
      catalogue_.settings.push_back(std::move(setting));
    }
    return {};
  }

  /// What could only be checked when all files were there.
  [[nodiscard]] Result<void> finish() const {
    for (const Placed<std::string>& use : section_uses_) {
      if (sections_.count(use.value) != 0) continue;
      return fail(ErrorCode::Invalid,
                  fmt::format("\"section\" is \"{}\"; expected the id of a [[section]]",
                              printable(use.value)),
                  use.where);
    }
    // The two answers that name no cause; the model falls back on them.
    for (const char* id : {"none", "undetermined"}) {
      if (causes_.count(id) != 0) continue;
      return fail(ErrorCode::Invalid,
                  fmt::format("no cause has the id \"{}\"; expected it in causes/{}.toml", id, id));
    }
    return {};
  }

  [[nodiscard]] Catalogue take() {
    std::sort(catalogue_.causes.begin(), catalogue_.causes.end(),
              [](const CauseRule& a, const CauseRule& b) { return a.id < b.id; });
    std::sort(catalogue_.phrasebooks.begin(), catalogue_.phrasebooks.end(),
              [](const Phrasebook& a, const Phrasebook& b) { return a.language < b.language; });
    return std::move(catalogue_);
  }

 private:
  using Seen = std::map<std::string, std::string>;  // Key to place.

  static std::string_view name_of(Meaning meaning) {
    return meaning == Meaning::Unclassified ? "unclear" : to_string(meaning);
  }

  static Result<void> unique(Seen& seen, const std::string& key, const std::string& where,
                             const std::string& what) {
    const auto [entry, added] = seen.emplace(key, where);
    if (added) return {};
    return fail(ErrorCode::Invalid,
                fmt::format("{} exists already, at {}", printable(what), entry->second), where);
  }

  Catalogue catalogue_;
  Seen profiles_;
  Seen events_;
  Seen timers_;
  Seen items_;
  Seen causes_;
  Seen layouts_;
  Seen phrasebooks_;
  Seen reasons_;
  Seen sections_;
  Seen settings_;
  std::vector<Placed<std::string>> section_uses_;
  std::map<std::tuple<std::string, bool, std::string>, Placed<Meaning>> texts_;
};

}  // namespace

const Phrasebook* phrasebook_of(const Catalogue& catalogue, std::string_view language) {
  const auto found =
      std::find_if(catalogue.phrasebooks.begin(), catalogue.phrasebooks.end(),
                   [&](const Phrasebook& book) { return book.language == language; });
  return found == catalogue.phrasebooks.end() ? nullptr : &*found;
}

std::vector<CauseChange> changes_of(const CauseRule& cause, const std::vector<Timer>& timers) {
  std::vector<CauseChange> out = cause.changes;
  const auto holds = [](const std::vector<std::string>& list, std::string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  for (const Timer& timer : timers) {
    if (!timer.closes_connections || timer.change.empty()) continue;
    if (!holds(cause.timer_kinds, to_string(timer.kind))) continue;
    if (!holds(cause.timer_layers, timer.layer)) continue;
    out.push_back({timer.product, timer.timer, timer.change, timer.source});
  }
  return out;
}

Result<Catalogue> Catalogue::load(const std::optional<std::filesystem::path>& user_folder) {
  auto inputs = gather(user_folder);
  if (!inputs) return fail(inputs.error());
  Builder builder;
  using Add = Result<void> (Builder::*)(const Input&);
  constexpr std::array<Add, kKinds> kAdd = {&Builder::add_profile,    &Builder::add_event_map,
                                            &Builder::add_texts,      &Builder::add_timers,
                                            &Builder::add_settings,   &Builder::add_status,
                                            &Builder::add_layout,     &Builder::add_server_words,
                                            &Builder::add_collection, &Builder::add_cause};
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    for (const auto& [name, input] : *inputs) {
      if (kind_of(name) != kind) continue;
      const Result<void> added = (builder.*kAdd[kind])(input);
      if (!added) return fail(added.error());
    }
  }
  if (auto finished = builder.finish(); !finished) return fail(finished.error());
  return builder.take();
}

}  // namespace dropscope
