#pragma once

// Standard input as a map. A pipe can be read once and from front to end only, and readers of logs
// and archives go back and forth. So it is copied into a temporary file that has no name any more
// (POSIX) or goes away when it is closed (Windows): memory stays bounded by one block, and nothing
// is left behind, whatever ends the program. A file that was redirected ("< Application.evtx") is
// mapped as it is.
//
// On POSIX the folder is TMPDIR, else /var/tmp: /tmp lies in memory on many systems.

#include <string_view>

#include "base/mapped_file.h"
#include "base/result.h"

namespace dropscope {

/// What "-" is called in messages and results.
inline constexpr std::string_view kStandardInputName = "(standard input)";

/// Errors: Invalid when it is a terminal, where nothing comes and the user waits for us; Io when
/// reading fails or the temporary file cannot hold it.
[[nodiscard]] Result<MappedFile> map_standard_input();

}  // namespace dropscope
