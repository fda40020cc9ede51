#include "ninth_world/world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "ninth_world/dirt.h"
#include "ninth_world/life.h"
#include "ninth_world/nulls.h"
#include "ninth_world/peers.h"
#include "ninth_world/people.h"
#include "ninth_world/random.h"
#include "ninth_world/sources.h"
#include "ninth_world/timers.h"

namespace dropscope::ninth_world {
namespace {

using rhythm::Class;
using rhythm_cases::Case;
using rhythm_cases::Fleet;
using rhythm_cases::Null;

// Two fifths of the cases have 4 to 8 losses, as in the published calibration.
constexpr std::array<std::size_t, 15> kSizes = {4,  4,  6,  6,  8,  8,   12, 12,
                                                20, 20, 40, 40, 80, 200, 500};
constexpr double kLongestLog = 300 * kDay;
constexpr double kFirstStart = 1'546'300'800;  // 2019-01-01
constexpr double kLastStart = 1'748'736'000;   // 2025-06-01
constexpr std::size_t kFewUptimes = 6;         // Up to here the method calls pairs indistinct.

/// What surrounds the sources of one client.
struct Scene {
  Place place;
  Dirt dirt;
  Conditions conditions;
};

/// Whose place it is comes with the scene.
Place draw_place(Random& random) {
  Place place;
  place.zone = draw_zone(random);
  place.start = random.uniform(kFirstStart, kLastStart);
  return place;
}

/// `length`: of a usual connection.
Scene draw_scene(unsigned grade, const Place& place, double length, Random& random) {
  Scene scene;
  scene.dirt = draw_dirt(grade, random);
  scene.place = place;
  scene.place.person = draw_person(place.zone, random);
  scene.place.jitter = scene.dirt.jitter;
  scene.conditions.stray = scene.dirt.stray;
  scene.conditions.comeback = draw_comeback(length, random);
  return scene;
}

/// Some computers sleep at night, but none whose connections would then never reach their end.
void let_sleep(Scene& scene, const Timer& timer, Random& random) {
  if (timer.length * stretch(timer.traffic) > 4 * kHour || !random.chance(scene.dirt.sleep)) return;
  scene.conditions.sleeper = scene.place.person;
  scene.conditions.sleep_told = random.chance(0.5);
}

std::vector<Event> log_of(const std::vector<Source>& sources, const Scene& scene,
                          std::size_t wanted, Random& random) {
  const std::size_t count = losses_for(wanted, scene.dirt);
  return record(live(sources, scene.conditions, scene.place.start, count, random), scene.dirt,
                wanted, random);
}

Window window_of(const std::vector<Event>& events) {
  return {events.front().lost - kHour, events.back().lost + kHour};
}

bool clock_is_put(const TimeZone& zone, const Window& window) {
  double at = window.begin;
  while (at < window.end && offset_at(zone, at) == offset_at(zone, window.end)) at += 20 * kDay;
  return at < window.end;
}

std::size_t caused(const std::vector<Event>& events, std::size_t source) {
  return static_cast<std::size_t>(std::count_if(
      events.begin(), events.end(), [=](const Event& event) { return event.cause == source; }));
}

/// What the data cannot tell from one timer.
std::vector<Class> like_timer(const Timer& timer, const Scene& scene,
                              const std::vector<Event>& events) {
  const bool few = events.size() <= kFewUptimes + 1;
  const bool steady = scene.conditions.comeback.kind == Comeback::Kind::Steady;
  const bool put = clock_is_put(scene.place.zone, window_of(events));
  const bool listed = std::binary_search(kClocks.begin(), kClocks.end(), timer.length);
  const bool used =
      std::any_of(events.begin(), events.end(), [](const Event& event) { return event.used; });
  const bool unused = timer.kind == Class::Idle && !used;
  const bool aged = timer.kind == Class::Age || unused;
  std::vector<Class> also;
  if (unused || (timer.kind == Class::Period && few && steady)) also.push_back(Class::Age);
  if (aged && few && steady) also.push_back(Class::Period);
  if (timer.kind == Class::Clock && !timer.round && !put) also.push_back(Class::Period);
  if (timer.kind == Class::Period && listed && !put) also.push_back(Class::Clock);
  return also;
}

/// Puts the log into the case.
void keep(Case& made, const Scene& scene, const std::vector<Event>& events) {
  made.client.zone = scene.place.zone;
  made.client.losses = losses_of(events);
}

/// Others are given in four logs of ten. Half of the clocks are then those of all of them.
void add_neighbours(Case& made, const std::vector<Event>& events, const Source* shared,
                    Random& random) {
  if (!random.chance(0.4)) return;
  const Window window = window_of(events);
  const double pace = (window.end - window.begin) / static_cast<double>(events.size());
  if (shared == nullptr || !random.chance(0.5)) {
    made.client.peers = strangers(window, pace, random);
    return;
  }
  std::vector<double> moments;
  for (double at = window.begin; at < window.end; at = moments.back()) {
    moments.push_back((*shared)(at, random).at);
  }
  made.client.peers = fellows(window, moments, 0.2, random);
}

/// Whether neither of two timers is a rarity in the log.
bool shows_both(Case& made, const Pair& pair, const std::vector<Event>& events) {
  const std::size_t first = caused(events, 0);
  const std::size_t second = caused(events, 1);
  const std::size_t fewer = std::min(first, second);
  // Two losses of a timer say no more than two strays would.
  if (fewer < 3) made.also = {pair.timers[first < second ? 1 : 0].kind};
  const double least = std::max(1.0, 0.15 * static_cast<double>(events.size()));
  return static_cast<double>(fewer) >= least;
}

/// A case with one timer or two; false if the log does not show each of them.
bool draw_timed(Case& made, Random& random) {
  const double longest = kLongestLog / static_cast<double>(made.events);
  Pair pair;
  const bool mixed = made.truth == Class::Mixed;
  if (mixed) pair = draw_pair(longest, random);
  if (!mixed) pair.timers[0] = draw_timer(made.truth, longest, random);
  const double apart = strikes_apart(pair.timers[0]);
  Scene scene = draw_scene(made.grade, draw_place(random), apart, random);
  scene.conditions.in_turns = pair.in_turns;
  let_sleep(scene, pair.timers[mixed ? 1 : 0], random);
  std::vector<Source> sources;
  for (std::size_t i = 0; i < (mixed ? 2U : 1U); ++i) {
    sources.push_back(source_of(pair.timers[i], scene.place, random));
    made.intervals.push_back(pair.timers[i].length);
  }
  const std::vector<Event> events = log_of(sources, scene, made.events, random);
  if (events.size() < 2) return false;
  keep(made, scene, events);
  const Source* shared = made.truth == Class::Clock ? &sources[0] : nullptr;
  add_neighbours(made, events, shared, random);
  if (mixed) return shows_both(made, pair, events);
  made.also = like_timer(pair.timers[0], scene, events);
  return caused(events, 0) > 0;
}

/// The part of the moments that hits one client, to half a minute.
std::vector<double> hits_of(const std::vector<double>& moments, double share, Random& random) {
  std::vector<double> hits;
  for (const double moment : moments) {
    if (random.chance(share)) hits.push_back(moment + random.uniform(-25, 25));
  }
  std::sort(hits.begin(), hits.end());
  return hits;
}

bool draw_outage(Case& made, Random& random) {
  const double longest = std::min(5 * kDay, kLongestLog / static_cast<double>(made.events));
  const double pace = random.log_uniform(kHour, longest);
  const Scene scene = draw_scene(made.grade, draw_place(random), pace, random);
  const std::size_t count = 2 * losses_for(made.events, scene.dirt);
  const std::vector<double> moments = chance_moments(pace, scene.place.start, count, random);
  const std::vector<double> hits = hits_of(moments, random.uniform(0.7, 1), random);
  const std::vector<Event> events = log_of({at_moments(hits)}, scene, made.events, random);
  if (events.size() < 2 || caused(events, 0) == 0) return false;
  keep(made, scene, events);
  // Without the others nothing tells an outage; a log of that kind is rare therefore.
  if (random.chance(0.05)) {
    made.also = {Class::Random};
  } else {
    made.client.peers = fellows(window_of(events), moments, scene.dirt.missing, random);
  }
  return true;
}

/// Whether all losses fall on working days between seven and seven.
bool in_working_hours(const TimeZone& zone, const std::vector<Event>& events) {
  return std::all_of(events.begin(), events.end(), [&](const Event& event) {
    const double local = local_of(zone, event.lost);
    const double day = std::floor(local / kDay);
    const double time = local - day * kDay;
    return std::fmod(day + 3, 7) < 5 && time >= 7 * kHour && time < 19 * kHour;
  });
}

bool draw_without(Case& made, Random& random) {
  const double longest = std::min(3 * kDay, kLongestLog / static_cast<double>(made.events));
  const bool burst = made.truth == Class::Burst;
  const double pace = random.log_uniform(burst ? 2 * kHour : 900, longest);
  Scene scene = draw_scene(made.grade, draw_place(random), burst ? 300 : pace, random);
  // A stray loss would be one more chance loss among such.
  if (made.truth == Class::Random) scene.conditions.stray = 0;
  made.null = draw_null(made.truth, random);
  // More than some 200 days of a daily habit are in no log.
  if (made.null == Null::Resume || made.null == Null::Lunch) {
    made.events = std::min<std::size_t>(made.events, 200);
  }
  const std::size_t count = losses_for(made.events, scene.dirt);
  const std::vector<Source> sources = null_sources(made.null, scene.place, pace, count, random);
  const std::vector<Event> events = log_of(sources, scene, made.events, random);
  if (events.size() < 2) return false;
  keep(made, scene, events);
  add_neighbours(made, events, nullptr, random);
  const bool few = events.size() <= kFewUptimes;
  const bool one_cluster = events.back().lost - events.front().lost < pace / 2;
  if (made.truth == Class::Modulated && few) made.also = {Class::Random};
  if (burst && (one_cluster || events.size() <= 5)) made.also = {Class::Random};
  if (made.truth == Class::Random && few && in_working_hours(scene.place.zone, events)) {
    made.also = {Class::Modulated};
  }
  return true;
}

bool has_no_cause(Class kind) {
  return kind == Class::Modulated || kind == Class::Random || kind == Class::Burst;
}

bool draw_case(Case& made, Random& random) {
  if (made.truth == Class::Outage) return draw_outage(made, random);
  return has_no_cause(made.truth) ? draw_without(made, random) : draw_timed(made, random);
}

/// What all clients of a fleet have in common.
struct Common {
  Class truth = Class::Random;
  Null null = Null::Timer;
  unsigned grade = 0;
  Place place;
  double pace = 0;  ///< Of losses without a timer.
  std::vector<Timer> timers;
  bool in_turns = false;
  bool parted = false;  ///< Of two timers, each client has one.
  std::vector<double> outages;
};

Common draw_common(std::uint64_t index, Random& random) {
  Common common;
  common.truth = static_cast<Class>(index % rhythm::kClasses);
  common.grade = static_cast<unsigned>(index / rhythm::kClasses % rhythm_cases::kGrades);
  common.place = draw_place(random);
  common.pace = random.log_uniform(2 * kHour, 3 * kDay);
  if (common.truth == Class::Outage) {
    const std::size_t count = 4 + random.below(5);
    common.outages = chance_moments(common.pace, common.place.start + kDay, count, random);
  } else if (has_no_cause(common.truth)) {
    common.null = draw_null(common.truth, random);
  } else if (common.truth == Class::Mixed) {
    const Pair pair = draw_pair(2 * kDay, random);
    common.timers = {pair.timers[0], pair.timers[1]};
    common.parted = random.chance(0.5);
    common.in_turns = pair.in_turns && !common.parted;
  } else {
    common.timers = {draw_timer(common.truth, 7 * kDay, random)};
  }
  return common;
}

std::vector<Source> sources_in(const Common& common, const Place& place, std::size_t count,
                               Random& random) {
  if (common.truth == Class::Outage) {
    return {at_moments(hits_of(common.outages, random.uniform(0.7, 0.95), random))};
  }
  if (common.timers.empty()) {
    return null_sources(common.null, place, common.pace, count, random);
  }
  if (common.parted) return {source_of(random.pick(common.timers), place, random)};
  std::vector<Source> sources;
  for (const Timer& timer : common.timers) sources.push_back(source_of(timer, place, random));
  return sources;
}

rhythm::Client draw_client(const Common& common, Random& random) {
  const bool timed = !common.timers.empty();
  const double length = timed ? strikes_apart(common.timers[0]) : common.pace;
  Place place = common.place;
  place.start += random.uniform(0, kDay);
  Scene scene = draw_scene(common.grade, place, length, random);
  scene.conditions.in_turns = common.in_turns;
  if (common.truth == Class::Random) scene.conditions.stray = 0;
  if (timed) let_sleep(scene, common.timers.back(), random);
  const std::size_t wanted = 2 + random.below(5);
  const std::size_t count = losses_for(wanted, scene.dirt);
  const auto sources = sources_in(common, scene.place, count, random);
  return {place.zone, losses_of(log_of(sources, scene, wanted, random)), {}};
}

}  // namespace

Case make_case(std::uint64_t seed, std::uint64_t index) {
  const std::uint64_t key = mix(mix(seed, 9), index);
  Case asked;
  asked.truth = static_cast<Class>(index % rhythm::kClasses);
  asked.grade = static_cast<unsigned>(index / rhythm::kClasses % rhythm_cases::kGrades);
  asked.events = Random(key).pick(kSizes);
  // What the dirt has hidden is drawn again, but no more than so often.
  Case made;
  for (std::uint64_t attempt = 1; attempt <= 40; ++attempt) {
    Random random(mix(key, attempt));
    made = asked;
    if (draw_case(made, random)) break;
  }
  return made;
}

Fleet make_fleet(std::uint64_t seed, std::uint64_t index) {
  Random random(mix(mix(seed, 10), index));
  const Common common = draw_common(index, random);
  const std::size_t count = 50 + random.below(451);
  Fleet fleet;
  fleet.truth = common.truth;
  for (const Timer& timer : common.timers) fleet.intervals.push_back(timer.length);
  while (fleet.clients.size() < count) {
    rhythm::Client client = draw_client(common, random);
    if (client.losses.size() >= 2) fleet.clients.push_back(std::move(client));
  }
  return fleet;
}

}  // namespace dropscope::ninth_world
