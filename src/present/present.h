#pragma once

// Writers. Each shows the whole verdict: what one of them says, all of them say.

#include <string>

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

/// One self-contained page: no script is needed to read it, nothing is fetched.
[[nodiscard]] std::string render_html(const ReportInput& input);

}  // namespace dropscope
