#include "analysis/rhythm/spike.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "analysis/rhythm/exponential.h"
#include "analysis/rhythm/log_product.h"
#include "analysis/rhythm/prepare.h"

namespace dropscope::rhythm {
namespace {

/// Windows in ln(length) in which candidates are looked for, from a second in an hour to the
/// jitter that a loaded client adds.
constexpr std::array kWindows = {0.0006, 0.002, 0.006, 0.02, 0.06};
constexpr std::array kAgeSigmas = {0.001, 0.004, 0.015, 0.035};
constexpr std::array kIdleSigmas = {0.0015, 0.006, 0.024};

/// Mean number of uses of a connection during T, of an idle timer's tails.
constexpr std::array kTailRates = {0.3, 0.7, 1.2, 2.0, 3.0};

/// exp(-rate): the share of connections that nobody uses.
const std::array<double, kTailRates.size()> kTailShares = [] {
  std::array<double, kTailRates.size()> shares{};
  for (std::size_t k = 0; k < shares.size(); ++k) shares[k] = std::exp(-kTailRates[k]);
  return shares;
}();

/// How fast a tail falls beyond 2T.
const std::array<double, kTailRates.size()> kTailSlopes = [] {
  std::array<double, kTailRates.size()> slopes{};
  for (std::size_t k = 0; k < slopes.size(); ++k) {
    const double rate = kTailRates[k];
    const double q = kTailShares[k];
    slopes[k] = rate * q / (1 - q * (1 + rate));
  }
  return slopes;
}();

constexpr int kSteps = 6;

/// Candidates for T: of each width of window, and of all. Of few lengths more are tried, because
/// the densest windows are hardly denser than others.
struct Most {
  int of_a_width;
  std::size_t of_all;
};
constexpr Most kMost = {2, 6};
constexpr Most kMostOfFew = {3, 12};
constexpr std::size_t kFewLengths = 24;

constexpr double kLogRange = 7;  // A timer is between half a minute and half a day or so: e^7.

/// What delays an idle timer's end is never early, so T lies below the middle of its atom: by this
/// many standard deviations of it (1.3 of a normal cut at its peak, 1 of an exponential delay).
constexpr double kEdgeBelowMiddle = 1.2;

/// Share of the prior that belongs to the usual lengths, and the odds from which one of them is
/// taken for the truth; a length that the data place elsewhere is never drawn to it.
constexpr double kUsualShare = 0.5;
constexpr double kUsualOdds = 2;

/// Spikes are looked at to so many widths.
constexpr double kReach = 6;

struct Sample {
  std::vector<double> length;  // Seconds, ascending.
  std::vector<double> x;       // Its logarithm.
  std::vector<double> null;    // Background density there.
};

std::vector<double> candidates(const Sample& sample) {
  const std::size_t n = sample.x.size();
  struct Window {
    double score;
    double centre;
  };
  const Most most = n <= kFewLengths ? kMostOfFew : kMost;
  std::vector<Window> windows;
  std::vector<double> chosen;
  const auto add = [&](double centre) {
    for (const double other : chosen) {
      if (std::abs(other - centre) < 0.0015) return;
    }
    chosen.push_back(centre);
  };
  for (const double width : kWindows) {
    windows.clear();
    std::size_t end = 0;
    std::size_t end_before = 0;
    for (std::size_t begin = 0; begin < n; ++begin) {
      while (end < n && sample.x[end] - sample.x[begin] <= width) ++end;
      // One that ends where the one before it did has only lost a length.
      if (end - begin < 2 || end == end_before) continue;
      end_before = end;
      const auto count = static_cast<double>(end - begin);
      const double expected = static_cast<double>(n) * sample.null[begin] * width + 0.05;
      const double score = count * std::log(count / expected) - count + expected;
      windows.push_back({score, sample.x[begin + (end - begin) / 2]});
    }
    // The best ones, none of them close to another.
    for (int taken = 0; taken < most.of_a_width && !windows.empty(); ++taken) {
      const auto best = std::max_element(
          windows.begin(), windows.end(),
          [](const Window& one, const Window& other) { return one.score < other.score; });
      const double centre = best->centre;
      add(centre);
      std::erase_if(windows,
                    [&](const Window& window) { return std::abs(window.centre - centre) < width; });
    }
  }
  if (chosen.size() > most.of_all) chosen.resize(most.of_all);
  for (std::size_t i = 0; i < std::min<std::size_t>(2, n); ++i) add(sample.x[i]);
  return chosen;
}

/// Room for numbers by length, used for one fit after the other.
struct AgeTable {
  std::vector<double> in_spike;  // Density of the spike, then the probability to be in it.
  std::vector<double> all;       // With the background's.
};

/// A fixed age near e^centre.
SpikeFit fit_age(const Sample& sample, AgeTable& table, double centre, double sigma,
                 double downtime, std::span<const double> usual) {
  const std::size_t n = sample.x.size();
  table.in_spike.resize(n);
  table.all.resize(n);
  double* const in_spike = table.in_spike.data();
  double* const all = table.all.data();
  const double* const x = sample.x.data();
  const double* const null = sample.null.data();
  const Bell bell(sigma);
  std::array<double, 4> weight = {0.5, 0.1, 0.05, 0.35};
  constexpr std::array kDirichlet = {6.0, 1.2, 1.05, 1.3};
  double total = 0;
  double hits = 0;
  LogProduct gain;
  for (int step = 0; step < kSteps; ++step) {
    const double length = std::exp(centre);
    const std::array<double, 3> middles = {centre, std::log(2 * length + downtime),
                                           std::log(3 * length + 2 * downtime)};
    std::array<double, 4> sum{};
    double moment = 0;
    // Outside of the three spikes only the background speaks, and inside only one of them.
    std::size_t near = 0;
    std::size_t end = 0;
    for (std::size_t k = 0; k < middles.size(); ++k) {
      const double middle = middles[k];
      const auto low = std::lower_bound(sample.x.begin() + static_cast<std::ptrdiff_t>(end),
                                        sample.x.end(), middle - kReach * sigma);
      const auto high = std::upper_bound(low, sample.x.end(), middle + kReach * sigma);
      const auto begin = static_cast<std::size_t>(low - sample.x.begin());
      end = static_cast<std::size_t>(high - sample.x.begin());
      for (std::size_t i = begin; i < end; ++i) {
        const double d = x[i] - middle;
        const double spike = bell.at(d) * weight[k];
        all[i] = spike + weight[3] * null[i];
        in_spike[i] = spike / all[i];
      }
      for (std::size_t i = begin; i < end; ++i) {
        sum[k] += in_spike[i];
        if (k == 0) moment += in_spike[i] * (x[i] - middle);
        if (step + 1 == kSteps) gain.multiply(all[i] / null[i]);
      }
      const auto held = static_cast<double>(end - begin);
      sum[3] += held - sum[k];
      near += end - begin;
    }
    const auto far = static_cast<double>(n - near);
    sum[3] += far;
    if (step + 1 == kSteps) total = gain.log() + far * std::log(weight[3]);
    hits = sum[0];
    centre += moment / std::max(hits, 0.5);
    double mass = 0;
    for (std::size_t k = 0; k < 4; ++k) mass += sum[k] + kDirichlet[k] - 1;
    for (std::size_t k = 0; k < 4; ++k) weight[k] = (sum[k] + kDirichlet[k] - 1) / mass;
  }
  SpikeFit fit;
  fit.seconds = std::exp(centre);
  fit.sigma = sigma;
  fit.hits = hits;
  fit.share = weight[0];
  fit.error = fit.seconds * sigma / std::sqrt(std::max(1.0, hits));
  fit.evidence = total + 6 * std::log(1 - weight[3]) +
                 price_of_length(fit.seconds, sigma / std::sqrt(std::max(1.0, hits)), usual) -
                 std::log(static_cast<double>(kAgeSigmas.size())) -
                 0.5 * std::log(static_cast<double>(n) + 1);
  return fit;
}

/// The parts of an idle timer's mixture: the atom, the tails, the background.
constexpr std::size_t kTails = kTailRates.size();
constexpr std::size_t kIdleParts = 2 + kTails;

/// Sum of the products, in four sums that a processor adds up side by side.
double dot(std::span<const double> a, std::span<const double> b) {
  std::array<double, 4> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= a.size(); i += sums.size()) {
    for (std::size_t lane = 0; lane < sums.size(); ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < a.size(); ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// Room for the densities of an idle timer's parts, used for one fit after the other. All vectors
/// are by length.
struct IdleTable {
  std::array<std::vector<double>, kTails> tails;
  std::vector<double> z;       // How far a length is above T, as a part of T.
  std::vector<double> offset;  // The same of the logarithms.
  std::vector<double> atom;
  std::vector<double> all;      // Weighted sum of the parts.
  std::vector<double> inverse;  // One over it.

  /// Densities of the tails, which do not depend on the width of the atom. Those of the lengths
  /// below T are what they are at T.
  void fill_tails(const Sample& sample, double centre) {
    constexpr double kFarthest = 600;  // In an exponent: beyond it there is nothing.
    const std::size_t n = sample.x.size();
    const double inverse_length = std::exp(-centre);
    for (std::vector<double>* one : {&z, &offset, &atom, &all, &inverse}) one->resize(n);
    for (std::size_t i = 0; i < n; ++i) z[i] = sample.length[i] * inverse_length - 1;
    for (std::size_t i = 0; i < n; ++i) offset[i] = sample.x[i] - centre;
    const auto place_of = [&](double least) {
      return static_cast<std::size_t>(std::lower_bound(z.begin(), z.end(), least) - z.begin());
    };
    const std::size_t above = place_of(0);
    const std::size_t beyond = place_of(1);
    for (std::size_t k = 0; k < kTails; ++k) {
      const double flat = kTailRates[k] * kTailShares[k] / (1 - kTailShares[k]);
      const double slope = kTailSlopes[k];
      const std::size_t end = place_of(1 + kFarthest / slope);
      tails[k].assign(n, 0);
      double* const tail = tails[k].data();
      for (std::size_t i = 0; i < above; ++i) tail[i] = flat;
      for (std::size_t i = above; i < beyond; ++i) tail[i] = flat * (1 + z[i]);
      for (std::size_t i = beyond; i < end; ++i) {
        tail[i] = flat * (1 + z[i]) * exponential(slope * (1 - z[i]));
      }
    }
  }
};

/// An idle timer of T near e^centre.
SpikeFit fit_idle(const Sample& sample, IdleTable& table, double centre, double sigma,
                  std::span<const double> usual) {
  constexpr std::array<double, kIdleParts> kDirichlet = {2, 1.3, 1.3, 1.3, 1.2, 1.1, 1.3};
  const std::size_t n = sample.x.size();
  const double length = std::exp(centre);
  const auto place_of = [](const std::vector<double>& values, double least) {
    return static_cast<std::size_t>(std::lower_bound(values.begin(), values.end(), least) -
                                    values.begin());
  };
  // Below the atom only the background speaks; above it the tails do, too, but not the atom.
  const std::size_t from = place_of(table.offset, -kReach * sigma);
  const std::size_t end_of_atom = place_of(table.offset, kReach * sigma);
  const std::size_t from_tails = std::max(from, place_of(table.z, -sigma));
  const auto part_of = [](const std::vector<double>& values, std::size_t begin, std::size_t end) {
    return std::span<const double>(values).subspan(begin, end - begin);
  };
  const auto below = static_cast<double>(from);
  const Bell bell(sigma);
  for (std::size_t i = from; i < end_of_atom; ++i) table.atom[i] = bell.at(table.offset[i]);
  std::array<double, kIdleParts> weight{};
  weight.fill(1.0 / static_cast<double>(kIdleParts));
  double total = 0;
  double hits = 0;
  double moment = 0;
  double square = 0;
  double* const all = table.all.data();
  double* const inverse = table.inverse.data();
  const std::array<const double*, kTails> tails = {table.tails[0].data(), table.tails[1].data(),
                                                   table.tails[2].data(), table.tails[3].data(),
                                                   table.tails[4].data()};
  for (int step = 0; step < kSteps; ++step) {
    const double* const null = sample.null.data();
    for (std::size_t i = from; i < n; ++i) all[i] = weight[kIdleParts - 1] * null[i];
    for (std::size_t i = from; i < end_of_atom; ++i) all[i] += weight[0] * table.atom[i];
    for (std::size_t i = from_tails; i < n; ++i) {
      all[i] += (weight[1] * tails[0][i] + weight[2] * tails[1][i]) +
                (weight[3] * tails[2][i] + weight[4] * tails[3][i]) + weight[5] * tails[4][i];
    }
    for (std::size_t i = from; i < n; ++i) inverse[i] = 1 / all[i];
    std::array<double, kIdleParts> sum{};
    sum[0] = weight[0] *
             dot(part_of(table.atom, from, end_of_atom), part_of(table.inverse, from, end_of_atom));
    for (std::size_t k = 0; k < kTails; ++k) {
      sum[k + 1] = weight[k + 1] * dot(part_of(table.tails[k], from_tails, n),
                                       part_of(table.inverse, from_tails, n));
    }
    sum[kIdleParts - 1] = below + weight[kIdleParts - 1] * dot(part_of(sample.null, from, n),
                                                               part_of(table.inverse, from, n));
    if (step + 1 == kSteps) {
      LogProduct gain;
      for (std::size_t i = from; i < n; ++i) gain.multiply(all[i] / null[i]);
      total = below * std::log(weight[kIdleParts - 1]) + gain.log();
      for (std::size_t i = from; i < end_of_atom; ++i) {
        const double inlier = weight[0] * table.atom[i] * inverse[i];
        moment += inlier * table.offset[i];
        square += inlier * table.offset[i] * table.offset[i];
      }
    }
    hits = sum[0];
    double mass = 0;
    for (std::size_t k = 0; k < kIdleParts; ++k) mass += sum[k] + kDirichlet[k] - 1;
    for (std::size_t k = 0; k < kIdleParts; ++k) weight[k] = (sum[k] + kDirichlet[k] - 1) / mass;
  }
  SpikeFit fit;
  const double middle = moment / std::max(hits, 0.5);
  const double variance = square / std::max(hits, 0.5) - middle * middle;
  fit.seconds = length * std::exp(middle - kEdgeBelowMiddle * std::sqrt(std::max(0.0, variance)));
  fit.sigma = sigma;
  fit.hits = hits;
  fit.share = weight[0];
  for (std::size_t k = 1; k + 1 < kIdleParts; ++k) fit.tail += weight[k];
  fit.error = length * sigma / std::sqrt(std::max(1.0, hits));
  fit.evidence = total + 5 * std::log(1 - weight[kIdleParts - 1]) -
                 std::log(static_cast<double>(n) + 1) +
                 price_of_length(fit.seconds, sigma / std::sqrt(std::max(1.0, hits)), usual) -
                 std::log(static_cast<double>(kIdleSigmas.size()));
  return fit;
}

/// ln(e^a + e^b).
double log_sum(double a, double b) {
  return std::max(a, b) + std::log1p(std::exp(-std::abs(a - b)));
}

/// Whether one is about once, twice or three times the other.
bool related(double a, double b) {
  const double ratio = std::max(a, b) / std::max(1e-9, std::min(a, b));
  const double nearest = std::round(ratio);
  return nearest <= 3 && std::abs(ratio / nearest - 1) < 0.06;
}

}  // namespace

double price_of_length(double seconds, double tolerance, std::span<const double> usual) {
  const double free = std::log(std::min(0.5, 0.5 * 2.5 * tolerance / kLogRange));
  for (const double one : usual) {
    if (std::abs(seconds / one - 1) <= std::max(2.5 * tolerance, 1.0 / one)) {
      return std::max(free, std::log(0.5 / static_cast<double>(usual.size())));
    }
  }
  return free;
}

double settled_length(double seconds, double error, std::span<const double> usual) {
  double best = kUsualOdds;
  double settled = seconds;
  if (!(error > 0)) return seconds;
  for (const double one : usual) {
    const double z = (seconds - one) / error;
    const double odds = kUsualShare / static_cast<double>(usual.size()) * std::exp(-0.5 * z * z) /
                        (error * std::sqrt(2 * std::numbers::pi)) * kLogRange * seconds /
                        (1 - kUsualShare);
    if (odds > best) {
      best = odds;
      settled = one;
    }
  }
  return settled;
}

SpikeFits fit_spikes(const std::vector<double>& lengths, double downtime,
                     std::span<const double> usual, const SpikeSearch& search) {
  SpikeFits out;
  if (lengths.size() < 2) return out;
  const LengthBackground background(lengths, search.people);
  Sample sample;
  const std::size_t used = std::min(lengths.size(), search.most);
  for (std::size_t i = 0; i < used; ++i) {
    sample.length.push_back(lengths[i * lengths.size() / used]);
  }
  std::sort(sample.length.begin(), sample.length.end());
  for (const double length : sample.length) sample.x.push_back(std::log(length));
  for (const double x : sample.x) sample.null.push_back(background.at(x));

  std::vector<SpikeFit> ages;
  AgeTable age_table;
  IdleTable idle_table;
  for (const double centre : candidates(sample)) {
    const double narrowest = kClockSeconds / std::exp(centre);
    for (std::size_t s = 0; s < kAgeSigmas.size(); ++s) {
      if (s + 1 < kAgeSigmas.size() && kAgeSigmas[s + 1] <= narrowest) continue;
      const double sigma = std::max(kAgeSigmas[s], narrowest);
      const SpikeFit age = fit_age(sample, age_table, centre, sigma, downtime, usual);
      if (age.evidence > out.age.evidence) out.age = age;
      out.age_anywhere = log_sum(out.age_anywhere, age.evidence);
      ages.push_back(age);
    }
    idle_table.fill_tails(sample, centre);
    for (std::size_t s = 0; s < kIdleSigmas.size(); ++s) {
      if (s + 1 < kIdleSigmas.size() && kIdleSigmas[s + 1] <= narrowest) continue;
      const SpikeFit idle =
          fit_idle(sample, idle_table, centre, std::max(kIdleSigmas[s], narrowest), usual);
      if (idle.evidence > out.idle.evidence) out.idle = idle;
      out.idle_anywhere = log_sum(out.idle_anywhere, idle.evidence);
    }
  }
  for (const SpikeFit& age : ages) {
    if (age.evidence > out.second_age.evidence && !related(age.seconds, out.age.seconds)) {
      out.second_age = age;
    }
  }
  return out;
}

}  // namespace dropscope::rhythm
