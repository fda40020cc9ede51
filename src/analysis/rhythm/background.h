#pragma once

// The null: how lengths and times of day are spread where no timer is at work.
//
// A timer has to be better than a *strict* null. Against an even spread any working day is
// "significant"; so lengths are compared with a smooth density through these very lengths, and
// phases with the client's own profile of the day.

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "analysis/rhythm/cycle.h"

namespace dropscope::rhythm {

/// A smooth density of ln(length), from the lengths themselves.
class LengthBackground {
 public:
  /// `lengths` in seconds, each at least 1. `people`: whether lengths of about whole days may be
  /// those of people who come at the same hour.
  explicit LengthBackground(const std::vector<double>& lengths, bool people = true);

  /// Density at ln(seconds), per unit of the logarithm; never 0.
  [[nodiscard]] double at(double log_seconds) const;

 private:
  void find_days(const std::vector<double>& lengths);

  static constexpr int kCells = 161;
  static constexpr double kCellWidth = 0.1;  // ln 1 s … ln 103 days.
  // Lengths of one to three days, scattered by `day_spread_` seconds: people who come at eight.
  static constexpr std::size_t kDays = 3;
  std::array<double, kDays> day_share_{};
  double day_spread_ = 0;
  std::array<double, kCells> density_{};
};

/// Whether a day since 1970-01-01, which was a Thursday, is one of Monday to Friday.
[[nodiscard]] inline bool is_working_day(double day) {
  return cyclic(day + 3, 7) < 5;
}

/// Losses by hour of the local day, smoothed; density per second of day, mean 1/86,400.
class DayProfile {
 public:
  explicit DayProfile(const std::vector<double>& local);

  /// Share of the losses in the busiest ten hours of the day.
  [[nodiscard]] double busiest_share() const { return busiest_share_; }

 private:
  friend class FoldedProfile;
  static constexpr std::size_t kSlots = 24;
  std::array<double, kSlots> weight_{};  // Mean 1.
  double busiest_share_ = 0;
};

/// A profile of the day folded onto a cycle of whole hours that divides a day. It is even for
/// cycles of less than an hour, which a profile of hours can't see, and for those of more than a
/// day.
class FoldedProfile {
 public:
  /// Without a profile the cycle is even.
  FoldedProfile(const DayProfile* profile, double period);

  /// Seconds over which one loss is expected at a `phase` in [0, period]: one over the density.
  [[nodiscard]] double rarity(double phase) const {
    if (slots_ == 0) return period_;
    return rarity_[std::min(slots_ - 1, static_cast<std::size_t>(phase / 3'600))];
  }

 private:
  double period_;
  std::size_t slots_ = 0;  // Hours of the cycle; 0 if it is even.
  std::array<double, DayProfile::kSlots> rarity_{};
};

}  // namespace dropscope::rhythm
