#include <algorithm>
#include <cmath>

#include "analysis/rhythm/cycle.h"
#include "analysis/rhythm/mixture.h"
#include "analysis/rhythm/readings.h"
#include "analysis/rhythm/rhythm.h"

namespace dropscope::rhythm {
namespace {

/// Alternatives below this are not worth a reader's time.
constexpr double kLeastAlternative = 0.05;

/// From so many losses on nine of ten timers are found, and nine of ten answers without a timer are
/// right (docs/methods/rhythm.md).
constexpr std::size_t kSettlingLosses = 15;

/// Piecewise linear through the pairs (raw, calibrated).
double calibrated(double raw, std::span<const float> map) {
  if (map.size() < 2) return raw;
  if (raw <= static_cast<double>(map[0])) return static_cast<double>(map[1]);
  for (std::size_t i = 2; i + 1 < map.size(); i += 2) {
    const auto right = static_cast<double>(map[i]);
    if (raw > right) continue;
    const auto left = static_cast<double>(map[i - 2]);
    const double part = right > left ? (raw - left) / (right - left) : 1;
    return (1 - part) * static_cast<double>(map[i - 1]) + part * static_cast<double>(map[i + 1]);
  }
  return static_cast<double>(map[map.size() - 1]);
}

/// Makes readings of one client.
struct Reader {
  const FittedConstants& constants;
  const Findings& found;
  const MeasureOdds& odds;
  std::size_t band;

  /// `by` is the class that `measure` belongs to.
  [[nodiscard]] Reading read(Class kind, double probability, Class by,
                             const Measure& measure) const {
    Reading out;
    out.kind = kind;
    out.probability = probability;
    if (measure.seconds <= 0) return out;
    const auto m = static_cast<std::size_t>(by);
    const std::size_t at = (m * kBands + band) * kTrusts + trust_of(odds[m]);
    const auto factor = static_cast<double>(constants.widths[at]);
    out.has_interval = true;
    out.interval.seconds = measure.seconds;
    out.interval.low = std::max(0.0, measure.seconds - factor * measure.error);
    out.interval.high = measure.seconds + factor * measure.error;
    return out;
  }

  /// By the measure of class `by` among the findings.
  [[nodiscard]] Reading read(Class kind, double probability, Class by) const {
    Reading out = read(kind, probability, by, measure_of(by, found));
    if (kind == Class::Clock && by == Class::Clock) out.times = times_of(found.clock);
    return out;
  }
};

/// Whether a mixture's timers have one of this kind and about this length.
bool is_timer_of(const Answer& answer, Class kind, const Measure& measure) {
  return std::any_of(answer.alternatives.begin(),
                     answer.alternatives.begin() + static_cast<std::ptrdiff_t>(answer.timers),
                     [&](const Reading& one) {
                       return one.kind == kind &&
                              is_one_timer(one.interval.seconds, measure.seconds);
                     });
}

void ask_for_more(Answer& answer, const Prepared& prepared) {
  const std::size_t losses = prepared.times.size();
  const bool settled = answer.enough && answer.best.probability >= 0.9;
  if (settled || losses >= kSettlingLosses) return;
  answer.missing = kSettlingLosses - losses;
  if (losses >= 2 && prepared.span() > 0) {
    answer.missing_days = static_cast<double>(answer.missing) * prepared.span() /
                          static_cast<double>(losses - 1) / kDay;
  }
}

}  // namespace

std::string_view to_string(Class one) {
  constexpr std::array<std::string_view, kClasses> kNames = {
      "idle", "age", "clock", "period", "outage", "modulated", "random", "burst", "mixed"};
  return kNames[static_cast<std::size_t>(one)];
}

bool is_regular(Class one) {
  return one <= Class::Period || one == Class::Mixed;
}

Answer classify(const Client& client, std::span<const double> usual) {
  const Prepared prepared = prepare(client);
  Answer answer;
  answer.losses = prepared.times.size();
  answer.enough = prepared.uptimes.size() >= kFewestUptimes;
  if (!answer.enough) {
    ask_for_more(answer, prepared);
    return answer;
  }
  const FittedConstants constants = fitted_constants();
  const Findings found = find_rhythms(prepared, usual);
  const std::size_t band = band_of(prepared.uptimes.size());
  const Judge& judge = judge_of(band, constants);
  const Bins bins = bins_of(found.features, judge);
  const Posterior posterior = posterior_of(bins, judge);
  const MeasureOdds odds = measure_odds_of(bins, judge);

  answer.regular_probability = timer_probability(posterior);
  const auto gate = static_cast<double>(constants.gates[look_of(posterior) * kBands + band]);
  const bool regular = gated_probability(posterior, bins, judge) > gate;
  std::array<std::size_t, kClasses> order{};
  for (std::size_t c = 0; c < kClasses; ++c) order[c] = c;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return posterior[a] > posterior[b]; });
  const auto allowed = [&](std::size_t c) {
    const auto kind = static_cast<Class>(c);
    return is_regular(kind) == regular &&
           (!is_regular(kind) || measure_of(measured_as(kind, found, odds), found).seconds > 0);
  };
  const auto chosen = std::find_if(order.begin(), order.end(), allowed);
  const std::size_t best =
      chosen == order.end() ? static_cast<std::size_t>(Class::Random) : *chosen;
  const auto kind = static_cast<Class>(best);
  const Class by = measured_as(kind, found, odds);
  const Reader reader{constants, found, odds, band};
  answer.best = reader.read(kind, calibrated(posterior[best], constants.confidence), by);
  // A mixture names its two timers first, whatever their own probability.
  if (kind == Class::Mixed) {
    for (const Component& one : two_timers(prepared, found, by, usual)) {
      const auto c = static_cast<std::size_t>(one.kind);
      answer.alternatives.push_back(reader.read(one.kind, posterior[c], one.kind, one.measure));
      answer.alternatives.back().times = one.times;
    }
  }
  answer.timers = answer.alternatives.size();
  const auto timers = static_cast<std::ptrdiff_t>(answer.timers);
  for (const std::size_t c : order) {
    const auto other = static_cast<Class>(c);
    if (c == best || posterior[c] < kLeastAlternative) continue;
    if (is_timer_of(answer, other, measure_of(other, found))) continue;
    const Class told_by = other == Class::Mixed ? measured_as(other, found, odds) : other;
    answer.alternatives.push_back(reader.read(other, posterior[c], told_by));
  }
  const std::vector<Multiple> multiples =
      by == kind ? plausible_multiples(kind, prepared, found) : std::vector<Multiple>{};
  for (const Multiple& multiple : multiples) {
    Measure measure = measure_of(kind, found);
    measure.seconds *= multiple.factor;
    measure.error *= multiple.factor;
    answer.alternatives.push_back(reader.read(
        kind, answer.best.probability * multiple.odds / (1 + multiple.odds), kind, measure));
  }
  std::stable_sort(
      answer.alternatives.begin() + timers, answer.alternatives.end(),
      [](const Reading& a, const Reading& b) { return a.probability > b.probability; });
  ask_for_more(answer, prepared);
  return answer;
}

}  // namespace dropscope::rhythm
