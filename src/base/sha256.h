#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/bytes.h"

namespace dropscope {

/// SHA-256 (FIPS 180-4) of the bytes, as 64 lower-case hex digits.
[[nodiscard]] std::string sha256_hex(Bytes bytes);

/// The same, calling `after` behind every `piece_bytes`, so that a file of any size can give its
/// pages back as it goes.
[[nodiscard]] std::string sha256_hex(Bytes bytes, std::size_t piece_bytes,
                                     const std::function<void()>& after);

}  // namespace dropscope
