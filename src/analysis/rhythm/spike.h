#pragma once

// Fixed ages and idle timers: spikes and edges in the lengths of uptimes.
//
// Both are mixtures in ln(length) against LengthBackground. A fixed age is a narrow normal at T,
// with weaker copies where a loss went unrecorded. An idle timer is an atom at T (nobody worked
// after the connection came back) with a tail above it (somebody did), and nothing below.

#include <span>
#include <vector>

#include "analysis/rhythm/background.h"

namespace dropscope::rhythm {

struct SpikeFit {
  double seconds = 0;     ///< T; 0 if nothing was found.
  double error = 0;       ///< Standard error of T in seconds.
  double sigma = 0;       ///< Relative width of the spike.
  double share = 0;       ///< Weight of the spike among the lengths.
  double tail = 0;        ///< Weight of the tail above it (idle only).
  double evidence = -30;  ///< ln Bayes factor against the background, with the price of a free T.
  double hits = 0;        ///< Expected number of lengths in the spike.
};

struct SpikeFits {
  SpikeFit age;
  SpikeFit idle;
  SpikeFit second_age;  ///< Best age at another length than `age` (not a multiple of it).
  /// ln Bayes factors of a timer at any of the lengths that were tried, all of them together.
  double age_anywhere = -30;
  double idle_anywhere = -30;
};

struct SpikeSearch {
  /// Lengths that are looked at; of more, evenly spaced ones. Those of one client place T to an
  /// eleventh of the jitter, and the time stays bounded.
  std::size_t most = 128;
  bool people = true;  ///< Whether lengths of whole days may be those of people (LengthBackground).
};

/// `lengths` in seconds; `downtime` lies between an unrecorded loss and the next uptime. `usual`
/// are the lengths, in seconds, that timers are known to have: they make a T near them cheaper.
[[nodiscard]] SpikeFits fit_spikes(const std::vector<double>& lengths, double downtime,
                                   std::span<const double> usual, const SpikeSearch& search = {});

/// ln of the price of a free T known to `tolerance` (relative), or of one among the usual ones.
[[nodiscard]] double price_of_length(double seconds, double tolerance,
                                     std::span<const double> usual);

/// The usual length that is probably meant by one measured as `seconds` with a standard error, or
/// `seconds` itself.
[[nodiscard]] double settled_length(double seconds, double error, std::span<const double> usual);

}  // namespace dropscope::rhythm
