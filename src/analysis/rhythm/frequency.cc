#include "analysis/rhythm/frequency.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "analysis/rhythm/exponential.h"

namespace dropscope::rhythm {
namespace {

constexpr std::size_t kKept = 3;

/// Losses of the first stretch, and how many times as many the next one has.
constexpr std::size_t kFirstStretch = 12;
constexpr std::size_t kLonger = 3;

/// Losses of a stretch that are looked at; of more, evenly spaced ones. The last stretch covers all
/// of the time, which is what tells a frequency, and the time that this takes stays bounded.
constexpr std::size_t kMost = kFirstStretch * kLonger * kLonger;

/// A frequency that may be right, and the power of its first two harmonics.
struct Trial {
  double frequency;
  double power;
};

/// A number by loss of a stretch.
using Numbers = std::array<double, kMost>;

/// Unit vectors that stand for phases.
struct Hands {
  Numbers c, s;
};

/// `count` hands after times × frequency turns, to 1e-8, which a search for peaks does not see;
/// the same on every machine, and several at a time.
void set_hands(const Numbers& times, std::size_t count, double frequency, Hands& hands) {
  for (std::size_t i = 0; i < count; ++i) {
    const double turns = times[i] * frequency;
    // A quarter of the angle is at most an eighth of a turn; it is doubled twice.
    const double x = std::numbers::pi / 2 * (turns - ((turns + kRounds) - kRounds));
    const double y = x * x;
    const double s =
        x *
        (1 - y * (1.0 / 6) * (1 - y * (1.0 / 20) * (1 - y * (1.0 / 42) * (1 - y * (1.0 / 72)))));
    const double c =
        1 - y * (1.0 / 2) *
                (1 - y * (1.0 / 12) *
                         (1 - y * (1.0 / 30) * (1 - y * (1.0 / 56) * (1 - y * (1.0 / 90)))));
    const double c2 = c * c - s * s;
    const double s2 = 2 * c * s;
    hands.c[i] = c2 * c2 - s2 * s2;
    hands.s[i] = 2 * c2 * s2;
  }
}

/// Adds up in as many sums as a processor has room for side by side.
struct Sum {
  static constexpr std::size_t kLanes = 2;
  std::array<double, kLanes> lanes{};
  [[nodiscard]] double value() const { return lanes[0] + lanes[1]; }
};

/// Power of the first two harmonics of hands, which then turn by `turns`. `count` is even.
double power_and_turn(Hands& hands, const Hands& turns, std::size_t count) {
  Sum c1, s1, c2, s2;
  for (std::size_t i = 0; i < count; i += Sum::kLanes) {
    for (std::size_t lane = 0; lane < Sum::kLanes; ++lane) {
      const double c = hands.c[i + lane];
      const double s = hands.s[i + lane];
      c1.lanes[lane] += c;
      s1.lanes[lane] += s;
      c2.lanes[lane] += c * c - s * s;
      s2.lanes[lane] += c * s;
      hands.c[i + lane] = c * turns.c[i + lane] - s * turns.s[i + lane];
      hands.s[i + lane] = s * turns.c[i + lane] + c * turns.s[i + lane];
    }
  }
  const double second = 2 * s2.value();
  return c1.value() * c1.value() + s1.value() * s1.value() + c2.value() * c2.value() +
         second * second;
}

}  // namespace

double refine_period(const std::vector<double>& times, double period, double error) {
  const std::size_t n = times.size();
  double reach = error / (period * period);  // In frequency.
  std::vector<Trial> kept = {{1 / period, 0}};
  std::vector<double> power;
  std::vector<Trial> peaks;
  Numbers since;
  Hands hands;
  Hands turns;
  for (std::size_t stretch = kFirstStretch;; stretch *= kLonger) {
    const std::size_t count = std::min(n, stretch);
    const double span = times[count - 1] - times[0];
    if (span < 2 * period) {
      if (count == n) return 1 / kept.front().frequency;
      continue;
    }
    const double step = std::max(0.08 / span, reach / 50);
    const auto steps = static_cast<std::size_t>(2 * reach / step) + 1;
    const std::size_t used = std::min(count, kMost);
    for (std::size_t i = 0; i < used; ++i) since[i] = times[i * count / used] - times[0];
    // A hand of no length, where one is missing to an even number, adds nothing.
    const std::size_t even = used + used % 2;
    set_hands(since, used, step, turns);
    peaks.clear();
    for (const Trial& one : kept) {
      const double first = one.frequency - reach;
      set_hands(since, used, first, hands);
      if (used < even) hands.c[used] = hands.s[used] = turns.c[used] = turns.s[used] = 0;
      power.clear();
      for (std::size_t k = 0; k < steps; ++k) power.push_back(power_and_turn(hands, turns, even));
      for (std::size_t k = 0; k < steps; ++k) {
        if (k > 0 && power[k - 1] > power[k]) continue;
        if (k + 1 < steps && power[k + 1] >= power[k]) continue;
        peaks.push_back({first + static_cast<double>(k) * step, power[k]});
      }
    }
    std::stable_sort(peaks.begin(), peaks.end(),
                     [](const Trial& a, const Trial& b) { return a.power > b.power; });
    kept.clear();
    for (const Trial& peak : peaks) {
      const bool known = std::any_of(kept.begin(), kept.end(), [&](const Trial& other) {
        return std::abs(other.frequency - peak.frequency) < 2.5 * step;
      });
      if (!known) kept.push_back(peak);
      if (kept.size() == kKept) break;
    }
    reach = std::min(reach, 2.5 * step);
    if (count == n) return 1 / kept.front().frequency;
  }
}

}  // namespace dropscope::rhythm
