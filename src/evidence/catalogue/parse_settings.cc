// data/settings/*.toml

#include <charconv>
#include <map>

#include "evidence/catalogue/parse.h"
#include "evidence/catalogue/table_reader.h"

namespace dropscope {
namespace {

constexpr std::array kForms = {SettingForm::Number, SettingForm::Text, SettingForm::Name};
constexpr std::array kTests = {BitTest::All, BitTest::Any, BitTest::None};
constexpr std::int64_t kLargestNumber = 0xffff'ffff;  // Of a REG_DWORD.

/// One of `values` under its name, `otherwise` when the key is absent.
template <typename Value, std::size_t kCount>
Value optional_one_of(TableReader& row, std::string_view key,
                      const std::array<Value, kCount>& values, Value otherwise, File& file) {
  const toml::node* node = row.find(key);
  if (node == nullptr) return otherwise;
  const std::string found = row.optional_text(key);
  for (const Value& value : values) {
    if (to_string(value) == found) return value;
  }
  file.fail_at(node->source(),
               fmt::format("\"{}\" is \"{}\"; expected one of: {}", key, printable(found),
                           list_names(values, [](const Value& value) {
                             return std::string(to_string(value));
                           })));
  return otherwise;
}

/// A key begins at one of the two roots, and a placeholder stands for one whole name.
void check_key(const Placed<std::string>& key, const toml::table& table, File& file) {
  const std::vector<std::string_view> parts = split(key.value, '\\');
  const bool root = parts.size() > 1 && (parts[0] == "HKCU" || parts[0] == "HKLM");
  const bool whole = std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    const bool placeholder =
        part == "{version}" || part == "{profile}" || part == "{section}" || part == "{any}";
    return !part.empty() && (placeholder || part.find_first_of("{}") == std::string_view::npos);
  });
  if (root && whole) return;
  file.fail_at(
      table.get("keys")->source(),
      fmt::format("\"keys\" holds \"{}\"; expected a path below HKCU or HKLM with single "
                  "backslashes, in which {{version}}, {{profile}}, {{section}} and {{any}} "
                  "stand for whole names",
                  printable(key.value)));
}

SettingMeaning read_meaning(File& file, const toml::table& table, bool has_attribute) {
  TableReader row(file, table, "[[setting.meaning]]");
  SettingMeaning out;
  const bool whole = row.find("value") != nullptr;
  const bool bits = row.find("bits") != nullptr;
  if (whole == bits) {
    row.fail_here(
        "[[setting.meaning]] has both or neither of \"value\" and \"bits\"; expected one");
  }
  if (whole) out.value = static_cast<std::uint64_t>(row.integer("value", 0, kLargestNumber));
  if (bits) {
    out.bits = static_cast<std::uint64_t>(row.integer("bits", 1, kLargestNumber));
    out.test = optional_one_of(row, "set", kTests, BitTest::All, file);
  }
  out.text = row.text("text");
  out.matters = row.optional_bool("matters");
  out.gives = row.optional_text("gives");
  if (!out.gives.empty() && !has_attribute) {
    row.fail_here("\"gives\" needs an \"attribute\" of the setting");
  }
  row.finish();
  return out;
}

SettingRule read_setting(File& file, const toml::table& table) {
  TableReader row(file, table, "[[setting]]");
  SettingRule out;
  out.id = row.text("id");
  out.title = row.text("title");
  for (const Placed<std::string>& key : row.texts("keys")) {
    check_key(key, table, file);
    out.keys.push_back(key.value);
  }
  out.section = row.optional_text("section");
  for (Placed<std::string>& value : row.texts("values")) {
    out.values.push_back(to_lower_ascii(value.value));
  }
  out.form = row.one_of("form", kForms).value_or(SettingForm::Number);
  out.hexadecimal = row.optional_bool("hexadecimal");
  out.unit_seconds = row.optional_seconds("unit_seconds").value_or(0);
  if (row.find("default") != nullptr) {
    if (out.form == SettingForm::Number) {
      out.default_number = static_cast<std::uint64_t>(row.integer("default", 0, kLargestNumber));
    } else {
      out.default_text = row.text("default");
    }
  }
  if (out.default_number) {
    out.default_text = out.hexadecimal ? fmt::format("0x{:08x}", *out.default_number)
                                       : fmt::format("{}", *out.default_number);
  }
  out.says = row.optional_text("says");
  out.matters_if_changed = row.optional_bool("matters_if_changed");
  out.attribute = row.optional_text("attribute");
  out.from_key = row.optional_bool("attribute_from_version");
  for (const toml::table* meaning : row.tables("meaning")) {
    out.meanings.push_back(read_meaning(file, *meaning, !out.attribute.empty()));
  }
  if (out.says.empty() && out.meanings.empty()) {
    row.fail_here(
        "[[setting]] has neither \"says\" nor [[setting.meaning]]; expected what its "
        "values mean");
  }
  if (!out.meanings.empty() && out.form != SettingForm::Number) {
    row.fail_here("[[setting.meaning]] is for numbers; use \"says\" for a text");
  }
  out.why = row.text("why");
  out.changed_by = row.text("changed_by");
  out.confidence = row.text("confidence");
  out.source = row.text("source");
  row.finish();
  return out;
}

bool is_property(std::string_view text) {
  std::uint32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  return text.size() == 4 && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

}  // namespace

Result<ParsedSettings> parse_settings(std::string_view content, const std::string& name) {
  const auto fill = [](File& file, TableReader& reader, ParsedSettings& out) {
    for (const toml::table* table : reader.tables("section")) {
      TableReader row(file, *table, "[[section]]");
      SectionRule section;
      section.id = row.text("id");
      for (const Placed<std::string>& mark : row.texts("marked_by")) {
        if (!is_property(mark.value)) {
          row.fail_here(fmt::format("\"marked_by\" holds \"{}\"; expected four hexadecimal digits",
                                    printable(mark.value)));
        }
        section.marked_by.push_back(to_lower_ascii(mark.value));
      }
      row.finish();
      out.sections.push_back({std::move(section), file.where(table->source())});
    }
    for (const toml::table* table : reader.tables("setting")) {
      out.settings.push_back({read_setting(file, *table), file.where(table->source())});
    }
    if (out.settings.empty()) {
      reader.fail_here("the settings file has no [[setting]]; expected at least one");
    }
  };
  return read<ParsedSettings>(content, name, "the settings file", fill);
}

}  // namespace dropscope
