#pragma once

// From values of a registry to settings, with the catalogue's rules: which of them matter here,
// what they mean, and what they say about the computer and its user.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "evidence/intake/raw.h"
#include "formats/registry/registry.h"

namespace dropscope {

/// Receives a registry, and at the end fills settings, owner, attributes and assumptions of a
/// source. Of the registry only what a rule names is kept.
class SettingsCollector : public registry::Visitor {
 public:
  /// `in_text`: places are lines, and damage says so. Both referents must outlive the collector.
  SettingsCollector(const Catalogue& catalogue, SourceIntake& out, bool in_text,
                    std::size_t damage_kept);

  void key(std::string_view path, std::uint64_t place) override;
  void value(const registry::Value& value) override;
  void key_deleted(std::string_view path, std::uint64_t place) override;
  void value_deleted(std::string_view name, std::uint64_t place) override;
  void damage(std::uint64_t place, std::string what) override;

  /// To be called once, after everything was received.
  void finish();

 private:
  struct Pattern {
    std::vector<std::string> parts;  ///< Lower case; placeholders as they are.
    std::size_t rule;                ///< Index into the catalogue's settings.
  };

  /// What a key's path says, and which rules ask for its values.
  struct Key {
    std::string path;     ///< As found.
    std::string folded;   ///< With one spelling for roots and control sets, lower case.
    std::string user;     ///< Security identifier below HKEY_USERS; empty for the current user.
    std::string version;  ///< "16.0"
    std::string profile;
    bool in_section = false;
    int control_set = 0;  ///< Of ControlSet001; 0 for CurrentControlSet and elsewhere.
    std::vector<std::size_t> rules;
    std::vector<std::size_t> covers;  ///< Patterns of keys that are this one or below it.
  };

  struct Found {
    Key key;
    std::string name;
    registry::Type type = registry::Type::None;
    std::vector<std::byte> data;
    std::vector<std::size_t> rules;
  };

  /// A profile of one user at one of the places where profiles are.
  struct Profile {
    std::string user;
    std::string version;  ///< Empty up to Outlook 2010.
    std::string name;
    auto operator<=>(const Profile&) const = default;
  };

  [[nodiscard]] Key look_at(std::string_view path) const;
  [[nodiscard]] bool marks_section(std::string_view value_name) const;
  void drop_other_control_sets();
  void find_sections();
  [[nodiscard]] bool applies(const Found& found, const SettingRule& rule) const;
  [[nodiscard]] std::optional<Profile> choose_profile();
  void add_setting(const Found& found, const SettingRule& rule);
  void add_attribute(const Found& found, const SettingRule& rule, const std::string& value,
                     const std::string& given);
  void hint_protocol(const std::optional<Profile>& chosen);
  void find_absent();
  void assume(std::string what);

  const Catalogue& catalogue_;
  SourceIntake& out_;
  bool in_text_;
  std::size_t damage_kept_;
  std::vector<Pattern> patterns_;
  std::vector<bool> covered_;  ///< Of each pattern, whether its key would have been shown.
  Key key_;
  std::map<std::string, Found> found_;  ///< By folded key and name: a later value replaces one.
  std::map<std::string, std::vector<std::string>> sections_;  ///< Kinds of each, by folded key.
  std::map<Profile, bool> profiles_;  ///< Seen; whether one of its sections is of a known kind.
  std::optional<std::uint64_t> current_control_set_;
};

}  // namespace dropscope
