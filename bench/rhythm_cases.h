#pragma once

// Simulated clients with a known rhythm: people, machines and the dirt of their logs. For fitting
// and measuring the classifier of src/analysis/rhythm; no constant in here comes from it.

#include <cstdint>
#include <vector>

#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm_cases {

inline constexpr unsigned kGrades = 4;  ///< Of dirt: clean … 40 % missing, 20 % stray, 3 % jitter.

enum class Null : std::uint8_t { Timer, Plain, WorkingHours, Resume, Lunch, Clusters };

struct Case {
  rhythm::Client client;
  rhythm::Class truth = rhythm::Class::Random;
  std::vector<double> intervals;    ///< True ones in seconds; two for mixed, none without a timer.
  std::vector<rhythm::Class> also;  ///< Readings that the data cannot tell from the truth.
  Null null = Null::Timer;
  unsigned grade = 0;
  std::size_t events = 0;  ///< Asked for; what is recorded may be less.
};

/// Usual lengths of the built-in catalogue.
[[nodiscard]] std::vector<double> usual();

/// Case `index` of the family `seed`; the same on every call.
[[nodiscard]] Case make_case(std::uint64_t seed, std::uint64_t index);

struct Fleet {
  std::vector<rhythm::Client> clients;
  rhythm::Class truth = rhythm::Class::Random;
  std::vector<double> intervals;  ///< Two for mixed, none without a timer.
};

/// A fleet of 50 to 500 clients with two to six losses each.
[[nodiscard]] Fleet make_fleet(std::uint64_t seed, std::uint64_t index);

}  // namespace dropscope::rhythm_cases
