#pragma once

// Fourth world: dice, people with their days and their traffic.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/time.h"
#include "base/timezone.h"
#include "simulate/prng.h"

namespace dropscope::fourth_world {

using simulation::Random;
using simulation::Stream;

inline constexpr double kMinute = 60;
inline constexpr double kHour = 3600;
inline constexpr double kDay = 86'400;
inline constexpr double kNever = std::numeric_limits<double>::infinity();
inline constexpr double kFirstStart = 1'483'228'800;  // 2017-01-01
inline constexpr double kLastStart = 1'830'297'600;   // 2028-01-01
inline constexpr double kLongest = 900 * kDay;        // No one keeps logs for longer.
inline constexpr double kBusiest = 1.8;               // The highest level of traffic of a day.

// libm differs between platforms in the last bit, so these are our own.
inline double exp_of(double x) {
  int squarings = 0;
  for (; std::abs(x) > 0.25; x /= 2) ++squarings;
  double sum = 1;
  double term = 1;
  for (int k = 1; k < 14; ++k) sum += term *= x / k;
  for (; squarings > 0; --squarings) sum *= sum;
  return sum;
}

inline double log_of(double x) {
  double result = 0;
  for (; x > 1.5; x /= 2) result += 0.693147180559945309;
  for (; x < 0.75; x *= 2) result -= 0.693147180559945309;
  const double z = (x - 1) / (x + 1);
  double power = 2 * z;
  for (int k = 1; k < 30; k += 2, power *= z * z) result += power / k;
  return result;
}

inline double normal(Random& dice) {
  double sum = -6;
  for (int k = 0; k < 12; ++k) sum += dice.uniform();
  return sum;
}

inline double log_uniform(Random& dice, double low, double high) {
  return low * exp_of(dice.uniform() * log_of(high / low));
}

template <typename T, std::size_t N>
T pick(Random& dice, const std::array<T, N>& list) {
  return list[dice.below(N)];
}

/// One day of a person at a computer, in Unix seconds.
struct Day {
  bool works = false;
  double on = 0;
  double lunch = 0;
  double back = 0;
  double off = 0;
  double mood = 1;  // How much there is to do.
  int weekday = 0;  // 0 = Monday
};

class Habits {
 public:
  Habits() = default;
  Habits(TimeZone place, Random& dice) : zone(std::move(place)), salt_(dice.bits()) {
    arrive_ = dice.chance(0.85) ? dice.uniform(6.5, 9.5) : dice.uniform(5, 14);
    hours_ = dice.chance(0.8) ? dice.uniform(7.5, 9.5) : dice.uniform(4.5, 12);
    lunch_ = dice.uniform(3, 5);
    pause_ = dice.uniform(0.4, 1.2);
    spread_ = log_uniform(dice, 2, 40) / 60;
    late_ = dice.chance(0.3);
    saturdays_ = dice.chance(0.12);
    sundays_ = saturdays_ && dice.chance(0.5);
    absent_ = dice.chance(0.5) ? dice.uniform(0, 0.15) : 0;
    if (dice.chance(0.3)) {
      for (double& shift : shifts_) shift = dice.chance(0.4) ? dice.uniform(-1.5, 2) : 0;
    }
  }

  [[nodiscard]] double local(double t) const { return t + offset(t); }
  /// In autumn the first of the two; in spring moved by the gap.
  [[nodiscard]] double utc(double wall) const { return wall - offset(wall - offset(wall)); }
  [[nodiscard]] double number(double t) const { return std::floor(local(t) / kDay); }

  const Day& day(double number) {
    if (number == cached_) return plan_;
    cached_ = number;
    Random dice(salt_, Stream::RhythmCase, static_cast<std::uint64_t>(number), 41);
    plan_.weekday = static_cast<int>((static_cast<std::int64_t>(number) + 3) % 7);
    plan_.works =
        !dice.chance(absent_) && (plan_.weekday < 5 || (plan_.weekday == 5 && saturdays_) ||
                                  (plan_.weekday == 6 && sundays_));
    const double late = late_ ? (dice.exponential() - 0.3) * spread_ : normal(dice) * spread_;
    const double on =
        std::clamp(arrive_ + shifts_[static_cast<std::size_t>(plan_.weekday)] + late, 0.5, 15.);
    const double lunch = on + lunch_ + normal(dice) * 0.2;
    const double back = lunch + pause_ * dice.uniform(0.7, 1.3);
    const double off = std::clamp(arrive_ + hours_ + normal(dice) * 0.5, back + 0.5, 23.9);
    const double midnight = number * kDay;
    plan_.on = utc(midnight + on * kHour);
    plan_.lunch = utc(midnight + lunch * kHour);
    plan_.back = utc(midnight + back * kHour);
    plan_.off = utc(midnight + off * kHour);
    plan_.mood = dice.uniform(0.4, kBusiest);
    return plan_;
  }

  const Day& today(double t) { return day(number(t)); }

  bool at_work(double t) {
    const Day& plan = today(t);
    return plan.works && t >= plan.on && t < plan.off;
  }

  TimeZone zone;

 private:
  [[nodiscard]] double offset(double t) const {
    return zone.offset_seconds(instant_from_unix(static_cast<std::int64_t>(std::floor(t))));
  }

  std::uint64_t salt_ = 0;
  double arrive_ = 8;
  double hours_ = 8;
  double lunch_ = 4;
  double pause_ = 0.5;
  double spread_ = 0.3;
  double absent_ = 0;
  bool late_ = false;
  bool saturdays_ = false;
  bool sundays_ = false;
  std::array<double, 7> shifts_{};
  double cached_ = -1;
  Day plan_;
};

struct Traffic {
  double rate = 1;        // Uses a second at level 1.
  double use = 0;         // Mean length of one; 0: a moment.
  double background = 1;  // Level while nobody works.
  bool hours = false;
  bool moody = false;

  double level(Habits& habits, double t) const {
    const Day& plan = habits.today(t);
    const double mood = moody ? plan.mood : 1;
    if (!hours) return mood;
    if (!plan.works || t < plan.on || t >= plan.off) return background;
    return t >= plan.lunch && t < plan.back ? std::max(background, 0.3 * mood) : mood;
  }

  double next(Habits& habits, double t, double limit, Random& dice) const {
    for (;;) {
      t += dice.exponential() / (rate * kBusiest);
      if (t > limit) return kNever;
      if (dice.chance(level(habits, t) / kBusiest)) return t;
    }
  }
};

struct Downtime {
  double median = 10;
  double spread = 0.1;  // Of the logarithm.

  double draw(Random& dice) const {
    return std::clamp(median * exp_of(spread * normal(dice)), 0.5, 1800.);
  }
};

inline Downtime draw_downtime(Random& dice, double longest) {
  Downtime down;
  down.median = log_uniform(dice, 2, std::clamp(longest, 4., 600.));
  down.spread = pick(dice, std::array{0.01, 0.05, 0.15, 0.4, 0.4, 0.9});
  return down;
}

}  // namespace dropscope::fourth_world
