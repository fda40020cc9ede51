#pragma once

// What ends connections. A source is asked, for a connection made at a moment, when it would end
// it; the earliest source wins. Schedules know no state: the deviation of each of their ticks is
// drawn from its number, so that a tick which came early does not come twice.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "ninth_world/people.h"
#include "ninth_world/random.h"

namespace dropscope::ninth_world {

struct End {
  double at = std::numeric_limits<double>::infinity();
  bool used = false;  ///< Somebody worked with the connection before.
};

using Source = std::function<End(double made, Random& random)>;

/// A connection lives for `length`, whatever the traffic.
[[nodiscard]] inline Source fixed_age(double length, double jitter) {
  return [=](double made, Random& random) {
    return End{made + length * std::max(0.2, 1 + jitter * random.normal())};
  };
}

/// A connection ends once nothing was sent for `length`. A device sweeps its table now and then,
/// so it ends late and never early. Without a user the traffic is the same day and night.
[[nodiscard]] inline Source unused_for(double length, double jitter, double pause,
                                       std::optional<Person> user) {
  return [=](double made, Random& random) {
    const double limit = length * (1 + jitter * std::abs(random.normal()));
    double last = made;
    for (;;) {
      double next = last + random.exponential(pause);
      if (user) {
        const Shift shift = user->shift_after(last);
        if (last < shift.begin) next = shift.begin + random.exponential(pause);
        if (next > shift.end) next = user->shift_after(shift.end + 1).begin;
      }
      if (next - last > limit) return End{last + limit, last > made};
      last = next;
    }
  };
}

/// The first moment of a schedule after `made`; `guess` is a tick not later than that.
template <typename MomentOf>
[[nodiscard]] double first_tick(double made, std::int64_t guess, const MomentOf& moment_of) {
  for (std::int64_t tick = guess;; ++tick) {
    const double moment = moment_of(tick);
    if (moment > made) return moment;
  }
}

[[nodiscard]] inline double deviation_of(std::uint64_t key, std::int64_t tick) {
  return Random(mix(key, static_cast<std::uint64_t>(tick))).normal();
}

/// Every `length` from `phase` on, in step with no clock.
[[nodiscard]] inline Source every(double length, double phase, double sigma, std::uint64_t key) {
  return [=](double made, Random&) {
    const auto guess = static_cast<std::int64_t>(std::floor((made - phase) / length)) - 1;
    return End{first_tick(made, guess, [&](std::int64_t tick) {
      return phase + static_cast<double>(tick) * length + sigma * deviation_of(key, tick);
    })};
  };
}

/// At each of the `phases` of every `length` of the wall clock.
[[nodiscard]] inline Source at_clock(const TimeZone& zone, double length,
                                     const std::vector<double>& phases, double sigma,
                                     std::uint64_t key) {
  return [=](double made, Random&) {
    End end;
    for (std::size_t i = 0; i < phases.size(); ++i) {
      // Two ticks back: a clock that is put back by an hour would skip a short one otherwise.
      const double ticks = (local_of(zone, made) - phases[i]) / length;
      const auto guess = static_cast<std::int64_t>(std::floor(ticks)) - 2;
      const double at = first_tick(made, guess, [&](std::int64_t tick) {
        const double local = phases[i] + static_cast<double>(tick) * length;
        return unix_of(zone, local) + sigma * deviation_of(mix(key, i), tick);
      });
      end.at = std::min(end.at, at);
    }
    return end;
  };
}

/// No memory.
[[nodiscard]] inline Source by_chance(double mean) {
  return [=](double made, Random& random) { return End{made + random.exponential(mean)}; };
}

/// No memory while somebody works, and never else.
[[nodiscard]] inline Source while_working(double mean, const Person& person) {
  return [=](double made, Random& random) {
    for (double from = made;;) {
      const Shift shift = person.shift_after(from);
      const double at = std::max(from, shift.begin) + random.exponential(mean);
      if (at < shift.end) return End{at};
      from = shift.end + 1;
    }
  };
}

/// At moments drawn beforehand, ascending.
[[nodiscard]] inline Source at_moments(std::vector<double> moments) {
  return [moments = std::move(moments)](double made, Random&) {
    const auto next = std::upper_bound(moments.begin(), moments.end(), made);
    return next == moments.end() ? End{} : End{*next};
  };
}

}  // namespace dropscope::ninth_world
