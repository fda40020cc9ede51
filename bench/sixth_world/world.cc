#include "sixth_world/world.h"

#include <algorithm>
#include <array>
#include <vector>

#include "sixth_world/readings.h"

// A case is drawn as a whole until its cause shows in the record; only class, grade and the number
// of losses are fixed beforehand.

namespace dropscope::sixth_world {
namespace {

using rhythm::kClasses;
using rhythm_cases::Case;
using rhythm_cases::Fleet;
using rhythm_cases::kGrades;

// Keep the cases and the fleets of one seed apart.
constexpr std::uint64_t kCaseFamily = 0x6361736573, kFleetFamily = 0x666c65657473;

constexpr std::size_t kMostInFleet = 6;  // Losses of a client.

Null draw_null(Random& random, Class kind) {
  if (kind == Class::Random) return Null::Plain;
  if (kind == Class::Burst) return Null::Clusters;
  if (kind != Class::Modulated) return Null::Timer;
  if (random.chance(0.5)) return Null::Resume;
  return random.chance(0.5) ? Null::WorkingHours : Null::Lunch;
}

double shortest_of(const std::vector<Timer>& timers) {
  double shortest = timers.front().seconds;
  for (const auto& timer : timers) {
    shortest =
        std::min(shortest, timer.seconds / std::max(1.0, static_cast<double>(timer.phases.size())));
  }
  return shortest;
}

/// Somebody whose way back is short enough for the timers to be seen.
Person draw_person_of(Random& random, Null null, std::vector<Timer>& timers) {
  if (timers.empty()) return draw_person(random, 10 * kMinute, null != Null::Clusters);
  const double shortest = shortest_of(timers);
  const bool restarts = std::all_of(timers.begin(), timers.end(), [](const Timer& timer) {
    return counts_from_restore(timer.kind);
  });
  auto person = draw_person(random, restarts ? shortest : 0.1 * shortest, shortest >= 2 * kHour);
  person.sleeps = shortest <= 2 * kHour && random.chance(0.12);
  for (auto& timer : timers) timer.working_hours = timer.working_hours || person.sleeps;
  return person;
}

std::vector<double> null_losses(Random& random, Null null, const Person& person, double start,
                                std::size_t count) {
  if (null == Null::Plain) return plain_losses(random, start, count);
  if (null == Null::Clusters) return clustered_losses(random, start, count);
  return habitual_losses(random, person, draw_habit(random, null, count), start, count);
}

/// What is recorded of a client whose connections the timers end.
std::vector<Event> timed_record(Random& random, const Draft& draft, double start) {
  const bool restarts =
      std::any_of(draft.timers.begin(), draft.timers.end(),
                  [](const Timer& timer) { return counts_from_restore(timer.kind); });
  const bool working_hours = std::any_of(draft.timers.begin(), draft.timers.end(),
                                         [](const Timer& timer) { return timer.working_hours; });
  const bool strays_inside = restarts && draft.dirt.strays_reset;
  if (working_hours || draft.person.sleeps) {
    WallClock clock(draft.person.zone);
    start = next_morning(draft.person, clock, start) + random.uniform(0, 4 * kHour);
  }
  Simulation simulation(random, draft.person, draft.timers, strays_inside ? draft.dirt.stray : 0);
  auto clean = simulation.run(start, clean_losses(draft.dirt, draft.count));
  return recorded(random, draft.dirt, std::move(clean), draft.count, strays_inside);
}

/// Losses at the given instants, a few seconds from them, as a client notices outages.
std::vector<double> noticed(Random& random, const std::vector<double>& instants, double share) {
  constexpr double kLate = 10;  // All within 60 s.
  std::vector<double> times;
  for (const double instant : instants) {
    if (random.chance(share)) times.push_back(instant + std::min(random.exponential(kLate), 45.0));
  }
  std::sort(times.begin(), times.end());
  return times;
}

/// Losses of a client of its own, about `count` of them between two instants.
std::vector<double> unrelated_peer(Random& random, const Person& person, double first, double last,
                                   std::size_t count) {
  WallClock clock(person.zone);
  const bool same_hours = random.chance(0.5);
  const double mean = (last - first) / static_cast<double>(count) / random.uniform(0.3, 1.5);
  std::vector<double> times;
  for (double t = first; (t += random.exponential(same_hours ? mean / 3 : mean)) < last;) {
    if (!same_hours || at_work(person, clock, t)) times.push_back(std::floor(t));
  }
  return times;
}

std::vector<std::vector<double>> draw_peers(Random& random, const Draft& draft,
                                            const std::vector<double>& outages) {
  const bool outage = draft.kind == Class::Outage;
  std::vector<std::vector<double>> peers;
  if (!random.chance(outage ? 0.8 : 0.4)) return peers;
  const double first = draft.events.front().lost - kHour, last = draft.events.back().lost + kHour;
  for (auto left = random.between(outage ? 3 : 1, 20); left > 0; --left) {
    const std::size_t count = outage ? 1 + draft.count / 5 : draft.count;
    auto times = unrelated_peer(random, draft.person, first, last, count);
    for (const double t : noticed(random, outages, random.uniform(0.5, 0.95))) {
      if (t > first && t < last) times.push_back(std::floor(t));
    }
    std::sort(times.begin(), times.end());
    peers.push_back(std::move(times));
  }
  return peers;
}

std::size_t draw_count(Random& random) {
  constexpr std::array<std::size_t, 10> kSizes = {4, 6, 8, 12, 20, 40, 80, 150, 300, 500};
  return random.pick(kSizes);
}

/// What the clients of a fleet have in common; a case is a fleet of one.
struct Site {
  Class kind = Class::Random;
  Null null = Null::Timer;
  Dirt dirt;
  std::vector<Timer> timers;
  bool one_timer_each = false;  ///< Of two; else both act on every client.
  std::vector<TimeZone> zones;
  double start = 0, window = 0;
  std::vector<double> outages;
  bool under_load = false;  ///< Outages come in working hours.
};

/// `count`: the most losses that a client is to show.
Site draw_site(Random& random, Class kind, unsigned grade, std::size_t count) {
  constexpr double kYear2023 = 1672531200;
  Site site;
  site.kind = kind;
  site.null = draw_null(random, kind);
  site.dirt = draw_dirt(random, grade);
  site.start = kYear2023 + random.uniform(0, 2 * 365 * kDay);
  site.window = random.log_uniform(2 * kDay, 60 * kDay);
  const std::size_t clean = clean_losses(site.dirt, count);
  while (rhythm::is_regular(kind) && site.timers.empty()) {
    const bool several = count >= 8 && random.chance(0.25);
    const double longest = kLongestLog / static_cast<double>(clean);
    site.timers = draw_timers(random, site.dirt, kind, longest, several);
  }
  const Person typical = draw_person(random, 0, false);
  site.zones.push_back(typical.zone);
  if (kind == Class::Outage) {
    site.under_load = random.chance(0.3);
    // A quarter more than needed, as nobody notices all of them.
    site.outages = outage_instants(random, site.under_load ? &typical : nullptr, site.start,
                                   clean + clean / 4);
  }
  return site;
}

/// One client of the site; with few losses or none if it did not work out.
Draft draw_member(Random& random, const Site& site, std::size_t count) {
  Draft draft;
  draft.kind = site.kind;
  draft.dirt = site.dirt;
  draft.count = count;
  draft.under_load = site.under_load;
  draft.timers = site.timers;
  if (site.one_timer_each) draft.timers = {random.pick(site.timers)};
  for (auto& timer : draft.timers) timer.uses *= random.uniform(0.6, 1);
  draft.person = draw_person_of(random, site.null, draft.timers);
  draft.person.zone = random.pick(site.zones);
  const double start = site.start + random.uniform(0, site.window);
  if (!draft.timers.empty()) {
    draft.events = timed_record(random, draft, start);
    return draft;
  }
  const auto times =
      site.kind == Class::Outage
          ? noticed(random, site.outages, random.uniform(0.6, 1))
          : null_losses(random, site.null, draft.person, start, clean_losses(draft.dirt, count));
  draft.events = recorded(random, draft.dirt, as_events(random, draft.person, times), count, false);
  return draft;
}

std::vector<Draft> draw_members(Random& random, const Site& site, std::size_t count) {
  std::vector<Draft> members;
  while (members.size() < count) {
    auto draft = draw_member(random, site, random.between(2, kMostInFleet));
    if (draft.events.size() >= 2) members.push_back(std::move(draft));
  }
  return members;
}

/// Whether each of the timers that act side by side ends its part of the lives.
bool shows_all_timers(const Site& site, const std::vector<Draft>& members) {
  if (site.one_timer_each || site.timers.size() < 2) return true;
  std::array<std::size_t, 2> ended = {0, 0};
  for (const auto& member : members) {
    ended[0] += ended_by(member, 0);
    ended[1] += ended_by(member, 1);
  }
  return 5 * std::min(ended[0], ended[1]) >= std::max(ended[0], ended[1]);
}

}  // namespace

Case make_case(std::uint64_t seed, std::uint64_t index) {
  Random random(seed ^ kCaseFamily, index);
  Case made;
  made.truth = static_cast<Class>(index % kClasses);
  made.grade = static_cast<unsigned>(index / kClasses % kGrades);
  made.events = draw_count(random);
  Site site;
  Draft draft;
  do {
    site = draw_site(random, made.truth, made.grade, made.events);
    draft = draw_member(random, site, made.events);
  } while (!shows_cause(draft));
  made.null = site.null;
  for (const auto& timer : draft.timers) made.intervals.push_back(timer.seconds);
  made.client.zone = draft.person.zone;
  made.client.losses = as_losses(random, draft.dirt, draft.events);
  made.client.peers = draw_peers(random, draft, site.outages);
  made.also = accepted_beside_truth(draft, !made.client.peers.empty());
  return made;
}

Fleet make_fleet(std::uint64_t seed, std::uint64_t index) {
  Random random(seed ^ kFleetFamily, index);
  Fleet fleet;
  fleet.truth = static_cast<Class>(index % kClasses);
  const auto grade = static_cast<unsigned>(index / kClasses % kGrades);
  const auto count = static_cast<std::size_t>(random.log_uniform(50, 501));
  Site site;
  std::vector<Draft> members;
  do {
    site = draw_site(random, fleet.truth, grade, kMostInFleet);
    while (site.zones.size() < 4 && random.chance(0.4)) site.zones.push_back(draw_zone(random));
    site.one_timer_each = site.timers.size() > 1 && random.chance(0.5);
    site.dirt.gap = false;  // No client has enough losses for one.
    site.dirt.duplicates = 0;
    members = draw_members(random, site, count);
  } while (!shows_all_timers(site, members));
  for (const auto& timer : site.timers) fleet.intervals.push_back(timer.seconds);
  for (const auto& member : members) {
    rhythm::Client client;
    client.zone = member.person.zone;
    client.losses = as_losses(random, member.dirt, member.events);
    fleet.clients.push_back(std::move(client));
  }
  return fleet;
}

}  // namespace dropscope::sixth_world
