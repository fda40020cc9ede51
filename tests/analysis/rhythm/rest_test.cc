#include "analysis/rhythm/rest.h"

#include <gtest/gtest.h>

#include <cmath>

#include "analysis/worlds.h"

namespace dropscope::rhythm {
namespace {

constexpr std::size_t kShare = 0;
constexpr std::size_t kClockEvidence = 3;

/// A limit of `age` seconds on each connection, and, if `clock`, a job that ends them every six
/// hours.
Prepared aged(bool clock) {
  worlds::Random random(11);
  Client client;
  double t = 1'700'000'000;
  for (int i = 0; i < 120; ++i) {
    const double begin = t;
    t += 4'321 + random.uniform(-2, 2);
    const double job = (std::floor(begin / 21'600) + 1) * 21'600 + random.uniform(0, 3);
    if (clock) t = std::min(t, job);
    client.losses.push_back({t, t + 20, true});
    t += 20;
  }
  return prepare(client);
}

TEST(Rest, FindsTheClockThatAnAgeHides) {
  const Prepared both = aged(true);
  const auto numbers = rest_of(both, find_rhythms(both, {}), {});
  EXPECT_GT(numbers[kShare], 0.15);
  EXPECT_LT(numbers[kShare], 0.3);
  EXPECT_GT(numbers[kClockEvidence], std::asinh(20.0));  // ln Bayes factor of 40.
}

TEST(Rest, FindsNothingBesideATimerThatIsAlone) {
  const Prepared alone = aged(false);
  const auto numbers = rest_of(alone, find_rhythms(alone, {}), {});
  EXPECT_LT(numbers[kShare], 0.05);
  EXPECT_LT(numbers[kClockEvidence], 0);
}

TEST(Rest, IsFiniteWhateverWasFound) {
  for (const double value : rest_of(Prepared{}, Findings{}, {})) EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace dropscope::rhythm
