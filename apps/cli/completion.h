#pragma once

#include <string>

#include "apps/cli/command_tree.h"

namespace dropscope::cli {

/// Completion scripts, complete in themselves: the shell needs no helper package.
[[nodiscard]] std::string render_bash_completion(const CommandPage& root);
[[nodiscard]] std::string render_zsh_completion(const CommandPage& root);
[[nodiscard]] std::string render_fish_completion(const CommandPage& root);

}  // namespace dropscope::cli
