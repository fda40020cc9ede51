#pragma once

// One row after the other, as RFC 4180 writes them: fields in quotes where they need it, lines that
// end in CR LF.

#include <string>
#include <string_view>
#include <vector>

namespace dropscope::csv {

/// Appends one field, in quotes when it holds a comma, a quote or a line break.
void append_field(std::string& out, std::string_view text);

/// Text that a spreadsheet would take for a formula, with an apostrophe in front: evidence is
/// written by strangers, and opening a table must not compute anything of theirs (OWASP, "CSV
/// injection": a first character of = + - @, tab or CR).
[[nodiscard]] std::string plain_cell(std::string_view text);

/// Appends the fields and the end of the line.
void append_row(std::string& out, const std::vector<std::string>& fields);

}  // namespace dropscope::csv
