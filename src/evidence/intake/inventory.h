#pragma once

// Tables that say what is known about computers: who uses them, where they are, which protocol.

#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "evidence/event.h"

namespace dropscope {

struct InventoryRow {
  std::string computer;
  std::vector<std::pair<std::string, std::string>>
      values;  ///< Column in lower case, value; empty values left out.
};

struct InventoryIntake {
  Source source;
  std::vector<InventoryRow> rows;
};

/// Reads a table with a column "computer"; every other column becomes an attribute of its name.
[[nodiscard]] InventoryIntake read_inventory(Bytes bytes, std::string name,
                                             std::size_t damage_kept);

}  // namespace dropscope
