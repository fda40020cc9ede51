#pragma once

#include <string_view>

namespace dropscope {

/// The file of this name under templates/, as it was when the program was built: "report.css" or
/// "icons/warning.svg". Asking for a name that is not there is a bug and stops the program.
[[nodiscard]] std::string_view template_text(std::string_view name);

}  // namespace dropscope
