#pragma once

// Each loss with what else is known of its moment: what the computer logged, how a device saw it
// end, and whether others lost the connection too. Internal to this floor.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "verdict/verdict.h"

namespace dropscope {

/// A reset is noticed at once; a minute holds that and few of other losses by chance.
inline constexpr Ticks kTogether = std::chrono::minutes{1};
/// Fewer losses are no part of their own.
inline constexpr std::size_t kLeastPart = 2;

/// States of Aspect::Near in the order of their claim: what is upstream of the others comes first,
/// as a resume brings Wi-Fi, addresses and the network's status with it.
inline constexpr std::array<std::string_view, 14> kClaims = {
    "crash",       "sleep", "link",   "wifi",   "vpn",    "address", "sign-in",
    "no-internet", "names", "update", "server", "policy", "start",   "clock-step"};

/// One loss with what is near it.
struct LossView {
  std::uint32_t computer = 0;
  std::size_t at = 0;  ///< Index into Diagnosis::episodes.
  std::uint32_t event = 0;
  Instant time{};
  std::optional<double> outage_s;
  std::optional<std::size_t> close;  ///< State of Aspect::Closed, where a device saw the end.
  bool covered = false;              ///< A device's log covers this computer.
  std::size_t near = 0;              ///< State of Aspect::Near; 0 = none.
  double near_chance = 0;            ///< Share of the computer's time that lies near such events.
  bool system_log = false;           ///< The computer's System log covers this moment.
  bool together = false;             ///< Another computer lost its connection within a minute.
  double together_chance = 0;        ///< Probability of that by chance.
};

/// All losses, by computer and time.
[[nodiscard]] std::vector<LossView> view_losses(const Evidence& evidence,
                                                const Diagnosis& diagnosis);

/// Times of the events of one computer, ascending, by the state of Aspect::Near that they give.
using Marks = std::map<std::size_t, std::vector<Instant>>;

/// By index into Evidence::computers.
[[nodiscard]] std::vector<Marks> marks_by_computer(const Evidence& evidence);

/// Share of the watched time (seconds) that lies near such an event, 0 to 1.
[[nodiscard]] double covered_share(const std::vector<Instant>& times, double watched_s);

/// Whether `count` losses of `tried`, of which chance gives `expected`, are clearly more than that.
[[nodiscard]] bool beyond_chance(std::size_t count, double expected, std::size_t tried);

}  // namespace dropscope
