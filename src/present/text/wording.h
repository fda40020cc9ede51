#pragma once

// Numbers and names as every writer words them, so that the terminal, the page and the documents
// agree.

#include <cstdint>
#include <string>
#include <string_view>

#include "analysis/rhythm/episode_rhythm.h"
#include "verdict/verdict.h"

namespace dropscope {

/// "97 %". Certainty is not rounded up to: "over 99 %", "under 1 %".
[[nodiscard]] std::string percent(double probability);

/// "12,345".
[[nodiscard]] std::string grouped(std::uint64_t n);

/// "1 loss", "12,345 losses": like count_of() of base/text.h, with grouped digits.
[[nodiscard]] std::string counted(std::uint64_t n, std::string_view singular,
                                  std::string_view plural = {});

/// A length as administrators name a timer: "45 s", "60 min", "61 min 12 s", "2 h", "1 d". Minutes
/// are used up to two hours, because time-outs are set and searched for in minutes.
[[nodiscard]] std::string timer_text(double seconds);

/// A bound of an interval, as timer_text, or in seconds where `other`, its other bound, would read
/// the same: "14392 s" beside "14411 s".
[[nodiscard]] std::string bound_text(double bound, double other);

/// "60 min (95 % interval 59 min 30 s to 60 min 20 s)"; empty when there is no interval.
[[nodiscard]] std::string interval_text(const IntervalEstimate& interval);

/// "an idle timer", "no regular interval" …: names a rhythm inside a sentence.
[[nodiscard]] std::string_view rhythm_words(Rhythm rhythm);

/// "Idle timer", "Not enough evidence" …: names an outcome in a label.
[[nodiscard]] std::string_view outcome_words(Outcome outcome);

/// Whether the outcome says what closes the connection.
[[nodiscard]] bool names_a_cause(Outcome outcome);

/// A cause beside the one that is named.
struct OtherCause {
  std::string title;  ///< Of the catalogue, in English; the id where it has none.
  double probability = 0;
};

/// The causes after the first that are worth a look: three at most, each with at least 5 %.
[[nodiscard]] std::vector<OtherCause> list_other_causes(const Decision& decision,
                                                        const Catalogue& catalogue);

/// "Also possible: A (12 %), B (5 %)." with the titles of the catalogue; empty when no other cause
/// has at least 5 %.
[[nodiscard]] std::string other_causes(const Decision& decision, const Catalogue& catalogue);

/// The first few affected clients, and how many there are.
[[nodiscard]] std::string impacted_text(const Decision& decision);

/// "done", "to act on", "missing", "not here": a step of the checklist in a label.
[[nodiscard]] std::string_view step_words(StepState state);

/// "12 s longer", "equal": how the interval differs from the timer.
[[nodiscard]] std::string deviation_text(double seconds);

/// "2.4", "0.08": a rate with two significant digits.
[[nodiscard]] std::string rate_text(double rate);

/// "12.3 MB" (decimal units).
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);

}  // namespace dropscope
