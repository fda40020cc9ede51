#pragma once

// What a parser gives of a line has to lie in that line.

#include <string_view>

#include "base/result.h"

namespace dropscope {

inline void check_inside(std::string_view line, std::string_view part) {
  if (part.empty()) return;
  check(part.data() >= line.data() && part.data() + part.size() <= line.data() + line.size(),
        "a view leaves its line");
}

}  // namespace dropscope
