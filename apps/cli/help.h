#pragma once

#include <string>
#include <vector>

#include "apps/cli/command_tree.h"

namespace dropscope::cli {

/// Help for one command: 80 columns, ASCII.
[[nodiscard]] std::string render_help(const CommandPage& page);

/// "dropscope diagnose [OPTIONS] PATH..."
[[nodiscard]] std::string usage_line(const CommandPage& page);

/// An exit code that a command can return, for help and manual.
struct ExitStatus {
  int code;
  const char* meaning;
};
[[nodiscard]] std::vector<ExitStatus> exit_statuses_of(const CommandPage& page);

/// "-q, --quiet", "--tz ZONE", "PATH...".
[[nodiscard]] std::string option_title(const OptionPage& option);

}  // namespace dropscope::cli
