#pragma once

// Random numbers that are the same everywhere.
//
// A scenario and a seed must give the same bytes on Linux and on Windows, so neither the standard
// library's distributions (each library has its own) nor libm (log and exp differ in the last bit)
// may decide anything. The generator is xoshiro256** (Blackman and Vigna, public domain
// description); the exponential variate comes from von Neumann's comparison game, which needs no
// logarithm, and everything else here is built from uniform and exponential variates with the four
// basic operations.
//
// Streams: every use draws from its own stream, named by (seed, purpose, index). A new kind of
// noise therefore changes no loss, and a computer is the same in a fleet of ten and of ten
// thousand.

#include <array>
#include <cstdint>

#include "base/time.h"

namespace dropscope::simulation {

/// What a stream is for. The values are part of the output's reproducibility: they are never
/// reused.
enum class Stream : std::uint64_t {
  Identity = 1,
  Calendar = 2,
  UserTraffic = 3,
  MailTraffic = 4,
  Connection = 5,
  Reconnect = 6,
  Membership = 7,     ///< Which computers a cause concerns; the index also names the cause.
  Strikes = 8,        ///< Times of a cause on one computer; the index also names the cause.
  SharedOutages = 9,  ///< Index = cause.
  Noise = 10,
  Log = 11,
  Forwarding = 12,
  RandomNoise = 13,
  RhythmCase = 14,  ///< Simulated clients of bench/rhythm_cases.cc.
  Balancer = 15,
  KeepAlive = 16,
};

class Random {
 public:
  Random(std::uint64_t seed, Stream stream, std::uint64_t index, std::uint64_t sub_index = 0);

  /// 64 uniform bits.
  std::uint64_t bits();
  /// Uniform in [0, 1), with 53 bits.
  double uniform();
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform integer in [0, n); n > 0.
  std::uint64_t below(std::uint64_t n);
  /// True with the given probability; draws one number in any case, so that streams stay in step.
  bool chance(double probability) { return uniform() < probability; }
  /// Exponential with mean 1.
  double exponential();
  /// Sum of `shape` exponentials divided by shape: mean 1, variance 1/shape.
  double erlang(int shape);
  /// Triangular on [-1, 1].
  double triangular() { return uniform() - uniform(); }
  /// A gap with mean 1 that clumps: with probability `clumping` a short one (mean 0.25), else a
  /// long one.
  double clumped_gap(double clumping);

  Ticks ticks(double low_s, double high_s) { return ticks_from_seconds(uniform(low_s, high_s)); }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace dropscope::simulation
