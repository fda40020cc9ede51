#pragma once

// What a time without any loss says. Internal to this floor.

#include <vector>

#include "evidence/catalogue/cause_rule.h"

namespace dropscope {

/// Probability that nothing is wrong where computers were watched for so many days (the mean of
/// them) and none lost its connection: against faults that users complain of, at the rates that the
/// catalogue's causes predict. From the prior of "none" at 0 days towards 1.
[[nodiscard]] double probability_of_nothing(const std::vector<CauseRule>& causes, double days);

/// After how many days in all without a loss that probability exceeds `enough`; at most a year.
[[nodiscard]] double days_until_sure(const std::vector<CauseRule>& causes, double enough);

}  // namespace dropscope
