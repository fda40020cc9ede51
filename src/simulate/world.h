#pragma once

// The small world: one client's connection, the traffic on it, and what ends it.
//
// Traffic comes from the user at the desk and from arriving mail; it does not depend on the
// connection's fate. A connection exists while the computer has power and Outlook runs. The first
// of the scenario's causes ends it; the client notices at once, or, where the cause is silent, at
// its next use or its own TCP keep-alive. Then Outlook reconnects, and the world goes on from
// there. What is not modelled: several connections of one Outlook, and Windows' own opinion of the
// network.

#include <optional>
#include <vector>

#include "base/time.h"
#include "simulate/calendar.h"
#include "simulate/client.h"
#include "simulate/scenario.h"

namespace dropscope::simulation {

/// Index of a cause that is no cause of the scenario but background noise.
inline constexpr int kNoiseCause = -1;

/// One loss, in true time (the computer's clock may differ, see records.h).
struct Loss {
  Instant connected{};  ///< When the lost connection had been made.
  Instant closed{};     ///< When the cause ended it.
  Instant lost{};       ///< When Outlook noticed.
  std::optional<Instant> restored;
  int cause = kNoiseCause;
};

/// Outages that several clients share, one list per cause (empty for other kinds).
struct SharedOutages {
  std::vector<std::vector<Span>> per_cause;
};
[[nodiscard]] SharedOutages make_outages(const Scenario& scenario);

/// Something that a computer logs by itself, whether or not it loses its connection by it.
struct Noted {
  Instant time{};
  NearEvent what = NearEvent::None;
};

struct ClientHistory {
  Calendar calendar;
  std::vector<Instant> traffic;  ///< Sorted.
  std::vector<Loss> losses;      ///< In time order.
  std::vector<Noted> noted;      ///< Beside what the causes leave near their losses.
};

[[nodiscard]] ClientHistory live(const Scenario& scenario, const SharedOutages& outages,
                                 const Client& client);

}  // namespace dropscope::simulation
