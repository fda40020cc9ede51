// Any bytes as a table. Checks what csv.h promises: every row is as wide as the header, lines
// ascend, all text is UTF-8; and that a table written by the rules from what was read reads the
// same.
#include <string>

#include "base/result.h"
#include "base/utf16.h"
#include "formats/csv/csv.h"

namespace {

using dropscope::check;
using dropscope::csv::Table;

void append_row(std::string& out, const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i != 0) out += ',';
    out += '"';
    for (const char c : fields[i]) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  }
  out += "\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const dropscope::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto table = dropscope::csv::read(bytes, "fuzz.csv");
  if (!table) return 0;
  check(!table->header.empty(), "no header");
  std::uint64_t line = 0;
  for (const auto& row : table->rows) {
    check(row.fields.size() == table->header.size(), "a row is not as wide as the header");
    check(row.line > line, "lines do not ascend");
    line = row.line;
    for (const auto& field : row.fields) check(dropscope::is_utf8(field), "a field is not UTF-8");
  }

  // A table of one blank field per row cannot be told from blank lines; two columns can.
  if (table->header.size() < 2) return 0;
  std::string written;
  append_row(written, table->header);
  for (const auto& row : table->rows) append_row(written, row.fields);
  const auto again = dropscope::csv::read(dropscope::as_bytes(written), "written.csv");
  check(again.has_value(), "what was written cannot be read");
  check(again->header == table->header, "the header differs");
  check(again->rows.size() == table->rows.size(), "the number of rows differs");
  for (std::size_t i = 0; i < again->rows.size(); ++i) {
    check(again->rows[i].fields == table->rows[i].fields, "a row differs");
  }
  return 0;
}
