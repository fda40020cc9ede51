#pragma once

// The lines of a log of any size, one after the other.

#include "evidence/intake/content_pass.h"
#include "evidence/intake/inputs.h"
#include "formats/logwrap/unwrap.h"

namespace dropscope {

/// Calls `use` with each line, taken out of what collected it. A line is valid during the call.
template <typename Use>
void for_each_log_line(const Content& content, Use&& use) {
  logwrap::LogLines lines =
      content.pass != nullptr ? logwrap::LogLines(*content.pass) : logwrap::LogLines(content.bytes);
  for (text::Line line; lines.next(line);) use(line);
}

}  // namespace dropscope
