#include "analysis/rhythm/spike.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

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

double gauss(double z, double sigma) {
  if (z > kReach * sigma || z < -kReach * sigma) return 0;
  const double r = z / sigma;
  return std::exp(-0.5 * r * r) / (sigma * std::sqrt(2 * std::numbers::pi));
}

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
  std::vector<double> chosen;
  const auto add = [&](double centre) {
    for (const double other : chosen) {
      if (std::abs(other - centre) < 0.0015) return;
    }
    chosen.push_back(centre);
  };
  for (const double width : kWindows) {
    std::vector<Window> best;
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < n; ++begin) {
      end = std::max(end, begin);
      while (end < n && sample.x[end] - sample.x[begin] <= width) ++end;
      const auto count = static_cast<double>(end - begin);
      if (count < 2) continue;
      const double expected = static_cast<double>(n) * sample.null[begin] * width + 0.05;
      const double score = count * std::log(count / expected) - count + expected;
      best.push_back({score, sample.x[begin + (end - begin) / 2]});
    }
    std::stable_sort(best.begin(), best.end(),
                     [](const Window& a, const Window& b) { return a.score > b.score; });
    int taken = 0;
    double last = -1;
    for (const Window& window : best) {
      if (taken > 0 && std::abs(window.centre - last) < width) continue;
      add(window.centre);
      last = window.centre;
      if (++taken == most.of_a_width) break;
    }
  }
  if (chosen.size() > most.of_all) chosen.resize(most.of_all);
  for (std::size_t i = 0; i < std::min<std::size_t>(2, n); ++i) add(sample.x[i]);
  return chosen;
}

SpikeFit fit_age(const Sample& sample, double centre, double sigma, double downtime,
                 std::span<const double> usual) {
  const std::size_t n = sample.x.size();
  std::array<double, 4> weight = {0.5, 0.1, 0.05, 0.35};
  constexpr std::array kDirichlet = {6.0, 1.2, 1.05, 1.3};
  double total = 0;
  double hits = 0;
  LogProduct gain;
  for (int step = 0; step < kSteps; ++step) {
    const double length = std::exp(centre);
    const double second = std::log(2 * length + downtime);
    const double third = std::log(3 * length + 2 * downtime);
    std::array<double, 4> sum{};
    double moment = 0;
    // Outside of the three spikes only the background speaks.
    std::size_t near = 0;
    std::size_t from = 0;
    for (const double middle : {centre, second, third}) {
      const auto low = std::lower_bound(sample.x.begin() + static_cast<std::ptrdiff_t>(from),
                                        sample.x.end(), middle - kReach * sigma);
      const auto high = std::upper_bound(low, sample.x.end(), middle + kReach * sigma);
      from = static_cast<std::size_t>(high - sample.x.begin());
      for (auto i = static_cast<std::size_t>(low - sample.x.begin()); i < from; ++i, ++near) {
        const std::array<double, 4> part = {weight[0] * gauss(sample.x[i] - centre, sigma),
                                            weight[1] * gauss(sample.x[i] - second, sigma),
                                            weight[2] * gauss(sample.x[i] - third, sigma),
                                            weight[3] * sample.null[i]};
        const double all = part[0] + part[1] + part[2] + part[3];
        const double inverse = 1 / all;
        for (std::size_t k = 0; k < 4; ++k) sum[k] += part[k] * inverse;
        moment += part[0] * inverse * (sample.x[i] - centre);
        if (step + 1 == kSteps) gain.multiply(all / sample.null[i]);
      }
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
constexpr std::size_t kIdleParts = 2 + kTailRates.size();

/// Rows are padded, so that a compiler can take two numbers of one at a time.
constexpr std::size_t kPadded = kIdleParts + kIdleParts % 2;

/// Room for the densities of an idle timer's parts, used for one fit after the other.
struct IdleTable {
  std::vector<std::array<double, kPadded>> tails;  // By length; the atom is left out.
  std::vector<std::array<double, kPadded>> rows;   // By length.
  std::vector<double> all;                         // By length: weighted sum of the parts.

  /// Densities of the tails above T, which do not depend on the width of the atom. Those of the
  /// lengths just below T are what they are at T.
  void fill_tails(const Sample& sample, double centre, double widest) {
    const std::size_t n = sample.x.size();
    const double length = std::exp(centre);
    tails.resize(n);
    for (std::size_t i = n; i-- > 0;) {
      const double z = sample.length[i] / length - 1;
      if (z < -widest) break;
      for (std::size_t k = 0; k < kTailRates.size(); ++k) {
        const double rate = kTailRates[k];
        const double q = kTailShares[k];
        double value = z < 1 ? rate * q : rate * q * std::exp(-kTailSlopes[k] * (z - 1));
        value *= (1 + std::max(0.0, z)) / (1 - q);
        tails[i][k + 1] = value;
      }
    }
  }

  /// Densities of all parts from length `from` on, for an atom of width `sigma`.
  void fill_rows(const Sample& sample, std::size_t from, double centre, double sigma) {
    const std::size_t n = sample.x.size();
    const double length = std::exp(centre);
    rows.resize(n - from);
    all.resize(n - from);
    for (std::size_t i = from; i < n; ++i) {
      std::array<double, kPadded>& row = rows[i - from];
      row = {};
      if (sample.length[i] / length - 1 >= -sigma) row = tails[i];
      row[0] = gauss(sample.x[i] - centre, sigma);
      row[kIdleParts - 1] = sample.null[i];
    }
  }
};

/// An idle timer of T near e^centre.
SpikeFit fit_idle(const Sample& sample, IdleTable& table, double centre, double sigma,
                  std::span<const double> usual) {
  constexpr std::array<double, kIdleParts> kDirichlet = {2, 1.3, 1.3, 1.3, 1.2, 1.1, 1.3};
  const std::size_t n = sample.x.size();
  const double length = std::exp(centre);
  // Below T only the background speaks.
  const auto from = static_cast<std::size_t>(
      std::lower_bound(sample.x.begin(), sample.x.end(), centre - kReach * sigma) -
      sample.x.begin());
  const auto below = static_cast<double>(from);
  table.fill_rows(sample, from, centre, sigma);
  std::array<double, kPadded> weight{};
  std::fill_n(weight.begin(), kIdleParts, 1.0 / static_cast<double>(kIdleParts));
  double total = 0;
  double hits = 0;
  double moment = 0;
  double square = 0;
  for (int step = 0; step < kSteps; ++step) {
    std::array<double, kPadded> sum{};
    sum[kIdleParts - 1] = below;
    const double weight_below = weight[kIdleParts - 1];
    moment = 0;
    square = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      std::array<double, kPadded> part = table.rows[i];
      for (std::size_t k = 0; k < kPadded; ++k) part[k] *= weight[k];
      double all = 1e-300;
      for (std::size_t k = 0; k < kIdleParts; ++k) all += part[k];
      const double inverse = 1 / all;
      table.all[i] = all;
      for (std::size_t k = 0; k < kPadded; ++k) sum[k] += part[k] * inverse;
      if (part[0] == 0) continue;
      const double offset = sample.x[from + i] - centre;
      const double inlier = part[0] * inverse;
      moment += inlier * offset;
      square += inlier * offset * offset;
    }
    if (step + 1 == kSteps) {
      LogProduct gain;
      for (std::size_t i = 0; i < table.rows.size(); ++i) {
        gain.multiply(table.all[i] / sample.null[from + i]);
      }
      total = below * std::log(weight_below) + gain.log();
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
  IdleTable table;
  for (const double centre : candidates(sample)) {
    const double narrowest = kClockSeconds / std::exp(centre);
    for (std::size_t s = 0; s < kAgeSigmas.size(); ++s) {
      if (s + 1 < kAgeSigmas.size() && kAgeSigmas[s + 1] <= narrowest) continue;
      const double sigma = std::max(kAgeSigmas[s], narrowest);
      const SpikeFit age = fit_age(sample, centre, sigma, downtime, usual);
      if (age.evidence > out.age.evidence) out.age = age;
      out.age_anywhere = log_sum(out.age_anywhere, age.evidence);
      ages.push_back(age);
    }
    table.fill_tails(sample, centre, std::max(kIdleSigmas.back(), narrowest));
    for (std::size_t s = 0; s < kIdleSigmas.size(); ++s) {
      if (s + 1 < kIdleSigmas.size() && kIdleSigmas[s + 1] <= narrowest) continue;
      const SpikeFit idle =
          fit_idle(sample, table, centre, std::max(kIdleSigmas[s], narrowest), usual);
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
