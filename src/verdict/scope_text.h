#pragma once

// A scope in words: who is affected, compared with whom, and how likely that is by accident.

#include <string>
#include <vector>

#include "analysis/scope/scope.h"

namespace dropscope {

/// "office Berlin, version 16.0.17328.20162".
[[nodiscard]] std::string describe_terms(const std::vector<ScopeAttribute>& attributes,
                                         const ScopeTerms& terms);

/// "less than 1 in 10,000", from minus the logarithm of a bound of the chance; in powers of ten,
/// because the bound is no more exact than that.
[[nodiscard]] std::string chance_words(double minus_log);

/// One sentence for each cause, or the sentences on everybody or nobody.
[[nodiscard]] std::vector<std::string> explain_scope(const ScopeTable& table,
                                                     const ScopeResult& result);

}  // namespace dropscope
