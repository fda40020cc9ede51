#pragma once

// Keeps the closes of a log in bounded memory, and how long the ones lasted that an idle timer
// ended. Shared by the readers of such logs.
//
// A balancer's log can hold a hundred million ends. Those in order are kept while there is room,
// as they show who was connected without trouble; the others are what a loss is explained with and
// get most of the room. The ends of computers that other evidence names by address have room of
// their own, so that a log of a month still explains the losses of its last day. What is left out
// is counted and said.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_address.h"
#include "evidence/intake/raw.h"

namespace dropscope {

class CloseKeeper {
 public:
  /// A kept close takes about 160 bytes.
  static constexpr std::size_t kMostTroubled = 250'000;
  static constexpr std::size_t kMostOrderly = 50'000;
  static constexpr std::size_t kMostKnown = 250'000;
  /// Of the lines of such logs, about.
  static constexpr std::size_t kLeastLineBytes = 100;

  /// `known`: addresses of computers; nothing where there are none. Both outlive the keeper.
  /// `log_bytes` is the size of the log: room for what it can hold is made at once, as growing to
  /// it would move each close several times.
  CloseKeeper(SourceIntake& out, const std::set<IpAddress>* known, std::size_t log_bytes);

  /// Whether there is room; counts either way. To be asked before a close is made. `client` gives
  /// the address of the client, if it can, and is asked only where there is no other room.
  template <typename Client>
  [[nodiscard]] bool wants(bool orderly, const Client& client) {
    std::uint64_t& count = orderly ? orderly_ : troubled_;
    if (count++ < (orderly ? kMostOrderly : kMostTroubled)) return true;
    if (known_ == nullptr || known_->empty() || known_kept_ == kMostKnown) return false;
    const std::optional<IpEndpoint> end = client();
    if (!end || known_->count(end->address) == 0) return false;
    ++known_kept_;
    return true;
  }
  void keep(const RawClose& close) { out_.closes.push_back(close); }

  /// Says what was left out. To be called once, at the end.
  void finish();

 private:
  SourceIntake& out_;
  const std::set<IpAddress>* known_;
  std::uint64_t orderly_ = 0;
  std::uint64_t troubled_ = 0;
  std::uint64_t known_kept_ = 0;  ///< Beyond the room for all.
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
