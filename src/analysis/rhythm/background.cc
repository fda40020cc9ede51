#include "analysis/rhythm/background.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "analysis/rhythm/cycle.h"

namespace dropscope::rhythm {
namespace {

/// Width of the kernel on ln(length): half an e-fold. Narrower, it would follow the very spikes
/// that it is the null of.
constexpr double kKernel = 0.5;

/// Share and shape of the part that is there before any datum: N(8, 2.5²) reaches from a second to
/// weeks (e^8 s = 50 min).
constexpr double kPriorShare = 0.08;
constexpr double kPriorMean = 8;
constexpr double kPriorWidth = 2.5;

/// People come within so many seconds of the same time each day, and never closer than the second
/// figure: a machine that is more punctual is a timer.
constexpr double kDayReach = 9'000;
constexpr double kLeastDaySpread = 600;

double normal(double x, double mean, double sigma) {
  const double z = (x - mean) / sigma;
  return std::exp(-0.5 * z * z) / (sigma * std::sqrt(2 * std::numbers::pi));
}

}  // namespace

LengthBackground::LengthBackground(const std::vector<double>& lengths, bool people) {
  std::array<double, kCells> count{};
  for (const double length : lengths) {
    const double place = std::clamp(std::log(length) / kCellWidth, 0.0, kCells - 1.001);
    const auto cell = static_cast<std::size_t>(place);
    const double part = place - static_cast<double>(cell);
    count[cell] += 1 - part;
    count[cell + 1] += part;
  }
  constexpr int kReach = static_cast<int>(4 * kKernel / kCellWidth);
  static const std::array<double, kReach + 1> kernel = [] {
    std::array<double, kReach + 1> values{};
    for (int i = 0; i <= kReach; ++i) {
      values[static_cast<std::size_t>(i)] = normal(i * kCellWidth, 0, kKernel);
    }
    return values;
  }();
  static const std::array<double, kCells> prior = [] {
    std::array<double, kCells> values{};
    for (int cell = 0; cell < kCells; ++cell) {
      values[static_cast<std::size_t>(cell)] =
          kPriorShare * normal(cell * kCellWidth, kPriorMean, kPriorWidth);
    }
    return values;
  }();
  const double share =
      lengths.empty() ? 0 : (1 - kPriorShare) / static_cast<double>(lengths.size());
  std::array<double, kCells> sum{};
  for (int other = 0; other < kCells; ++other) {
    const double here = count[static_cast<std::size_t>(other)];
    if (here == 0) continue;
    const int end = std::min(kCells - 1, other + kReach);
    for (int cell = std::max(0, other - kReach); cell <= end; ++cell) {
      sum[static_cast<std::size_t>(cell)] +=
          here * kernel[static_cast<std::size_t>(std::abs(cell - other))];
    }
  }
  for (std::size_t cell = 0; cell < density_.size(); ++cell) {
    density_[cell] = share * sum[cell] + prior[cell];
  }
  if (people) find_days(lengths);
}

void LengthBackground::find_days(const std::vector<double>& lengths) {
  double squares = 0;
  double count = 0;
  for (const double length : lengths) {
    const double day = std::round(length / kDay);
    const double off = length - day * kDay;
    if (day < 1 || day > static_cast<double>(kDays) || std::abs(off) > kDayReach) continue;
    day_share_[static_cast<std::size_t>(day) - 1] += 1 / static_cast<double>(lengths.size());
    squares += off * off;
    count += 1;
  }
  if (count < 2) {
    day_share_ = {};
    return;
  }
  day_spread_ = std::max(kLeastDaySpread, std::sqrt(squares / count));
}

double LengthBackground::at(double log_seconds) const {
  const double place = std::clamp(log_seconds / kCellWidth, 0.0, kCells - 1.001);
  const auto cell = static_cast<std::size_t>(place);
  const double part = place - static_cast<double>(cell);
  double density = (1 - part) * density_[cell] + part * density_[cell + 1] + 1e-9;
  if (day_spread_ > 0 && log_seconds > 11) {  // e^11 s = 16.6 h
    const double length = std::exp(log_seconds);
    for (std::size_t day = 0; day < kDays; ++day) {
      const double middle = kDay * static_cast<double>(day + 1);
      density = std::max(density, day_share_[day] * length * normal(length, middle, day_spread_));
    }
  }
  return density;
}

DayProfile::DayProfile(const std::vector<double>& local) {
  std::array<double, kSlots> count{};
  for (const double time : local) {
    const double second = cyclic(time, kDay);
    const auto slot = std::min<std::size_t>(kSlots - 1, static_cast<std::size_t>(second / 3'600));
    count[slot] += 1;
  }
  // One pseudo-loss for each slot keeps an empty hour possible; neighbours share a third.
  const double total = static_cast<double>(local.size()) + kSlots * 0.5;
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    const double before = count[(slot + kSlots - 1) % kSlots];
    const double after = count[(slot + 1) % kSlots];
    weight_[slot] = (0.5 + count[slot] / 2 + before / 4 + after / 4) * kSlots / total;
  }
  constexpr std::size_t kBusyHours = 10;
  for (std::size_t first = 0; first < kSlots && !local.empty(); ++first) {
    double sum = 0;
    for (std::size_t i = 0; i < kBusyHours; ++i) sum += count[(first + i) % kSlots];
    busiest_share_ = std::max(busiest_share_, sum / static_cast<double>(local.size()));
  }
}

FoldedProfile::FoldedProfile(const DayProfile* profile, double period) : period_(period) {
  if (profile == nullptr || period < 3'600 || period > kDay) return;
  slots_ = static_cast<std::size_t>(period / 3'600);
  for (std::size_t slot = 0; slot < slots_; ++slot) {
    double sum = 0;
    double parts = 0;
    for (std::size_t hour = slot; hour < DayProfile::kSlots; hour += slots_) {
      sum += profile->weight_[hour];
      parts += 1;
    }
    rarity_[slot] = parts * period / sum;
  }
}

}  // namespace dropscope::rhythm
