#pragma once

// What the computer that the program runs on says of itself.

#include <string>

#include "base/time.h"

namespace dropscope::cli {

/// Its host name; empty when it does not tell.
[[nodiscard]] std::string computer_name();

/// Its time zone as it names it: an IANA name, or the key of Windows; empty when it does not tell.
[[nodiscard]] std::string zone_of_computer();

/// Its clock of the day.
[[nodiscard]] Instant now();

}  // namespace dropscope::cli
