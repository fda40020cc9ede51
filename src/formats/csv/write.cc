#include "formats/csv/write.h"

namespace dropscope::csv {

void append_field(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string plain_cell(std::string_view text) {
  constexpr std::string_view kFormulaStarts = "=+-@\t\r";
  const bool formula = !text.empty() && kFormulaStarts.find(text.front()) != std::string_view::npos;
  return (formula ? "'" : "") + std::string(text);
}

void append_row(std::string& out, const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ',';
    append_field(out, fields[i]);
  }
  out += "\r\n";
}

}  // namespace dropscope::csv
