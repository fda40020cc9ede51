#pragma once

// What `dropscope scope` and `dropscope localise` write for other programs: one JSON object on one
// line (docs/schemas/scope.schema.json). `case_name` (may be empty) and `seconds` are for batches.

#include <optional>
#include <string>
#include <vector>

#include "analysis/scope/leaves.h"
#include "analysis/scope/scope.h"

namespace dropscope {

[[nodiscard]] std::string render_scope_json(const ScopeTable& table, const ScopeResult& result,
                                            const std::string& case_name = {},
                                            std::optional<double> seconds = std::nullopt);

[[nodiscard]] std::string render_causes_json(const LeafTable& table,
                                             const std::vector<ScopeTerms>& causes,
                                             const std::string& case_name = {},
                                             std::optional<double> seconds = std::nullopt);

}  // namespace dropscope
