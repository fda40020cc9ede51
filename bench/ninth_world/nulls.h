#pragma once

// Losses without a timer: habits of people, chance, clusters, and outages that others share.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "ninth_world/people.h"
#include "ninth_world/random.h"
#include "ninth_world/sources.h"
#include "rhythm_cases.h"

namespace dropscope::ninth_world {

/// Once on most working days: when the computer wakes, and with some when it is left; or after
/// lunch. `count` moments or more.
[[nodiscard]] inline std::vector<double> daily_moments(const Person& person, bool at_lunch,
                                                       double start, std::size_t count,
                                                       Random& random) {
  const double diligence = random.uniform(0.6, 1);
  const double leaving = !at_lunch && random.chance(0.4) ? random.uniform(0.2, 0.8) : 0;
  std::vector<double> moments;
  Shift shift = person.shift_after(start);
  while (moments.size() < count) {
    const double arrival = at_lunch ? shift.lunch : shift.begin;
    if (random.chance(diligence)) moments.push_back(arrival + random.uniform(2, 60));
    if (random.chance(leaving)) moments.push_back(shift.end);
    shift = person.shift_after(shift.end + 1);
  }
  return moments;
}

/// `count` moments by chance.
[[nodiscard]] inline std::vector<double> chance_moments(double mean, double start,
                                                        std::size_t count, Random& random) {
  std::vector<double> moments;
  double at = start;
  for (std::size_t i = 0; i < count; ++i) {
    at += random.exponential(mean);
    moments.push_back(at);
  }
  return moments;
}

/// Clusters of 2 to 12 losses, seconds to minutes apart, with long calm between them.
[[nodiscard]] inline std::vector<double> clusters(double calm, double start, std::size_t count,
                                                  Random& random) {
  const double spacing = random.log_uniform(30, std::min(600.0, calm / 20));
  const double more = random.uniform(0.5, 0.9);
  std::vector<double> moments;
  double at = start;
  while (moments.size() < count) {
    at += random.exponential(calm);
    std::size_t size = 2;
    while (size < 12 && random.chance(more)) ++size;
    for (std::size_t i = 0; i < size; ++i) {
      moments.push_back(at);
      at += 5 + random.exponential(spacing);
    }
  }
  return moments;
}

/// Which of the habits: half of them are the one that looks most like a timer.
[[nodiscard]] inline rhythm_cases::Null draw_null(rhythm::Class kind, Random& random) {
  if (kind == rhythm::Class::Burst) return rhythm_cases::Null::Clusters;
  if (kind != rhythm::Class::Modulated) return rhythm_cases::Null::Plain;
  if (random.chance(0.5)) return rhythm_cases::Null::Resume;
  return random.chance(0.4) ? rhythm_cases::Null::Lunch : rhythm_cases::Null::WorkingHours;
}

/// `pace`: mean seconds between losses, or of calm between clusters.
[[nodiscard]] inline std::vector<Source> null_sources(rhythm_cases::Null null, const Place& place,
                                                      double pace, std::size_t count,
                                                      Random& random) {
  using rhythm_cases::Null;
  if (null == Null::Plain) return {by_chance(pace)};
  if (null == Null::Clusters) return {at_moments(clusters(pace, place.start, count, random))};
  // A quarter of all hours are worked.
  if (null == Null::WorkingHours) return {while_working(pace / 4, place.person)};
  const bool at_lunch = null == Null::Lunch;
  std::vector<Source> sources = {
      at_moments(daily_moments(place.person, at_lunch, place.start, count, random))};
  if (random.chance(0.6)) {  // With some, a few losses while they work.
    const double mean = kHour * random.log_uniform(4, 40);
    sources.push_back(while_working(mean, place.person));
  }
  return sources;
}

}  // namespace dropscope::ninth_world
