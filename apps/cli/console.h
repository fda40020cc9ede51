#pragma once

// What the program says beside its results: errors, notes and progress, all on stderr. Also the
// decisions about how results look on this terminal (colour, width, characters).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "apps/cli/terminal.h"
#include "base/progress.h"
#include "base/result.h"

namespace dropscope::cli {

/// "auto", "always" or "never", as --color gives it.
[[nodiscard]] bool use_colour(std::string_view choice, StandardStream stream);

/// Columns to write for: `asked` when it is not 0, else the terminal's, else COLUMNS of the
/// environment; nothing when none of them is known.
[[nodiscard]] std::optional<int> known_columns(unsigned asked, StandardStream stream);

/// "dropscope: message", one line, safe to show whatever the message holds.
void say_error(std::string_view message);
void say_error(const Error& error);
/// A line without the program's name in front.
void say_line(std::string_view line);

/// Draws progress on stderr: one line that is redrawn on a terminal, now and then a plain line
/// elsewhere, so that a log of a scheduled run stays readable. Nothing is drawn for short runs.
class ProgressLine : public ProgressSink {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine() override { finish(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void progress(std::uint64_t done, std::uint64_t total, std::string_view what) override;
  /// Removes the line from the terminal; to be called before anything else is written there.
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void redraw(unsigned percent, std::string_view what, Clock::time_point now);

  bool quiet_;
  bool terminal_;
  std::size_t columns_ = 80;
  Clock::time_point last_;
  unsigned last_percent_ = 0;
  std::string drawn_;
};

}  // namespace dropscope::cli
