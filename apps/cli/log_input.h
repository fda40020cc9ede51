#pragma once

// The logs behind what was given to an evtx command: a file, "-" for standard input, or the members
// of an archive.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "apps/cli/exit_code.h"
#include "base/bytes.h"
#include "formats/evtx/reader.h"

namespace dropscope {
class MappedFile;
}

namespace dropscope::cli {

/// Pages of the log are given back each time so much has been read, which bounds the memory that a
/// log of any size takes.
inline constexpr std::uint64_t kReleaseBytes = 64u << 20;

/// "offset 0x1200, record 7: what is wrong (12 bytes lost)".
[[nodiscard]] std::string damage_line(const evtx::LogDamage& damage);

/// One log, opened. Its bytes are valid during the call.
struct LogInput {
  std::string name;  ///< "archive.zip!/folder/file" for members, "(standard input)" for "-".
  Bytes bytes;
  const MappedFile* map = nullptr;  ///< Of `bytes`; null for members.

  /// Gives back the pages that were read, which bounds the memory that a log of any size takes.
  void release_pages() const;
};

/// Opens `file`, or all in a folder, and calls `use` for each log in it. `use` returns whether the
/// log was read whole, and tells what was not; everything else is told here, on stderr: what cannot
/// be opened, members that are not whole, what is no log, and pages that the system could not
/// supply while `use` was reading. Members and files of folders that are no logs are passed over
/// without a word, as they are nobody's mistake.
///
/// Returns NothingUsable if there was no log, Incomplete if one of them was not read whole, else
/// Ok. `use` may set `stop` to be spared the rest (nobody reads the output any more).
ExitCode for_each_log(const std::string& file,
                      const std::function<bool(const LogInput& log, bool& stop)>& use);

/// The same for several: NothingUsable if none of them held a log.
ExitCode for_each_log(const std::vector<std::string>& files,
                      const std::function<bool(const LogInput& log, bool& stop)>& use);

}  // namespace dropscope::cli
