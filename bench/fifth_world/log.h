#pragma once

// What befalls a connection besides its cause, and what the log keeps of it.

#include "fifth_world/timers.h"

namespace dropscope::fifth_world {

enum class DowntimeLaw : std::uint8_t { Constant, Uniform, LogNormal, TwoModes, UntilNoticed };
enum class StrayLaw : std::uint8_t { Anywhere, InUse, Clumps, Mornings };
enum class RetryLaw : std::uint8_t { Geometric, FixedMinutes, Grid };
enum class SleepLaw : std::uint8_t { NoticedAtWake, FreshAtWake };
enum class MissingLaw : std::uint8_t { Chance, Stretches, OldestGone, Offline, SecondOfPair };

/// One client's dirt. Shares are of the losses.
struct Dirt {
  DowntimeLaw downtime = DowntimeLaw::Constant;
  double down_seconds = 10, down_sigma = 0.5, down_most = kHour;
  StrayLaw stray = StrayLaw::Anywhere;
  double strays = 0;
  RetryLaw retry = RetryLaw::Geometric;
  double retries = 0, retry_minutes = 5;
  bool sleeps = false, wake_known = false;
  SleepLaw sleep = SleepLaw::FreshAtWake;
  MissingLaw missing_law = MissingLaw::Chance;
  double missing = 0;
  double gap = 0;  ///< One stretch of so large a share is gone.
  double unknown_restores = 0;
  double copies = 0;
  double clock_step = 0;  ///< Seconds, at one instant of the record.
  double stamp = 1;       ///< Whole seconds of this size; 0 = fractions.
};

/// `neutral`: nothing may depend on who is there, and nothing may come in clusters, because that
/// would give a cause without memory another face.
inline Dirt draw_dirt(Random& random, unsigned grade, bool neutral) {
  constexpr std::array kStrays{0.0, 0.05, 0.12,
                               0.2};  // The heaviest grade of the description: 20 %,
  constexpr std::array kMissing{0.0, 0.1, 0.25, 0.4};  // and 40 %.
  const double rare = 0.08 * grade;
  const auto share = [&](double most) {
    return random.chance(0.3) ? most : most * random.uniform();
  };
  Dirt dirt;
  dirt.downtime = draw_enum(random, neutral ? DowntimeLaw::TwoModes : DowntimeLaw::UntilNoticed);
  dirt.down_seconds = random.log_between(1, 1800);
  dirt.down_sigma = random.between(0.1, 1.5);
  dirt.stray = neutral ? StrayLaw::Anywhere : draw_enum(random, StrayLaw::Mornings);
  dirt.strays = share(kStrays[grade]);
  dirt.retry = draw_enum(random, RetryLaw::Grid);
  dirt.retries = !neutral && random.chance(rare) ? random.between(0.02, 0.15) : 0;
  dirt.retry_minutes = random.pick(std::array{1.0, 2.0, 5.0, 5.0, 10.0, 15.0, 15.0});
  dirt.sleeps = !neutral && random.chance(rare + 0.05);
  dirt.wake_known = random.chance(0.5);
  dirt.sleep = draw_enum(random, SleepLaw::FreshAtWake);
  dirt.missing_law = draw_enum(random, neutral ? MissingLaw::OldestGone : MissingLaw::SecondOfPair);
  dirt.missing = share(kMissing[grade]);
  dirt.gap = random.chance(rare) ? random.between(0.03, 0.2) : 0;
  dirt.unknown_restores = random.chance(0.12) ? 1 : 0;
  if (random.chance(0.3)) dirt.unknown_restores = std::max(dirt.unknown_restores, random.uniform());
  dirt.copies = random.chance(rare) ? random.between(0.01, 0.2) : 0;
  dirt.clock_step = random.chance(rare) ? random.between(-15, 15) : 0;
  dirt.stamp = random.chance(0.85) ? 1 : 0;
  return dirt;
}

inline constexpr int kStray = -1;

struct Event {
  rhythm::Loss loss;
  int by = kStray;         ///< Which timer; 0 also for the cause that is none.
  std::size_t serial = 0;  ///< In truth; a jump tells of unrecorded losses.
};

/// Lives through a client's connections one after another.
class Life {
 public:
  Life(Habits& habits, Uses uses, const Dirt& dirt, Random& random)
      : habits_(habits), uses_(uses), dirt_(dirt), random_(random) {}

  /// Up to `count` losses until `end`, of timers or of `instants` in ascending order.
  std::vector<Event> losses(std::vector<Timer>& timers, const std::vector<double>& instants,
                            double start, double end, std::size_t count) {
    made_ = start;
    std::size_t next = 0;
    // Each round ends a connection; one that fresh connections at waking drag on is given up.
    for (std::size_t round = 0; round < 4 * count + 50 && events_.size() < count; ++round) {
      while (next < instants.size() && instants[next] <= made_) ++next;
      double at = next < instants.size() ? instants[next] : kNever;
      int by = next < instants.size() ? 0 : kStray;
      for (std::size_t i = 0; i < timers.size(); ++i) {
        const double firing = next_firing(timers[i], made_, uses_, habits_, random_);
        if (firing >= at) continue;
        at = firing;
        by = static_cast<int>(i);
      }
      if (at > end) break;
      if (overtaken_by_stray(at)) by = kStray;
      if (dirt_.sleeps && !habits_.present(at) && sleeps_through(at)) continue;
      if (slept_) by = kStray;
      if (by >= 0 && !timers.empty()) {
        Timer& timer = timers[static_cast<std::size_t>(by)];
        timer.done = timer.pending;
      }
      lose(at, by);
      retry(at, count);
    }
    return std::move(events_);
  }

 private:
  bool overtaken_by_stray(double& at) {
    const bool clumps = dirt_.stray == StrayLaw::Clumps;
    clump_ = random_.chance(!clumps ? dirt_.strays : clump_ ? 0.6 : 0.4 * dirt_.strays);
    if (!clump_) return false;
    double when = random_.between(made_, at);
    if (dirt_.stray == StrayLaw::Mornings) {
      const double tomorrow = habits_.find(habits_.find(made_).to).from;
      const double morning = tomorrow + random_.exponential(5 * kMinute);
      if (morning < at) when = morning;
    } else if (dirt_.stray == StrayLaw::InUse) {
      const double used = habits_.find(when).from;
      if (used > when && used < at) when = used;
    }
    at = std::max(when, made_ + 1);
    return true;
  }

  /// True: nobody ever hears of this loss. Otherwise it shows when the computer wakes.
  bool sleeps_through(double& at) {
    const double wake = habits_.find(at).from;
    if (dirt_.sleep == SleepLaw::FreshAtWake) {
      made_ = wake;
      woke_ = dirt_.wake_known;
      return true;
    }
    at = wake + random_.exponential(20);
    slept_ = true;
    return false;
  }

  double draw_downtime(double at) {
    double seconds = dirt_.down_seconds;
    if (dirt_.downtime == DowntimeLaw::Uniform) seconds *= random_.between(0.2, 1.8);
    if (dirt_.downtime == DowntimeLaw::LogNormal) {
      seconds *= natural_exp(dirt_.down_sigma * random_.normal());
    }
    if (dirt_.downtime == DowntimeLaw::TwoModes && random_.chance(0.25)) seconds *= 20;
    if (dirt_.downtime == DowntimeLaw::UntilNoticed) {
      // Whom nobody notices for too long, the program itself connects again.
      const double back = habits_.find(at).from;
      seconds = std::max(0.0, back - at) + random_.exponential(seconds);
    }
    return std::clamp(seconds, 1.0, std::max(1.0, dirt_.down_most));
  }

  void lose(double at, int by) {
    Event event;
    event.by = by;
    event.serial = serial_++;
    event.loss.lost = at;
    event.loss.has_restored = true;
    event.loss.restored = at + draw_downtime(at);
    event.loss.has_made = woke_;
    event.loss.made = woke_ ? made_ : 0;
    made_ = event.loss.restored;
    woke_ = slept_ = false;
    events_.push_back(event);
  }

  void retry(double first, std::size_t count) {
    if (!random_.chance(dirt_.retries)) return;
    do {
      double at = made_ + random_.exponential(90);
      const double grid = dirt_.retry_minutes * kMinute;
      if (dirt_.retry == RetryLaw::FixedMinutes) at = made_ + grid;
      if (dirt_.retry == RetryLaw::Grid) {
        at = first + (std::floor((made_ - first) / grid) + 1) * grid;
      }
      lose(at, kStray);
    } while (events_.size() < count && random_.chance(0.4));
  }

  Habits& habits_;
  Uses uses_;
  const Dirt& dirt_;
  Random& random_;
  std::vector<Event> events_;
  double made_ = 0;
  std::size_t serial_ = 0;
  bool clump_ = false, woke_ = false, slept_ = false;
};

inline std::vector<Event> keep(const std::vector<Event>& events, const Dirt& dirt, Habits& habits,
                               Random& random) {
  const double count = static_cast<double>(events.size());
  const double gap_at = random.uniform() * (1 - dirt.gap) * count;
  std::vector<Event> kept;
  bool hidden = false;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const double at = static_cast<double>(i);
    const Event& event = events[i];
    if (at >= gap_at && at < gap_at + dirt.gap * count) continue;
    if (dirt.missing_law == MissingLaw::Stretches) {  // Five losses long, on average.
      hidden = random.chance(hidden ? 0.8 : 0.2 * dirt.missing / (1 - dirt.missing));
    } else if (dirt.missing_law == MissingLaw::OldestGone) {
      hidden = at < dirt.missing * count;
    } else if (dirt.missing_law == MissingLaw::SecondOfPair) {
      const bool pair = !kept.empty() && kept.back().serial + 1 == event.serial;
      hidden = pair && random.chance(std::min(1.0, 1.5 * dirt.missing));
    } else {
      const bool exposed =
          dirt.missing_law == MissingLaw::Chance || !habits.present(event.loss.lost);
      hidden = exposed && random.chance(dirt.missing);
    }
    if (!hidden) kept.push_back(event);
  }
  return kept;
}

/// The times as the log tells them.
inline void stamp(std::vector<Event>& events, const Dirt& dirt, Random& random) {
  const auto step_at =
      static_cast<std::size_t>(random.uniform() * static_cast<double>(events.size()));
  double earliest = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    rhythm::Loss& loss = events[i].loss;
    const double step = i >= step_at ? dirt.clock_step : 0;
    const auto told = [&](double t) {
      t = std::max(t + step, earliest);
      return earliest = dirt.stamp > 0 ? std::floor(t / dirt.stamp) * dirt.stamp : t;
    };
    if (loss.has_made) loss.made = told(loss.made);
    loss.lost = told(loss.lost);
    loss.restored = told(loss.restored);
    if (random.chance(dirt.unknown_restores)) {
      loss.has_restored = false;
      loss.restored = 0;
    }
  }
}

/// The losses as a client has them, some told twice.
inline std::vector<rhythm::Loss> losses_of(const std::vector<Event>& events, const Dirt& dirt,
                                           Random& random) {
  std::vector<rhythm::Loss> losses;
  for (const Event& event : events) {
    losses.push_back(event.loss);
    if (!random.chance(dirt.copies)) continue;
    rhythm::Loss copy = event.loss;
    copy.lost += random.chance(0.5) ? 1 : 0;
    if (!copy.has_restored || copy.restored >= copy.lost) losses.push_back(copy);
  }
  return losses;
}

}  // namespace dropscope::fifth_world
