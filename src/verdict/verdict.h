#pragma once

// From findings to a decision that someone can act on. Holds text and references, no layout: every
// writer of the present floor shows all of it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/clocks/clocks.h"
#include "analysis/closes/match.h"
#include "analysis/episodes/episodes.h"
#include "analysis/frequency/frequency.h"
#include "analysis/rhythm/episode_rhythm.h"
#include "base/timezone.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"
#include "verdict/checklist.h"
#include "verdict/decision.h"

namespace dropscope {

enum class Outcome : std::uint8_t {
  NothingUsable,       ///< No log could be read.
  NoApplication,       ///< Logs were read; the application left no event in them.
  NoDisconnect,        ///< The application's events hold no loss.
  NotEnough,           ///< Losses, too few to tell a rhythm.
  NoRegularInterval,   ///< Enough losses; nothing regular.
  IdleTimer,           ///< An inactivity timer.
  FixedAge,            ///< A limit on the age of a connection, a lease, a re-authentication.
  ClockSchedule,       ///< Something that happens at fixed times.
  RegularUnexplained,  ///< Regular, and the reading that fits best is excluded by the protocol.
};
[[nodiscard]] std::string_view to_string(Outcome outcome);  ///< "nothing-usable", "idle-timer" …

/// What an interval is made by: "an inactivity timer", "fixed times of the clock", "two timers at
/// once", "outages of many at once"; "no regular interval at all".
[[nodiscard]] std::string_view class_words(Rhythm rhythm);

/// One sentence with the evidence behind it.
struct Statement {
  std::string id;     ///< Stable name: "behaviour", "frequency", "interval", "gate", "scope" …
  std::string title;  ///< "How often"
  std::string text;   ///< Full sentences for people.
  std::vector<std::uint32_t>
      events;  ///< Indices into Evidence::events; the first and last few of many.
  std::uint64_t events_total = 0;     ///< How many events are behind it in all.
  std::optional<double> probability;  ///< Where the sentence is a claim.
};

struct CandidateTimer {
  Timer timer;
  double deviation_s = 0;  ///< Interval minus timer.
  bool possible = true;    ///< False: the value agrees, something else speaks against it.
  std::string reason;      ///< Why it is (not) possible here.
};

struct NextStep {
  std::string who;   ///< "You", "Network team", "Provider"
  std::string what;  ///< Imperative sentence.
  std::string why;
  std::string command;  ///< Exact command where there is one.
};

struct UnknownText {
  std::string text;
  std::uint64_t count = 0;
};

/// What an application's alerts amounted to, in scope and out of it.
struct AlertCounts {
  std::uint64_t lost = 0, restored = 0, unavailable = 0;
  std::uint64_t authentication = 0;  ///< Out of scope.
  std::uint64_t other = 0;           ///< Out of scope.
  std::uint64_t unclassified = 0;
  std::uint64_t by_stem = 0, by_alternation = 0;  ///< Part of lost + restored.
  std::vector<UnknownText> unknown_texts;         ///< Most frequent first, at most 20.
};

struct Verdict {
  Outcome outcome = Outcome::NothingUsable;
  std::string headline;               ///< One sentence.
  std::optional<double> probability;  ///< Of the headline, where it is a claim.
  std::vector<Statement> statements;
  std::vector<CandidateTimer> candidates;  ///< Possible first, best first.
  std::string
      tell_apart;  ///< What would tell the possible candidates apart; empty for fewer than two.
  std::vector<NextStep> next_steps;
  Decision decision;  ///< The cause.
  std::vector<ChecklistStep> checklist;
};

struct ComputerDiagnosis {
  std::uint32_t computer = 0;
  Frequency frequency;
  IntervalEstimate interval;
  Protocol protocol = Protocol::Unknown;
  ClientMode mode = ClientMode::Unknown;
};

struct Diagnosis {
  std::uint16_t profile = 0;
  /// The closes show that nothing was ever sent over the connections that were lost: then a limit
  /// on idleness and one on age look the same, and count as idleness, the commoner of the two.
  bool never_used = false;
  TimeZone zone;                ///< The zone that a report shows.
  std::vector<TimeZone> zones;  ///< Of each of Evidence::computers; `zone` where none is known.
  std::vector<double> usual_s;  ///< Lengths that timers of the catalogue have.
  std::string zone_reason;  ///< "given with --tz", "reported by PC01 (event 6013)", "no zone in the
                            ///< evidence"
  std::vector<ComputerEpisodes> episodes;  ///< One per computer, same order as `computers`.
  std::vector<ComputerDiagnosis>
      computers;              ///< One per computer with coverage, by number of losses.
  Frequency frequency;        ///< All computers.
  IntervalEstimate interval;  ///< All computers pooled.
  AlertCounts alerts;
  Protocol protocol = Protocol::Unknown;  ///< Of the computers with losses when they agree.
  ClientMode mode = ClientMode::Unknown;
  std::string protocol_source;
  std::string mode_source;
  std::vector<ClockOffset> clocks;  ///< As given in the options.
  Matches matches;                  ///< Losses that somebody else saw as closes.
  Verdict verdict;
};

struct DiagnoseOptions {
  std::optional<TimeZone> zone;  ///< --tz
  /// Id; empty: the one that the evidence has events of, Outlook before others.
  std::string profile;
  /// What compare_clocks() found; the evidence has been set right by it (correct_clocks).
  std::vector<ClockOffset> clocks = {};
};

/// Judges the evidence. Deterministic. Fails only when the profile does not exist.
[[nodiscard]] Result<Diagnosis> diagnose(const Evidence& evidence, const Catalogue& catalogue,
                                         const DiagnoseOptions& options = {});

}  // namespace dropscope
