#pragma once

// The life of one client: connections made, ended and made again.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "ninth_world/people.h"
#include "ninth_world/random.h"
#include "ninth_world/sources.h"

namespace dropscope::ninth_world {

inline constexpr std::size_t kStray = static_cast<std::size_t>(-1);  ///< A loss without a source.

struct Event {
  double lost = 0;
  double restored = 0;
  std::size_t cause = kStray;  ///< Which of the sources.
  bool used = false;
  bool restore_known = true;
};

/// How long the way back takes.
struct Comeback {
  enum class Kind { Steady, Varied, Grid } kind = Kind::Steady;
  double usual = 10;  ///< Seconds.

  [[nodiscard]] double seconds(Random& random) const {
    if (kind == Kind::Steady) return usual + random.uniform(0, 1);
    const double quick = usual * std::exp(0.6 * random.normal());
    if (kind == Kind::Varied || random.chance(0.6)) return quick;
    // Outlook tries every 15 minutes once it shows "Disconnected".
    double wait = 900;
    while (random.chance(0.3)) wait += 900;
    return wait + random.uniform(1, 20);
  }
};

/// For connections that last about `length`: what is away for longer than it is there is no
/// matter of intermittent losses.
[[nodiscard]] inline Comeback draw_comeback(double length, Random& random) {
  Comeback comeback;
  comeback.usual = random.log_uniform(3, std::clamp(length / 10, 6.0, 300.0));
  const double kind = random.uniform();
  if (kind > 0.4) comeback.kind = Comeback::Kind::Varied;
  if (kind > 0.8 && length >= kHour) comeback.kind = Comeback::Kind::Grid;
  return comeback;
}

struct Conditions {
  double stray = 0;  ///< Share of the losses that no source causes.
  Comeback comeback;
  std::optional<Person> sleeper;  ///< The computer sleeps whenever this person is away.
  bool sleep_told = false;        ///< A connection that sleep has cut is told as lost on waking.
  bool in_turns = false;          ///< One source by lot for each connection, not the earliest.
};

[[nodiscard]] inline Event first_end(const std::vector<Source>& sources, bool in_turns, double made,
                                     Random& random) {
  const std::size_t only = in_turns ? random.below(sources.size()) : sources.size();
  Event event{.lost = End{}.at};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (in_turns && i != only) continue;
    const End end = sources[i](made, random);
    if (end.at < event.lost) event = {.lost = end.at, .cause = i, .used = end.used};
  }
  return event;
}

/// At most `count` losses after `start`; fewer if the sources run dry.
[[nodiscard]] inline std::vector<Event> live(const std::vector<Source>& sources,
                                             const Conditions& conditions, double start,
                                             std::size_t count, Random& random) {
  std::vector<Event> events;
  double made = start;
  // Of a sleeper some connections end untold; the bound is for those of whom nearly all do.
  for (std::size_t turn = 0; turn < 30 * count && events.size() < count; ++turn) {
    Event event = first_end(sources, conditions.in_turns, made, random);
    if (!std::isfinite(event.lost)) break;
    if (random.chance(conditions.stray)) event = {.lost = random.uniform(made, event.lost)};
    if (conditions.sleeper) {
      const Shift shift = conditions.sleeper->shift_after(made);
      const double wake = conditions.sleeper->shift_after(shift.end + 1).begin;
      const bool cut = event.lost > shift.end;
      if (cut && conditions.sleep_told) event = {.lost = wake + random.uniform(2, 20)};
      if (made < shift.begin || (cut && !conditions.sleep_told)) {
        made = made < shift.begin ? shift.begin : wake;
        continue;
      }
    }
    event.restored = event.lost + conditions.comeback.seconds(random);
    made = event.restored;
    events.push_back(event);
  }
  return events;
}

}  // namespace dropscope::ninth_world
