#pragma once

// Did it help? From evidence and the time of a change to an answer in words.

#include <optional>
#include <string>
#include <vector>

#include "analysis/change/judge.h"
#include "verdict/verdict.h"

namespace dropscope {

/// `attribute=value` of facts_of_computers(); case does not matter.
struct WherePart {
  std::string attribute;
  std::string value;
};

struct ChangeReport {
  TimeZone zone;
  std::string zone_reason;
  std::vector<WherePart> where;
  std::uint64_t selected = 0;   ///< Computers that were watched and that `where` holds for.
  std::uint64_t others = 0;     ///< … that it does not hold for.
  std::optional<Instant> when;  ///< Without one only the history is meaningful.
  ChangeJudgement judgement;
  std::string headline;
  std::vector<std::string> sentences;
};

/// Computers for which all parts hold are the changed ones, the others their control. Invalid, with
/// what there is, for an attribute or a value that no computer has.
[[nodiscard]] Result<ChangeReport> report_change(const Evidence& evidence,
                                                 const Diagnosis& diagnosis,
                                                 std::vector<WherePart> where,
                                                 std::optional<Instant> when);

}  // namespace dropscope
