#pragma once

// How reports are worded in a language besides English.
//
// The program speaks English, and each English text is its own key: a writer asks for "Connection
// losses" or "{} of {} lie on the interval." and gets the wording of the reader's language. A text
// without an entry stays English, so a language may be complete or not. The same entries serve for
// sentences that are finished already, as those of the verdict are: their placeholders are found
// again (present/text/speech.h).

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

struct Phrasebook {
  std::string language;  ///< BCP 47: "de"
  std::string name;      ///< As the language calls itself: "Deutsch"
  std::string decimal;   ///< Between the whole and the part: ","
  std::string group;     ///< Between groups of three digits: "."
  std::string date;      ///< Where DD, MM and YYYY stand: "DD.MM.YYYY"
  /// English to the other language. Values stand for {} in the English text one after the other;
  /// in the other one {} likewise, or {1}, {2} … where their order differs.
  std::map<std::string, std::string, std::less<>> phrases;
};

/// How many values a text takes: {} counted, or the highest of {1} to {9} if none below it is
/// missing. Nothing when it mixes both or holds another brace.
[[nodiscard]] std::optional<std::size_t> placeholders_of(std::string_view text);

/// Puts values in the places. Braces inside a value stay as they are; a place without a value
/// becomes empty.
[[nodiscard]] std::string fill_phrase(std::string_view text,
                                      const std::vector<std::string>& values);

}  // namespace dropscope
