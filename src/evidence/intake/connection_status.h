#pragma once

// The Connection Status window as text: pasted from the clipboard or saved, with or without its
// header.

#include "evidence/intake/raw.h"
#include "evidence/intake/source_reader.h"

namespace dropscope {

[[nodiscard]] bool is_status_text(const Head& head);
[[nodiscard]] SourceIntake read_status_text(const Content& content, const ReadContext& context);

}  // namespace dropscope
