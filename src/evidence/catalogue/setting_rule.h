#pragma once

// Which values of a registry bear on lost connections, and what they mean (data/settings/*.toml).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

/// How the bytes of a value are to be taken.
enum class SettingForm : std::uint8_t {
  Number,  ///< Of any registry type that holds 4 or 8 bytes.
  Text,  ///< Text of any registry type; binary values hold UTF-16, or bytes for MAPI's 001e names.
  Name,  ///< The same; of a distinguished name "/o=…/cn=anna" only the last part counts.
};

/// Which bits of a number must be set for a meaning.
enum class BitTest : std::uint8_t { All, Any, None };

struct SettingMeaning {
  std::optional<std::uint64_t> value;  ///< The whole number, or nothing: `bits` decide.
  std::uint64_t bits = 0;
  BitTest test = BitTest::All;
  std::string text;
  bool matters = false;
  std::string gives;  ///< Value of the rule's attribute when this holds.

  [[nodiscard]] bool holds(std::uint64_t number) const {
    if (value) return number == *value;
    switch (test) {
      case BitTest::All:
        return (number & bits) == bits;
      case BitTest::Any:
        return (number & bits) != 0;
      case BitTest::None:
        return (number & bits) == 0;
    }
    return false;
  }
};

struct SettingRule {
  std::string id;     ///< "outlook-anywhere-flags"
  std::string title;  ///< For people.
  /// Keys with placeholders {version}, {profile}, {section}, {any}, each one whole name.
  std::vector<std::string> keys;
  std::string section;              ///< Only in profile sections of this kind; empty = any key.
  std::vector<std::string> values;  ///< Names of values; case does not matter.
  SettingForm form = SettingForm::Number;
  bool hexadecimal = false;  ///< Numbers are shown so.
  double unit_seconds = 0;   ///< Length of one unit where the number is a time, else 0.
  std::string default_text;  ///< As people write it; empty = absent by default.
  std::optional<std::uint64_t> default_number;
  std::string says;                 ///< What any value means; {value} and {duration} are filled in.
  bool matters_if_changed = false;  ///< Any value but the default matters.
  std::vector<SettingMeaning> meanings;  ///< In order; all that hold are told.
  std::string attribute;   ///< Attribute of the computer that it gives, or "user", "computer".
  bool from_key = false;   ///< The attribute is the key's {version}, not the value.
  std::string why;         ///< When it matters and why.
  std::string changed_by;  ///< Who sets it.
  std::string confidence;
  std::string source;
};

/// A kind of section of an Outlook profile, known by the properties that only it holds.
struct SectionRule {
  std::string id;  ///< "exchange"
  /// MAPI property ids in hexadecimal, "6622": the last four digits of a value's name.
  std::vector<std::string> marked_by;
};

[[nodiscard]] std::string_view to_string(SettingForm form);  ///< "number" …
[[nodiscard]] std::string_view to_string(BitTest test);      ///< "all" …

}  // namespace dropscope
