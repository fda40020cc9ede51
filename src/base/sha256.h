#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"

namespace dropscope {

/// SHA-256 (FIPS 180-4) of the bytes, as 64 lower-case hex digits.
[[nodiscard]] std::string sha256_hex(Bytes bytes);

}  // namespace dropscope
