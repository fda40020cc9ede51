#pragma once

// Text that is not Unicode: which of the two code pages of Western Windows it is in.
//
// Programs write the "ANSI" page, Windows-1252; what a command such as `wevtutil qe … > file`
// prints is in the page of the console, 850 in Europe. Read in the wrong one, "ge\x94ffnet"
// (geöffnet) has a quotation mark inside, which tells.

#include <cstdint>
#include <string>
#include <string_view>

namespace dropscope::text {

enum class CodePage : std::uint8_t { Windows1252, Oem850 };
[[nodiscard]] std::string_view to_string(CodePage page);

/// By what stands beside letters: letters of 850 are punctuation in 1252, letters of 1252 are lines
/// of boxes in 850. Windows-1252 when nothing tells.
[[nodiscard]] CodePage guess_code_page(std::string_view bytes);

/// Appends text of that page as UTF-8.
void append_code_page(std::string& out, std::string_view bytes, CodePage page);

}  // namespace dropscope::text
