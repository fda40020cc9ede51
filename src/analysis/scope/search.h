#pragma once

// The search behind find_scope(): the best of all local candidates and "global" is taken, the rates
// are fitted, older causes are searched again with the others fixed, and what no longer carries its
// own weight is dropped. The dispersion is estimated from what the first pass left. Internal to
// this folder.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analysis/scope/candidates.h"
#include "analysis/scope/scope.h"
#include "analysis/scope/score.h"

namespace dropscope {

/// Offices differ by this much without anything being wrong (the method's interval null).
inline constexpr double kHarmlessLocal = 1.25;
/// People differ more than offices do: a heavy user has up to this multiple of the others' losses
/// without anything being wrong with the computer.
inline constexpr double kHarmlessClient = 3;
/// A history decides in a tiny fleet and must not drown a large one.
inline constexpr double kMostHistory = 50;
inline constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

class ScopeSearch {
 public:
  /// `groupings` of the table's attributes and exposures, if they are at hand.
  ScopeSearch(const ScopeTable& table, const ScopeOptions& options,
              const std::optional<ScopeGroupings>& groupings = std::nullopt)
      : table_(table),
        options_(options),
        candidates_(groupings ? ScopeCandidates(table.attributes, *groupings, table.events)
                              : ScopeCandidates(table.attributes, options.hierarchies, table.events,
                                                table.exposure_h)),
        weights_(table.exposure_h) {
    for (const double y : table.events) events_ += y;
    for (const double h : table.exposure_h) {
      exposure_ += h;
      exposure_squares_ += h * h;
    }
    find_kin();
    weight_sum_ = exposure_;
    square_sum_ = exposure_squares_;
    if (options.history) {
      scale_ = std::min(1.0, kMostHistory / std::max(options.history->events, 1.0));
    }
  }

  ScopeResult run();

 private:
  struct Chosen {
    std::size_t candidate = 0;
    std::vector<std::uint32_t> rows;
    double ratio = 1;
  };
  struct Best {
    std::size_t candidate = kNobody;
    double net = 0;
  };

  /// Clients with the same count and exposures within a few percent, for sums over all clients.
  struct Kin {
    double events = 0;
    double hours = 0;  // Mean.
    double clients = 0;
  };

  /// The rates fitted to a set of causes; only rows in causes have another weight than exposure.
  struct Fitted {
    std::vector<std::uint32_t> rows;
    std::vector<double> weights;
    std::vector<double> ratios;
    double base = 0;       // Events in an hour outside the causes.
    double objective = 0;  // Log likelihood less the code lengths.
  };

  void find_kin();
  void grow();
  void look_again();
  void generalise();
  [[nodiscard]] Chosen rows_of(std::size_t candidate) const;
  [[nodiscard]] Fitted fitted(const std::vector<Chosen>& causes) const;
  [[nodiscard]] std::vector<std::vector<std::size_t>> wider_than(std::size_t candidate) const;
  void drop_weak();
  /// `released` rows have just left a cause; ascending.
  void fit(const std::vector<std::uint32_t>& released = {});
  /// `rows` ascend.
  void set_weights(std::span<const std::uint32_t> rows, std::span<const double> weights);
  void add(std::size_t candidate);
  void remove(std::size_t place);
  [[nodiscard]] CountScatter measured_scatter() const;
  [[nodiscard]] double bursts_among_few(double people) const;
  /// Variance over mean of the counts.
  [[nodiscard]] double dispersion() const {
    return scatter_.bursts + scatter_.people * base_ * square_sum_ / std::max(weight_sum_, 1e-9);
  }
  [[nodiscard]] bool taken(std::size_t candidate) const;
  [[nodiscard]] double net_of(std::size_t candidate, double harmless = kHarmlessLocal) const;
  [[nodiscard]] double net_to_tell(std::size_t candidate) const {
    const bool single = candidates_.all()[candidate].clients == 1;
    return net_of(candidate, single ? kHarmlessClient : kHarmlessLocal);
  }
  [[nodiscard]] Best best_local() const;
  [[nodiscard]] double net_of_global() const;
  /// Of what is not in the model; may be negative.
  [[nodiscard]] double best_net() const;
  [[nodiscard]] double accident(double best) const;
  [[nodiscard]] double total_weight() const {
    return weight_sum_ + (global_ || !options_.history ? 0 : options_.history->hours * scale_);
  }
  [[nodiscard]] double total_events() const {
    return events_ + (global_ || !options_.history ? 0 : options_.history->events * scale_);
  }
  [[nodiscard]] ScopeCause describe(const Chosen& chosen) const;
  [[nodiscard]] double share_of_description(const Chosen& chosen) const;

  const ScopeTable& table_;
  const ScopeOptions& options_;
  ScopeCandidates candidates_;
  std::vector<double> weights_;  // Exposure times the ratios of the causes that hold the row.
  std::vector<Chosen> chosen_;
  double events_ = 0;
  double exposure_ = 0;
  double weight_sum_ = 0;
  double scale_ = 0;  // Of the history.
  double square_sum_ = 0;
  double exposure_squares_ = 0;
  double base_ = 0;
  CountScatter scatter_;
  std::vector<Kin> kin_;               // Clients of about the same exposure and of the same count.
  std::vector<std::uint32_t> kin_of_;  // Of each row.
  bool global_ = false;
  // Of set_weights(), kept for their memory.
  std::vector<std::uint32_t> changed_rows_;
  std::vector<double> changed_from_;
  std::vector<double> changed_to_;
};

}  // namespace dropscope
