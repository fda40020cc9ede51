#pragma once

// What `conntrack -E` recorded on a Linux packet filter or router.

#include "evidence/intake/source_reader.h"

namespace dropscope {

[[nodiscard]] bool is_conntrack_log(const Head& head);
[[nodiscard]] SourceIntake read_conntrack_log(const Content& content, const ReadContext& context);

}  // namespace dropscope
