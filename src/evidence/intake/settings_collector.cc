// Keys are compared part by part with the rules' patterns, after differences that mean nothing have
// been taken out: HKLM and HKEY_LOCAL_MACHINE, the part of 32-bit programs (Wow6432Node), the
// number of the control set, the user's identifier below HKEY_USERS. Everything is kept until the
// end, because a text may take values away again, a section is known by its other values, and which
// control set is in use stands in a key of its own.

#include "evidence/intake/settings_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "base/timezone.h"
#include "base/utf16.h"
#include "evidence/intake/source_reader.h"

namespace dropscope {
namespace {

/// Settings are numbers and names; more of a value is not kept.
constexpr std::size_t kKeptBytes = 4096;
/// A registry holds some dozens; a file made to fill memory does not get far.
constexpr std::size_t kMostFound = 100'000;
constexpr std::string_view kSelectKey = "hklm\\system\\select";

/// Accounts of services and the profile of nobody (well-known security identifiers).
bool is_no_user(std::string_view identifier) {
  return equals_nocase_ascii(identifier, ".DEFAULT") || identifier == "S-1-5-18" ||
         identifier == "S-1-5-19" || identifier == "S-1-5-20" ||
         ends_with_nocase_ascii(identifier, "_Classes");
}

/// "16.0": the numbers that Office gives its keys.
bool is_version(std::string_view text) {
  const std::size_t dot = text.find('.');
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 3 &&
           part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return dot != std::string_view::npos && digits(text.substr(0, dot)) &&
         digits(text.substr(dot + 1));
}

/// Number of "ControlSet001", else 0.
int control_set_of(std::string_view part) {
  constexpr std::string_view kPrefix = "controlset";
  if (part.size() != kPrefix.size() + 3 ||
      !equals_nocase_ascii(part.substr(0, kPrefix.size()), kPrefix)) {
    return 0;
  }
  return static_cast<int>(parse_int(part.substr(kPrefix.size())).value_or(0));
}

/// The MAPI property of a value's name: "6622" of "001f6622".
std::string property_of(std::string_view name) {
  if (name.size() != 8) return {};
  return to_lower_ascii(name.substr(4));
}

std::string text_of(registry::Type type, Bytes data, std::string_view name) {
  // PT_STRING8 in a binary value: bytes of a code page, not UTF-16. Older Outlook wrote all so.
  const bool bytes = type == registry::Type::Binary && name.starts_with("001e");
  if (!bytes) return registry::text_of(data);
  const std::string_view raw = as_text(data);
  std::string out;
  append_windows_1252(out, raw.substr(0, raw.find('\0')));
  return out;
}

/// "anna" of "/o=Firm/ou=First Administrative Group/cn=Recipients/cn=anna".
std::string last_name(std::string_view distinguished) {
  const std::string folded = to_lower_ascii(distinguished);
  const std::size_t at = folded.rfind("/cn=");
  return std::string(at == std::string::npos ? distinguished : distinguished.substr(at + 4));
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

SettingsCollector::SettingsCollector(const Catalogue& catalogue, SourceIntake& out, bool in_text,
                                     std::size_t damage_kept)
    : catalogue_(catalogue), out_(out), in_text_(in_text), damage_kept_(damage_kept) {
  for (std::size_t rule = 0; rule < catalogue.settings.size(); ++rule) {
    for (const std::string& key : catalogue.settings[rule].keys) {
      Pattern& pattern = patterns_.emplace_back();
      pattern.rule = rule;
      for (const std::string_view part : split(key, '\\')) {
        pattern.parts.push_back(to_lower_ascii(part));
      }
    }
  }
  covered_.resize(patterns_.size());
}

SettingsCollector::Key SettingsCollector::look_at(std::string_view path) const {
  Key out;
  out.path = std::string(path);
  std::vector<std::string_view> parts = split(path, '\\');
  const auto root_is = [&](std::string_view shorter, std::string_view longer) {
    return equals_nocase_ascii(parts[0], shorter) || equals_nocase_ascii(parts[0], longer);
  };
  if (root_is("HKLM", "HKEY_LOCAL_MACHINE")) {
    parts[0] = "HKLM";
  } else if (root_is("HKCU", "HKEY_CURRENT_USER")) {
    parts[0] = "HKCU";
  } else if (root_is("HKU", "HKEY_USERS") && parts.size() > 1) {
    if (is_no_user(parts[1])) return out;
    out.user = std::string(parts[1]);
    parts.erase(parts.begin());
    parts[0] = "HKCU";
  } else {
    return out;
  }
  if (parts.size() > 2 && equals_nocase_ascii(parts[2], "Wow6432Node")) {
    parts.erase(parts.begin() + 2);
  }
  if (parts.size() > 2 && parts[0] == "HKLM" && equals_nocase_ascii(parts[1], "SYSTEM")) {
    out.control_set = control_set_of(parts[2]);
    if (out.control_set != 0) parts[2] = "CurrentControlSet";
  }
  // The number stays in the name under which values are kept, as sets hold the same values.
  out.folded = out.user + (out.control_set == 0 ? "" : fmt::format("{:03}", out.control_set));
  if (!out.folded.empty()) out.folded += '\\';
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out.folded += '\\';
    out.folded += to_lower_ascii(parts[i]);
  }
  for (std::size_t number = 0; number < patterns_.size(); ++number) {
    const Pattern& pattern = patterns_[number];
    if (pattern.parts.size() < parts.size()) continue;
    std::string version;
    std::string profile;
    bool section = false;
    bool matches = true;
    for (std::size_t i = 0; matches && i < parts.size(); ++i) {
      const std::string& want = pattern.parts[i];
      if (want == "{version}") {
        version = std::string(parts[i]);
        matches = is_version(version);
      } else if (want == "{profile}") {
        profile = std::string(parts[i]);
      } else if (want == "{section}") {
        section = true;
      } else {
        matches = want == "{any}" || equals_nocase_ascii(parts[i], want);
      }
    }
    if (!matches) continue;
    out.covers.push_back(number);
    if (pattern.parts.size() != parts.size()) continue;
    out.rules.push_back(pattern.rule);
    out.version = version;
    out.profile = profile;
    out.in_section = section;
  }
  return out;
}

bool SettingsCollector::marks_section(std::string_view value_name) const {
  const std::string property = property_of(value_name);
  return std::any_of(
      catalogue_.sections.begin(), catalogue_.sections.end(), [&](const SectionRule& section) {
        return std::find(section.marked_by.begin(), section.marked_by.end(), property) !=
               section.marked_by.end();
      });
}

void SettingsCollector::key(std::string_view path, std::uint64_t) {
  key_ = look_at(path);
  for (const std::size_t pattern : key_.covers) covered_[pattern] = true;
  if (key_.in_section) profiles_.emplace(Profile{key_.user, key_.version, key_.profile}, false);
}

void SettingsCollector::value(const registry::Value& value) {
  if (key_.folded == kSelectKey && equals_nocase_ascii(value.name, "Current")) {
    current_control_set_ = registry::number_of(value.type, value.data);
    return;
  }
  if (key_.rules.empty()) return;
  const std::string name = to_lower_ascii(value.name);
  std::vector<std::size_t> rules;
  for (const std::size_t rule : key_.rules) {
    const auto& values = catalogue_.settings[rule].values;
    if (std::find(values.begin(), values.end(), name) != values.end()) rules.push_back(rule);
  }
  if (rules.empty() && !(key_.in_section && marks_section(name))) return;
  if (found_.size() >= kMostFound) return;
  const Bytes kept = value.data.first(std::min(value.data.size(), kKeptBytes));
  found_[key_.folded + '\n' + name] = {
      key_, std::string(value.name), value.type, {kept.begin(), kept.end()}, std::move(rules)};
}

void SettingsCollector::key_deleted(std::string_view path, std::uint64_t) {
  const std::string folded = look_at(path).folded;
  if (folded.empty()) return;
  std::erase_if(found_, [&](const auto& entry) {
    const std::string& key = entry.first;
    return key.starts_with(folded) && (key[folded.size()] == '\n' || key[folded.size()] == '\\');
  });
  key_ = {};
}

void SettingsCollector::value_deleted(std::string_view name, std::uint64_t) {
  found_.erase(key_.folded + '\n' + to_lower_ascii(name));
}

void SettingsCollector::damage(std::uint64_t place, std::string what) {
  add_damage(out_.source, place,
             in_text_ ? fmt::format("line {}: {}", place, what) : std::move(what), damage_kept_);
}

void SettingsCollector::assume(std::string what) {
  if (std::find(out_.assumptions.begin(), out_.assumptions.end(), what) == out_.assumptions.end()) {
    out_.assumptions.push_back(std::move(what));
  }
}

void SettingsCollector::drop_other_control_sets() {
  std::set<int> sets;
  bool current = false;
  for (const auto& [name, found] : found_) {
    if (found.key.control_set != 0) sets.insert(found.key.control_set);
    current = current || (found.key.control_set == 0 &&
                          found.key.folded.find("\\currentcontrolset\\") != std::string::npos);
  }
  if (sets.empty()) return;
  int keep = 0;
  if (current) {
    keep = 0;  // The exported CurrentControlSet is the one in use, under its own name.
  } else if (current_control_set_ && sets.count(static_cast<int>(*current_control_set_)) != 0) {
    keep = static_cast<int>(*current_control_set_);
  } else {
    keep = *sets.begin();
    if (sets.size() > 1) {
      assume(
          fmt::format("which control set is in use is not told; ControlSet{:03} is taken", keep));
    }
  }
  std::erase_if(found_, [&](const auto& entry) {
    const int set = entry.second.key.control_set;
    return set != 0 && set != keep;
  });
}

void SettingsCollector::find_sections() {
  for (const auto& [name, found] : found_) {
    if (!found.key.in_section) continue;
    const std::string property = property_of(found.name);
    for (const SectionRule& section : catalogue_.sections) {
      const auto& marks = section.marked_by;
      if (std::find(marks.begin(), marks.end(), property) == marks.end()) continue;
      auto& kinds = sections_[found.key.folded];
      if (std::find(kinds.begin(), kinds.end(), section.id) == kinds.end()) {
        kinds.push_back(section.id);
      }
      profiles_[{found.key.user, found.key.version, found.key.profile}] = true;
    }
  }
}

bool SettingsCollector::applies(const Found& found, const SettingRule& rule) const {
  if (rule.section.empty()) return true;
  const auto kinds = sections_.find(found.key.folded);
  return kinds != sections_.end() &&
         std::find(kinds->second.begin(), kinds->second.end(), rule.section) != kinds->second.end();
}

/// The newest Outlook's, and of its profiles the one that it opens: an upgrade leaves the old ones
/// behind.
std::optional<SettingsCollector::Profile> SettingsCollector::choose_profile() {
  std::map<std::pair<std::string, std::string>, std::string> defaults;  // By user and version.
  for (const auto& [name, found] : found_) {
    const bool is_default = std::any_of(found.rules.begin(), found.rules.end(), [&](auto rule) {
      return catalogue_.settings[rule].id == "default-profile";
    });
    if (is_default) {
      defaults[{found.key.user, found.key.version}] =
          to_lower_ascii(text_of(found.type, found.data, found.name));
    }
  }
  std::optional<Profile> best;
  std::size_t known = 0;
  const auto rank = [&](const Profile& profile) {
    const auto opened = defaults.find({profile.user, profile.version});
    const bool is_default =
        opened != defaults.end() && opened->second == to_lower_ascii(profile.name);
    const auto major =
        parse_int(std::string_view(profile.version)
                      .substr(0, std::min(profile.version.find('.'), profile.version.size())));
    return std::pair(major.value_or(0), is_default);
  };
  for (const auto& [profile, is_known] : profiles_) {
    if (!is_known) {
      assume(fmt::format("the profile \"{}\" has no Exchange account; its settings are left out",
                         printable(profile.name)));
      continue;
    }
    ++known;
    if (!best || rank(profile) > rank(*best)) best = profile;
  }
  if (known > 1) {
    assume(fmt::format("of {} Outlook profiles, \"{}\" is taken for the one in use", known,
                       printable(best->name)));
  }
  return best;
}

void SettingsCollector::add_attribute(const Found& found, const SettingRule& rule,
                                      const std::string& value, const std::string& given) {
  const std::string text = rule.from_key ? found.key.version : given.empty() ? value : given;
  if (text.empty()) return;
  const std::string reason =
      fmt::format("{} in {}", found.name, found.key.path.substr(found.key.path.find('\\') + 1));
  if (rule.attribute == "computer") {
    if (out_.owner.computer.empty()) {
      out_.owner.computer = text;
      out_.owner.computer_reason = reason;
    }
    return;
  }
  if (rule.attribute == "user") {
    if (out_.owner.user.empty()) {
      out_.owner.user = text;
      out_.owner.user_reason = reason;
    }
    return;
  }
  if (rule.attribute == "timezone" && !TimeZone::find(text)) {
    assume(fmt::format("the time zone \"{}\" in {} is unknown and not used", printable(text),
                       found.name));
    return;
  }
  out_.attributes.emplace(rule.attribute, text);
}

void SettingsCollector::add_setting(const Found& found, const SettingRule& rule) {
  RawSetting raw;
  raw.id = rule.id;
  raw.path = found.key.path + "\\" + found.name;
  raw.profile = found.key.profile;
  raw.user = found.key.user;
  if (rule.form != SettingForm::Number) {
    raw.value = text_of(found.type, found.data, found.name);
    raw.setting.is_default = !rule.default_text.empty() && raw.value == rule.default_text;
  } else {
    auto number = registry::number_of(found.type, found.data);
    // Scripts write numbers as text now and then; Windows does not take them.
    if (!number) {
      add_damage(out_.source, 0,
                 fmt::format("{}: expected a number of 4 or 8 bytes, found {} of {}", raw.path,
                             registry::name_of(found.type), count_of(found.data.size(), "byte")),
                 damage_kept_);
      return;
    }
    raw.value = rule.hexadecimal ? fmt::format("0x{:08x}", *number) : fmt::format("{}", *number);
    raw.setting.is_default = rule.default_number == number;
    for (const SettingMeaning& meaning : rule.meanings) {
      if (!meaning.holds(*number)) continue;
      raw.meaning += (raw.meaning.empty() ? "" : "; ") + meaning.text;
      raw.setting.matters = raw.setting.matters || meaning.matters;
    }
  }
  if (!rule.says.empty()) {
    std::string says = rule.says;
    replace_all(says, "{value}", raw.value);
    if (rule.unit_seconds > 0) {
      const auto number = registry::number_of(found.type, found.data).value_or(0);
      replace_all(says, "{duration}",
                  format_duration(static_cast<double>(number) * rule.unit_seconds));
    }
    raw.meaning += (raw.meaning.empty() ? "" : "; ") + says;
  }
  if (raw.meaning.empty()) raw.meaning = "not a value that this setting is known to have";
  if (rule.matters_if_changed && !raw.setting.is_default) raw.setting.matters = true;
  out_.settings.push_back(std::move(raw));
}

/// Where the settings alone decide it. Outlook Anywhere with HTTP first on fast networks means
/// RPC/HTTP where MAPI/HTTP cannot be: up to Outlook 2010, or switched off at the client. Without
/// Outlook Anywhere, such a client has TCP/IP only. From Outlook 2013 on the server's offer of
/// MAPI/HTTP outranks the profile, so nothing follows from it.
void SettingsCollector::hint_protocol(const std::optional<Profile>& chosen) {
  if (!chosen) return;
  std::optional<std::uint64_t> flags;
  bool no_mapi_http = chosen->version.empty();
  bool switched_off = false;
  for (const auto& [name, found] : found_) {
    for (const std::size_t rule : found.rules) {
      const std::string& id = catalogue_.settings[rule].id;
      const bool of_profile = found.key.user == chosen->user &&
                              found.key.version == chosen->version &&
                              found.key.profile == chosen->name;
      if (id == "outlook-anywhere-flags" && of_profile && !flags &&
          applies(found, catalogue_.settings[rule])) {
        flags = registry::number_of(found.type, found.data);
      }
      if (id == "mapi-http-disabled" && found.key.user == chosen->user) {
        switched_off = registry::number_of(found.type, found.data).value_or(0) != 0;
      }
    }
  }
  if (!flags || !(no_mapi_http || switched_off)) return;
  constexpr std::uint64_t kUseHttp = 0x1;
  constexpr std::uint64_t kHttpFirstOnFast = 0x8;
  if ((*flags & (kUseHttp | kHttpFirstOnFast)) == (kUseHttp | kHttpFirstOnFast)) {
    out_.attributes.emplace("protocol", "RPC/HTTP");
  } else if ((*flags & kUseHttp) == 0) {
    out_.attributes.emplace("protocol", "RPC/TCP");
  } else {
    return;
  }
  if (!switched_off) {
    assume(
        "the protocol is taken from the profile of Outlook 2010 or earlier; Outlook 2010 with the "
        "updates of 2015 may use MAPI/HTTP instead, which a profile does not show");
  }
}

/// Exports and hives hold a key with all its values and all below it. So a value that is missing
/// where its key, or one above that, is present is not set; of one whose key is nowhere nothing is
/// known. Of several keys each may set it, a policy's too, so all have to be there. A profile's
/// section stands in one of several places only, and being there is enough.
void SettingsCollector::find_absent() {
  if (out_.source.damage_count > 0 || found_.size() >= kMostFound) return;
  for (std::size_t index = 0; index < catalogue_.settings.size(); ++index) {
    const SettingRule& rule = catalogue_.settings[index];
    bool shown = true;
    if (rule.section.empty()) {
      for (std::size_t i = 0; i < patterns_.size(); ++i) {
        shown = shown && (patterns_[i].rule != index || covered_[i]);
      }
    } else {
      shown = std::any_of(sections_.begin(), sections_.end(), [&](const auto& section) {
        const auto& kinds = section.second;
        return std::find(kinds.begin(), kinds.end(), rule.section) != kinds.end();
      });
    }
    const bool set = std::any_of(out_.settings.begin(), out_.settings.end(),
                                 [&](const RawSetting& setting) { return setting.id == rule.id; });
    if (shown && !set) out_.absent_settings.push_back(rule.id);
  }
}

void SettingsCollector::finish() {
  drop_other_control_sets();
  find_sections();
  const std::optional<Profile> chosen = choose_profile();
  for (std::size_t index = 0; index < catalogue_.settings.size(); ++index) {
    const SettingRule& rule = catalogue_.settings[index];
    for (const auto& [name, found] : found_) {
      if (std::find(found.rules.begin(), found.rules.end(), index) == found.rules.end()) continue;
      if (!applies(found, rule)) continue;
      add_setting(found, rule);
      if (rule.attribute.empty()) continue;
      const Profile owner{found.key.user, found.key.version, found.key.profile};
      if (found.key.in_section && chosen != owner) continue;
      std::string value;
      std::string given;
      if (rule.form == SettingForm::Number) {
        const auto number = registry::number_of(found.type, found.data);
        if (!number) continue;
        for (const SettingMeaning& meaning : rule.meanings) {
          if (!meaning.gives.empty() && meaning.holds(*number)) given = meaning.gives;
        }
        if (given.empty()) continue;
      } else {
        value = std::string(trim(text_of(found.type, found.data, found.name)));
        if (rule.form == SettingForm::Name) value = last_name(value);
      }
      add_attribute(found, rule, value, given);
    }
  }
  // A profile of Outlook 2013 or later names at least the first number of the version.
  if (chosen && !chosen->version.empty()) out_.attributes.emplace("version", chosen->version);
  hint_protocol(chosen);
  find_absent();
  found_.clear();
}

}  // namespace dropscope
