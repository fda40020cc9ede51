#pragma once

// Are new connections lost as soon as old ones?
//
// What breaks any connection (a cable, a loaded server, a radio) breaks a new one as readily as an
// old one. A timer on each connection spares a new one until it runs out. Where a filter forgets a
// connection without a word, the client notices only when it next has something to send, so the
// lengths of connections show no common value; that none is short is all that is left of the timer.

#include <array>
#include <cstdint>
#include <span>

namespace dropscope {

/// A stretch of connected time of one computer.
struct ConnectedTime {
  double begin_of_day_s = 0;  ///< Local time of day at which it begins, 0 to 86,400.
  double length_s = 0;
  bool is_new = false;  ///< The connection was made at its beginning.
  bool lost = false;    ///< It ends with a loss.
};

struct NewConnections {
  /// ln of how much better "new connections are spared" explains the losses than "they are lost as
  /// soon as all others"; 0 where there is nothing to tell it from.
  double log_factor = 0;
  /// The span after a new connection that says most, the losses in it, and how many there would be
  /// if new connections were lost as soon as all others.
  double within_s = 0;
  std::uint64_t lost = 0;
  double expected = 0;
};

/// Each hour of the day has a rate of its own, from all times together, so that a habit of the day
/// is no timer. A connection that held for twelve hours says nothing of such a rate: who loses it
/// every morning has a calendar. Linear in the hours of the times.
[[nodiscard]] NewConnections compare_new_connections(std::span<const ConnectedTime> times);

}  // namespace dropscope
