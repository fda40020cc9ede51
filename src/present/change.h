#pragma once

// What `dropscope verify` writes.

#include <string>

#include "verdict/change_report.h"

namespace dropscope {

/// The headline and a sentence a line.
[[nodiscard]] std::string render_change_text(const ChangeReport& report);

/// docs/schemas/verify.schema.json
[[nodiscard]] std::string render_change_json(const ChangeReport& report);

}  // namespace dropscope
