#pragma once

// Logs of the servers' side: IIS, Windows' HTTP driver (HTTPERR) and Exchange. Which columns a log
// has says what it is.

#include "evidence/intake/source_reader.h"

namespace dropscope {

/// A log with a #Fields line of IIS, HTTPERR or Exchange, also inside a page; or a protocol log of
/// Exchange without one.
[[nodiscard]] bool is_server_log(const Head& head);

[[nodiscard]] SourceIntake read_server_log(const Content& content, const ReadContext& context);

}  // namespace dropscope
