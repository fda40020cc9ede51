#include "analysis/change/series.h"

#include <algorithm>
#include <array>

namespace dropscope {
namespace {

/// More hours than this (57 years) are a wrong clock; what is beyond them is left out.
constexpr std::int64_t kMostHours = 500'000;
/// Losses that the even course of the day weighs against those of one kind of hour.
constexpr double kEvenCourse = 2;
/// Pairs of days that stand for "no more than chance" before any is seen.
constexpr double kCalmPairs = 5;

std::int64_t hour_of(Instant t) {
  return std::chrono::floor<std::chrono::hours>(t.time_since_epoch()).count();
}

}  // namespace

RateSeries rate_series(std::span<const ComputerEpisodes* const> computers, const TimeZone& zone) {
  RateSeries series;
  std::int64_t first = 0;
  std::int64_t last = -1;
  for (const ComputerEpisodes* computer : computers) {
    for (const Watch& watch : computer->watches) {
      const std::int64_t begin = hour_of(watch.begin);
      const std::int64_t end = hour_of(watch.end);
      first = last < first ? begin : std::min(first, begin);
      last = std::max(last, end);
    }
  }
  if (last < first) return series;
  // The newest hours are kept: a clock that was wrong ran from its zero more often than ahead.
  first = std::max(first, last - kMostHours);
  series.first_hour = first;
  series.hours.resize(static_cast<std::size_t>(last - first + 1));
  const auto cell = [&](std::int64_t hour) -> RateHour& {
    return series.hours[static_cast<std::size_t>(hour - first)];
  };
  for (const ComputerEpisodes* computer : computers) {
    for (const Watch& watch : computer->watches) {
      for (std::int64_t hour = std::max(first, hour_of(watch.begin)); hour <= hour_of(watch.end);
           ++hour) {
        const Instant begin{std::chrono::hours{hour}};
        const Instant end{std::chrono::hours{hour + 1}};
        cell(hour).hours +=
            seconds_between(std::max(begin, watch.begin), std::min(end, watch.end)) / 3600;
      }
    }
    for (const Instant lost : losses_of(*computer)) {
      const std::int64_t hour = hour_of(lost);
      if (hour >= first && hour <= last && cell(hour).hours > 0) cell(hour).losses += 1;
    }
  }
  std::array<RateHour, kHourKinds> kinds{};
  RateHour all;
  std::vector<std::uint8_t> kind_of(series.hours.size());
  for (std::size_t i = 0; i < series.hours.size(); ++i) {
    const RateHour& hour = series.hours[i];
    if (hour.hours == 0) continue;
    kind_of[i] = static_cast<std::uint8_t>(hour_kind(first + static_cast<std::int64_t>(i), zone));
    for (RateHour* sum : {&kinds[kind_of[i]], &all}) {
      sum->losses += hour.losses;
      sum->hours += hour.hours;
    }
  }
  const double rate = all.hours > 0 ? all.losses / all.hours : 0;
  for (std::size_t i = 0; i < series.hours.size(); ++i) {
    RateHour& hour = series.hours[i];
    const RateHour& kind = kinds[kind_of[i]];
    hour.expected =
        hour.hours * rate * (kind.losses + kEvenCourse) / (kind.hours * rate + kEvenCourse);
  }
  return series;
}

double daily_dispersion(const RateSeries& series) {
  std::vector<RateHour> days;
  for (std::size_t i = 0; i < series.hours.size(); ++i) {
    if (i % 24 == 0) days.emplace_back();
    days.back().losses += series.hours[i].losses;
    days.back().expected += series.hours[i].expected;
  }
  std::erase_if(days, [](const RateHour& day) { return !(day.expected > 0); });
  double squares = 0;
  double variance = 0;
  double pairs = 0;
  for (std::size_t i = 0; i + 1 < days.size(); ++i) {
    const double losses = days[i].losses + days[i + 1].losses;
    if (losses == 0) continue;
    const double share = days[i].expected / (days[i].expected + days[i + 1].expected);
    const double residual = days[i].losses - share * losses;
    squares += residual * residual;
    variance += losses * share * (1 - share);
    pairs += 1;
  }
  if (!(variance > 0)) return 1;
  const double calm = kCalmPairs * variance / pairs;
  return std::max(1.0, (squares + calm) / (variance + calm));
}

}  // namespace dropscope
