#include "fourth_world/world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <utility>

#include "fourth_world/engine.h"
#include "fourth_world/log.h"
#include "fourth_world/people.h"
#include "fourth_world/untimed.h"

namespace dropscope::fourth_world {
namespace {

using rhythm_cases::Case;
using rhythm_cases::Fleet;

// Doubled entries are the common ones.
constexpr std::array kIdleTimes{300.,  300.,  300.,  350.,  600.,   600.,   720.,  900.,  900.,
                                1080., 1200., 1800., 1800., 1800.,  2700.,  3600., 3600., 3600.,
                                3605., 7200., 7200., 9000., 10800., 14400., 28800.};
constexpr std::array kAges{900.,   1800.,  1800.,  3600.,  3600.,  3600.,  5400.,  7200., 10800.,
                           14400., 21600., 28800., 28800., 28800., 36000., 43200., 86400.};
constexpr std::array kCycles{900.,   1200.,  1800.,  3600.,  7200.,  10800.,
                             14400., 21600., 28800., 43200., 86400., 604800.};
constexpr std::array kLeases{345600., 302400., 172800., 129600., 100800., 64800., 36000., 27000.,
                             18000.,  12600.,  9000.,   6600.,   5400.,   4500.,  3240.,  2880.};
constexpr std::array<std::string_view, 15> kZones{
    "Europe/Berlin",      "Europe/London",       "Europe/Helsinki",
    "America/New_York",   "America/Chicago",     "America/Sao_Paulo",
    "Asia/Tokyo",         "Asia/Kolkata",        "Asia/Kathmandu",
    "Australia/Adelaide", "Asia/Tehran",         "America/St_Johns",
    "Australia/Sydney",   "Africa/Johannesburg", "UTC"};

double draw_seconds(Random& dice, Class kind) {
  switch (kind) {
    case Class::Idle:
      return dice.chance(0.62) ? pick(dice, kIdleTimes)
                               : std::floor(log_uniform(dice, 300, 8 * kHour));
    case Class::Age:
      return dice.chance(0.6) ? pick(dice, kAges) : std::floor(log_uniform(dice, 400, 2 * kDay));
    case Class::Clock:
      return pick(dice, kCycles);
    default:
      return dice.chance(0.35) ? pick(dice, kLeases) : log_uniform(dice, 300, 4 * kDay);
  }
}

Timer draw_timer(Random& dice, Class kind, double jitter, double seconds) {
  Timer timer;
  timer.kind = kind;
  timer.seconds = seconds;
  timer.sigma = jitter * seconds;
  if (kind == Class::Clock) {
    // A scheduler is late by minutes, not by a share of its week.
    timer.sigma = std::min(timer.sigma, 15 * kMinute);
    const double grain = dice.chance(0.65) ? 5 * kMinute : dice.chance(0.6) ? kMinute : 1;
    timer.phase = std::floor(dice.uniform(0, seconds) / grain) * grain;
    timer.phase += dice.chance(0.5) ? dice.uniform(0, 5) : dice.uniform(0, 90);
  } else if (kind == Class::Period) {
    timer.sigma = std::min(timer.sigma, kHour);
    timer.phase = dice.uniform(0, seconds);
  }
  return timer;
}

void draw_traffic(Setup& setup, double idle, Random& dice) {
  Traffic& traffic = setup.traffic;
  traffic = {};
  const double on_it = dice.uniform(0.07, 0.85);
  traffic.rate = -log_of(on_it) / idle;
  traffic.moody = dice.chance(0.4);
  traffic.hours = dice.chance(0.45);
  if (traffic.hours) {
    traffic.background = log_uniform(dice, 0.03, 0.8);
    traffic.rate *= dice.uniform(1, 2);
  }
  if (dice.chance(0.5)) traffic.use = log_uniform(dice, kMinute, std::min(kHour, 3 * idle));
}

/// Two timers that may both end a quarter of the lives; a pilot run tells whether they do.
void draw_mixture(Setup& setup, double jitter, Random& dice) {
  Class first = Class::Idle;
  Class second = Class::Age;
  double low = 1.3;
  double high = 6;
  switch (dice.below(6)) {
    case 0:
    case 1:
      break;
    case 2:
      first = Class::Age;
      low = 1.15;
      setup.second_path = dice.uniform(0.3, 0.7);
      break;
    case 3:
      first = Class::Age;
      second = Class::Clock;
      high = 3.5;
      break;
    case 4:
      second = Class::Clock;
      break;
    default:
      second = Class::Period;
  }
  double one = draw_seconds(dice, first);
  double two = draw_seconds(dice, second);
  for (int k = 0; k < 200 && (two < low * one || two > high * one); ++k) {
    one = draw_seconds(dice, first);
    two = draw_seconds(dice, second);
  }
  draw_traffic(setup, one, dice);
  setup.timers = {draw_timer(dice, first, jitter, one), draw_timer(dice, second, jitter, two)};
}

void draw_timers(Setup& setup, Class kind, double jitter, Random& dice) {
  setup.second_path = 0;
  if (kind == Class::Mixed) {
    draw_mixture(setup, jitter, dice);
  } else {
    const double seconds = draw_seconds(dice, kind);
    setup.timers = {draw_timer(dice, kind, jitter, seconds)};
    draw_traffic(setup, seconds, dice);
  }
  setup.down = draw_downtime(dice, setup.timers[0].seconds / 8);
}

double share_of(const std::vector<Event>& events, int cause) {
  const auto count = std::count_if(events.begin(), events.end(),
                                   [&](const Event& event) { return event.cause == cause; });
  return events.empty() ? 0 : static_cast<double>(count) / static_cast<double>(events.size());
}

/// Of the lives that a timer ended: those on which nobody used the connection.
double on_edge(const std::vector<Event>& events) {
  double unused = 0;
  double all = 0;
  for (const Event& event : events) {
    if (event.cause != 0) continue;
    all += 1;
    unused += event.used ? 0 : 1;
  }
  return all > 0 ? unused / all : 0;
}

/// Whether the timers of `setup` show in some 150 lives; sets the rate of strays.
bool pilot(Setup& setup, double stray, std::size_t events, Random& dice) {
  setup.stray_rate = 0;
  Engine engine(setup, dice);
  const std::vector<Event> trial = engine.run(150);
  if (trial.size() < std::min<std::size_t>(150, events) || share_of(trial, kSleep) > 0.2)
    return false;
  const double span = (trial.back().lost - setup.start) / static_cast<double>(trial.size());
  if (span * static_cast<double>(events) > 0.8 * kLongest) return false;
  // Too long for the hours in which the machine is awake.
  if ((setup.nights || setup.weekends) && span > 8 * setup.timers[0].seconds) return false;
  if (setup.timers.size() == 2) {
    const double least = 0.27 / (1 - stray);
    if (share_of(trial, 0) < least || share_of(trial, 1) < least) return false;
  }
  if (setup.timers[0].kind == Class::Idle) {
    const double edge = on_edge(trial);
    if (edge < 0.08 || edge > 0.84) return false;
  }
  setup.stray_rate = -log_of(1 - stray) * static_cast<double>(engine.timed) / engine.up;
  return true;
}

std::size_t draw_count(Random& dice) {
  if (dice.chance(0.4)) return 4 + dice.below(9);
  return std::min<std::size_t>(500, static_cast<std::size_t>(log_uniform(dice, 8, 501)));
}

Setup timer_setup(Class kind, const Habits& habits, double start, std::size_t events,
                  const Dirt& dirt, Random& dice) {
  Setup setup;
  setup.habits = habits;
  setup.start = start;
  setup.stray_hours = dice.chance(0.2);
  setup.log_sleep = dirt.log_sleep;
  for (int attempt = 0; attempt < 300; ++attempt) {
    setup.nights = dirt.nights && attempt < 40;
    setup.weekends = dirt.weekends && attempt < 40;
    draw_timers(setup, kind, dirt.jitter, dice);
    if (pilot(setup, dirt.stray, events, dice)) break;
  }
  return setup;
}

std::vector<double> losses_of(const std::vector<Event>& events, double missing, bool whole,
                              Random& dice) {
  std::vector<double> times;
  for (const Event& event : events) {
    if (!dice.chance(missing)) times.push_back(whole ? std::floor(event.lost) : event.lost);
  }
  return times;
}

void add_members(Case& result, const Shared& shared, const Person& self, const Dirt& dirt,
                 Random& dice) {
  const std::uint64_t count = 3 + dice.below(38);
  const double members = dice.uniform(0.6, 1);
  const double from = result.client.losses.front().lost - kDay;
  for (std::uint64_t k = 0; k < count; ++k) {
    Person peer = self;
    peer.down = draw_downtime(dice, 600);
    std::vector<Event> events;
    if (k < 2 || dice.chance(members)) {
      const double joins = dice.uniform(0.6, 1);
      events = hit_by(shared, peer, joins, dice.uniform(0, 0.35), dice);
    } else {
      events = memoryless(peer, shared.mean * dice.uniform(0.7, 4), shared.instants.size() / 2 + 2,
                          dice);
    }
    std::vector<double> times = losses_of(events, dirt.missing, dirt.whole, dice);
    if (dirt.truncated > 0) {
      times.erase(times.begin(), std::lower_bound(times.begin(), times.end(), from));
    }
    if (!times.empty()) result.client.peers.push_back(std::move(times));
  }
}

void add_strangers(Case& result, Habits& habits, const Dirt& dirt, Random& dice) {
  if (!dice.chance(0.5) || result.client.losses.empty()) return;
  const std::uint64_t count = 3 + dice.below(38);
  const double from = result.client.losses.front().lost;
  const double to = result.client.losses.back().lost;
  const auto own = static_cast<double>(result.client.losses.size());
  const bool hours = dice.chance(0.35);
  for (std::uint64_t k = 0; k < count; ++k) {
    const double size = std::min(300., 1 + own * log_uniform(dice, 0.2, 2));
    std::vector<double> times;
    for (double t : random_times(dice, std::min(from, to), std::max(from, to),
                                 static_cast<std::size_t>(size * (hours ? 2 : 1)))) {
      if (hours && !habits.at_work(t) && dice.chance(0.85)) continue;
      times.push_back(dirt.whole ? std::floor(t) : t);
    }
    if (!times.empty()) result.client.peers.push_back(std::move(times));
  }
}

double near_cycle(double seconds) {
  for (const double cycle : kCycles) {
    if (std::abs(seconds - cycle) < 0.003 * cycle) return cycle;
  }
  return 0;
}

void tell_readings(Case& result, const Setup& setup, const std::vector<Event>& recorded) {
  const bool few = recorded.size() < 8;
  switch (result.truth) {
    case Class::Idle:
      if (on_edge(recorded) > 0.75) result.also = {Class::Age};
      break;
    case Class::Age:
      if (few &&
          setup.down.median * setup.down.spread < std::max(2., setup.timers[0].seconds * 0.002)) {
        result.also = {Class::Period};
      }
      break;
    case Class::Clock:
      result.also = {Class::Period};
      break;
    case Class::Period:
      if (few) result.also = {Class::Age};
      if (near_cycle(setup.timers[0].seconds) > 0) result.also.push_back(Class::Clock);
      break;
    default:
      result.also = {Class::Idle, Class::Age, Class::Clock, Class::Period};
  }
}

bool has_timer(Class kind) {
  return kind < Class::Outage || kind == Class::Mixed;
}

TimeZone draw_zone(Random& dice) {
  return TimeZone::find(pick(dice, kZones)).value_or(TimeZone{});
}

void make_timed(Case& result, const Person& person, const Dirt& dirt, Random& dice) {
  const std::size_t want = before_thinning(result.events, dirt.missing);
  Setup setup;
  std::vector<Event> events;
  for (int attempt = 0; attempt < 40; ++attempt) {
    setup = timer_setup(result.truth, person.habits, person.start, want, dirt, dice);
    events = Engine(setup, dice).run(want);
    result.client.losses = record(events, result.events, dirt, dice);
    if (result.truth != Class::Mixed) break;
    // Both must show in what was recorded, too.
    const double timed = share_of(events, 0) + share_of(events, 1);
    if (std::min(share_of(events, 0), share_of(events, 1)) >= 0.25 * timed && timed > 0) break;
  }
  for (const Timer& timer : setup.timers) result.intervals.push_back(timer.seconds);
  tell_readings(result, setup, events);
}

void make_untimed(Case& result, Person& person, const Dirt& dirt, Random& dice) {
  const std::size_t want = before_thinning(result.events, dirt.missing);
  std::vector<Event> events;
  if (result.truth == Class::Modulated) {
    const Modulation how = draw_modulation(dice, want);
    result.null = how.null;
    result.also = {Class::Random};
    events = modulated(person, how, want, dice);
  } else if (result.truth == Class::Random) {
    const double mean = at_most(dice, 5 * kMinute, 3 * kDay, want);
    person.down = draw_downtime(dice, mean / 5);
    result.null = Null::Plain;
    events = memoryless(person, mean, want, dice);
  } else {
    result.null = Null::Clusters;
    events = bursts(person, draw_bursting(dice, result.events), want, dice);
  }
  events = with_strays(std::move(events), person, dirt.stray, dice);
  result.client.losses = record(events, result.events, dirt, dice);
}

void make_outage(Case& result, Person& person, const Dirt& dirt, Random& dice) {
  const std::size_t want = before_thinning(result.events, dirt.missing);
  const double joins = dice.uniform(0.7, 1);
  const auto count = static_cast<std::size_t>(static_cast<double>(want) / joins) + 2;
  const Shared shared = draw_shared(person, count, dice);
  std::vector<Event> events =
      hit_by(shared, person, joins, dice.uniform(0, 0.1) + dirt.stray, dice);
  result.client.losses = record(events, result.events, dirt, dice);
  add_members(result, shared, person, dirt, dice);
}

/// What all clients of a fleet have in common.
struct Common {
  Setup setup;
  Shared shared;
  Modulation modulation;
  Bursting bursting;
  double mean = kDay;
};

std::vector<Event> fleet_client(Class truth, const Common& common, Person& person, std::size_t want,
                                double stray, Random& dice) {
  if (has_timer(truth)) {
    Setup setup = common.setup;
    setup.habits = person.habits;
    setup.start = person.start;
    setup.traffic.rate *= dice.uniform(0.6, 1.5);
    setup.down = draw_downtime(dice, setup.timers[0].seconds / 8);
    Timer& timer = setup.timers[0];
    if (truth == Class::Period) timer.phase = dice.uniform(0, timer.seconds);
    return Engine(setup, dice).run(want);
  }
  std::vector<Event> events;
  if (truth == Class::Outage) {
    events = hit_by(common.shared, person, dice.uniform(0.6, 1), stray, dice);
    const std::size_t first = events.size() > want ? dice.below(events.size() - want + 1) : 0;
    events.erase(events.begin(), events.begin() + static_cast<std::ptrdiff_t>(first));
    return events;
  }
  if (truth == Class::Modulated) {
    events = modulated(person, common.modulation, want, dice);
  } else if (truth == Class::Random) {
    events = memoryless(person, common.mean * dice.uniform(0.5, 2), want, dice);
  } else {
    events = bursts(person, common.bursting, want, dice);
  }
  return with_strays(std::move(events), person, stray, dice);
}

}  // namespace

Case make_case(std::uint64_t seed, std::uint64_t index) {
  Random dice(seed, Stream::RhythmCase, index, 40);
  Case result;
  result.truth = static_cast<Class>(index % 9);
  result.grade = static_cast<unsigned>(index / 9 % rhythm_cases::kGrades);
  result.events = draw_count(dice);
  const Dirt dirt = draw_dirt(dice, result.grade);
  Person person;
  result.client.zone = draw_zone(dice);
  person.habits = Habits(result.client.zone, dice);
  person.down = draw_downtime(dice, 600);
  person.start = dice.uniform(kFirstStart, kLastStart);
  if (has_timer(result.truth)) {
    make_timed(result, person, dirt, dice);
  } else if (result.truth == Class::Outage) {
    make_outage(result, person, dirt, dice);
  } else {
    make_untimed(result, person, dirt, dice);
  }
  if (result.truth != Class::Outage) add_strangers(result, person.habits, dirt, dice);
  return result;
}

Fleet make_fleet(std::uint64_t seed, std::uint64_t index) {
  Random dice(seed, Stream::RhythmCase, index, 42);
  constexpr std::array kMissing{0., 0.05, 0.1, 0.15};
  constexpr std::array kStrays{0., 0.02, 0.05, 0.08};
  constexpr std::array kJitter{0.001, 0.002, 0.005, 0.01};
  const std::uint64_t grade = dice.below(rhythm_cases::kGrades);
  Dirt dirt;
  dirt.missing = kMissing[grade];
  dirt.stray = kStrays[grade];
  dirt.jitter = kJitter[grade];
  dirt.whole = dice.chance(0.6);
  if (grade > 0 && dice.chance(0.15)) dirt.unknown = dice.uniform(0.1, 0.6);

  Fleet fleet;
  fleet.truth = static_cast<Class>(index % 8);
  const TimeZone zone = draw_zone(dice);
  Person first;
  first.habits = Habits(zone, dice);
  first.start = dice.uniform(kFirstStart, kLastStart);
  Common common;
  if (has_timer(fleet.truth)) {
    common.setup = timer_setup(fleet.truth, first.habits, first.start, 12, dirt, dice);
    for (const Timer& timer : common.setup.timers) fleet.intervals.push_back(timer.seconds);
  } else if (fleet.truth == Class::Outage) {
    common.shared = draw_shared(first, 5 + dice.below(12), dice);
  }
  common.modulation = draw_modulation(dice, 12);
  common.bursting = draw_bursting(dice, 6);
  common.mean = log_uniform(dice, 20 * kMinute, 3 * kDay);

  const double window = log_uniform(dice, kDay, 60 * kDay);
  const std::uint64_t count = 50 + dice.below(451);
  for (std::uint64_t k = 0; k < count; ++k) {
    Person person;
    person.habits = Habits(zone, dice);
    person.down = draw_downtime(dice, 300);
    person.start = first.start;
    if (fleet.truth != Class::Outage) person.start += dice.uniform(0, window);
    const std::size_t want = 2 + dice.below(5);
    std::vector<Event> events = fleet_client(fleet.truth, common, person,
                                             before_thinning(want, dirt.missing), dirt.stray, dice);
    rhythm::Client client;
    client.zone = zone;
    client.losses = record(events, want, dirt, dice);
    if (client.losses.size() >= 2) fleet.clients.push_back(std::move(client));
  }
  return fleet;
}

}  // namespace dropscope::fourth_world
