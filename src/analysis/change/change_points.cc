// The losses are counted in cells of equal expectation in all, so that under "nothing changed" they
// come evenly, and a change is a place that splits a time in two with different levels. Each level
// is averaged over a gamma prior, which prices the second level by itself (Barry and Hartigan 1993
// for the model, binary segmentation for the search). The place's own posterior gives its interval.

#include "analysis/change/change_points.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace dropscope {
namespace {

/// A quarter-year by the hour; longer times are looked at in cells of several hours.
constexpr std::size_t kMostCells = 2'200;
constexpr std::size_t kMostChanges = 8;
/// ln 20: a change is told when the losses are twenty times as likely with it
/// (docs/methods/change.md has how often that is wrong).
constexpr double kAccepted = 3.0;
/// A prior that weighs half a loss, with the mean of all time.
constexpr double kPriorShape = 0.5;

struct Cell {
  Instant begin{};
  Instant end{};
};

class Splitter {
 public:
  explicit Splitter(const RateSeries& series) : dispersion_(daily_dispersion(series)) {
    const std::size_t per_cell = (series.hours.size() + kMostCells - 1) / kMostCells;
    losses_.push_back(0);
    expected_.push_back(0);
    hours_.push_back(0);
    for (std::size_t i = 0; i < series.hours.size(); i += per_cell) {
      const std::size_t end = std::min(i + per_cell, series.hours.size());
      RateHour sum;
      for (std::size_t k = i; k < end; ++k) {
        sum.losses += series.hours[k].losses;
        sum.hours += series.hours[k].hours;
        sum.expected += series.hours[k].expected;
      }
      if (!(sum.hours > 0)) continue;
      const auto at = [&](std::size_t hour) {
        return Instant{std::chrono::hours{series.first_hour + static_cast<std::int64_t>(hour)}};
      };
      cells_.push_back({at(i), at(end)});
      losses_.push_back(losses_.back() + sum.losses);
      expected_.push_back(expected_.back() + sum.expected);
      hours_.push_back(hours_.back() + sum.hours);
    }
  }

  RateHistory run();

 private:
  struct Place {
    std::size_t cell = 0;  // The first of the new level.
    std::size_t low = 0;
    std::size_t high = 0;
    double evidence = 0;
  };

  /// ln of the probability of the losses of [from, to) at one unknown level.
  [[nodiscard]] double one_level(std::size_t from, std::size_t to) const {
    const double losses = (losses_[to] - losses_[from]) / dispersion_;
    const double expected = (expected_[to] - expected_[from]) / dispersion_;
    return kPriorShape * std::log(kPriorShape) - std::lgamma(kPriorShape) +
           std::lgamma(losses + kPriorShape) -
           (losses + kPriorShape) * std::log(expected + kPriorShape);
  }
  [[nodiscard]] Place best_split(std::size_t from, std::size_t to) const;
  [[nodiscard]] RateSegment segment(std::size_t from, std::size_t to) const;

  std::vector<Cell> cells_;
  // Sums of all cells before the index.
  std::vector<double> losses_;
  std::vector<double> expected_;
  std::vector<double> hours_;
  double dispersion_ = 1;
};

Splitter::Place Splitter::best_split(std::size_t from, std::size_t to) const {
  Place place;
  if (to - from < 2) return place;
  std::vector<double> log_p;
  for (std::size_t k = from + 1; k < to; ++k)
    log_p.push_back(one_level(from, k) + one_level(k, to));
  const auto best = std::max_element(log_p.begin(), log_p.end());
  place.cell = from + 1 + static_cast<std::size_t>(best - log_p.begin());
  double sum = 0;
  for (const double one : log_p) sum += std::exp(one - *best);
  place.evidence = *best + std::log(sum / static_cast<double>(log_p.size())) - one_level(from, to);
  double below = 0;
  place.low = place.high = place.cell;
  bool low_found = false;
  for (std::size_t i = 0; i < log_p.size(); ++i) {
    below += std::exp(log_p[i] - *best) / sum;
    if (!low_found && below >= 0.025) {
      place.low = from + 1 + i;
      low_found = true;
    }
    if (below >= 0.975) {
      place.high = from + 1 + i;
      break;
    }
  }
  return place;
}

RateSegment Splitter::segment(std::size_t from, std::size_t to) const {
  RateSegment one;
  one.begin = cells_[from].begin;
  one.end = cells_[to - 1].end;
  one.losses = losses_[to] - losses_[from];
  one.hours = hours_[to] - hours_[from];
  one.per_day = one.hours > 0 ? one.losses / one.hours * 24 : 0;
  return one;
}

RateHistory Splitter::run() {
  RateHistory history;
  history.dispersion = dispersion_;
  if (cells_.empty()) return history;
  std::vector<std::size_t> borders = {0, cells_.size()};
  while (borders.size() < kMostChanges + 2) {
    Place best;
    for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
      const Place place = best_split(borders[i], borders[i + 1]);
      if (place.evidence > std::max(best.evidence, kAccepted)) best = place;
    }
    if (best.evidence <= kAccepted) break;
    borders.insert(std::upper_bound(borders.begin(), borders.end(), best.cell), best.cell);
    // The first split was made without knowing of the second: each is placed again between its
    // neighbours, and one that carries nothing any more is taken out.
    for (std::size_t i = 1; i + 1 < borders.size();) {
      const Place place = best_split(borders[i - 1], borders[i + 1]);
      if (place.evidence > kAccepted) {
        borders[i++] = place.cell;
      } else {
        borders.erase(borders.begin() + static_cast<std::ptrdiff_t>(i));
      }
    }
  }
  for (std::size_t i = 0; i + 1 < borders.size(); ++i) {
    history.segments.push_back(segment(borders[i], borders[i + 1]));
    if (i == 0) continue;
    const std::size_t left = borders[i - 1];
    const std::size_t right = borders[i + 1];
    const Place place = best_split(left, right);
    RateChangePoint change;
    change.time = cells_[borders[i]].begin;
    // Within its cell the change may lie anywhere.
    change.low = cells_[std::min(place.low, borders[i]) - 1].begin;
    change.high = cells_[std::max(place.high, borders[i])].end;
    change.probability = 1 / (1 + std::exp(-place.evidence));
    const RateStratum stratum{
        losses_[borders[i]] - losses_[left], losses_[right] - losses_[borders[i]],
        expected_[borders[i]] - expected_[left], expected_[right] - expected_[borders[i]]};
    change.effect = compare_rates({&stratum, 1}, dispersion_);
    history.changes.push_back(change);
  }
  return history;
}

}  // namespace

RateHistory find_rate_changes(const RateSeries& series) {
  return Splitter(series).run();
}

}  // namespace dropscope
