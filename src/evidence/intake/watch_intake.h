#pragma once

// The record of `dropscope watch`: each session becomes a client of its own, with its losses and
// restores, and each loss also an end of a connection as its own socket saw it.

#include "evidence/intake/source_reader.h"

namespace dropscope {

[[nodiscard]] bool is_watch_record(const Head& head);
[[nodiscard]] SourceIntake read_watch_record(const Content& content, const ReadContext& context);

}  // namespace dropscope
