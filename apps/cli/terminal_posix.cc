#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>

#include "apps/cli/terminal.h"
#include "base/text.h"

namespace dropscope::cli {
namespace {

int descriptor(StandardStream stream) {
  return stream == StandardStream::Out ? STDOUT_FILENO : STDERR_FILENO;
}

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::string_view(value) : std::string_view();
}

}  // namespace

void set_up_terminal() {
  // `dropscope events … | head` ends as every other tool does there, also when whoever started us
  // had this signal ignored.
  std::signal(SIGPIPE, SIG_DFL);
}

bool is_terminal(StandardStream stream) {
  return isatty(descriptor(stream)) == 1;
}

std::optional<int> terminal_columns(StandardStream stream) {
  winsize size{};
  if (ioctl(descriptor(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

bool terminal_has_colour(StandardStream stream) {
  const std::string_view kind = environment("TERM");
  return is_terminal(stream) && !kind.empty() && kind != "dumb";
}

bool terminal_has_unicode() {
  // The first of these that is set decides (POSIX, Base Definitions 8.2).
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = environment(name);
    if (value.empty()) continue;
    const std::string lower = to_lower_ascii(value);
    return lower.find("utf-8") != std::string::npos || lower.find("utf8") != std::string::npos;
  }
  return false;
}

std::error_code write_standard(StandardStream stream, std::string_view utf8) {
  while (!utf8.empty()) {
    const ssize_t written = write(descriptor(stream), utf8.data(), utf8.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return {errno, std::generic_category()};
    }
    utf8.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace dropscope::cli
