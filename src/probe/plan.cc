#include "probe/plan.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace dropscope::probe {
namespace {

/// No timer on the catalogue's list is shorter.
constexpr double kShortest = 1;
/// A known timer is tried this much above its length, or so many seconds, so that it has fired.
constexpr double kAbove = 0.02;
constexpr double kAboveSeconds = 0.5;
/// Around a suspected time-out; the two in the middle are as far apart as the aim asks for.
constexpr double kAround[] = {0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 1.01, 1.02, 1.05, 1.1, 1.25, 1.5};
/// Idle times closer than this are one; records keep a tenth of it.
constexpr double kSameTime = 1e-3;
/// Ends that came by themselves and agree: one can be chance, two at one moment look like two
/// timers.
constexpr std::size_t kEnoughDirect = 3;
/// Deaths in silence that make longer idle times pointless: one can be a lost packet.
constexpr int kEnoughDeaths = 2;
/// A path whose losses never fit together is given up after so many rounds; a bracket shrinks by
/// the number of connections each time, so a sound one needs three or four.
constexpr int kMostRounds = 20;
/// How much longer than the time-out a control lasts.
constexpr double kControlShare = 1.1;
constexpr double kControlExtra = 0.5;

/// Idle times evenly between `low` and `high`, without the two.
std::vector<double> between(double low, double high, int count) {
  std::vector<double> out;
  for (int i = 1; i <= count; ++i) out.push_back(low + (high - low) * i / (count + 1));
  return out;
}

struct Range {
  double low = 0;
  double high = 0;
  [[nodiscard]] double width() const { return high - low; }
};

void extend(std::map<int, Range>& ranges, int round, double value) {
  const auto [at, added] = ranges.try_emplace(round, Range{value, value});
  at->second.low = std::min(at->second.low, value);
  at->second.high = std::max(at->second.high, value);
}

std::vector<double> confirm_ladder(const Options& options) {
  std::vector<double> out;
  for (const double share : kAround) {
    const double time = options.confirm_s * share;
    if (time <= options.max_s) out.push_back(time);
  }
  // Fewer connections than places: those nearest to the suspected time are kept.
  while (out.size() > static_cast<std::size_t>(options.connections)) {
    const bool first = std::abs(out.front() - options.confirm_s) > out.back() - options.confirm_s;
    if (first) {
      out.erase(out.begin());
    } else {
      out.pop_back();
    }
  }
  return out;
}

/// Connections begin kOpenEvery apart. When ends lie closer together than a quarter of what their
/// idle times differ by, and those differ by more than two beginnings do, it may not have been
/// their idleness that ended them.
constexpr double kMomentSpread = 1.5 * kOpenEvery;
constexpr double kMomentShare = 0.25;

}  // namespace

double aim(double seconds) {
  return std::max(kAimSeconds, kAimShare * seconds);
}

bool is_direct(Outcome outcome) {
  return outcome == Outcome::Finished || outcome == Outcome::Reset;
}

bool is_casualty(Outcome outcome) {
  return outcome != Outcome::Survived;
}

Bracket bracket_of(const std::vector<Sample>& samples) {
  Bracket out;
  for (const Sample& sample : samples) {
    if (!is_casualty(sample.outcome)) out.survivor = std::max(out.survivor, sample.idle_s);
  }
  // Timers do not fire to the millisecond, so one connection may outlive another by a little.
  const double floor = out.survivor - aim(out.survivor);
  for (const Sample& sample : samples) {
    if (!is_casualty(sample.outcome)) continue;
    if (sample.idle_s < floor) {
      ++out.chance;
      continue;
    }
    ++out.deaths;
    if (!out.casualty || sample.idle_s < *out.casualty) out.casualty = sample.idle_s;
    if (is_direct(sample.outcome)) out.direct.push_back(sample.idle_s);
  }
  std::sort(out.direct.begin(), out.direct.end());
  return out;
}

bool ended_at_one_moment(const std::vector<Sample>& samples) {
  std::map<int, Range> idle;
  std::map<int, Range> ended;
  for (const Sample& sample : samples) {
    if (!is_direct(sample.outcome)) continue;
    extend(idle, sample.round, sample.idle_s);
    extend(ended, sample.round, sample.ended_s);
  }
  if (idle.size() != 1) return false;  // A second round has confirmed the first.
  const double width = idle.begin()->second.width();
  return width >= kMomentSpread && ended.begin()->second.width() < kMomentShare * width;
}

std::optional<double> estimate_of(const Bracket& bracket) {
  if (!bracket.direct.empty()) {
    const std::size_t middle = bracket.direct.size() / 2;
    if (bracket.direct.size() % 2 == 1) return bracket.direct[middle];
    return (bracket.direct[middle - 1] + bracket.direct[middle]) / 2;
  }
  if (!bracket.casualty) return std::nullopt;
  return (std::min(bracket.survivor, *bracket.casualty) + *bracket.casualty) / 2;
}

std::vector<double> known_times(const Catalogue& catalogue, double max_s, int count) {
  std::map<double, int> products;
  for (const Timer& timer : catalogue.timers) {
    const bool can_be_met = timer.kind == TimerKind::Idle && timer.closes_connections;
    if (can_be_met && timer.seconds >= kShortest && timer.seconds <= max_s) {
      ++products[timer.seconds];
    }
  }
  std::vector<std::pair<double, int>> by_number(products.begin(), products.end());
  std::stable_sort(by_number.begin(), by_number.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (by_number.size() > static_cast<std::size_t>(count)) {
    by_number.resize(static_cast<std::size_t>(count));
  }
  std::vector<double> out;
  for (const auto& [seconds, number] : by_number) out.push_back(seconds);
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<double> ladder(const Options& options, const std::vector<double>& known) {
  std::vector<double> out;
  if (options.mode == Mode::Confirm) return confirm_ladder(options);
  if (options.mode == Mode::Quick) {
    for (const double time : known) {
      const double above = time + std::max(kAboveSeconds, kAbove * time);
      if (above < options.max_s) out.push_back(above);
    }
    while (out.size() + 1 > static_cast<std::size_t>(options.connections)) out.erase(out.begin());
    out.push_back(options.max_s);
    return out;
  }
  const double shortest = std::min(kShortest, options.max_s / 2);
  const int steps = std::max(1, options.connections - 1);
  for (int i = 0; i < steps; ++i) {
    out.push_back(shortest * std::pow(options.max_s / shortest, static_cast<double>(i) / steps));
  }
  out.push_back(options.max_s);
  return out;
}

std::vector<double> next_times(const Options& options, const std::vector<double>& known,
                               const Observations& seen) {
  if (seen.rounds >= kMostRounds) return {};
  const Bracket bracket = bracket_of(seen.samples);
  if (!bracket.casualty) {
    std::vector<double> out;
    for (const double time : ladder(options, known)) {
      if (time > bracket.survivor + kSameTime) out.push_back(time);
    }
    return out;
  }
  if (!bracket.direct.empty()) {
    if (bracket.direct.size() >= kEnoughDirect && !ended_at_one_moment(seen.samples)) return {};
    // A few ends may be chance, and many at one moment a restart; three more connections that
    // wait longer tell.
    return std::vector<double>(
        static_cast<std::size_t>(std::min<int>(kEnoughDirect, options.connections)),
        bracket.direct.back() * kControlShare + kControlExtra);
  }
  const double low = std::min(bracket.survivor, *bracket.casualty);
  if (*bracket.casualty - low <= aim(*bracket.casualty)) return {};
  return between(low, *bracket.casualty, options.connections);
}

bool is_decided(const std::vector<Sample>& samples) {
  const Bracket bracket = bracket_of(samples);
  if (bracket.direct.size() >= kEnoughDirect) return true;
  return bracket.direct.empty() && bracket.deaths >= kEnoughDeaths;
}

double control_seconds(const std::vector<Sample>& samples) {
  const Bracket bracket = bracket_of(samples);
  if (!bracket.casualty) return 0;
  // In silence the time-out may still turn out to be as long as the first deadly idle time.
  const double longest = bracket.direct.empty() ? *bracket.casualty : *estimate_of(bracket);
  return longest * kControlShare + kControlExtra;
}

bool controls_suffice(const Options& options, const Observations& seen) {
  const double needed = control_seconds(seen.samples);
  if (needed == 0) return false;
  bool busy = false;
  bool keep_alive = options.keep_alive;
  bool fresh = options.payload != Payload::Http;
  for (const Control& control : seen.controls) {
    if (!is_casualty(control.outcome) && control.lasted_s < needed) continue;
    switch (control.kind) {
      case ControlKind::Busy:
        busy = true;
        break;
      case ControlKind::KeepAlive:
        keep_alive = true;
        break;
      case ControlKind::Fresh:
        fresh = true;
        break;
    }
  }
  return busy && keep_alive && fresh;
}

Forecast forecast(const Options& options, const std::vector<double>& known,
                  const Observations& seen) {
  const double opening = kOpenEvery * (options.connections + kMostControls) + kAnswerBound;
  Forecast out;
  const auto times = next_times(options, known, seen);
  if (times.empty()) return out;
  out.none = opening + times.back() + kAnswerBound;
  // The worst is a silent time-out just below the longest idle time, at the end of the widest gap.
  const Bracket bracket = bracket_of(seen.samples);
  const double high = bracket.casualty.value_or(times.back());
  double gap = times.front() - bracket.survivor;
  for (std::size_t i = 1; i < times.size(); ++i) gap = std::max(gap, times[i] - times[i - 1]);
  out.longest = out.none + high * (kControlShare - 1) + kControlExtra;
  for (int round = seen.rounds + 1; round < kMostRounds && gap > aim(high); ++round) {
    out.longest += opening + high * kControlShare + kControlExtra + kAnswerBound;
    gap /= options.connections + 1;
  }
  return out;
}

}  // namespace dropscope::probe
