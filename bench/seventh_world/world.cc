// Everything that ends a connection is a source: timers, common outages, a memoryless process, the
// office day, a daily habit, bursts. A client is a short list of them. A case is made in four
// steps: choose the sources (`make_setup`), let them compete for every connection (`run`), soil the
// log (`soil`), and say which other readings it leaves open (`also_of`).

#include "seventh_world/world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "base/timezone.h"
#include "seventh_world/rng.h"

namespace dropscope::seventh_world {
namespace {

using rhythm::Class;
using rhythm_cases::Case;
using rhythm_cases::Fleet;
using rhythm_cases::Null;

constexpr double kMinute = 60;
constexpr double kRound = 5 * kMinute;  ///< People set clocks, and clients retry, in such steps.
constexpr double kHour = 3600;
constexpr double kDay = 86400;
constexpr double kFirst = 1'672'531'200;  ///< 2023-01-01.
constexpr double kStarts = 950 * kDay;    ///< Logs begin up to the summer of 2025.
constexpr double kLog = 380 * kDay;
constexpr double kNever = 1e12;

struct Grade {
  double missing;  ///< Share of losses that were not recorded.
  double stray;    ///< Share of losses with another cause.
  double jitter;   ///< Of a timer's length.
  double late;     ///< Scatter of a clock in seconds.
  double unknown;  ///< Share of losses whose end is not recorded.
  double twice;    ///< Share of losses recorded twice.
  double step;     ///< Share of logs in which the computer's clock was set.
};
constexpr std::array<Grade, rhythm_cases::kGrades> kDirt = {{{0, 0, .0005, 1, 0, 0, 0},
                                                             {.1, .05, .005, 5, .05, .02, .05},
                                                             {.25, .1, .015, 20, .15, .04, .1},
                                                             {.4, .2, .03, 80, .3, .06, .2}}};

// Two fifths are small, because that is where the answer is hard.
constexpr std::array kSizes = {4, 5, 6, 7, 8, 12, 20, 40, 80, 150, 300, 500};
constexpr std::size_t kDailySize = 120;  ///< A habit has 260 working days a year, half unrecorded.
constexpr std::size_t kLeast = 4;

// Seconds from the list of known timers, by trigger.
constexpr std::array kIdleTimes = {180., 240.,  300.,  350.,  360.,  600.,  660.,   720.,
                                   900., 1080., 1800., 3600., 7200., 9000., 10800., kDay};
constexpr std::array kAgeTimes = {300., 1800., 3600., 14400., 28800., 43200., kDay};
constexpr std::array kPeriodTimes = {1800.,  3600.,  4500., 5400.,   7200.,  28800.,
                                     36000., 43200., kDay,  100800., 345600.};
constexpr std::array kClockTimes = {900.,   1200.,  1800.,  3600.,  7200., 10800.,
                                    14400., 21600., 28800., 43200., kDay,  7 * kDay};
constexpr std::array kZones = {"Europe/Berlin",  "Europe/London",       "America/New_York",
                               "America/Denver", "America/Los_Angeles", "Asia/Kolkata",
                               "Asia/Tokyo",     "Australia/Sydney",    "UTC"};

/// The first four are the classes of the same number.
enum class Kind : std::uint8_t { Idle, Age, Clock, Period, Instants, Poisson, Work, Habit, Burst };

struct Source {
  Kind kind = Kind::Poisson;
  double length = 0;            ///< The timer's, or the mean time between losses.
  double load = 1;              ///< Activities in an idle timer's length; else a probability.
  double scatter = 0;           ///< Share of the length; seconds for clocks, instants and habits.
  double phase = 0;             ///< In the period or the day; of a burst: the uptimes within it.
  double calm = 1;              ///< How much rarer the activity is out of hours.
  std::vector<double> marks{};  ///< A clock's times within its cycle; the instants of outages.
  double done = 0;              ///< The nominal time it last fired at: a point fires once.
  int left = 0;                 ///< Losses still to come in this burst.
};

/// When a source fires: really, and before scatter.
struct Fire {
  double at = 0;
  double nominal = at;
};

struct Setup {
  std::vector<Source> sources{};  ///< Those of the class first, strays last.
  Null null = Null::Timer;
  bool sleeps = false;  ///< The machine is off out of hours.
  double down = 30;     ///< Typical downtime and its spread in e-folds.
  double spread = 0.05;
  double retries = 0;         ///< Share of downtimes that last until the client tries again …
  double first_try = kRound;  ///< … after this, then each 15 minutes.
  std::vector<double> intervals{};
};

/// What the choices of a setup depend on.
struct Wish {
  Class truth;
  Grade grade;
  std::size_t events;

  /// Losses to simulate, so that enough are left; seconds each may take to fit into the log.
  [[nodiscard]] double needed() const {
    return 1.3 * static_cast<double>(events) / (1 - grade.missing) + 5;
  }
  [[nodiscard]] double room() const { return 0.8 * kLog / needed(); }
};

struct Event {
  double lost;
  double restored;
  bool known;  ///< That it was restored.
  std::size_t cause;
};

struct Record {
  TimeZone zone{};
  double start = 0;
  Setup setup{};
  std::vector<Event> log{};
};

double floor_to(double value, double step) {
  return std::floor(value / step) * step;
}

double offset(const TimeZone& zone, double utc) {
  return zone.offset_seconds(instant_from_unix(static_cast<std::int64_t>(utc)));
}
double to_local(const TimeZone& zone, double utc) {
  return utc + offset(zone, utc);
}
double to_utc(const TimeZone& zone, double local) {
  return local - offset(zone, local - offset(zone, local));
}

bool is_weekend(double local) {
  return std::fmod(std::floor(local / kDay) + 3, 7) >= 5;  // 1970-01-01 was a Thursday.
}
bool in_office(double local) {
  const double time = local - floor_to(local, kDay);
  return !is_weekend(local) && time >= 8 * kHour && time < 18 * kHour;
}

/// How busy the office is: fully, less at lunch, hardly out of hours.
double office_profile(double local) {
  const double time = local - floor_to(local, kDay);
  return !in_office(local) ? 0.03 : time >= 12 * kHour && time < 13 * kHour ? 0.45 : 1;
}

/// Activities are Poisson; the first pause of T ends the connection. Scatter only delays: devices
/// sweep their tables from time to time.
Fire fire_idle(const Source& s, const TimeZone& zone, double used, Rng& rng) {
  for (double pause = 0;; used += pause) {
    const bool busy = s.calm <= 1 || in_office(to_local(zone, used));
    pause = rng.exponential(s.length / s.load) * (busy ? 1 : s.calm);
    if (pause >= s.length) return {used + s.length * (1 + s.scatter * std::abs(rng.normal()))};
  }
}

Fire fire_clock(const Source& s, const TimeZone& zone, double after, Rng& rng) {
  const double cycle = floor_to(to_local(zone, after), s.length);
  double nominal = kNever;
  for (int k = -1; k <= 2; ++k) {
    for (double mark : s.marks) {
      const double at = to_utc(zone, cycle + k * s.length + mark);
      if (at > after) nominal = std::min(nominal, at);
    }
  }
  return {nominal + s.scatter * rng.normal(), nominal};
}

Fire fire_instant(const Source& s, double after, Rng& rng) {
  auto mark = std::ranges::upper_bound(s.marks, after);
  while (mark != s.marks.end() && !rng.chance(s.load)) ++mark;
  if (mark == s.marks.end()) return {kNever};
  return {*mark + s.scatter * rng.uniform(), *mark};
}

/// `nominal` is the local midnight: one firing a day.
Fire fire_habit(const Source& s, const TimeZone& zone, double after, Rng& rng) {
  for (double day = floor_to(to_local(zone, after), kDay);; day += kDay) {
    if (day <= s.done || is_weekend(day) || !rng.chance(s.load)) continue;
    const double at = to_utc(zone, day + s.phase + s.scatter * rng.normal());
    if (at > after) return {at, day};
  }
}

/// When the source would end a connection made at `made`.
Fire next_fire(const Source& s, const TimeZone& zone, double made, Rng& rng) {
  const double after = std::max(made, s.done);
  if (s.kind == Kind::Idle) return fire_idle(s, zone, made, rng);
  if (s.kind == Kind::Clock) return fire_clock(s, zone, after, rng);
  if (s.kind == Kind::Instants) return fire_instant(s, after, rng);
  if (s.kind == Kind::Habit) return fire_habit(s, zone, made, rng);
  if (s.kind == Kind::Age) return {made + s.length * (1 + s.scatter * rng.normal())};
  if (s.kind == Kind::Burst) return {made + rng.exponential(s.left > 0 ? s.phase : s.length)};
  if (s.kind == Kind::Period) {
    const double nominal = floor_to(after - s.phase, s.length) + s.phase + s.length;
    return {nominal + s.length * s.scatter * rng.normal(), nominal};
  }
  double at = made + rng.exponential(s.length);
  while (s.kind == Kind::Work && !rng.chance(office_profile(to_local(zone, at)))) {
    at += rng.exponential(s.length);
  }
  return {at};
}

/// Mean uptime under the source alone, about.
double mean_uptime(const Source& s) {
  if (s.kind == Kind::Idle) return s.length * std::expm1(s.load) / s.load;
  if (s.kind == Kind::Clock) return s.length / static_cast<double>(s.marks.size());
  if (s.kind == Kind::Burst) return s.length * (1 - s.load);
  return s.kind == Kind::Work ? 3 * s.length : s.length;  // A third of the week is busy.
}

/// Half of the lengths are usual ones, a quarter is near one of them, a quarter is anything.
double draw_length(std::span<const double> usual, double low, double high, Rng& rng) {
  const double kind = rng.uniform();
  for (int i = 0; i < 20 && kind < 0.75; ++i) {
    const double length = rng.pick(usual) * (kind < 0.5 ? 1 : rng.uniform(0.88, 1.12));
    if (length >= low && length <= high) return std::round(length);
  }
  return std::round(rng.log_uniform(low, std::max(high, 1.1 * low)));
}

/// Three quarters fire at a round minute; some days have two to four times of their own.
void set_clock(Source& s, double room, double late, Rng& rng) {
  do {
    s.length = rng.pick(kClockTimes);
  } while (s.length > std::max(room, kClockTimes[0]));
  const double step = rng.chance(0.75) ? kRound : 1;
  const std::size_t times = s.length == kDay && rng.chance(0.35) ? 2 + rng.below(3) : 1;
  s.marks.resize(times);
  for (double& mark : s.marks) mark = floor_to(rng.uniform(0, s.length), step);
  if (times == 1 && rng.chance(0.3)) s.marks = {0};
  s.scatter = std::min(late, 0.03 * s.length);
}

/// A timer of at least `low` seconds that fires about once per `room` seconds or more often.
Source timer(Kind kind, double low, double room, const Grade& grade, Rng& rng) {
  Source s{.kind = kind, .scatter = grade.jitter};
  if (kind == Kind::Clock) {
    set_clock(s, room, grade.late, rng);
  } else if (kind == Kind::Idle) {
    s.load = rng.uniform(0.1, 2.6);
    s.calm = rng.chance(0.5) ? 20 : 1;
    s.length = draw_length(kIdleTimes, low, room * s.load / std::expm1(s.load), rng);
  } else if (kind == Kind::Age) {
    s.length = draw_length(kAgeTimes, low, std::min(room, 2 * kDay), rng);
  } else {
    s.length = draw_length(kPeriodTimes, std::max(low, 900.), std::min(room, 5 * kDay), rng);
    s.phase = std::floor(rng.uniform(0, s.length));
  }
  return s;
}

/// Two timers of which both come to fire: the second takes some times the uptime of the first.
void set_mixed(Setup& setup, const Wish& wish, Rng& rng) {
  constexpr std::array kSeconds = {Kind::Clock, Kind::Period, Kind::Age};
  const Kind first = rng.chance(0.6) ? Kind::Idle : Kind::Age;
  setup.sources = {timer(first, 4 * kMinute, wish.room() / 2, wish.grade, rng)};
  const double uptime = mean_uptime(setup.sources[0]);
  const Kind second = kSeconds[rng.below(first == Kind::Idle ? 3 : 2)];
  setup.sources.push_back(timer(second, 1.3 * uptime, 5 * uptime, wish.grade, rng));
}

/// Half of the modulated cases resume at eight: the loss is noticed when the machine wakes.
void set_modulated(Setup& setup, const Wish& wish, Rng& rng) {
  const double kind = rng.uniform();
  setup.null = kind < 0.5 ? Null::Resume : kind < 0.65 ? Null::Lunch : Null::WorkingHours;
  const double most = std::min(30 * kHour, wish.room() / 4);
  Source work{.kind = Kind::Work, .length = rng.log_uniform(most / 8, most)};
  setup.sources = {work};
  if (setup.null == Null::WorkingHours) return;
  work.length = rng.log_uniform(9 * kHour, 60 * kHour);
  const double hour =
      setup.null == Null::Resume ? rng.uniform(7.5, 8.75) : rng.uniform(11.75, 12.75);
  Source habit{.kind = Kind::Habit,
               .length = kDay,
               .load = rng.uniform(0.6, 0.95),
               .scatter = rng.uniform(4, 25) * kMinute,
               .phase = hour * kHour};
  setup.sources = {habit, work};
  if (setup.null == Null::Lunch || rng.chance(0.6)) return;
  habit.phase += 9 * kHour;  // Also when it is sent to sleep.
  setup.sources.push_back(habit);
}

/// Clusters; in half of the cases each retry succeeds for some seconds only, on a grid of 15 min.
void set_burst(Setup& setup, const Wish& wish, Rng& rng) {
  const double most = std::min(4 * kDay, 2 * wish.room());
  setup.sources = {{.kind = Kind::Burst,
                    .length = rng.log_uniform(2 * kHour, most),
                    .load = rng.uniform(0.4, 0.85),
                    .phase = rng.log_uniform(10, 240)}};
  setup.null = Null::Clusters;
  if (rng.chance(0.5)) return;
  setup.retries = 1;
  setup.first_try = 3 * kRound;
}

/// The instants are drawn here, for all who share the setup.
void set_outages(Setup& setup, const Wish& wish, double start, Rng& rng) {
  Source s{.kind = Kind::Instants, .load = rng.uniform(0.5, 0.95), .scatter = rng.uniform(1, 25)};
  s.length = rng.log_uniform(kHour, std::min(3 * kDay, wish.room() * s.load));
  for (double at = start; (at += rng.exponential(s.length)) < start + kLog;) s.marks.push_back(at);
  setup.sources = {s};
}

void draw_downtime(Setup& setup, Rng& rng) {
  constexpr std::array kSpreads = {.05, .4, .9};
  setup.down = rng.log_uniform(4, 150);
  setup.spread = rng.pick(kSpreads);
  setup.retries = rng.chance(0.2) ? 0.3 : 0;
}

Setup make_setup(const Wish& wish, double start, Rng& rng) {
  Setup setup;
  draw_downtime(setup, rng);
  if (wish.truth <= Class::Period) {
    // A machine that sleeps is up in 50 of 168 hours; longer timers hardly fire in an office day.
    setup.sleeps = rng.chance(0.35);
    const double room = setup.sleeps ? std::min(wish.room() / 3.4, 4 * kHour) : wish.room();
    setup.sources = {timer(static_cast<Kind>(wish.truth), 180, room, wish.grade, rng)};
  } else if (wish.truth == Class::Random) {
    setup.sources = {{.length = rng.log_uniform(kRound, std::min(2 * kDay, wish.room()))}};
    setup.null = Null::Plain;
  }
  if (wish.truth == Class::Mixed) set_mixed(setup, wish, rng);
  if (wish.truth == Class::Outage) set_outages(setup, wish, start, rng);
  if (wish.truth == Class::Modulated) set_modulated(setup, wish, rng);
  if (wish.truth == Class::Burst) set_burst(setup, wish, rng);
  if (rhythm::is_regular(wish.truth)) {
    for (const Source& s : setup.sources) setup.intervals.push_back(s.length);
  }
  // Of two competitors the memoryless one wins the share `stray` with this mean.
  const double mean = mean_uptime(setup.sources[0]) / -std::log1p(-wish.grade.stray);
  if (wish.grade.stray > 0) setup.sources.push_back({.length = mean});
  return setup;
}

double draw_down(const Setup& setup, Rng& rng) {
  if (!rng.chance(setup.retries)) {
    return std::min(setup.down * std::exp(setup.spread * rng.normal()), kHour);
  }
  return setup.first_try + 3 * kRound * rng.geometric(0.3) + rng.uniform(0, 3);
}

/// The first source to fire ends the connection; the next one begins when it is restored.
std::vector<Event> run(Setup setup, const TimeZone& zone, double start, double count, Rng& rng) {
  std::vector<Event> events;
  for (double made = start; static_cast<double>(events.size()) < count;) {
    Fire first{start + kLog};
    std::size_t cause = setup.sources.size();
    for (std::size_t i = 0; i < setup.sources.size(); ++i) {
      const Fire fire = next_fire(setup.sources[i], zone, made, rng);
      if (fire.at >= first.at) continue;
      first = fire;
      cause = i;
    }
    if (cause == setup.sources.size()) break;
    Source& winner = setup.sources[cause];
    winner.done = first.nominal;
    winner.left = winner.left > 0 ? winner.left - 1 : 1 + rng.geometric(winner.load);
    const double lost = std::max(first.at, made + 1);
    double local = to_local(zone, lost);
    if (setup.sleeps && !in_office(local)) {  // No loss: the machine connects in the morning.
      while (!in_office(local)) local = floor_to(local, kHour) + kHour;
      made = to_utc(zone, local + std::abs(rng.normal()) * 15 * kMinute);
      continue;
    }
    made = lost + draw_down(setup, rng);
    events.push_back({lost, made, true, cause});
  }
  return events;
}

/// What a log keeps of the events: the first `wish.events` of those recorded.
std::vector<Event> soil(const std::vector<Event>& events, const Wish& wish, Rng& rng) {
  std::vector<Event> log;
  const bool no_ends = rng.chance(wish.grade.unknown / 4);
  for (Event e : events) {
    if (rng.chance(wish.grade.missing)) continue;
    e.known = !no_ends && !rng.chance(wish.grade.unknown);
    if (rng.chance(wish.grade.twice)) {
      log.push_back({e.lost, e.lost, false, e.cause});
      e.lost = std::min(e.lost + rng.uniform(0, 2), e.restored);
    }
    log.push_back(e);
  }
  if (log.size() > wish.events) log.resize(wish.events);
  // The clock is set within one uptime, so that the order stays.
  const bool step = log.size() > 1 && rng.chance(wish.grade.step);
  const std::size_t cut = step ? 1 + rng.below(log.size() - 1) : log.size();
  double shift = rng.uniform(-kRound, kRound);
  if (step) shift = std::max(shift, log[cut - 1].restored - log[cut].lost);
  const double per_second = rng.chance(0.85) ? 1 : 10;
  for (std::size_t i = 0; i < log.size(); ++i) {
    for (double* time : {&log[i].lost, &log[i].restored}) {
      *time = std::floor((*time + (i >= cut ? shift : 0)) * per_second) / per_second;
    }
    if (!log[i].known) log[i].restored = log[i].lost;
  }
  return log;
}

std::ptrdiff_t caused_by(const std::vector<Event>& log, std::size_t cause) {
  return std::ranges::count(log, cause, &Event::cause);
}

TimeZone draw_zone(Rng& rng) {
  return TimeZone::find(rng.pick(kZones)).value_or(TimeZone{});
}

/// Draws until the log is long enough and both timers of a mixture show, but not for ever.
Record make_record(const Wish& wish, Rng& rng) {
  Record made{.zone = draw_zone(rng), .start = kFirst + std::floor(rng.uniform(0, kStarts))};
  const auto few = static_cast<std::ptrdiff_t>(1 + wish.events / 8);
  for (int i = 0; i < 50; ++i) {
    made.setup = make_setup(wish, made.start, rng);
    made.log = soil(run(made.setup, made.zone, made.start, wish.needed(), rng), wish, rng);
    const auto rarer = std::min(caused_by(made.log, 0), caused_by(made.log, 1));
    if (made.log.size() >= kLeast && (wish.truth != Class::Mixed || rarer >= few)) break;
  }
  return made;
}

rhythm::Client client_of(const TimeZone& zone, const std::vector<Event>& log) {
  rhythm::Client client;
  client.zone = zone;
  for (const Event& e : log) {
    rhythm::Loss& loss = client.losses.emplace_back();
    loss.lost = e.lost;
    loss.restored = e.restored;
    loss.has_restored = e.known;
  }
  return client;
}

/// Peers share the instants of an outage, the manners of an office, and otherwise nothing.
std::vector<std::vector<double>> peers_of(const Record& record, Class truth, Rng& rng) {
  std::vector<std::vector<double>> peers;
  if (!rng.chance(truth == Class::Outage ? 0.85 : 0.3)) return peers;
  const double end = record.log.back().lost + kHour;
  const Source own{.length = (end - record.log.front().lost) / rng.uniform(1, 20)};
  Setup setup = record.setup;
  if (truth != Class::Outage && truth != Class::Modulated) setup.sources.clear();
  setup.sources.push_back(own);
  for (std::size_t left = 2 + rng.below(9); left > 0; --left) {
    std::vector<double> peer;
    for (const Event& e : run(setup, record.zone, record.start, 2 * kSizes.back(), rng)) {
      if (e.lost < end) peer.push_back(std::floor(e.lost));
    }
    if (!peer.empty()) peers.push_back(std::move(peer));
  }
  return peers;
}

/// Age and period differ by whether downtime counts. That does not show where downtimes vary less
/// than the timer in a few losses, or both by no more than a second, or no end is recorded.
bool age_is_period(const Record& record) {
  const Setup& s = record.setup;
  const double wander = s.retries > 0 ? kRound : s.down * s.spread;
  const double jitter = std::max(1.0, s.intervals[0] * s.sources[0].scatter);
  const bool few = record.log.size() <= 6;
  return wander <= (few ? 2 : 1) * jitter * (few || jitter <= 1 ? 1 : 0) ||
         std::ranges::count(record.log, true, &Event::known) < 2;
}

/// A clock and a period of its length part only when the offset changes by no multiple of it.
bool clock_is_period(const Record& record) {
  const double first = offset(record.zone, record.log.front().lost);
  return std::fmod(kHour, record.setup.intervals[0]) == 0 ||
         std::ranges::all_of(record.log,
                             [&](const Event& e) { return offset(record.zone, e.lost) == first; });
}

/// Uptimes of so many lengths of the timer, as the record has them.
std::size_t uptimes_between(const Record& record, double low, double high) {
  std::size_t count = 0;
  for (std::size_t i = 1; i < record.log.size(); ++i) {
    const double uptime = record.log[i].lost - record.log[i - 1].restored;
    const double share = uptime / record.setup.sources[0].length;
    if (share > low && share <= high) ++count;
  }
  return count;
}

std::vector<Class> also_of(const Record& record, Class truth) {
  std::vector<Class> also;
  const auto add_if = [&](Class one, Class other, bool hidden) {
    if (one == truth && hidden) also.push_back(other);
  };
  const auto& log = record.log;
  const auto& sources = record.setup.sources;
  const bool few = log.size() <= 6;
  const bool timed = truth <= Class::Period;
  const bool clock = timed && clock_is_period(record);
  const bool period = timed && age_is_period(record);
  const bool on_grid = std::ranges::count(kClockTimes, sources[0].length) > 0;
  const bool round =
      std::ranges::all_of(sources[0].marks, [](double m) { return std::fmod(m, kRound) == 0; });
  const bool by_day = std::ranges::all_of(
      log, [&](const Event& e) { return in_office(to_local(record.zone, e.lost)); });
  // An idle timer looks like an age if nothing delays it, and like nothing if everything does.
  add_if(Class::Idle, Class::Age, 10 * uptimes_between(record, 1.1, kNever) <= log.size());
  add_if(Class::Age, Class::Idle, log.size() == kLeast);
  add_if(Class::Age, Class::Period, period);
  add_if(Class::Period, Class::Age, period);
  add_if(Class::Period, Class::Clock, clock && on_grid);
  add_if(Class::Clock, Class::Period, clock && !round);
  add_if(Class::Modulated, Class::Random, few);
  add_if(Class::Burst, Class::Random, few);
  add_if(Class::Random, Class::Modulated, few && by_day);
  const bool unseen = truth == Class::Idle && uptimes_between(record, 0.9, 1.1) < 2;
  add_if(truth, Class::Random, timed && (unseen || caused_by(log, 0) < 3));
  for (std::size_t i = 0; i < 2 && truth == Class::Mixed; ++i) {
    add_if(truth, static_cast<Class>(sources[1 - i].kind), caused_by(log, i) < 2);
  }
  return also;
}

/// One client of a fleet: the same sources, with a phase and a manner of its own.
Setup personal(Setup setup, bool one_timer_each, Rng& rng) {
  if (one_timer_each) setup.sources.erase(setup.sources.begin() + (rng.chance(0.5) ? 1 : 0));
  for (Source& s : setup.sources) {
    if (s.kind == Kind::Period) s.phase = std::floor(rng.uniform(0, s.length));
    if (s.kind == Kind::Habit) s.phase += rng.normal() * 20 * kMinute;
    if (s.kind == Kind::Idle) s.load = std::min(s.load * rng.log_uniform(0.6, 1.6), 3.0);
  }
  if (setup.null != Null::Clusters) draw_downtime(setup, rng);
  return setup;
}

}  // namespace

Case make_case(std::uint64_t seed, std::uint64_t index) {
  Rng rng(seed, index, 1);
  Case made;
  made.truth = static_cast<Class>(index % rhythm::kClasses);
  made.grade = static_cast<unsigned>(index / rhythm::kClasses % rhythm_cases::kGrades);
  made.events = static_cast<std::size_t>(rng.pick(kSizes));
  if (made.truth == Class::Modulated) made.events = std::min(made.events, kDailySize);
  const Record record = make_record({made.truth, kDirt[made.grade], made.events}, rng);
  made.client = client_of(record.zone, record.log);
  made.client.peers = peers_of(record, made.truth, rng);
  made.intervals = record.setup.intervals;
  made.null = record.setup.null;
  made.also = also_of(record, made.truth);
  if (made.truth == Class::Outage && made.client.peers.empty()) made.also = {Class::Random};
  return made;
}

Fleet make_fleet(std::uint64_t seed, std::uint64_t index) {
  Rng rng(seed, index, 2);
  Fleet fleet;
  fleet.truth = static_cast<Class>(index % rhythm::kClasses);
  Wish wish{fleet.truth, kDirt[index / rhythm::kClasses % rhythm_cases::kGrades], 24};
  const Record common = make_record(wish, rng);
  fleet.intervals = common.setup.intervals;
  const auto size = static_cast<std::size_t>(rng.log_uniform(50, 501));
  const bool one_timer_each = fleet.truth == Class::Mixed && rng.chance(0.5);
  const double away = rng.chance(0.3) ? 0.3 : 0;  // Share of clients in other zones.
  for (std::size_t i = 0; i < 20 * size && fleet.clients.size() < size; ++i) {
    wish.events = 2 + rng.below(5);
    const TimeZone zone = rng.chance(away) ? draw_zone(rng) : common.zone;
    const double late = fleet.truth == Class::Outage ? 0 : std::floor(rng.uniform(0, 10 * kDay));
    const Setup own = personal(common.setup, one_timer_each, rng);
    const auto log = soil(run(own, zone, common.start + late, wish.needed(), rng), wish, rng);
    if (log.size() >= 2) fleet.clients.push_back(client_of(zone, log));
  }
  return fleet;
}

}  // namespace dropscope::seventh_world
