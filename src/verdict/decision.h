#pragma once

// The outcome of the procedure: the cause with its probability, what it rests on, whom it hits, who
// owns it and what to do next.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verdict/findings.h"
#include "verdict/weigh.h"

namespace dropscope {

/// One cause that was found, with the losses that it explains.
struct CauseVerdict {
  std::string cause;  ///< Id of the catalogue.
  std::string title;
  double probability = 0;                    ///< That this is the cause of these losses.
  double main = 0;                           ///< Probability that it hits more than the others do.
  std::vector<CauseProbability> candidates;  ///< Of at least 1 %, most probable first.
  std::uint64_t losses = 0;
  std::optional<double> interval_s, interval_lo, interval_hi;
  std::string rhythm;  ///< Class of the rhythm; "not-enough" where it could not be told.
  std::optional<std::string> device;
  std::string owner;
  std::vector<std::string> reasons_for;      ///< Strongest first.
  std::vector<std::string> reasons_against;  ///< Conflicts: evidence that fits others better.
  Whom whom;                                 ///< What those that it hits have in common.
  std::vector<std::uint32_t> computers;      ///< Indices into Evidence::computers.
  std::vector<std::uint32_t> events;         ///< Indices into Evidence::events.
};

struct EvidenceStep {
  std::string item;     ///< Id in data/collection.toml; empty: nothing to collect, confirm.
  std::string what;     ///< Imperative sentence.
  std::string why;      ///< What it would tell.
  std::string cost;     ///< What it costs the user.
  std::string command;  ///< Where there is one.
  double gain_bits = 0;
};

/// What the losses do to the users.
struct Impact {
  std::string text;                      ///< By the client's mode.
  std::optional<double> losses_per_day;  ///< For each computer that was watched.
  std::optional<double> median_outage_s;
};

struct Decision {
  std::string cause;  ///< Id of the catalogue, "none" or "undetermined".
  std::string title;
  std::string summary;  ///< One sentence.
  double probability = 0;
  std::vector<CauseProbability> candidates;  ///< All causes, most probable first; sum 1.
  std::vector<CauseVerdict> verdicts;        ///< Largest first; the first is the one above.
  Impact impact;
  std::string owner;
  EvidenceStep next_step;
  Clients clients;                    ///< All that were watched, with all their losses.
  std::vector<std::string> impacted;  ///< "PC01/anna" or "PC01"; sorted.

  /// Whom the leading cause hits; null where there are no losses or nobody to compare with.
  [[nodiscard]] const Whom* whom() const {
    return verdicts.empty() || !verdicts.front().whom.known() ? nullptr : &verdicts.front().whom;
  }

  /// Whether it names a cause, in contrast to "none" and "undetermined".
  [[nodiscard]] bool named() const { return cause != kNoCause && cause != kUndetermined; }
};

struct Diagnosis;

/// Judges a diagnosis that is complete but for its verdict, of which the outcome is known.
[[nodiscard]] Decision decide(const Evidence& evidence, const Catalogue& catalogue,
                              const Diagnosis& diagnosis);

}  // namespace dropscope
