#pragma once

// A computer's and its user's days: when it has power, when somebody sits at it, when Outlook runs.
//
// Days are planned on the wall clock of the computer's zone and turned into instants by the zone's
// rules, so that a working day stays at eight o'clock over a change to summer time.

#include <cstdint>
#include <vector>

#include "base/time.h"
#include "simulate/client.h"
#include "simulate/scenario.h"

namespace dropscope::simulation {

struct Span {
  Instant from{};
  Instant to{};
};

enum class Wake : std::uint8_t { Boot, Resume };
enum class Rest : std::uint8_t { Shutdown, Sleep, WorldEnds };

struct PoweredSpan {
  Span span;
  Wake wake = Wake::Boot;
  Rest rest = Rest::WorldEnds;
};

/// Outlook from start to exit; sleeps may lie inside.
struct OutlookSession {
  Span span;
};

struct Calendar {
  std::vector<PoweredSpan> powered;
  std::vector<Span> workdays;  ///< From arrival to departure.
  std::vector<Span> desk;      ///< Workdays without lunch and meetings.
  std::vector<OutlookSession> outlook;
};

[[nodiscard]] Calendar make_calendar(const Scenario& scenario, const Client& client);

/// The instant at `seconds` after midnight on the wall clock of `date` in `zone`.
[[nodiscard]] Instant at_local(const TimeZone& zone, const CivilTime& date, double seconds);

}  // namespace dropscope::simulation
