#pragma once

// A picture among the evidence: the Connection Status window, or what it shows instead.

#include <string>
#include <vector>

#include "evidence/intake/raw.h"
#include "evidence/intake/source_reader.h"

namespace dropscope {

[[nodiscard]] bool is_picture(const Head& head);
/// Leaves the cells in SourceIntake::picture; settle_picture_source() makes connections of them.
[[nodiscard]] SourceIntake read_picture(const Content& content, const ReadContext& context);

/// Connections, facts, damage and assumptions of a picture's source, when all other sources are
/// read. `known`: names of servers and people in them. Adds to `part`, whose picture is settled.
void settle_picture_source(SourceIntake& part, const std::vector<std::string>& known,
                           const StatusWords& words);

}  // namespace dropscope
