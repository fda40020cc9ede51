#pragma once

// What the samples of a probe mean.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probe/observation.h"

namespace dropscope::probe {

enum class Mechanism : std::uint8_t {
  ProxyOrServer,  ///< An idle timer of a device that terminates the connection, or of the server.
  PacketFilter,   ///< An idle timer of a device that only watches packets: it forgets.
  UnclearIdle,    ///< An idle time-out; what has it could not be told.
  FixedAge,       ///< A limit on age: connections in use end as well.
  ClosedAtOnce,   ///< The server does not keep connections of this kind.
  OneMoment,      ///< All ended at one moment: an event, such as a restart, and no timer.
  NoneFound,      ///< Connections survive the longest idle time that was tried.
  Unreachable,    ///< No connection came about, or none that could be used.
  Unfinished,     ///< Stopped before anything ended.
};

struct Finding {
  Mechanism mechanism = Mechanism::Unfinished;
  /// The time-out; NoneFound and Unfinished: the longest idle time that was survived. Nothing when
  /// there is no such figure.
  std::optional<double> seconds;
  std::optional<double> accuracy_s;  ///< Half of the width in which a time-out lies.
  std::optional<Outcome> end;        ///< How idle connections ended.
  bool complete = false;             ///< False: stopped, and going on would tell more.
  std::string sentence;
  std::vector<std::string> notes;
};

[[nodiscard]] std::string_view to_string(Mechanism mechanism);

/// `complete`: the search had nothing left to try.
[[nodiscard]] Finding judge(const Options& options, const Observations& seen, bool complete);

/// Seconds with as many decimals as a length of that size is worth: "4.02 s", "301.5 s".
[[nodiscard]] std::string seconds_text(double seconds);

}  // namespace dropscope::probe
