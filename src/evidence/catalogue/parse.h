#pragma once

// The data files one by one: TOML text in, checked structures out. Private to this folder.
//
// A data file is written by hand, by people who do not read our code. So nothing is ignored: an
// unknown key, a wrong type or an impossible value is an error that names file, line and column,
// what was found and what was expected.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evidence/catalogue/catalogue.h"

namespace dropscope {

/// A value and the place it was read from ("file:line:column"), for errors that involve several
/// files.
template <typename Value>
struct Placed {
  Value value;
  std::string where;
};

struct ParsedTexts {
  TextTable table;
  std::string profile_where;
  std::vector<std::string> rule_where;  ///< Of each of table.rules.
  std::optional<Placed<Phrasebook>> phrasebook;
};

struct ParsedSettings {
  std::vector<Placed<SectionRule>> sections;
  std::vector<Placed<SettingRule>> settings;
};

/// `name` is how errors name the file.
[[nodiscard]] Result<Placed<Profile>> parse_profile(std::string_view content,
                                                    const std::string& name);
[[nodiscard]] Result<std::vector<Placed<EventRule>>> parse_event_map(std::string_view content,
                                                                     const std::string& name);
/// A value of a log and the place where it was read are unique over all files.
struct ParsedServerWords {
  ServerWords words;
  std::vector<std::string> reason_where;  ///< Of each of words.reasons.
};
[[nodiscard]] Result<ParsedServerWords> parse_server_words(std::string_view content,
                                                           const std::string& name);
[[nodiscard]] Result<ParsedTexts> parse_texts(std::string_view content, const std::string& name);
[[nodiscard]] Result<StatusWords> parse_status(std::string_view content, const std::string& name);
[[nodiscard]] Result<std::vector<Placed<Timer>>> parse_timers(std::string_view content,
                                                              const std::string& name);
[[nodiscard]] Result<std::vector<Placed<Collectable>>> parse_collection(std::string_view content,
                                                                        const std::string& name);
[[nodiscard]] Result<ParsedSettings> parse_settings(std::string_view content,
                                                    const std::string& name);
/// Parts that a prediction or prior may have: a likelihood of zero would let one wrong event
/// outvote everything else.
inline constexpr double kLeastPart = 0.01;
inline constexpr double kMostPart = 1000;
[[nodiscard]] Result<Placed<CauseRule>> parse_cause(std::string_view content,
                                                    const std::string& name);
[[nodiscard]] Result<Placed<LogLayout>> parse_layout(std::string_view content,
                                                     const std::string& name);

}  // namespace dropscope
