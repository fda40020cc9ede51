#pragma once

// The lines of a log of any size, one after the other.

#include <cstddef>

#include "base/mapped_file.h"
#include "evidence/intake/inputs.h"
#include "formats/logwrap/unwrap.h"

namespace dropscope {

/// Pages of a mapped log are given back after so many bytes: it is read once, from front to back.
inline constexpr std::size_t kReleaseBytes = std::size_t{64} << 20;

/// Calls `use` with each line, taken out of what collected it. A line is valid during the call.
template <typename Use>
void for_each_log_line(const Content& content, Use&& use) {
  logwrap::LogLines lines(content.bytes);
  std::size_t released = 0;
  for (text::Line line; lines.next(line);) {
    use(line);
    if (content.map != nullptr && lines.offset() - released >= kReleaseBytes) {
      content.map->release_pages();
      released = lines.offset();
    }
  }
}

}  // namespace dropscope
