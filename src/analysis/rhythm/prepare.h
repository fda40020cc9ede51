#pragma once

// The losses of one client, brought into the form in which the rhythm of them is looked for.
//
// Losses carry the period and restores do not: what a timer ends is a connection, and how long the
// way back takes is the client's affair. So an uptime ends with a loss, phases are those of losses,
// and a restore only says where an uptime begins.

#include <cstddef>
#include <vector>

#include "base/timezone.h"

namespace dropscope::rhythm {

/// One loss; times in Unix seconds.
struct Loss {
  double lost = 0;
  double restored = 0;
  bool has_restored = false;
  /// When the connection that is lost here had been made, where something else than the restore
  /// before it tells: the computer woke up, or a loss between is left out on purpose.
  double made = 0;
  bool has_made = false;
};

/// What is known of one client.
struct Client {
  TimeZone zone;
  std::vector<Loss> losses;                ///< In any order.
  std::vector<std::vector<double>> peers;  ///< Losses of other clients in the same window.
};

/// The clean form. All vectors of one length per loss unless noted.
struct Prepared {
  double start = 0;             ///< Unix seconds of the first loss.
  std::vector<double> times;    ///< Seconds since `start`, ascending.
  std::vector<double> local;    ///< Wall clock of each loss: Unix seconds plus the zone's offset.
  std::vector<double> uptimes;  ///< Seconds, at least 1; one less than losses.
  std::vector<double> gaps;     ///< Loss to loss, seconds; one less than losses.
  std::vector<bool> measured;   ///< Whether an uptime's beginning was recorded; else it is guessed.
  double downtime = 0;          ///< Median seconds from loss to restore; 0 if never known.
  double downtime_spread = 0;   ///< Median distance of a downtime from that, in seconds.
  double known_restores = 0;    ///< Share of the losses with a usable restore.
  double shared = 0;            ///< Share of the losses that peers share.
  double shared_evidence = 0;   ///< ln Bayes factor of common outages against chance.
  std::size_t peer_count = 0;

  [[nodiscard]] double span() const { return times.empty() ? 0 : times.back(); }
};

/// Losses closer than this are one loss told twice: logs count in whole seconds, and a client
/// writes both its connections' ends within one or two.
inline constexpr double kSameLossSeconds = 2;

/// Clocks that tell whole seconds: no two lengths agree more closely than this, in seconds.
inline constexpr double kClockSeconds = 1.2;

/// Losses of several clients so close together have one cause.
inline constexpr double kSharedLossSeconds = 60;

/// Fewest uptimes that can show a rhythm: two can agree by chance.
inline constexpr std::size_t kFewestUptimes = 3;

/// Sorts, merges repeated losses and measures uptimes, gaps and wall-clock times.
[[nodiscard]] Prepared prepare(const Client& client);

[[nodiscard]] double median(std::vector<double> values);  ///< 0 of none.

}  // namespace dropscope::rhythm
