#pragma once

// A scope as an object of JSON; the same in what `scope` writes and in a diagnosis.

#include <string>
#include <vector>

#include "analysis/scope/scope.h"
#include "present/json/json_stream.h"

namespace dropscope {

/// The members of docs/schemas/scope.schema.json but `case` and `seconds`.
[[nodiscard]] Json scope_object(const std::vector<ScopeAttribute>& attributes,
                                const ScopeResult& result,
                                const std::vector<std::string>& explanations);

}  // namespace dropscope
