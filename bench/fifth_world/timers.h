#pragma once

// What ends connections: timers, and lists of instants for the causes that are none.

#include "analysis/rhythm/rhythm.h"
#include "fifth_world/people.h"

namespace dropscope::fifth_world {

enum class JitterShape : std::uint8_t { Normal, LateOnly, Uniform, Exponential, Discrete, Grid };

/// How far from its time a timer acts; `size` seconds at most.
struct Jitter {
  JitterShape shape = JitterShape::Normal;
  double size = 0;

  [[nodiscard]] double apply(double t, Random& random) const {
    switch (shape) {
      case JitterShape::Normal:
        return t + size / 3 * random.normal();
      case JitterShape::LateOnly:
        return t + size / 3 * std::abs(random.normal());
      case JitterShape::Uniform:
        return t + size * random.between(-1, 1);
      case JitterShape::Exponential:
        return t + std::min(size, random.exponential(size / 4));
      case JitterShape::Discrete:
        return t + size * random.pick(std::array{0.0, 0.0, 0.4, 1.0});
      case JitterShape::Grid:  // The device looks at its table every `size` seconds.
        return size > 0 ? std::ceil(t / size) * size : t;
    }
    return t;
  }
};

inline Jitter draw_jitter(Random& random, double most) {
  Jitter jitter{draw_enum(random, JitterShape::Grid), most};
  jitter.size *= random.chance(0.3) ? 1 : random.uniform();
  if (jitter.shape == JitterShape::Grid) {
    double grid = 0;
    for (const double usual : {1.0, 5.0, 10.0, 30.0, 60.0}) {
      if (usual <= jitter.size) grid = usual;
    }
    jitter.size = grid;
  }
  return jitter;
}

struct Timer {
  rhythm::Class kind = rhythm::Class::Age;
  double length = kHour;
  double origin = 0;           ///< Of a period: one of its instants.
  std::vector<double> phases;  ///< Of a clock: wall-clock seconds after a multiple of `length`.
  bool workdays_only = false;  ///< Of a clock.
  double acts = 1;             ///< Chance that an instant of a clock or period does anything.
  Jitter jitter;
  Wall wall{TimeZone()};
  double pending = 0;  ///< Instant that the last answer of next_firing was about.
  double done = 0;     ///< The last instant that has acted; early jitter must not repeat it.
};

inline double next_tick(Timer& timer, double after) {
  if (timer.kind == rhythm::Class::Period) {
    const double passed = std::floor((after - timer.origin) / timer.length);
    return timer.origin + (passed + 1) * timer.length;
  }
  double cycle = std::floor(timer.wall.to_local(after) / timer.length) - 1;
  for (int step = 0; step < 1000; ++step, ++cycle) {
    for (const double phase : timer.phases) {
      const double local = cycle * timer.length + phase;
      if (timer.workdays_only && weekday_of(std::floor(local / kDay)) > 4) continue;
      const double tick = timer.wall.to_utc(local);
      if (tick > after) return tick;
    }
  }
  return kNever;
}

/// When a timer of `length` seconds without use ends a connection made at `made`.
inline double idle_end(double length, double made, const Uses& uses, Habits& habits,
                       Random& random) {
  constexpr int kMostUses = 400;  // Keeps a case quick; a client so busy is drawn again.
  double last = made;
  for (int step = 0; step < kMostUses; ++step) {
    if (uses.law == UseLaw::Polling && uses.mean < 0.9 * length) {
      const Presence there = habits.find(last);  // All its polls but the last are of no interest.
      if (there.from <= last) last += std::floor((there.to - last) / uses.mean) * uses.mean;
    }
    const double next = next_use(uses, habits, random, last, last + length);
    if (next - last > length) return last + length;
    last = next;
  }
  return kNever;
}

inline double next_firing(Timer& timer, double made, const Uses& uses, Habits& habits,
                          Random& random) {
  if (timer.kind == rhythm::Class::Age) {
    return timer.jitter.apply(made + timer.length, random);
  }
  if (timer.kind == rhythm::Class::Idle) {
    return timer.jitter.apply(idle_end(timer.length, made, uses, habits, random), random);
  }
  double tick = std::max(made, timer.done);
  for (int step = 0; step < 1000; ++step) {
    tick = next_tick(timer, tick);
    if (!random.chance(timer.acts)) continue;
    timer.pending = tick;
    const double at = timer.jitter.apply(tick, random);
    if (at > made) return at;
  }
  return kNever;
}

/// Instants without memory; `drift` is the change of ln(rate) over all of them.
inline std::vector<double> plain_instants(Random& random, double start, double gap, double drift,
                                          std::size_t count) {
  std::vector<double> found;
  double t = start;
  for (std::size_t i = 0; i < count; ++i) {
    const double passed = static_cast<double>(i) / static_cast<double>(count) - 0.5;
    t += random.exponential(gap * natural_exp(-drift * passed));
    found.push_back(t);
  }
  return found;
}

/// Instants at a rate that follows presence.
inline std::vector<double> working_instants(Random& random, Habits& habits, double start,
                                            double gap, std::size_t count) {
  const double after_hours = random.chance(0.5) ? 0 : random.between(0, 0.12);
  const Uses uses{UseLaw::Poisson, gap, after_hours, 0, false};
  std::vector<double> found;
  for (double t = start; found.size() < count && t < kNever;) {
    t = next_use(uses, habits, random, t, kNever);
    found.push_back(t);
  }
  return found;
}

/// Instants at which people come back and the laptop wakes.
inline std::vector<double> resume_instants(Random& random, Habits& habits, double start,
                                           std::size_t count) {
  const bool mornings_only = random.chance(0.5);
  const double happens = random.between(0.3, 1);
  const double settle = random.log_between(5, 10 * kMinute);
  std::vector<double> found;
  Presence there = habits.find(start);
  while (found.size() < count && there.to < kNever) {
    there = habits.find(there.to);
    if (mornings_only && there.order > 0) continue;
    if (random.chance(happens)) found.push_back(there.from + random.exponential(settle));
  }
  return found;
}

/// Instants around the middle of working days, with or without a meal.
inline std::vector<double> lunch_instants(Random& random, Habits& habits, double start,
                                          std::size_t count) {
  const double middle = random.between(11, 14) * kHour;
  const double spread = random.log_between(8, 50) * kMinute;
  const double happens = random.between(0.3, 1);
  std::vector<double> found;
  double day = std::floor(habits.wall.to_local(start) / kDay) + 1;
  for (int step = 0; step < 4000 && found.size() < count; ++step, ++day) {
    const double noon = habits.wall.to_utc(day * kDay + middle);
    const double at = noon + spread * random.normal();
    const bool workday = habits.find(noon - 6 * kHour).from < noon + 6 * kHour;
    if (workday && random.chance(happens)) found.push_back(at);
  }
  return found;
}

/// Clusters: each loss begets others (self-exciting), or a link is bad for a while.
inline std::vector<double> cluster_instants(Random& random, double start, double gap,
                                            std::size_t count) {
  const bool self_exciting = random.chance(0.5);
  const bool heavy = random.chance(0.5);
  const double children = random.between(0.6, 0.93);
  const double more = self_exciting ? children / (1 + children) : children;
  const double inner = gap * random.log_between(0.0005, 0.03);
  std::vector<double> found;
  double t = start;
  while (found.size() < count) {
    t = std::max(t, found.empty() ? t : found.back()) + random.exponential(gap);
    std::vector<double> cluster{t};
    for (std::size_t i = 0; i < cluster.size() && cluster.size() < count; ++i) {
      const double parent = self_exciting ? cluster[i] : cluster.back();
      while (random.chance(more)) {
        const double wait = heavy ? random.pareto(inner, 1.5) : random.exponential(inner);
        cluster.push_back(parent + wait);
        if (!self_exciting) break;
      }
    }
    std::sort(cluster.begin(), cluster.end());
    found.insert(found.end(), cluster.begin(), cluster.end());
  }
  found.resize(count);
  return found;
}

}  // namespace dropscope::fifth_world
