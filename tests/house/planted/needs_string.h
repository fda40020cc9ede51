#pragma once

// Uses std::string without <string>: the header test must refuse it.

namespace dropscope {

std::string planted();

}  // namespace dropscope
