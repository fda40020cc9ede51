#pragma once

// The answer to "did it help?" in words.

#include <string>
#include <vector>

#include "verdict/change_report.h"

namespace dropscope {

/// One sentence. `report` is complete but for its texts.
[[nodiscard]] std::string change_headline(const ChangeReport& report);

/// What the answer rests on, how to check it, and how long to wait where there is none yet.
[[nodiscard]] std::vector<std::string> change_sentences(const ChangeReport& report);

}  // namespace dropscope
