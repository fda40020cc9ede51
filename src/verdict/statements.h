#pragma once

// The sentences of a verdict. Internal to this floor.

#include <cstdint>
#include <string>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"
#include "verdict/verdict.h"

namespace dropscope {

/// Events per statement that are listed; the total is always said.
inline constexpr std::size_t kEventsShown = 12;

/// Everything a sentence may need.
struct Case {
  const Evidence& evidence;
  const Catalogue& catalogue;
  const Profile& profile;
  const Diagnosis& diagnosis;
  std::size_t computers_with_log = 0;
  std::size_t computers_with_losses = 0;
  std::size_t computers_at_interval = 0;  ///< Whose own losses show the same interval.
};

[[nodiscard]] Outcome decide_outcome(const Case& c);
[[nodiscard]] std::string write_headline(const Case& c, Outcome outcome,
                                         const std::vector<CandidateTimer>& candidates);
[[nodiscard]] std::vector<Statement> write_statements(
    const Case& c, Outcome outcome, const std::vector<CandidateTimer>& candidates);
[[nodiscard]] std::vector<NextStep> write_next_steps(const Case& c, Outcome outcome,
                                                     const std::vector<CandidateTimer>& candidates);

/// Gives a statement the events of one meaning of the profile: the first and last few, and how many
/// there are.
void attach(Statement& statement, const Case& c, Meaning meaning);

/// When the connection is lost (rhythm_text.cc).
[[nodiscard]] Statement tell_frequency(const Case& c);
[[nodiscard]] Statement tell_outages(const Case& c);
[[nodiscard]] Statement tell_interval(const Case& c);

/// What stands beside the losses (beside_text.cc).
void add_coincidence(const Case& c, std::vector<Statement>& out);
void add_neighbours(const Case& c, std::vector<Statement>& out);
void add_out_of_scope(const Case& c, std::vector<Statement>& out);
void add_quality(const Case& c, std::vector<Statement>& out);

/// Clocks that were set right, or that could not be; devices that saw losses as closes (tied.cc).
void add_clocks(const Case& c, std::vector<Statement>& out);
void add_closes(const Case& c, std::vector<Statement>& out);

/// Whether uptimes lie at two hours, when Windows checks a silent connection by default.
[[nodiscard]] bool is_keep_alive_pile(const IntervalEstimate& interval);

/// A phrase of the catalogue as part of a sentence: without its final full stop.
[[nodiscard]] std::string phrase(const std::string& text);

/// "an inactivity timer of 60 min", "fixed times of the clock every 1 d", "no regular interval at
/// all". Without a length where `seconds` is 0, and for two timers, which have two.
[[nodiscard]] std::string timer_words(Rhythm rhythm, double seconds);

/// The length of an interval, of a clock with its times where they are known: "60 min at xx:05,
/// xx:45 local time".
[[nodiscard]] std::string cycle_words(const IntervalEstimate& interval);

/// "60 min", "2 h", "350 s": a length as people name a timer, rounded to what it resembles.
[[nodiscard]] std::string timer_length(double seconds);

}  // namespace dropscope
