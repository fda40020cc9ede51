#pragma once

// Lists of clients and of leaves as other programs write them (docs/cli.md, "scope", "localise").

#include "analysis/scope/leaves.h"
#include "analysis/scope/scope.h"
#include "base/bytes.h"
#include "base/result.h"

namespace dropscope {

/// A CSV with one row a client: `exposure_h`, `disconnects`, and any columns of attributes. `name`
/// is for messages. Errors: Invalid with the line for a column that is missing or twice, a number
/// that is none or negative, events without exposure; those of csv::read().
[[nodiscard]] Result<ScopeTable> read_scope_table(Bytes bytes, const std::string& name);

/// A CSV with one row a leaf: `real`, `predict` (finite numbers), and columns of attributes. Errors
/// as above.
[[nodiscard]] Result<LeafTable> read_leaf_table(Bytes bytes, const std::string& name);

}  // namespace dropscope
