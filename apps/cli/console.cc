#include "apps/cli/console.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "present/text/layout.h"

namespace dropscope::cli {
namespace {

using namespace std::chrono_literals;

/// Time before the first redraw: nobody misses a progress line in a shorter run.
constexpr auto kFirstDraw = 300ms;
/// Redraws are no more frequent than the eye can follow.
constexpr auto kRedraw = 100ms;
/// Where a redraw is not possible: at most one line in this time, and one per kPlainStep percent.
constexpr auto kPlain = 5s;
constexpr unsigned kPlainStep = 10;

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::string_view(value) : std::string_view();
}

void write_stderr(std::string_view text) {
  // There is nobody left to tell when stderr itself cannot be written.
  [[maybe_unused]] const std::error_code ignored = write_standard(StandardStream::Err, text);
}

}  // namespace

bool use_colour(std::string_view choice, StandardStream stream) {
  if (choice == "always") return true;
  if (choice == "never") return false;
  // https://no-color.org: any value but an empty one.
  return environment("NO_COLOR").empty() && terminal_has_colour(stream);
}

std::optional<int> known_columns(unsigned asked, StandardStream stream) {
  if (asked != 0) return static_cast<int>(asked);
  if (const auto columns = terminal_columns(stream)) return columns;
  const auto columns = parse_int(environment("COLUMNS"));
  if (columns && *columns > 0 && *columns < 10'000) return static_cast<int>(*columns);
  return std::nullopt;
}

void say_line(std::string_view line) {
  write_stderr(fmt::format("{}\n", printable(line)));
}

void say_error(std::string_view message) {
  write_stderr(fmt::format("dropscope: {}\n", printable(message)));
}

void say_error(const Error& error) {
  say_error(error.text());
}

ProgressLine::ProgressLine(bool quiet)
    : quiet_(quiet), terminal_(is_terminal(StandardStream::Err)), last_(Clock::now()) {
  if (const auto columns = known_columns(0, StandardStream::Err)) {
    columns_ = static_cast<std::size_t>(*columns);
  }
}

void ProgressLine::progress(std::uint64_t done, std::uint64_t total, std::string_view what) {
  if (quiet_) return;
  const auto now = Clock::now();
  const auto wait = !terminal_       ? Clock::duration(kPlain)
                    : drawn_.empty() ? Clock::duration(kFirstDraw)
                                     : Clock::duration(kRedraw);
  if (now - last_ < wait) return;
  // In tenths would flicker; whole percents of bytes. Above 2^57 bytes the product would overflow.
  const auto percent = total == 0
                           ? 0u
                           : static_cast<unsigned>(std::min<std::uint64_t>(
                                 100, static_cast<std::uint64_t>(static_cast<double>(done) * 100.0 /
                                                                 static_cast<double>(total))));
  if (terminal_) {
    redraw(percent, what, now);
  } else if (percent >= last_percent_ + kPlainStep) {
    last_ = now;
    last_percent_ = percent;
    write_stderr(fmt::format("dropscope: {} % done\n", percent));
  }
}

void ProgressLine::redraw(unsigned percent, std::string_view what, Clock::time_point now) {
  std::string line = fmt::format("{:3} %  {}", percent, printable(what));
  line = shorten(line, std::max<std::size_t>(columns_, 20) - 1, "...");
  if (!terminal_has_unicode()) line = to_ascii(line);
  if (line == drawn_) return;
  const std::size_t before = display_width(drawn_);
  last_ = now;
  drawn_ = line;
  // Overwriting with spaces works on every terminal; erase codes do not.
  write_stderr(fmt::format("\r{}", pad_right(line, before)));
}

void ProgressLine::finish() {
  if (drawn_.empty()) return;
  write_stderr(fmt::format("\r{}\r", std::string(display_width(drawn_), ' ')));
  drawn_.clear();
}

}  // namespace dropscope::cli
