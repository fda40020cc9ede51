#pragma once

#include <string>
#include <vector>

namespace dropscope::cli {

/// The whole program but for the system's way of passing arguments, which are UTF-8 here and do not
/// hold the program's own name. Returns the exit code; nothing is thrown.
int run_program(const std::vector<std::string>& arguments);

}  // namespace dropscope::cli
