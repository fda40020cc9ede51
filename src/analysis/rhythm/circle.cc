#include "analysis/rhythm/circle.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/exponential.h"
#include "analysis/rhythm/log_product.h"

namespace dropscope::rhythm {
namespace {

/// ln likelihood that the densest arc has to gain over the null; less never pays the prices.
constexpr double kWorthFitting = 2;

constexpr int kSteps = 5;

/// Losses further off, in widths, are not in the spike, even where its middle moves.
constexpr double kReach = 8;

/// The same as distance() for two that are less than a cycle and a half apart, without a division.
double near_distance(double a, double b, double period) {
  const double d = a - b;
  if (d > period / 2) return d - period;
  return d < -period / 2 ? d + period : d;
}

/// Room for a number by loss.
using Numbers = std::array<double, kMostPhases>;

struct Placed {
  double phase;
  std::uint32_t loss;
};

/// Losses by their phase.
class Circle {
 public:
  Circle(const std::vector<double>& times, double period)
      : period_(period), n_(std::min(times.size(), kMostPhases)) {
    for (std::size_t i = 0; i < n_; ++i) times_[i] = times[i * times.size() / n_];
    sort_by_phase();
    for (std::size_t i = 0; i < n_; ++i) {
      twice_[i] = order_[i].phase;
      twice_[n_ + i] = order_[i].phase + period;
    }
  }

  [[nodiscard]] std::size_t size() const { return n_; }
  [[nodiscard]] double period() const { return period_; }

  /// Phase of the loss at `place`, and where it stands among the times.
  [[nodiscard]] double phase(std::size_t place) const { return order_[place].phase; }
  [[nodiscard]] std::size_t loss(std::size_t place) const { return order_[place].loss; }
  [[nodiscard]] double time(std::size_t loss) const { return times_[loss]; }

  /// An arc: the losses at `first` and the places behind it, around the circle.
  struct Arc {
    std::size_t first = 0;
    std::size_t count = 0;
  };

  /// The first of the arcs of `width` that hold the most losses, where a narrower one is known to
  /// hold `least`.
  [[nodiscard]] Arc densest(double width, std::size_t least) const {
    Arc out{0, least > 0 ? least - 1 : 0};
    for (std::size_t begin = 0; begin < n_; ++begin) {
      while (out.count < n_ && twice_[begin + out.count] - twice_[begin] <= width) {
        ++out.count;
        out.first = begin;
      }
    }
    return out;
  }

  /// Mean phase of an arc's losses, from the first one's on.
  [[nodiscard]] double middle(const Arc& arc) const {
    double sum = 0;
    for (std::size_t i = arc.first; i < arc.first + arc.count; ++i) {
      sum += twice_[i] - twice_[arc.first];
    }
    return cyclic(phase(arc.first) + sum / static_cast<double>(arc.count), period_);
  }

 private:
  /// First by parts of the circle, which sorts losses anywhere, then within a part.
  void sort_by_phase() {
    constexpr std::size_t kParts = 64;
    std::array<std::uint32_t, kParts + 1> end{};
    std::array<double, kMostPhases> phases;
    std::array<std::uint32_t, kMostPhases> parts;
    const double scale = kParts / period_;
    for (std::size_t i = 0; i < n_; ++i) {
      phases[i] = cyclic(times_[i], period_);
      parts[i] = std::min<std::uint32_t>(kParts - 1, static_cast<std::uint32_t>(phases[i] * scale));
      ++end[parts[i] + 1];
    }
    for (std::size_t part = 1; part <= kParts; ++part) end[part] += end[part - 1];
    for (std::size_t i = 0; i < n_; ++i) {
      order_[end[parts[i]]++] = {phases[i], static_cast<std::uint32_t>(i)};
    }
    // Of equal phases the earlier loss stays in front.
    for (std::size_t i = 1; i < n_; ++i) {
      const Placed one = order_[i];
      std::size_t to = i;
      for (; to > 0 && order_[to - 1].phase > one.phase; --to) order_[to] = order_[to - 1];
      order_[to] = one;
    }
  }

  double period_;
  std::size_t n_;
  Numbers times_;
  std::array<Placed, kMostPhases> order_;
  std::array<double, 2 * kMostPhases> twice_;  // Phases, so that an arc may pass the circle's end.
};

/// The losses near a spike: how far they are from where it was first seen, and one over the null
/// there. Those far from it only tell that they are not in it.
struct Near {
  Numbers offset;
  Numbers rarity;
  std::array<std::uint32_t, kMostPhases> loss;
  std::size_t size = 0;
};

void find_near(const Circle& circle, const Circle::Arc& arc, double start, double sigma,
               const FoldedProfile& null, Near& near) {
  const std::size_t n = circle.size();
  const double reach = std::min(kReach * sigma, circle.period() / 2);
  near.size = 0;
  const auto add = [&](std::size_t place) {
    const double offset = near_distance(circle.phase(place), start, circle.period());
    if (std::abs(offset) > reach) return false;
    near.offset[near.size] = offset;
    near.rarity[near.size] = null.rarity(circle.phase(place));
    near.loss[near.size] = static_cast<std::uint32_t>(circle.loss(place));
    ++near.size;
    return true;
  };
  std::size_t seen = 0;
  for (; seen < n && add((arc.first + seen) % n); ++seen) {
  }
  for (std::size_t back = 1; seen < n && add((arc.first + n - back) % n); ++back, ++seen) {
  }
}

/// What EM makes of a spike.
struct Mixture {
  double shift = 0;  // Of its middle.
  double share = 0;
  double hits = 0;
  double gain = 0;  // ln likelihood over the null.
};

Mixture mixture_of(const Near& near, double sigma, std::size_t n, std::size_t in_arc) {
  const auto total = static_cast<double>(n);
  const auto far = static_cast<double>(n - near.size);
  const Bell bell(sigma);
  Mixture out;
  out.share = std::min(0.95, static_cast<double>(in_arc) / total);
  Numbers all;
  Numbers parts;
  Numbers moments;
  for (int step = 0; step < kSteps; ++step) {
    const double share = out.share;
    const double shift = out.shift;
    // Without a branch and without a sum, so that a compiler can take several at a time.
    for (std::size_t i = 0; i < near.size; ++i) {
      const double d = near.offset[i] - shift;
      const double spike = bell.at(d) * near.rarity[i] * share;
      all[i] = 1 - share + spike;
      parts[i] = spike / all[i];
      moments[i] = parts[i] * d;
    }
    out.hits = 0;
    double moment = 0;
    for (std::size_t i = 0; i < near.size; ++i) {
      out.hits += parts[i];
      moment += moments[i];
    }
    if (step + 1 == kSteps) {
      LogProduct gain;
      for (std::size_t i = 0; i < near.size; ++i) gain.multiply(all[i]);
      out.gain = far * std::log(1 - share) + gain.log();
    }
    out.shift += moment / std::max(0.5, out.hits);
    out.share = std::min(0.98, (out.hits + 2) / (total + 2.5));
  }
  return out;
}

/// The losses within three widths of a spike.
struct Held {
  double losses = 0;
  double cycles = 0;  // Different ones.
  double hours = 0;   // ln likelihood that the profile gives them over an even day.
};

Held held_by(const Circle& circle, const Near& near, double shift, double centre, double sigma) {
  std::array<bool, kMostPhases> inside{};
  Held out;
  LogProduct hours;
  for (std::size_t i = 0; i < near.size; ++i) {
    if (std::abs(near.offset[i] - shift) >= 3 * sigma) continue;
    inside[near.loss[i]] = true;
    out.losses += 1;
    hours.multiply(circle.period() / near.rarity[i]);
  }
  out.hours = hours.log();
  // Times ascend, so those of one cycle follow each other.
  double last = 0;
  const double turns = 1 / circle.period();
  for (std::size_t loss = 0; loss < circle.size(); ++loss) {
    if (!inside[loss]) continue;
    const double cycle = whole_below((circle.time(loss) - centre) * turns + 0.5);
    if (out.cycles == 0 || cycle != last) out.cycles += 1;
    last = cycle;
  }
  return out;
}

}  // namespace

PhaseFit fit_spike(const std::vector<double>& times, double period, const DayProfile* profile,
                   std::span<const double> widths, double widest) {
  PhaseFit best;
  if (times.size() < 3) return best;
  const Circle circle(times, period);
  const FoldedProfile null(profile, period);
  const std::size_t n = circle.size();
  Near near;
  std::size_t most = 0;
  for (const double sigma : widths) {
    if (sigma > widest) break;
    const double width = std::min(4 * sigma, 0.3 * period);
    const Circle::Arc arc = circle.densest(width, most);
    most = arc.count;
    if (most < 2) continue;
    const double expected = static_cast<double>(n) * width / null.rarity(circle.phase(arc.first));
    const auto found = static_cast<double>(most);
    if (found * std::log(found / expected) - found + expected < kWorthFitting) continue;
    const double start = circle.middle(arc);
    find_near(circle, arc, start, sigma, null, near);
    const Mixture spike = mixture_of(near, sigma, n, most);
    const double centre = cyclic(start + spike.shift, period);
    const Held held = held_by(circle, near, spike.shift, centre, sigma);
    if (held.cycles < 3) continue;
    const double place =
        std::log(std::min(0.5, 2.5 * sigma / std::sqrt(std::max(1.0, spike.hits)) / period));
    const double evidence = spike.gain * held.cycles / std::max(held.cycles, held.losses) +
                            3 * std::log(spike.share) + place -
                            std::log(static_cast<double>(widths.size()));
    if (evidence > best.evidence) {
      best.period = period;
      best.phases[0] = centre;
      best.spikes = 1;
      best.sigma = sigma;
      best.share = spike.share;
      best.hits = spike.hits;
      best.cycles = held.cycles;
      best.evidence = evidence;
      best.hours = held.hours;
    }
  }
  return best;
}

}  // namespace dropscope::rhythm
