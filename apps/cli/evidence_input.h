#pragma once

// How the commands read evidence, and what they tell about what could not be read.

#include <string>
#include <vector>

#include "analysis/clocks/clocks.h"
#include "apps/cli/exit_code.h"
#include "evidence/event.h"
#include "evidence/intake/intake.h"

namespace dropscope::cli {

/// Evidence with its clocks set right, and how far they were off.
struct CorrectedEvidence {
  Evidence evidence;
  std::vector<ClockOffset> clocks;
};

/// Reads what the user named, with a line of progress on stderr unless `quiet`.
[[nodiscard]] CorrectedEvidence read_corrected(const std::vector<std::string>& paths,
                                               const Catalogue& catalogue,
                                               const IntakeOptions& intake, bool quiet);

/// Whether the result that is written lists what was not read, on the same screen.
enum class Listed : bool { Not, OnTheScreen };

/// Lists on stderr what was not read whole, unless that stands on the screen anyway, and returns
/// how the run ends because of it. `paths` are what the user named.
[[nodiscard]] ExitCode tell_unreadable(const Evidence& evidence,
                                       const std::vector<std::string>& paths, Listed listed);

}  // namespace dropscope::cli
