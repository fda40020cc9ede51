#pragma once

// Keeps the closes of a log in bounded memory, and how long the ones lasted that an idle timer
// ended. Shared by the readers of such logs.
//
// A balancer's log can hold a hundred million ends. Those in order are kept while there is room,
// as they show who was connected without trouble; the others are what a loss is explained with and
// get most of the room. What is left out is counted and said.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "evidence/intake/raw.h"

namespace dropscope {

class CloseKeeper {
 public:
  /// A kept close takes about 400 bytes with its strings.
  static constexpr std::size_t kMostTroubled = 250'000;
  static constexpr std::size_t kMostOrderly = 50'000;

  explicit CloseKeeper(SourceIntake& out) : out_(out) {}

  /// Whether there is room; counts either way. To be asked before a close is made.
  [[nodiscard]] bool wants(bool orderly) {
    std::uint64_t& count = orderly ? orderly_ : troubled_;
    return count++ < (orderly ? kMostOrderly : kMostTroubled);
  }
  void keep(RawClose&& close) { out_.closes.push_back(std::move(close)); }

  /// Says what was left out. To be called once, at the end.
  void finish();

 private:
  SourceIntake& out_;
  std::uint64_t orderly_ = 0;
  std::uint64_t troubled_ = 0;
};

/// An idle timer that the lives of sessions show.
struct IdleEstimate {
  double seconds = 0;        ///< The timer.
  std::size_t sessions = 0;  ///< Ended by a timer.
  std::size_t together = 0;  ///< Of these, lasted just as long as the timer.
};

/// A session without any traffic lasts as long as the timer, none that the timer ends lasts less.
/// So the timer is where the shortest lives gather: at least `kLeastTogether` of them within
/// kIdleSpread, and none shorter. Nothing when the lives do not show that. The order does not
/// matter. `lives` are the durations in seconds of sessions that an idle timer ended.
[[nodiscard]] std::optional<IdleEstimate> estimate_idle_timer(std::vector<double> lives);

/// For logs that do not say which sessions a timer ended: those that nobody used all end at the
/// same time after their begin, to a few milliseconds, and timers are set in whole seconds. Nothing
/// unless at least kLeastTogether and a tenth of all lives lie there.
[[nodiscard]] std::optional<IdleEstimate> estimate_exact_timer(std::vector<double> lives);

inline constexpr std::size_t kLeastTogether = 3;
/// Time-outs are noticed by timers of the device, which tick once a second at the worst, and the
/// session's set-up adds some of its own.
inline constexpr double kIdleSpread = 1.5;
/// nginx 1.22 with a time-out of 4 s logs 4.001 to 4.010.
inline constexpr double kExactSpread = 0.05;

}  // namespace dropscope
