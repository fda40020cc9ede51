#include "fifth_world/world.h"

#include <optional>
#include <utility>

#include "fifth_world/judge.h"

// A case is drawn until it is convincing: a timer that never acts, or acts only in what the log has
// lost, would be a wrong label. How many losses are asked for is drawn once before, so that short
// records are not drawn away.

namespace dropscope::fifth_world {
namespace {

constexpr std::array<const char*, 13> kZones{
    "Europe/Berlin",       "Europe/London",   "UTC",
    "America/New_York",    "America/Chicago", "America/Sao_Paulo",
    "Asia/Kolkata",        "Asia/Tokyo",      "Australia/Sydney",
    "Australia/Lord_Howe", "Asia/Kathmandu",  "America/Los_Angeles",
    "Europe/Lisbon"};

TimeZone draw_zone(Random& random) {
  const char* name = random.pick(kZones);
  return TimeZone::find(name).value_or(TimeZone());
}

/// 2018 to the middle of 2025.
double draw_start(Random& random) {
  return 1514764800 + 7.5 * 365 * kDay * random.uniform();
}

struct Person {
  Habits habits;
  Uses uses;
  Dirt dirt;
};

bool is_neutral(Class truth) {
  return truth == Class::Random || truth == Class::Burst || truth == Class::Outage;
}

Person draw_person(Random& random, Class truth, unsigned grade, const TimeZone& zone) {
  // Whoever is always there has no hours that a loss could follow.
  const bool hours = truth == Class::Modulated;
  const Profile profile = draw_enum(random, hours ? Profile::Freelance : Profile::Kiosk);
  Person person{Habits(random, zone, profile), {}, draw_dirt(random, grade, is_neutral(truth))};
  person.uses.law = draw_enum(random, UseLaw::MachineOnly);
  person.uses.tail = random.between(1.1, 2.5);
  person.uses.after_hours = random.chance(0.5) ? 0 : random.log_between(0.001, 0.3);
  person.uses.on_arrival = random.chance(0.7);
  return person;
}

/// The pace of uses is what makes an idle limit show, so it is drawn relative to the limit: from
/// hardly any to several uses within it.
void pace_uses(Random& random, const Cause& cause, Uses& uses) {
  for (const Timer& timer : cause.timers) {
    if (timer.kind == Class::Idle) uses.mean = timer.length / random.log_between(0.04, 5);
  }
}

/// The losses that are recorded, at most `asked`.
std::vector<Event> live(Random& random, Cause& cause, Person& person, double start,
                        std::size_t asked) {
  Dirt& dirt = person.dirt;
  dirt.down_most = cause.down_most;
  dirt.down_seconds = std::max(1.0, std::min(dirt.down_seconds, 0.5 * cause.down_most));
  for (const Timer& timer : cause.timers) {
    // A correction that rivals the timer would be a cause of its own.
    const double most = 0.03 * timer.length;
    dirt.clock_step = std::clamp(dirt.clock_step, -most, most);
  }
  const double share = (1 - dirt.missing) * (1 - dirt.gap);
  const auto lived = static_cast<std::size_t>(static_cast<double>(asked) / share + 1.5);
  Life life(person.habits, person.uses, dirt, random);
  const std::vector<Event> all =
      life.losses(cause.timers, cause.instants, start, start + kWindow, lived);
  std::vector<Event> kept = keep(all, dirt, person.habits, random);
  if (kept.size() > asked) kept.resize(asked);
  stamp(kept, dirt, random);
  return kept;
}

rhythm::Client client_of(Random& random, const std::vector<Event>& events, const Person& person) {
  rhythm::Client client;
  client.zone = person.habits.wall.zone();
  client.losses = losses_of(events, person.dirt, random);
  std::stable_sort(client.losses.begin(), client.losses.end(),
                   [](const auto& a, const auto& b) { return a.lost < b.lost; });
  return client;
}

/// Losses of somebody else in the same window for reasons of their own; sharing the hours of the
/// house, if `hours` is there, or its mornings.
std::vector<double> unrelated(Random& random, Habits* hours, double from, double to,
                              std::size_t count) {
  std::vector<double> found;
  const bool mornings = random.chance(0.4);
  for (std::size_t i = 0; i < count; ++i) {
    double at = random.between(from, to);
    if (hours != nullptr) {
      const Presence there = hours->find(at);
      if (mornings || there.from > at) at = there.from + random.exponential(10 * kMinute);
    }
    if (at <= to) found.push_back(std::floor(at));
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::vector<double>> draw_peers(Random& random, const std::vector<Event>& events,
                                            const Habits& habits) {
  const std::size_t count = random.chance(0.5) ? 0 : random.below(21);
  constexpr double kMostLosses = 300;  // Of all together, about: a case is to stay quick.
  const double most = kMostLosses / static_cast<double>(count + 1);
  const double from = events.front().loss.lost;
  const double to = events.back().loss.lost;
  std::vector<std::vector<double>> peers;
  for (std::size_t i = 0; i < count; ++i) {
    Habits theirs = habits.colleague(random.bits());
    const bool shares_hours = random.chance(0.5);
    const double expected = (to - from) / random.log_between(kHour, 20 * kDay);
    const double losses = std::min(most, expected) + random.uniform();
    peers.push_back(unrelated(random, shares_hours ? &theirs : nullptr, from, to,
                              static_cast<std::size_t>(losses)));
  }
  return peers;
}

/// Losses of the others in the same outages; each misses some and has some of its own.
std::vector<std::vector<double>> draw_sufferers(Random& random, const Cause& cause,
                                                const std::vector<Event>& events) {
  const std::size_t count = random.chance(0.25) ? 0 : 3 + random.below(18);
  const double hit = random.between(0.4, 1);
  const double spread = random.between(0, 25);
  const double last = events.back().loss.lost + kMinute;
  std::vector<std::vector<double>> peers;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<double> losses = unrelated(random, nullptr, events.front().loss.lost, last,
                                           random.below(2 + events.size() / 5));
    for (const double instant : cause.instants) {
      if (instant > last) break;
      if (!random.chance(hit)) continue;
      losses.push_back(std::floor(instant + spread * random.uniform()));
    }
    std::sort(losses.begin(), losses.end());
    peers.push_back(std::move(losses));
  }
  return peers;
}

/// About 40 % have 4 to 12 losses; a mixture of two needs a few more.
std::size_t draw_asked(Random& random, Class truth) {
  const bool few = random.chance(0.4);
  const std::size_t asked =
      few ? 4 + random.below(9) : static_cast<std::size_t>(random.log_between(8, 500.99));
  return truth == Class::Mixed ? std::max<std::size_t>(asked, 6) : asked;
}

std::optional<rhythm_cases::Case> try_case(Random& random, Class truth, unsigned grade,
                                           std::size_t asked) {
  Person person = draw_person(random, truth, grade, draw_zone(random));
  double start = draw_start(random);
  // A short record that begins at night would show no use at all.
  if (random.chance(0.7)) start = std::max(start, person.habits.find(start).from);
  Cause cause = draw_cause(random, truth, grade, asked, start, person.habits);
  pace_uses(random, cause, person.uses);
  const std::vector<Event> events = live(random, cause, person, start, asked);
  if (!convincing(cause, events, person.dirt, asked)) return std::nullopt;
  rhythm_cases::Case made;
  made.client = client_of(random, events, person);
  made.client.peers = truth == Class::Outage ? draw_sufferers(random, cause, events)
                                             : draw_peers(random, events, person.habits);
  made.truth = truth;
  for (const Timer& timer : cause.timers) made.intervals.push_back(timer.length);
  made.also = also_of(cause, events, person.dirt, person.habits, !made.client.peers.empty());
  made.null = cause.null;
  made.grade = grade;
  made.events = asked;
  return made;
}

/// What all clients of a fleet share.
struct House {
  Cause cause;
  std::vector<TimeZone> zones;
  bool own_clocks = true;  ///< Clocks follow each client's zone, not that of the head office.
  bool parts = false;      ///< Of a mixture: a client has one of the timers, not both.
  double first_share = 0.5;
};

House draw_house(Random& random, Class truth, unsigned grade, double start) {
  House house;
  const std::size_t zones = random.chance(0.6) ? 1 : 2 + random.below(3);
  for (std::size_t i = 0; i < zones; ++i) house.zones.push_back(draw_zone(random));
  Habits office(random, house.zones[0], Profile::Office);
  house.cause = draw_cause(random, truth, grade, 6, start, office);
  house.own_clocks = random.chance(0.7);
  house.parts = random.chance(0.5);
  house.first_share = random.between(0.3, 0.7);
  return house;
}

/// The cause as it acts on one client of the fleet.
Cause share_cause(Random& random, const House& house, const Person& person, double start,
                  std::size_t asked, unsigned grade) {
  Cause cause = house.cause;
  if (cause.truth == Class::Outage) {
    // Every client meets as many of the first dozen as it is to lose, give or take some.
    cause.instants.resize(std::min<std::size_t>(cause.instants.size(), 12));
    const double hit = std::min(1.0, static_cast<double>(asked + 1) / 12);
    std::erase_if(cause.instants, [&](double) { return !random.chance(hit); });
    for (double& instant : cause.instants) instant += 20 * random.uniform();
    return cause;
  }
  if (cause.timers.empty()) {
    Habits habits = person.habits;
    return draw_cause(random, cause.truth, grade, asked, start, habits);
  }
  if (cause.timers.size() > 1 && house.parts) {
    cause.timers.erase(cause.timers.begin() + (random.chance(house.first_share) ? 1 : 0));
  }
  for (Timer& timer : cause.timers) {
    timer.origin = timer.length * random.uniform();
    if (house.own_clocks) timer.wall = person.habits.wall;
  }
  return cause;
}

struct Member {
  rhythm::Client client;
  std::vector<double> acted;  ///< Lengths of the timers behind its losses.
};

std::optional<Member> try_member(Random& random, const House& house, unsigned grade, double start) {
  const Class truth = house.cause.truth;
  const TimeZone& zone = house.zones[random.below(house.zones.size())];
  Person person = draw_person(random, truth, grade, zone);
  const std::size_t asked = 2 + random.below(5);
  if (truth != Class::Outage) start += 14 * kDay * random.uniform();
  Cause cause = share_cause(random, house, person, start, asked, grade);
  pace_uses(random, cause, person.uses);
  const std::vector<Event> events = live(random, cause, person, start, asked);
  if (events.size() < 2) return std::nullopt;
  Member member;
  person.dirt.copies = 0;  // Two to six losses are to be that many.
  member.client = client_of(random, events, person);
  for (const Event& event : events) {
    if (event.by < 0 || cause.timers.empty()) continue;
    member.acted.push_back(cause.timers[static_cast<std::size_t>(event.by)].length);
  }
  return member;
}

/// Whether each timer shows in the fleet as a whole.
bool acts(const House& house, const std::vector<double>& acted, std::size_t losses) {
  return std::all_of(house.cause.timers.begin(), house.cause.timers.end(), [&](const Timer& one) {
    const auto count = static_cast<std::size_t>(std::count(acted.begin(), acted.end(), one.length));
    return 100 * count >= (house.cause.timers.size() > 1 ? 15U : 50U) * losses;
  });
}

std::optional<rhythm_cases::Fleet> try_fleet(Random& random, Class truth, unsigned grade,
                                             std::size_t count) {
  constexpr std::size_t kMostTries = 6;  // Per client; more would be a cause that cannot be.
  const double start = draw_start(random);
  const House house = draw_house(random, truth, grade, start);
  rhythm_cases::Fleet fleet;
  std::vector<double> acted;
  std::size_t losses = 0;
  for (std::size_t i = 0; i < kMostTries * count && fleet.clients.size() < count; ++i) {
    if (i == 40 && fleet.clients.size() < 10) return std::nullopt;
    std::optional<Member> member = try_member(random, house, grade, start);
    if (!member) continue;
    losses += member->client.losses.size();
    acted.insert(acted.end(), member->acted.begin(), member->acted.end());
    fleet.clients.push_back(std::move(member->client));
  }
  if (fleet.clients.size() < count || !acts(house, acted, losses)) return std::nullopt;
  fleet.truth = truth;
  for (const Timer& timer : house.cause.timers) fleet.intervals.push_back(timer.length);
  return fleet;
}

constexpr std::uint64_t kMostDraws = 1000;  ///< More than ever needed; an end all the same.

}  // namespace

rhythm_cases::Case make_case(std::uint64_t seed, std::uint64_t index) {
  const auto truth = static_cast<Class>(index % rhythm::kClasses);
  const auto grade = static_cast<unsigned>(index / rhythm::kClasses % rhythm_cases::kGrades);
  Random sizes(seed, 2 * index);
  const std::size_t asked = draw_asked(sizes, truth);
  for (std::uint64_t draw = 0; draw < kMostDraws; ++draw) {
    Random random(sizes.bits(), draw);
    if (std::optional<rhythm_cases::Case> made = try_case(random, truth, grade, asked)) {
      return *std::move(made);
    }
  }
  return {};
}

rhythm_cases::Fleet make_fleet(std::uint64_t seed, std::uint64_t index) {
  const auto truth = static_cast<Class>(index % rhythm::kClasses);
  const auto grade = static_cast<unsigned>(index / rhythm::kClasses % rhythm_cases::kGrades);
  Random sizes(seed, 2 * index + 1);
  const auto count = static_cast<std::size_t>(sizes.log_between(50, 500.99));
  for (std::uint64_t draw = 0; draw < kMostDraws; ++draw) {
    Random random(sizes.bits(), draw);
    if (std::optional<rhythm_cases::Fleet> fleet = try_fleet(random, truth, grade, count)) {
      return *std::move(fleet);
    }
  }
  return {};
}

}  // namespace dropscope::fifth_world
