#pragma once

// From events to episodes: outages (lost → restored) and uptimes (restored → lost).
//
// Logs begin and end, computers sleep, the application is restarted: what ends or begins outside of
// what was seen is censored, and says by what. Only an uptime that begins with a restored
// connection and ends with its loss, with the computer awake all the time, is a measurement of how
// long a connection lived.

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/event.h"

namespace dropscope {

/// What begins or ends an episode.
enum class Edge : std::uint8_t {
  Lost,
  Restored,
  AppStart,  ///< The application started (it connects soon after).
  AppStop,   ///< … ended, or crashed.
  Shutdown,  ///< The computer shut down, or lost power (then the time is that of the last record
             ///< before).
  Boot,
  Sleep,
  Resume,
  LogStart,  ///< The log holds nothing earlier (began, wrapped, or was cut).
  LogEnd,
  LogCleared,
  ClockStep,  ///< The clock was set by more than a second: lengths across it are unknown.
};
[[nodiscard]] std::string_view to_string(Edge edge);

inline constexpr std::uint32_t kNoEvent = 0xffffffff;

struct Outage {
  Instant lost{};
  Instant end{};  ///< Restored, or what ended the observation of it.
  Edge end_edge = Edge::LogEnd;
  std::uint32_t lost_event = kNoEvent;  ///< Index into Evidence::events.
  std::uint32_t end_event = kNoEvent;
  [[nodiscard]] bool complete() const { return end_edge == Edge::Restored; }
  [[nodiscard]] double seconds() const { return seconds_between(lost, end); }
};

struct Uptime {
  Instant begin{};
  Instant end{};
  Edge begin_edge = Edge::LogStart;
  Edge end_edge = Edge::LogEnd;
  std::uint32_t begin_event = kNoEvent;
  std::uint32_t end_event = kNoEvent;
  /// Begins with Restored and ends with Lost: a measured connection life.
  [[nodiscard]] bool complete() const {
    return begin_edge == Edge::Restored && end_edge == Edge::Lost;
  }
  [[nodiscard]] double seconds() const { return seconds_between(begin, end); }
};

/// A span of observation in which the computer was on and its Application log was kept.
struct Watch {
  Instant begin{};
  Instant end{};
};

struct ComputerEpisodes {
  std::uint32_t computer = 0;
  std::vector<Outage> outages;  ///< By time of loss.
  std::vector<Uptime> uptimes;  ///< By begin.
  std::vector<Watch>
      watches;  ///< Spans covered by the log, without sleep and shutdown where known.
  std::uint32_t lost_twice = 0;      ///< A loss while lost: retry storms and missing restores.
  std::uint32_t restored_twice = 0;  ///< A restore while connected.
  std::uint32_t app_starts = 0;
  std::uint32_t clock_steps = 0;
  bool power_known =
      false;  ///< Sleep, resume, shutdown or boot events were seen (a System log was given).
};

/// Episodes of every computer that has coverage or events, in the order of Evidence::computers.
/// `profile` selects the application (index into Catalogue::profiles), `log` is the log whose spans
/// are those of its events.
[[nodiscard]] std::vector<ComputerEpisodes> build_episodes(const Evidence& evidence,
                                                           std::uint16_t profile,
                                                           std::string_view log = "Application");

/// Length of all watches.
[[nodiscard]] double watched_seconds(const ComputerEpisodes& episodes);

}  // namespace dropscope
