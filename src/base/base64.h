#pragma once

#include <string>

#include "base/bytes.h"

namespace dropscope {

/// RFC 4648, section 4: with padding, without line breaks.
[[nodiscard]] std::string base64(Bytes bytes);

}  // namespace dropscope
