#pragma once
// The checksum of file header, chunk header and records: CRC-32 as in IEEE 802.3, the one that gzip
// and Ethernet use (polynomial 0xEDB88320 with the lowest bit first, all bits inverted before and
// after).
//
// Every byte of a log passes through here once, so the speed of it counts.

#include <cstdint>

#include "base/bytes.h"

namespace dropscope::evtx {

/// The checksum of what gave `before` (0 for nothing) followed by `bytes`, so that parts that are
/// not beside each other can be taken together: `crc32_of(crc32_of(0, first), second)`.
[[nodiscard]] std::uint32_t crc32_of(std::uint32_t before, Bytes bytes);

}  // namespace dropscope::evtx
