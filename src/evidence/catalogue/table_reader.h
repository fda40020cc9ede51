#pragma once

// Strict reading of the data files with toml++. Private to this folder; brings toml++ with it.
//
// One class does the checking: TableReader hands out typed values by key, remembers which keys were
// asked for, and at the end complains about the others. The first error of a file is kept and later
// getters return empty values, so the code that fills a structure reads like the list of its fields
// and needs no branch per field. Reporting only the first error was preferred to a list: later ones
// are often consequences of it.

#include <fmt/format.h>

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/text.h"
#include "evidence/catalogue/parse.h"

namespace dropscope {

inline constexpr std::int64_t kDataSchema = 1;

inline constexpr std::array kTimerKinds = {TimerKind::Idle, TimerKind::FixedAge, TimerKind::Clock,
                                           TimerKind::Lease, TimerKind::Other};

inline std::string_view type_name(const toml::node& node) {
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
  /// A text that may be a space, as the mark between groups of digits is in many languages.
  std::string mark(std::string_view key) {
    const toml::node* node = required(key, "a text");
    if (node == nullptr) return {};
    const auto* value = node->as_string();
    return value != nullptr && !value->get().empty() ? value->get()
                                                     : text_of(*node, fmt::format("\"{}\"", key));
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

  /// A number from `least` to `most`.
  double number(std::string_view key, double least, double most) {
    const toml::node* node = required(key, "a number");
    if (node == nullptr) return least;
    const bool is_number = node->is_integer() || node->is_floating_point();
    const std::optional<double> value = is_number ? node->value<double>() : std::nullopt;
    if (!value) {
      wrong_type(*node, key, "a number");
      return least;
    }
    if (!(*value >= least && *value <= most)) {
      file_.fail_at(node->source(), fmt::format("\"{}\" is {}; expected a number from {} to {}",
                                                key, *value, least, most));
      return least;
    }
    return *value;
  }

  /// The table under a key; null with an error when there is none.
  const toml::table* table(std::string_view key) {
    const toml::node* node = required(key, "a table in braces");
    if (node == nullptr) return nullptr;
    if (!node->is_table()) wrong_type(*node, key, "a table in braces");
    return node->as_table();
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

  /// Texts without their places.
  std::vector<std::string> plain_texts(std::string_view key) { return values_of(texts(key)); }
  std::vector<std::string> optional_plain_texts(std::string_view key) {
    return values_of(optional_texts(key));
  }

  /// A list of names of some of `values`, each at most once; none when absent.
  template <typename Values>
  auto some_of(std::string_view key, const Values& values) {
    std::vector<typename Values::value_type> out;
    for (const Placed<std::string>& name : optional_texts(key)) {
      const auto found = std::find_if(values.begin(), values.end(), [&](const auto& value) {
        return to_string(value) == name.value;
      });
      if (found == values.end() || std::find(out.begin(), out.end(), *found) != out.end()) {
        file_.fail_at(
            table_.get(key)->source(),
            fmt::format("\"{}\" holds \"{}\"; expected any of: {}; each at most once", key,
                        printable(name.value), list_names(values, [](const auto& value) {
                          return std::string(to_string(value));
                        })));
        return out;
      }
      out.push_back(*found);
    }
    return out;
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
  static std::vector<std::string> values_of(std::vector<Placed<std::string>> placed) {
    std::vector<std::string> out;
    for (Placed<std::string>& each : placed) out.push_back(std::move(each.value));
    return out;
  }
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
    reader.fail_here(fmt::format("{} has no \"schema\"; expected schema = {}", what, kDataSchema));
  } else if (number == nullptr || number->get() != kDataSchema) {
    file.fail_at(
        schema->source(),
        fmt::format("unknown schema; this version of the program reads schema = {}", kDataSchema));
  }
  Value value{};
  if (!file.error()) fill(file, reader, value);
  reader.finish();
  if (file.error()) return fail(*file.error());
  return value;
}

}  // namespace dropscope
