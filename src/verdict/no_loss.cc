#include "verdict/no_loss.h"

#include <array>
#include <cmath>

#include "verdict/weigh.h"

namespace dropscope {
namespace {

/// Losses for each computer and day that stand for the states of Aspect::Rate: the middle of each
/// range on a logarithmic scale, and for the open ones a third of the upper, five thirds of the
/// lower edge (findings.cc has the edges).
constexpr std::array<double, 4> kPerDay = {0.05, 0.35, 1.55, 5};
/// Fewer than that are no reason to complain.
constexpr std::size_t kRare = 0;
constexpr double kYear = 365;

/// Probability of no loss in so many days of one computer.
double silence(const CauseRule& cause, double days, bool complained_of) {
  const Prediction* rate = cause.predicts(Aspect::Rate);
  double out = 0;
  for (std::size_t state = 0; state < kPerDay.size(); ++state) {
    if (complained_of && state == kRare) continue;
    const double p =
        rate == nullptr ? 1.0 / static_cast<double>(kPerDay.size()) : rate->likelihood[state];
    out += p * std::exp(-kPerDay[state] * days);
  }
  return out;
}

}  // namespace

double probability_of_nothing(const std::vector<CauseRule>& causes, double days) {
  double nothing = 0;
  double all = 0;
  for (const CauseRule& cause : causes) {
    const bool is_none = cause.id == kNoCause;
    const double p = cause.prior * silence(cause, days, !is_none);
    all += p;
    if (is_none) nothing += p;
  }
  return all > 0 ? nothing / all : 0;
}

double days_until_sure(const std::vector<CauseRule>& causes, double enough) {
  for (double days = 1; days < kYear; ++days) {
    if (probability_of_nothing(causes, days) > enough) return days;
  }
  return kYear;
}

}  // namespace dropscope
