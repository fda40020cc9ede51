#pragma once

#include <string_view>

namespace dropscope {

/// The version of the program, as CMakeLists.txt states it: "0.1.0".
[[nodiscard]] std::string_view version();

}  // namespace dropscope
