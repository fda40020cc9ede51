#pragma once

// What the commands that read evidence tell about what could not be read.

#include <string>
#include <vector>

#include "apps/cli/exit_code.h"
#include "evidence/event.h"

namespace dropscope::cli {

/// Lists on stderr what was not read whole, and returns how the run ends because of it. `paths` are
/// what the user named.
[[nodiscard]] ExitCode tell_unreadable(const Evidence& evidence,
                                       const std::vector<std::string>& paths);

}  // namespace dropscope::cli
