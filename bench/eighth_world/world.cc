#include "world.h"

#include "draw.h"
#include "peers.h"
#include "readings.h"

namespace dropscope::eighth_world {
namespace {

constexpr std::uint64_t kFleetSeed = 0x666c656574;  ///< Fleets differ from cases of one seed.
constexpr double kFirstStart = 1'672'531'200;       ///< 2023-01-01; watching begins in the two
constexpr double kStartDays = 730;                  ///< years after it.
constexpr std::size_t kMostFleetLosses = 6;
constexpr double kFleetSpread = 60;  ///< A fleet's timers fit sixty times into a long watch.
constexpr std::size_t kMostDailyEvents = 260;  ///< Working days of a year.

/// Two fifths of the cases have four to eight events.
std::size_t draw_events(Random& random) {
  const double size = random.uniform();
  if (size < 0.4) return 4 + random.below(5);
  if (size < 0.6) return 9 + random.below(12);
  return static_cast<std::size_t>(random.log_between(21, 501));
}

Subject draw_subject(const Plan& plan, double start, Random& random) {
  Subject subject;
  subject.person = draw_person(random, random.below(kZones));
  subject.start = start;
  if (plan.null == Null::WorkingHours) {  // Somebody complains, and the log begins.
    subject.start = subject.person.next_wake(start) + random.between(0, 6 * kHour);
  }
  for (const Timer& timer : plan.timers) {
    subject.starts.push_back(start - random.uniform() * timer.length);
  }
  return subject;
}

Plan draw_plan(std::uint64_t index, double events, Random& random) {
  Plan plan;
  plan.truth = static_cast<Class>(index % 9);
  plan.dirt = draw_dirt(static_cast<unsigned>(index / 9 % rhythm_cases::kGrades), random);
  const double longest = kLongestWatch * (1 - plan.dirt.missing) / events;
  draw_causes(plan, longest, random);
  return plan;
}

/// What can be drawn only when the incidents are known.
void finish_plan(Plan& plan, double start, std::size_t incidents, double longest, Random& random) {
  if (plan.truth == Class::Outage) draw_incidents(plan, start, incidents, longest, random);
  plan.downtime = draw_downtime_kind(mean_life(plan), random);
  draw_sleep(plan, random);
}

double draw_start(Random& random) {
  return std::floor(kFirstStart + kStartDays * kDay * random.uniform());
}

}  // namespace

rhythm_cases::Case make_case(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, index);
  std::size_t events = draw_events(random);
  Plan plan = draw_plan(index, static_cast<double>(events), random);
  if (plan.null == Null::Resume || plan.null == Null::Lunch) {
    events = std::min(events, kMostDailyEvents);
  }
  const double start = draw_start(random);
  finish_plan(plan, start, 4 * events + 20, kLongestWatch / static_cast<double>(events), random);
  const Subject subject = draw_subject(plan, start, random);
  const std::vector<Ending> endings = Life(plan, subject, random).endings(events);

  rhythm_cases::Case made;
  made.truth = plan.truth;
  made.null = plan.null;
  made.grade = static_cast<unsigned>(index / 9 % rhythm_cases::kGrades);
  made.events = events;
  made.intervals = intervals_of(plan);
  made.client.zone = subject.person.zone;
  made.client.losses = log_of(endings, plan, random);
  if (random.chance(plan.truth == Class::Outage ? 0.65 : 0.35)) {
    made.client.peers = draw_peers(plan, subject, made.client.losses, random);
  }
  made.also = other_readings(plan, subject.person, endings, !made.client.peers.empty());
  return made;
}

rhythm_cases::Fleet make_fleet(std::uint64_t seed, std::uint64_t index) {
  Random random(seed ^ kFleetSeed, index);
  Plan plan = draw_plan(index, kFleetSpread, random);
  const double start = draw_start(random);
  finish_plan(plan, start, 14, 2 * kDay, random);
  const std::size_t home = random.below(kZones);
  const bool several_zones = random.chance(0.3);

  rhythm_cases::Fleet fleet;
  fleet.truth = plan.truth;
  fleet.intervals = intervals_of(plan);
  fleet.clients.resize(50 + random.below(451));
  const double window = plan.truth == Class::Outage ? 0 : 3 * mean_life(plan);
  for (rhythm::Client& client : fleet.clients) {
    Subject subject = draw_subject(plan, start + window * random.uniform(), random);
    if (!several_zones) subject.person.zone = zone_number(home);
    subject.use_factor = random.log_between(0.5, 2);
    client.zone = subject.person.zone;
    const std::size_t events = 2 + random.below(5);
    client.losses = log_of(Life(plan, subject, random).endings(events), plan, random);
    if (client.losses.size() > kMostFleetLosses) client.losses.resize(kMostFleetLosses);
  }
  return fleet;
}

}  // namespace dropscope::eighth_world
