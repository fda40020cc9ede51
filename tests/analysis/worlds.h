#pragma once

// Small worlds that make episodes directly, for tests of the analysis. They are kept apart from
// src/simulate on purpose: what the analysis is tuned on and what it is tested on share no code.

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "analysis/episodes/episodes.h"

namespace dropscope::worlds {

/// Deterministic on every platform: the engine is specified by the standard, the distributions are
/// ours.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double uniform();  ///< [0, 1)
  double uniform(double low, double high);
  double exponential(double mean);
  double normal(double mean, double sd);

 private:
  std::mt19937_64 engine_;
};

/// One measured life of a connection and the outage that follows it, in seconds.
struct Life {
  double uptime;
  double outage;
};

/// Episodes of one computer whose connection begins at `start_unix` and lives the given lives back
/// to back. The log begins with the first restore.
ComputerEpisodes chain(const std::vector<Life>& lives, std::int64_t start_unix,
                       std::uint32_t computer = 0);

/// Losses at given Unix seconds, each followed by a restore after `outage` seconds.
ComputerEpisodes at_times(const std::vector<double>& losses, double outage,
                          std::uint32_t computer = 0);

// Kinds of worlds. `n` is the number of uptimes.
std::vector<Life> random_lives(Random& random, std::size_t n, double mean);
/// Losses in working hours only: the last uptime of a day runs to the next morning.
std::vector<Life> working_day_lives(Random& random, std::size_t n);
/// A wake-up each morning at about the same time ends the uptime of the night.
std::vector<Life> morning_lives(Random& random, std::size_t n);
/// Gamma-like, shape 4: regular to the eye, no timer.
std::vector<Life> overload_lives(Random& random, std::size_t n);
/// Idle timer: traffic ends after a while, then `timer` later the loss. A share `active` of the
/// lives has traffic for longer than the timer's own length.
std::vector<Life> idle_lives(Random& random, std::size_t n, double timer, double active);
/// Limit on age with a share of lives cut short by other causes.
std::vector<Life> age_lives(Random& random, std::size_t n, double age, double cut_short);

}  // namespace dropscope::worlds
