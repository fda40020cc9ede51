#include "simulate/prng.h"

#include <bit>

namespace dropscope::simulation {

namespace {

// One step of SplitMix64, the usual way to fill a larger generator's state from few seed bits.
std::uint64_t split_mix(std::uint64_t& x) {
  x += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = x;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

// Mean of the short gaps in clumped_gap, as a share of the overall mean.
constexpr double kShortGap = 0.25;

}  // namespace

Random::Random(std::uint64_t seed, Stream stream, std::uint64_t index, std::uint64_t sub_index) {
  // Each name is mixed in on its own, so that (1, 2) and (2, 1) are different streams.
  std::uint64_t x = seed;
  for (std::uint64_t name : {static_cast<std::uint64_t>(stream), index, sub_index}) {
    x = split_mix(x) ^ (name * 0xd1342543de82ef95ULL + 1);
  }
  for (std::uint64_t& word : state_) word = split_mix(x);
}

std::uint64_t Random::bits() {
  std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() {
  return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

std::uint64_t Random::below(std::uint64_t n) {
  // Numbers of the incomplete last round are drawn again; without that, small results come up more
  // often.
  std::uint64_t threshold = (0 - n) % n;
  for (;;) {
    std::uint64_t x = bits();
    if (x >= threshold) return x % n;
  }
}

double Random::exponential() {
  // Von Neumann 1951: in a falling run u1 >= u2 >= ... the length is odd with a probability that
  // makes u1 the fractional part of an exponential variate; each run of even length adds 1.
  for (double whole = 0;; whole += 1) {
    double first = uniform();
    double last = first;
    bool odd = true;
    for (;;) {
      double next = uniform();
      if (next > last) break;
      last = next;
      odd = !odd;
    }
    if (odd) return whole + first;
  }
}

double Random::erlang(int shape) {
  double sum = 0;
  for (int i = 0; i < shape; ++i) sum += exponential();
  return sum / shape;
}

double Random::clumped_gap(double clumping) {
  bool is_short = chance(clumping);
  double mean = is_short ? kShortGap : (1 - clumping * kShortGap) / (1 - clumping);
  return mean * exponential();
}

}  // namespace dropscope::simulation
