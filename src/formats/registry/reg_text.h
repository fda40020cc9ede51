#pragma once

// The text that regedit and `reg export` write (.reg), in both of its versions.

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "formats/registry/registry.h"

namespace dropscope::registry {

enum class TextVersion : std::uint8_t {
  Five,     ///< "Windows Registry Editor Version 5.00"; text in hex() is UTF-16LE.
  Four,     ///< "REGEDIT4"; text in hex() is in the code page of the computer that wrote it.
  Missing,  ///< No such line before the first key; read as version 5.
};

struct TextSummary {
  Counts counts;
  TextVersion version = TextVersion::Missing;
  std::uint64_t assumed_lines = 0;  ///< Neither UTF-8 nor UTF-16: read as Windows-1252.
  bool assumed_data = false;        ///< Text in hex() was read as Windows-1252 (REGEDIT4).
};

/// Whether the first lines, as UTF-8, are such a text: its header, or a key in brackets.
[[nodiscard]] bool is_reg_text(std::string_view head);

/// Reads it all. Places are lines; a value that is wrong costs that value only.
[[nodiscard]] TextSummary read_text(Bytes bytes, Visitor& visitor);

}  // namespace dropscope::registry
