#pragma once

// Tables that say what is known about computers: who uses them, where they are, which protocol.

#include <string>

#include "base/bytes.h"
#include "evidence/intake/raw.h"

namespace dropscope {

/// Reads a table with a column "computer"; every other column becomes an attribute of its name.
[[nodiscard]] SourceIntake read_inventory(Bytes bytes, std::string name, std::size_t damage_kept);

}  // namespace dropscope
