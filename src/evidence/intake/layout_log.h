#pragma once

// Logs of balancers and firewalls whose lines are described by data (data/layouts/*.toml).

#include "evidence/intake/source_reader.h"

namespace dropscope {

/// Of the catalogue's layouts the one that knows most lines of the beginning; null when none knows
/// enough.
[[nodiscard]] const LogLayout* find_layout(const Head& head, const Catalogue& catalogue);

[[nodiscard]] bool is_layout_log(const Head& head);
/// Source::kind becomes the layout's id.
[[nodiscard]] SourceIntake read_layout_log(const Content& content, const ReadContext& context);

}  // namespace dropscope
