#pragma once

namespace dropscope::cli {

/// What the program returns to its caller; docs/cli.md and the manual page promise these numbers.
enum class ExitCode : int {
  Ok = 0,             ///< The whole input was read.
  Incomplete = 1,     ///< Something could not be read or written; stderr says what.
  Usage = 2,          ///< The command line, a data file or a scenario is wrong.
  NothingUsable = 3,  ///< Nothing could be read at all.
  Internal = 4,       ///< A mistake of the program.
  Found = 10,         ///< --fail-on: the diagnosis has one of the named outcomes.
};

}  // namespace dropscope::cli
