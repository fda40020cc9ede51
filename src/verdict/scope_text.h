#pragma once

// A scope in words: who is affected, compared with whom, and how likely that is by accident.

#include <string>
#include <vector>

#include "analysis/coincidence/shared_timing.h"
#include "analysis/scope/scope.h"
#include "analysis/scope/single_user.h"

namespace dropscope {

/// "office Berlin, version 16.0.17328.20162".
[[nodiscard]] std::string describe_terms(const std::vector<ScopeAttribute>& attributes,
                                         const ScopeTerms& terms);

/// "less than 1 in 10,000", from minus the logarithm of a bound of the chance; in powers of ten,
/// because the bound is no more exact than that.
[[nodiscard]] std::string chance_words(double minus_log);

/// What the user on other computers and others on this one say, or the test to make: what to do,
/// for how long, and what either outcome means.
[[nodiscard]] std::vector<std::string> explain_single_user(const SingleUser& single);

/// Whether losses come at the same moments or at the same interval; empty for too few computers.
[[nodiscard]] std::string explain_timing(const SharedTiming& timing);

/// One sentence for each cause, or the sentences on everybody or nobody; for a single client also
/// what tells the user from the computer.
[[nodiscard]] std::vector<std::string> explain_scope(const ScopeTable& table,
                                                     const ScopeResult& result);

}  // namespace dropscope
