#pragma once

// The saved result of `dropscope probe`.

#include "evidence/intake/source_reader.h"

namespace dropscope {

[[nodiscard]] bool is_probe_result(const Head& head);
[[nodiscard]] SourceIntake read_probe_result(const Content& content, const ReadContext& context);

}  // namespace dropscope
