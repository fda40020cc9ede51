// The build gives the version once, in CMakeLists.txt; it enters the code only here.
#include "present/version.h"

#ifndef DROPSCOPE_VERSION
#error "The build must define DROPSCOPE_VERSION as a string, such as \"0.1.0\""
#endif

namespace dropscope {

std::string_view version() {
  return DROPSCOPE_VERSION;
}

}  // namespace dropscope
