#include "bench/scope_cases.h"

namespace dropscope::scope_cases {

Rows rows_of(const ScopeTable& table, const ScopeTerms& terms) {
  Rows rows;
  for (std::uint32_t row = 0; row < table.exposure_h.size(); ++row) {
    if (matches(table.attributes, terms, row)) rows.push_back(row);
  }
  return rows;
}

}  // namespace dropscope::scope_cases
