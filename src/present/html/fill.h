#pragma once

#include <map>
#include <string>
#include <string_view>

namespace dropscope {

/// Puts values in the place of {{name}} in a template. One pass: braces inside a value stay as they
/// are, so that text from evidence cannot ask for another value. A name without a value, or a value
/// without a place, is a bug in the template and stops the program.
[[nodiscard]] std::string fill_template(std::string_view text,
                                        const std::map<std::string, std::string>& values);

}  // namespace dropscope
