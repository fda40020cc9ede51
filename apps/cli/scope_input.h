#pragma once

// The files of `scope` and `localise`.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/scope/scope.h"
#include "apps/cli/exit_code.h"
#include "base/result.h"

namespace dropscope::cli {

/// The bytes of a file, or of what a .gz or an archive of one member packs.
[[nodiscard]] Result<std::string> read_packed(const std::string& path);

/// `history_events` (≥ 0) and `history_hours` (> 0) of a JSON file; nothing when it names neither.
[[nodiscard]] Result<std::optional<ScopeHistory>> read_history(const std::string& path);

/// "a>b>c" as its levels; Invalid for fewer than two or an empty one.
[[nodiscard]] Result<ScopeHierarchy> parse_hierarchy(const std::string& text);

/// The lines of a list of paths that are not empty.
[[nodiscard]] Result<std::vector<std::string>> read_list(const std::string& path);

/// File name without `.csv` and `.gz`.
[[nodiscard]] std::string case_name(const std::string& path);

/// Runs `solve(path)` for each path and writes its text at once; a path that fails is reported on
/// stderr and the others go on. NothingUsable when all fail.
[[nodiscard]] ExitCode run_batch(
    const std::string& list, const std::string& target,
    const std::function<Result<std::string>(const std::string& path)>& solve);

}  // namespace dropscope::cli
