#pragma once

// Event logs of Windows XP and Server 2003 (formats/evt).

#include "evidence/intake/source_reader.h"

namespace dropscope {

[[nodiscard]] bool is_legacy_log(const Head& head);
[[nodiscard]] SourceIntake read_legacy_log(const Content& content, const ReadContext& context);

}  // namespace dropscope
