#pragma once

#include <string>

#include "apps/cli/command_tree.h"

namespace dropscope::cli {

/// A manual page in roff (man macros) for one command with all that are below it.
[[nodiscard]] std::string render_man_page(const CommandPage& page);

}  // namespace dropscope::cli
