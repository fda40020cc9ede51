#pragma once

// Packet captures: which TCP connections ended, by whom, after how long idle.

#include "evidence/intake/source_reader.h"

namespace dropscope {

/// Whether the file begins as a pcap or pcapng capture.
[[nodiscard]] bool is_capture(const Head& head);

/// Every connection that did not simply end after its work becomes a close, its place being the
/// number of the closing packet. Constant memory.
[[nodiscard]] SourceIntake read_capture(const Content& content, const ReadContext& context);

}  // namespace dropscope
