// A console takes UTF-16 through WriteConsoleW, whatever its code page is, so neither the code page
// nor the C library's text mode has to be changed and put back. Files and pipes get UTF-8 as it is.

#include <algorithm>
#include <string>

#include "apps/cli/terminal.h"
#include "base/utf16.h"
#include "base/windows_api.h"

namespace dropscope::cli {
namespace {

/// Units given to one WriteConsoleW; consoles before Windows 8 refuse more than 64 KiB at once.
constexpr std::size_t kConsoleUnits = 8192;

HANDLE handle(StandardStream stream) {
  return GetStdHandle(stream == StandardStream::Out ? STD_OUTPUT_HANDLE : STD_ERROR_HANDLE);
}

std::error_code last_error() {
  const DWORD error = GetLastError();
  // ERROR_NO_DATA is what a pipe says whose reader is about to be gone.
  if (error == ERROR_BROKEN_PIPE || error == ERROR_NO_DATA) {
    return std::make_error_code(std::errc::broken_pipe);
  }
  return {static_cast<int>(error), std::system_category()};
}

std::error_code write_console(HANDLE console, std::u16string_view text) {
  while (!text.empty()) {
    std::size_t units = std::min(text.size(), kConsoleUnits);
    // A surrogate pair is not torn apart.
    const bool high_last = text[units - 1] >= 0xd800 && text[units - 1] < 0xdc00;
    if (high_last && units > 1) --units;
    DWORD written = 0;
    if (WriteConsoleW(console, text.data(), static_cast<DWORD>(units), &written, nullptr) == 0) {
      return last_error();
    }
    text.remove_prefix(std::max<std::size_t>(written, 1));
  }
  return {};
}

}  // namespace

void set_up_terminal() {
  for (const StandardStream stream : {StandardStream::Out, StandardStream::Err}) {
    DWORD mode = 0;
    if (GetConsoleMode(handle(stream), &mode) != 0) {
      SetConsoleMode(handle(stream), mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
    }
  }
}

bool is_terminal(StandardStream stream) {
  DWORD mode = 0;
  return GetConsoleMode(handle(stream), &mode) != 0;
}

std::optional<int> terminal_columns(StandardStream stream) {
  CONSOLE_SCREEN_BUFFER_INFO info{};
  if (GetConsoleScreenBufferInfo(handle(stream), &info) == 0) return std::nullopt;
  // The window, not the buffer behind it. Its last column is left free: old consoles wrap there.
  const int columns = info.srWindow.Right - info.srWindow.Left;
  if (columns <= 0) return std::nullopt;
  return columns;
}

bool terminal_has_colour(StandardStream stream) {
  DWORD mode = 0;
  return GetConsoleMode(handle(stream), &mode) != 0 &&
         (mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
}

bool terminal_has_unicode() {
  return true;
}

std::error_code write_standard(StandardStream stream, std::string_view utf8) {
  HANDLE out = handle(stream);
  if (is_terminal(stream)) return write_console(out, to_utf16(utf8));
  while (!utf8.empty()) {
    const auto size = static_cast<DWORD>(std::min<std::size_t>(utf8.size(), 1u << 20));
    DWORD written = 0;
    if (WriteFile(out, utf8.data(), size, &written, nullptr) == 0) return last_error();
    utf8.remove_prefix(written);
  }
  return {};
}

}  // namespace dropscope::cli
