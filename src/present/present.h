#pragma once

// Writers. Each shows the whole verdict: what one of them says, all of them say.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"
#include "verdict/verdict.h"

namespace dropscope {

struct TerminalStyle {
  bool colour = false;
  int width = 80;       ///< Columns; text is wrapped to it (at least 40).
  bool unicode = true;  ///< False: ASCII only, for consoles without UTF-8.
};

/// What every writer is given. All references outlive the call.
struct ReportInput {
  const Evidence& evidence;
  const Catalogue& catalogue;
  const Diagnosis& diagnosis;
  std::string command_line;   ///< As typed, for the report's foot; may be empty.
  bool all_episodes = false;  ///< JSON: episodes of every computer even in a large fleet.
  const Phrasebook* phrasebook = nullptr;  ///< HTML: another language than English.
};

[[nodiscard]] std::string render_terminal(const ReportInput& input, const TerminalStyle& style);

/// docs/schemas/diagnosis.schema.json; ends with a newline.
[[nodiscard]] std::string render_json(const ReportInput& input);

/// For a ticket or a chat: CommonMark with tables and task lists as GitHub and GitLab show them.
/// Text of the evidence can neither become markup nor links.
[[nodiscard]] std::string render_markdown(const ReportInput& input);

/// The tables of the CSV form; docs/output.md lists their columns.
enum class CsvTable : std::uint8_t {
  Losses,   ///< One row a loss.
  Clients,  ///< One row a computer.
  Causes,   ///< One row a cause that was found, the headline's first.
};
[[nodiscard]] std::string_view to_string(CsvTable table);  ///< "losses", "clients", "causes"
[[nodiscard]] const std::vector<CsvTable>& all_csv_tables();
/// RFC 4180 in UTF-8, times in UTC, lengths in seconds. A text that a spreadsheet would take for a
/// formula has an apostrophe in front.
[[nodiscard]] std::string render_csv(const ReportInput& input, CsvTable table);

/// One self-contained page: no script is needed to read it, nothing is fetched.
[[nodiscard]] std::string render_html(const ReportInput& input);

}  // namespace dropscope
