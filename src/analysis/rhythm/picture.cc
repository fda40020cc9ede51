#include "analysis/rhythm/picture.h"
#include "analysis/rhythm/cycle.h"

#include <algorithm>
#include <cmath>

namespace dropscope::rhythm {
namespace {

constexpr std::size_t kPhaseParts = 24;      // Hours, where the cycle is a day.
constexpr std::size_t kBarsOfInterval = 40;  // Tenths, up to four times the interval.

std::vector<Bar> empty_bars(const Prepared& prepared, const Reading& best) {
  std::vector<Bar> bars;
  const auto [shortest, longest] =
      std::minmax_element(prepared.uptimes.begin(), prepared.uptimes.end());
  if (best.has_interval && best.interval.seconds > 0) {
    const double width = best.interval.seconds / 10;
    for (std::size_t i = 0; i < kBarsOfInterval; ++i) {
      bars.push_back({static_cast<double>(i) * width, static_cast<double>(i + 1) * width, 0});
    }
  } else {
    const double step = std::exp2(0.25);
    double low = std::exp2(std::floor(4 * std::log2(*shortest)) / 4);
    do {
      bars.push_back({low, low * step, 0});
      low *= step;
    } while (low <= *longest);
  }
  bars.back().high = std::max(bars.back().high, *longest + 1);
  return bars;
}

}  // namespace

Picture picture_of(const Client& client, const Answer& answer) {
  Picture out;
  const Prepared prepared = prepare(client);
  if (prepared.uptimes.empty()) return out;
  const Reading& best = answer.best;
  out.uptimes = empty_bars(prepared, best);
  for (const double uptime : prepared.uptimes) {
    auto bar = std::upper_bound(out.uptimes.begin(), out.uptimes.end(), uptime,
                                [](double value, const Bar& one) { return value < one.low; });
    if (bar != out.uptimes.begin()) --bar;
    ++bar->count;
  }
  const bool cyclic =
      best.has_interval && (best.kind == Class::Clock || best.kind == Class::Period);
  out.cycle = cyclic ? best.interval.seconds : kDay;
  out.wall_clock = best.kind != Class::Period;
  out.phases.resize(kPhaseParts);
  for (const double time : out.wall_clock ? prepared.local : prepared.times) {
    const double turns = time / out.cycle;
    const double part = (turns - std::floor(turns)) * static_cast<double>(kPhaseParts);
    ++out.phases[std::min(kPhaseParts - 1, static_cast<std::size_t>(part))];
  }
  return out;
}

}  // namespace dropscope::rhythm
