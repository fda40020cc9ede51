#pragma once

// A line described by its text: "Teardown {protocol:word} connection {id:word} for …".
//
//   {name}          any text, as short as the rest of the pattern allows
//   {name:word}     no spaces, as long as the rest allows, at least one character
//   {name:number}   digits, with decimals or a sign or not
//   {name:address}  what an address can hold: digits, letters, "." and ":"
//   {name:stamp}    a time, in one of the shapes that the caller gives
//   {name:rest}     the rest of the line
//   {_}, {_:word}   the same, not wanted
//   ((text))        text that may be missing
// A space stands for one or more. Everything else stands for itself. There are no repetitions, and
// the work on one line is bounded, so that no line can keep the reader busy.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/layout/fields.h"

namespace dropscope::layout {

class Pattern {
 public:
  /// `slot_of` gives the slot of a name, or nothing for an unknown one.
  static Result<Pattern> compile(
      std::string_view text,
      const std::function<std::optional<std::size_t>(std::string_view name)>& slot_of);

  /// Fills `values`, which must be large enough for every slot. `stamps` are the shapes of times
  /// (text/stamp.h). Where the pattern begins with text, that may stand anywhere in `line`, and
  /// `begin` tells where; else the whole line is meant.
  [[nodiscard]] bool match(std::string_view line, const std::vector<std::string>& stamps,
                           Values& values, std::size_t& begin) const;

 private:
  enum class Type : std::uint8_t { Literal, Any, Word, Number, Address, Stamp, Rest, Optional };
  struct Element {
    Type type = Type::Literal;
    std::string text;  ///< Literal.
    std::size_t slot = 0;
    bool wanted = false;
    std::size_t end = 0;  ///< Optional: the element behind its last.
  };
  struct Run;

  bool match_from(Run& run, std::size_t at, std::size_t element) const;

  std::vector<Element> elements_;
};

}  // namespace dropscope::layout
