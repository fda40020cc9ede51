#pragma once

// The losses of a fleet's clients in one pool: few of each, together enough to show a timer.

#include <cstddef>
#include <utility>
#include <vector>

#include "analysis/rhythm/phase.h"
#include "analysis/rhythm/prepare.h"

namespace dropscope::rhythm {

/// A loss in the pool and the life that it ended.
struct Life {
  double time = 0;         ///< Unix seconds.
  double local = 0;        ///< Wall clock.
  double uptime = 0;       ///< Seconds; 0 of a client's first loss.
  double gap = 0;          ///< Seconds since the client's loss before; 0 of its first.
  bool measured = false;   ///< Whether the uptime's beginning was recorded.
  std::size_t client = 0;  ///< Number in the order of the input.
};

struct Pool {
  std::vector<Life> lives;  ///< In order of time.
  Prepared all;             ///< Losses of every client on one axis, for clocks.
  /// Of the lives; where enough of them have one, only those whose beginning was recorded, because
  /// a guessed one blurs an edge.
  std::vector<double> uptimes;
  std::vector<double> gaps;
  /// Gaps of one client that follow each other, ascending, so that the order of clients is lost.
  std::vector<std::pair<double, double>> neighbours;
  std::size_t clients = 0;
  bool guess = false;  ///< Whether uptimes with a guessed beginning are among `uptimes`.
};

[[nodiscard]] Pool pool_of(const std::vector<Client>& clients);

/// Fills `all`, `uptimes` and `gaps` again after lives were taken out.
void measure(Pool& pool);

/// Makes each life's gap the one to the client's loss before that is still in the pool: a free
/// period beside another timer shows in those that the other leaves.
void count_gaps_again(Pool& pool);

/// Lives with an uptime: all but the first of each client, and those with a guessed beginning among
/// them.
[[nodiscard]] std::size_t count_uptimes(const Pool& pool);

/// Number of values between the two, both left out.
[[nodiscard]] double in_range(const std::vector<double>& values, double low, double high);

/// Whether the losses keep to a working day.
[[nodiscard]] bool follows_people(const Pool& pool);

/// What many clients lost within the same minute.
struct Common {
  double shared = 0;             ///< Share of the losses.
  std::vector<double> instants;  ///< Wall clock of each such minute.
};

[[nodiscard]] Common common_losses(const Pool& pool);

/// Share of losses in common minutes from which their cause is looked for outside of the clients.
inline constexpr double kShared = 0.5;

/// The clock that shared instants follow. Each counts once, however many clients it reached.
[[nodiscard]] PhaseFit clock_of(const Common& common);

}  // namespace dropscope::rhythm
