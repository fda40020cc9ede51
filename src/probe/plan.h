#pragma once

// Which idle times to try, and when enough is known. Pure: from what was seen so far, so that a
// search that was stopped goes on as if it had not been.

#include <optional>
#include <string>
#include <vector>

#include "evidence/catalogue/catalogue.h"
#include "probe/observation.h"

namespace dropscope::probe {

/// How long an answer or an acknowledgement is waited for: the first transmission and those after 1
/// and 3 s, as a sender with the smallest time-out of RFC 6298 (section 2.4) repeats them.
inline constexpr double kAnswerBound = 3.5;
/// Between two connections that are opened, out of politeness to the host.
inline constexpr double kOpenEvery = 0.1;
/// Connections for comparison: one in use, two with keep-alive, and for HTTP one without a request.
inline constexpr int kMostControls = 4;
/// Between two sends on the busy connection.
inline constexpr double kBusyEvery = 1.0;
/// Shorter than any idle timer of a product: a server that ends connections so soon does not keep
/// them.
inline constexpr double kAtOnce = 0.25;
/// The aim: a time-out is known to the larger of these (issue: 2 % or 50 ms).
inline constexpr double kAimShare = 0.02;
inline constexpr double kAimSeconds = 0.05;

/// The width that the bracket around a time-out of `seconds` may have.
[[nodiscard]] double aim(double seconds);

[[nodiscard]] bool is_direct(Outcome outcome);    ///< It ended by itself, so its time is exact.
[[nodiscard]] bool is_casualty(Outcome outcome);  ///< Anything but Survived.

/// The time-out lies between the last survivor and the first casualty.
struct Bracket {
  double survivor = 0;             ///< 0 when there is none.
  std::optional<double> casualty;  ///< The first idle time above the survivors' that was deadly.
  std::vector<double> direct;      ///< Times of connections that ended by themselves, ascending.
  int deaths = 0;                  ///< Casualties that agree with the bracket.
  int chance = 0;                  ///< Casualties at times that others survived: lost by chance.
};
[[nodiscard]] Bracket bracket_of(const std::vector<Sample>& samples);

/// Whether the ends that came by themselves are known from one round only and came all at once,
/// though the connections had idled for different times: as when something restarts.
[[nodiscard]] bool ended_at_one_moment(const std::vector<Sample>& samples);

/// The median of the direct ends, or the middle of the bracket; nothing without a casualty.
[[nodiscard]] std::optional<double> estimate_of(const Bracket& bracket);

/// The lengths of the catalogue's timers between 1 s and `max_s`, at most `count`: those that most
/// products have, ascending.
[[nodiscard]] std::vector<double> known_times(const Catalogue& catalogue, double max_s, int count);

/// The idle times of an undisturbed first round, ascending; the last one is the longest tried.
[[nodiscard]] std::vector<double> ladder(const Options& options, const std::vector<double>& known);

/// The idle times of the next round, ascending; none when enough is known.
[[nodiscard]] std::vector<double> next_times(const Options& options,
                                             const std::vector<double>& known,
                                             const Observations& seen);

/// Whether the idle connections of a round that are still open can teach nothing any more.
[[nodiscard]] bool is_decided(const std::vector<Sample>& samples);

/// How long a control has to last to be compared with the time-out; 0 when none is known.
[[nodiscard]] double control_seconds(const std::vector<Sample>& samples);

/// Whether every kind of control lasted that long or ended.
[[nodiscard]] bool controls_suffice(const Options& options, const Observations& seen);

/// Bounds on how long the rest of the search takes, in seconds: without any time-out, and with the
/// most unfavourable one.
struct Forecast {
  double none = 0;
  double longest = 0;
};
[[nodiscard]] Forecast forecast(const Options& options, const std::vector<double>& known,
                                const Observations& seen);

}  // namespace dropscope::probe
