#pragma once

// A timer that a pool of clients may have, and which of their losses it explains.

#include <span>

#include "analysis/rhythm/fleet_pool.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {

/// ln Bayes factor from which a pool of clients is called regular; hundreds are usual with a timer.
inline constexpr double kFleetGate = 8;

/// Lengths in seconds from which on nights make some, too.
inline constexpr double kNight = 36'000;

struct Candidate {
  Reading reading;          ///< Without a probability.
  double evidence = -30;    ///< ln Bayes factor.
  double width = 0;         ///< Of lengths relative, of a clock in seconds.
  double phase = 0;         ///< Of a clock, in seconds.
  int repeats = 1;          ///< Losses that went unrecorded make lives of up to so many lengths.
  std::size_t lengths = 0;  ///< Number of lengths that the evidence is of; 0 of a clock.
};

/// What is known before a length is looked for.
struct LengthSearch {
  bool second = false;  ///< Behind another timer, where the lengths of nights are left.
  bool fixed = false;   ///< No idle timer: behind one, the rest of its tail looks like another.
};

/// The best timer on connections, or the best free period.
[[nodiscard]] Candidate candidate_of_lengths(const Pool& pool, std::span<const double> usual,
                                             const LengthSearch& search = {});

/// The best clock.
[[nodiscard]] Candidate candidate_of_clock(const Pool& pool);
[[nodiscard]] Candidate candidate_of(const PhaseFit& clock);

/// Whether it is a timer that counts from the beginning of each life.
[[nodiscard]] bool is_life(const Candidate& candidate);

/// ln Bayes factor for each length that the evidence is of; 0 of a clock.
[[nodiscard]] double each_of(const Candidate& candidate);

/// The evidence from which a length is believed.
[[nodiscard]] double gate_of(const Candidate& lengths, const Pool& pool);

/// Whether a life is one of a timer's: of its length, or of several where losses went unrecorded.
[[nodiscard]] bool explains(const Candidate& candidate, const Life& life, double downtime);

/// Number of losses that a timer explains, an idle timer's late ones among them.
[[nodiscard]] double explained(const Candidate& candidate, const Pool& pool);

/// Losses that a timer may explain: for a length not the first of each client.
[[nodiscard]] double explicable(const Candidate& candidate, const Pool& pool);

/// Takes out of the pool what a timer explains, but for an idle timer's late losses, among which
/// another timer may hide.
void take_out(Pool& pool, const Candidate& candidate);

/// Largest multiple of a length whose lives in `pool` may be that length with losses unrecorded; 1
/// to 6.
[[nodiscard]] int repeats_of(const Candidate& candidate, const Pool& pool);

/// Whether `other` is made of the lives of `one`: it is as long, or so many times as long as
/// `one.repeats` allows.
[[nodiscard]] bool is_made_of(const Candidate& other, const Candidate& one, const Pool& pool);

}  // namespace dropscope::rhythm
