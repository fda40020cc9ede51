#pragma once

// Writers of two results held against each other, and of one result without its evidence.

#include <string>

#include "formats/diagnosis/document.h"
#include "present/present.h"
#include "verdict/compare.h"

namespace dropscope {

struct DiffInput {
  const diagnosis_json::Document& before;
  const diagnosis_json::Document& after;
  const Comparison& comparison;
};

[[nodiscard]] std::string render_diff_terminal(const DiffInput& input, const TerminalStyle& style);
/// docs/schemas/diff.schema.json
[[nodiscard]] std::string render_diff_json(const DiffInput& input);

/// What a result says, in some lines.
[[nodiscard]] std::string render_document_terminal(const diagnosis_json::Document& document,
                                                   const TerminalStyle& style);

}  // namespace dropscope
