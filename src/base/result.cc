#include "base/result.h"

#include <cstdio>
#include <cstdlib>

namespace dropscope {

void check(bool condition, std::string_view what, std::source_location where) {
  if (condition) return;
  std::fprintf(stderr, "dropscope: internal error: %.*s (%s:%u)\n", static_cast<int>(what.size()),
               what.data(), where.file_name(), static_cast<unsigned>(where.line()));
  std::abort();
}

}  // namespace dropscope
