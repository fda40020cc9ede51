#pragma once

// What a table's columns are called, for telling kinds of tables apart before reading them.

#include <string>
#include <string_view>
#include <vector>

namespace dropscope {

/// Names of the columns of the first row, as table_column() gives them; blank lines, comments (#)
/// and what Excel and PowerShell write above it are passed over. Empty when that row has one field.
[[nodiscard]] std::vector<std::string> header_columns(std::string_view text);

/// The name of a column in one spelling: lower case, '_' for blanks and hyphens, and one word for
/// what several stand for ("load balancer", "LB": "load_balancer").
[[nodiscard]] std::string table_column(std::string_view name);

}  // namespace dropscope
