#pragma once

// Files that belong to another one and lie beside it, such as the transaction logs of a hive.

#include <string>
#include <string_view>
#include <vector>

#include "evidence/intake/inputs.h"

namespace dropscope {

struct Companion {
  std::string name;     ///< Without its folder.
  std::string content;  ///< Unpacked when it is packed by itself.
};

/// The files whose name is that of `content` with one of `suffixes` (lower case) behind it; case
/// does not matter, and neither does whether one or the other is packed (.gz, .xz). Looks into the
/// same folder; of a member of an archive into the same archive. In the order of the suffixes.
[[nodiscard]] std::vector<Companion> find_companions(const Content& content,
                                                     const std::vector<std::string_view>& suffixes);

}  // namespace dropscope
