#pragma once

// A second world of people, computers and timers that lose connections. It shares no code with the
// first (bench/rhythm_cases.cc): it was written from the description of the mechanisms alone, by
// somebody else. The classifier is fitted with both, so that neither author's habits decide.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace second_world {

/// Seconds since 1970-01-01 UTC.
struct Loss {
  double lost = 0;
  std::optional<double> restored;
};

struct Client {
  std::string zone;  ///< IANA name.
  std::vector<Loss> events;
  std::vector<std::vector<double>> peers;
};

/// In the order of the contract.
inline constexpr const char* kClasses[] = {"idle",      "age",    "clock", "period", "outage",
                                           "modulated", "random", "burst", "mixed"};
enum Class { Idle, Age, Clock, Period, Outage, Modulated, Random, Burst, Mixed, kClassCount };

/// splitmix64: the same numbers on every machine, unlike the distributions of <random>.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next();
  double uniform();  ///< [0, 1)
  double uniform(double low, double high);
  double log_uniform(double low, double high);
  double normal();
  double exponential(double mean);
  bool chance(double p) { return uniform() < p; }
  int below(int n) { return static_cast<int>(uniform() * n); }

 private:
  std::uint64_t state_;
};

struct World {
  Client input;
  Class truth = Random;
  std::vector<double> intervals;  ///< Seconds; two for some of Mixed.
  int grade = 0;                  ///< Dirt, 0 (clean) to 3.
  int size = 0;                   ///< Losses aimed at.
  bool resume = false;            ///< Modulated: losses when the computer wakes in the morning.
};

/// A case of a class; `size` 4 to 500 losses, `grade` 0 to 3.
[[nodiscard]] World make_world(Class truth, int size, int grade, Dice& dice);

struct FleetWorld {
  std::vector<Client> clients;
  Class truth = Random;
  std::vector<double> intervals;
};

/// 50 to 500 clients with 2 to 6 losses each.
[[nodiscard]] FleetWorld make_fleet(Class truth, Dice& dice);

}  // namespace second_world
