#pragma once

// What the program needs to know of, and do with, the streams it was started with. Everything that
// differs between systems is behind these functions: terminal_posix.cc and terminal_win32.cc.

#include <optional>
#include <string_view>
#include <system_error>

namespace dropscope::cli {

enum class StandardStream { Out, Err };

/// To be called once, before anything is written.
void set_up_terminal();

[[nodiscard]] bool is_terminal(StandardStream stream);

/// Columns of the terminal; nothing when the stream is none.
[[nodiscard]] std::optional<int> terminal_columns(StandardStream stream);

/// Whether the terminal obeys colour codes.
[[nodiscard]] bool terminal_has_colour(StandardStream stream);

/// Whether the terminal can be expected to show more than ASCII.
[[nodiscard]] bool terminal_has_unicode();

/// Writes all of the UTF-8 text, unbuffered. `errc::broken_pipe` when nobody reads any more.
[[nodiscard]] std::error_code write_standard(StandardStream stream, std::string_view utf8);

}  // namespace dropscope::cli
