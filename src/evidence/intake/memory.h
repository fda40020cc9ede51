#pragma once

// Evidence of files that are in memory: for what was cut or redacted before anybody reads it.

#include <string>
#include <vector>

#include "evidence/intake/intake.h"

namespace dropscope {

struct MemoryFile {
  std::string name;     ///< Becomes Source::path.
  std::string content;  ///< Not an archive; one is listed as a file of no known kind.
};

/// As read_evidence() of files with these names in this order.
[[nodiscard]] Evidence read_evidence(const std::vector<MemoryFile>& files,
                                     const Catalogue& catalogue, const IntakeOptions& options = {});

}  // namespace dropscope
