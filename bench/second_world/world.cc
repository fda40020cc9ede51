#include "world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>

#include "base/time.h"
#include "base/timezone.h"

namespace second_world {

using dropscope::TimeZone;

std::uint64_t Dice::next() {
  std::uint64_t z = state_ += 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}
double Dice::uniform() {
  return static_cast<double>(next() >> 11) * 0x1.0p-53;
}
double Dice::uniform(double low, double high) {
  return low + (high - low) * uniform();
}
double Dice::log_uniform(double low, double high) {
  return std::exp(uniform(std::log(low), std::log(high)));
}
double Dice::normal() {
  const double r = std::sqrt(-2 * std::log(1 - uniform()));
  return r * std::cos(2 * std::numbers::pi * uniform());
}
double Dice::exponential(double mean) {
  return -mean * std::log(1 - uniform());
}

namespace {

constexpr double kDay = 86400;
constexpr double kHour = 3600;
/// 2025-01-06, a Monday, 00:00 UTC.
constexpr double kMonday = 1736121600;

/// When the user works, the computer is awake, and how the connection comes back.
struct Person {
  std::string zone_name;
  TimeZone zone;
  double begin = 9 * kHour, end = 17 * kHour, lunch = 12.5 * kHour;
  double begin_spread = 900, end_spread = 2400;
  bool weekend_off = true;
  bool always_awake = true;   ///< The computer stays on and connected at night.
  double base = 0.1;          ///< Activity out of hours, relative to working hours.
  double restore_s = 20;      ///< Typical outage.
  double restore_spread = 1;  ///< Of its logarithm.
  bool retry_grid = false;    ///< Outlook's own: 5 minutes, then every 15.
  double no_restore = 0;      ///< Share of restores that were not logged.
};

Person make_person(Dice& dice) {
  static constexpr std::array kZones = {
      "UTC",          "Europe/Berlin", "Europe/London",    "America/New_York", "America/Chicago",
      "Asia/Kolkata", "Asia/Tokyo",    "Australia/Sydney", "America/Sao_Paulo"};
  Person p;
  p.zone_name = kZones[static_cast<std::size_t>(dice.below(static_cast<int>(kZones.size())))];
  p.zone = TimeZone::find(p.zone_name).value();
  p.begin = dice.uniform(6.5, 10) * kHour;
  p.end = p.begin + dice.uniform(6, 10.5) * kHour;
  p.lunch = p.begin + dice.uniform(2.5, 5) * kHour;
  p.begin_spread = dice.log_uniform(120, 3600);
  p.end_spread = dice.log_uniform(300, 5400);
  p.weekend_off = dice.chance(0.85);
  p.always_awake = dice.chance(0.55);
  p.base = dice.chance(0.3) ? 1 : dice.uniform(0, 0.6);
  p.restore_s = dice.log_uniform(2, 400);
  p.restore_spread = dice.uniform(0.05, 1.3);
  p.retry_grid = dice.chance(0.2);
  p.no_restore = dice.chance(0.6) ? 0 : dice.uniform(0, 1);
  return p;
}

double local_offset(const Person& person, double t) {
  return person.zone.offset_seconds(
      dropscope::instant_from_unix(static_cast<std::int64_t>(std::floor(t))));
}

/// What happens on each day: awake and working spans, UTC.
struct Day {
  double wake, sleep;  ///< Equal when the computer stays off.
};

class Calendar {
 public:
  Calendar(const Person& person, double start, double days, Dice& dice) : person_(person) {
    for (int i = 0; i <= static_cast<int>(days) + 1; ++i) {
      const double noon = start + i * kDay + kDay / 2;
      const double offset = local_offset(person, noon);
      const double midnight = std::floor((noon + offset) / kDay) * kDay - offset;
      const auto weekday =
          static_cast<int>(std::fmod((midnight + offset - kMonday) / kDay + 700000, 7.0) + 0.5) % 7;
      const bool off = (weekday >= 5 && person.weekend_off) || dice.chance(0.03);
      const double wake = midnight + person.begin + person.begin_spread * dice.normal() * 0.5;
      const double sleep = midnight + person.end + person.end_spread * dice.normal() * 0.5;
      days_.push_back(off || sleep <= wake + kHour ? Day{wake, wake} : Day{wake, sleep});
    }
  }

  [[nodiscard]] const std::vector<Day>& days() const { return days_; }

  /// Working now?
  [[nodiscard]] bool working(double t) const {
    const Day* day = day_of(t);
    if (day == nullptr || t < day->wake || t >= day->sleep) return false;
    const double lunch = day->wake + (person_.lunch - person_.begin);
    return t < lunch || t > lunch + 2700;
  }
  /// The first moment from t on at which the computer is awake; t itself when it is.
  [[nodiscard]] double awake_from(double t) const {
    if (person_.always_awake) return t;
    for (const Day& day : days_) {
      if (day.sleep > t && day.sleep > day.wake) return std::max(t, day.wake);
    }
    return 1e300;
  }
  /// When the computer that is awake at t goes to sleep.
  [[nodiscard]] double asleep_from(double t) const {
    if (person_.always_awake) return 1e300;
    for (const Day& day : days_) {
      if (day.sleep > t && day.sleep > day.wake) return day.sleep;
    }
    return t;
  }

 private:
  [[nodiscard]] const Day* day_of(double t) const {
    auto it = std::upper_bound(days_.begin(), days_.end(), t,
                               [](double at, const Day& day) { return at < day.wake; });
    return it == days_.begin() ? nullptr : &*(it - 1);
  }
  const Person& person_;
  std::vector<Day> days_;
};

double usual_timer(Dice& dice) {
  static constexpr std::array kUsual = {300.0,  600.0,  900.0,  1200.0, 1800.0, 2700.0,  3600.0,
                                        5400.0, 7200.0, 9000.0, 10800., 14400., 28800.0, 43200.0};
  return kUsual[static_cast<std::size_t>(dice.below(static_cast<int>(kUsual.size())))];
}

/// Half usual values, half anything.
double timer_length(Dice& dice, double low, double high) {
  for (int i = 0; i < 20; ++i) {
    const double t = dice.chance(0.5) ? usual_timer(dice) : std::round(dice.log_uniform(low, high));
    if (t >= low && t <= high) return t;
  }
  return dice.log_uniform(low, high);
}

/// One thing that ends connections. Given a connection that began at `since`, when does it end?
struct Mechanism {
  Class kind = Random;
  double interval = 3600;  ///< Timer, period; mean gap of the irregular ones.
  double phase = 0;  ///< Clock: seconds after local midnight, several in `phases`; Period: UTC.
  std::vector<double> phases;
  double activity = 1;    ///< Idle: actions per timer in working hours.
  double quiet = 0.1;     ///< Idle: the same out of hours, relative.
  double jitter = 0;      ///< Relative to the interval.
  double delay = 2;       ///< Seconds until it is noticed.
  double hit = 1;         ///< Share of the occasions that hit.
  double spread = 0;      ///< Clock: seconds.
  bool weekdays = false;  ///< Clock: not at weekends.
};

double jittered(const Mechanism& m, Dice& dice) {
  return m.jitter > 0 ? m.interval * m.jitter * dice.normal() : 0;
}

double next_idle(const Mechanism& m, const Calendar& calendar, double since, Dice& dice) {
  double last = since;
  for (int i = 0; i < 3000; ++i) {
    const double rate = m.activity / m.interval * (calendar.working(last) ? 1 : m.quiet);
    const double gap = rate > 0 ? dice.exponential(1 / rate) : 1e300;
    if (gap > m.interval) {
      // Quiet, but somebody may come back to work before the timer is through.
      const double wakes = last + m.interval;
      if (!calendar.working(last) && calendar.working(wakes) && dice.chance(0.7)) {
        last += m.interval * dice.uniform(0.3, 1);
        continue;
      }
      return last + m.interval + std::abs(jittered(m, dice)) + dice.exponential(m.delay);
    }
    last += gap;
  }
  return last + m.interval;
}

double next_clock(const Mechanism& m, const Person& person, double since, Dice& dice) {
  double best = 1e300;
  for (const double phase : m.phases) {
    double t = since;
    for (int i = 0; i < 400; ++i) {
      const double offset = local_offset(person, t);
      const double local = t + offset;
      double next = std::floor((local - phase) / m.interval + 1) * m.interval + phase - offset;
      next += local_offset(person, t) - local_offset(person, next);
      t = next + 1;
      const auto weekday = static_cast<int>((next + offset - kMonday) / kDay + 700000) % 7;
      if (m.weekdays && weekday >= 5) continue;
      if (dice.chance(m.hit)) {
        best =
            std::min(best, next + m.spread * std::abs(dice.normal()) + dice.exponential(m.delay));
        break;
      }
    }
  }
  return best;
}

double next_loss(const Mechanism& m, const Person& person, const Calendar& calendar, double since,
                 Dice& dice) {
  switch (m.kind) {
    case Idle:
      return next_idle(m, calendar, since, dice);
    case Age:
      return since + m.interval + jittered(m, dice) + dice.exponential(m.delay);
    case Clock:
      return next_clock(m, person, since, dice);
    case Period: {
      double k = std::floor((since - m.phase) / m.interval) + 1;
      while (!dice.chance(m.hit)) ++k;
      double t = m.phase + k * m.interval + jittered(m, dice) + dice.exponential(m.delay);
      while (t <= since) t += m.interval;
      return t;
    }
    default:
      return since + dice.exponential(m.interval);
  }
}

Mechanism make_mechanism(Class kind, Dice& dice) {
  Mechanism m;
  m.kind = kind;
  m.delay = dice.chance(0.6) ? dice.log_uniform(0.3, 5) : dice.log_uniform(2, 40);
  switch (kind) {
    case Idle:
      m.interval = timer_length(dice, 240, 15000);
      m.activity = dice.log_uniform(0.25, 3.2);
      m.quiet = dice.chance(0.4) ? 1 : dice.uniform(0, 0.5);
      m.delay = std::min(m.delay, 0.02 * m.interval);
      break;
    case Age:
      m.interval = timer_length(dice, 200, 100000);
      m.delay = std::min(m.delay, 0.02 * m.interval);
      break;
    case Clock: {
      static constexpr std::array kPeriods = {900.0,   1200.0,  1800.0,  3600.0,  7200.0,
                                              10800.0, 14400.0, 21600.0, 28800.0, 43200.0,
                                              86400.0, 86400.0, 86400.0, 604800.0};
      m.interval =
          kPeriods[static_cast<std::size_t>(dice.below(static_cast<int>(kPeriods.size())))];
      const double step = dice.chance(0.7) ? 300 : 1;
      m.phases = {std::floor(dice.uniform(0, m.interval) / step) * step};
      if (m.interval == kDay && dice.chance(0.25)) {
        for (int more = 1 + dice.below(3); more > 0; --more) {
          m.phases.push_back(std::floor(dice.uniform(0, kDay) / step) * step);
        }
      }
      m.spread = dice.chance(0.7) ? dice.log_uniform(0.5, 20) : dice.log_uniform(10, 90);
      m.hit = dice.chance(0.5) ? 1 : dice.uniform(0.5, 1);
      m.weekdays = m.interval <= kDay && dice.chance(0.15);
      break;
    }
    case Period:
      m.interval = dice.chance(0.4) ? timer_length(dice, 900, 43200)
                                    : std::round(dice.log_uniform(600, 200000));
      m.phase = kMonday + dice.uniform(0, m.interval);
      m.hit = dice.chance(0.6) ? 1 : dice.uniform(0.6, 1);
      break;
    default:
      m.interval = dice.log_uniform(1200, 4 * kDay);
  }
  return m;
}

double outage_length(const Person& person, Dice& dice) {
  double s = person.restore_s * std::exp(person.restore_spread * dice.normal());
  if (person.retry_grid && s > 300) s = 300 + std::ceil((s - 300) / 900) * 900;
  return std::clamp(s, 1.0, 40000.0);
}

/// Losses of the people who use the connection in daytime, when nothing regular is at work.
std::vector<double> modulated_times(const Person& person, const Calendar& calendar, double start,
                                    double days, int wanted, bool resume, Dice& dice) {
  std::vector<double> out;
  if (resume) {
    const double spread = dice.log_uniform(20, 2400);
    const double p = dice.uniform(0.4, 1);
    for (const Day& day : calendar.days()) {
      if (day.sleep == day.wake) continue;
      if (dice.chance(p)) out.push_back(day.wake + std::abs(spread * dice.normal()));
      if (dice.chance(p * 0.3)) {
        out.push_back(day.wake + (person.lunch - person.begin) + 2700 +
                      300 * std::abs(dice.normal()));
      }
    }
    if (static_cast<int>(out.size()) > wanted) out.resize(static_cast<std::size_t>(wanted));
    return out;
  }
  const double quiet = dice.uniform(0, 0.15);
  const double rate = wanted / (days * (quiet + 0.25) * kDay);
  const double morning = dice.uniform(0.5, 3);
  double t = start;
  while (static_cast<int>(out.size()) < wanted && t < start + days * kDay * 3) {
    t += dice.exponential(1 / (rate * 3));
    const double local = std::fmod(t + local_offset(person, t), kDay);
    double keep = calendar.working(t) ? 1.0 : quiet;
    if (local < person.begin + 2 * kHour) keep *= morning;
    if (dice.chance(keep / 3)) out.push_back(t);
  }
  return out;
}

std::vector<double> burst_times(double mean_gap, int wanted, Dice& dice) {
  std::vector<double> out;
  const double cluster = dice.uniform(2.5, 9);
  const double within = dice.log_uniform(15, 900);
  const bool grid = dice.chance(0.25);
  double t = kMonday + dice.uniform(0, kDay);
  while (static_cast<int>(out.size()) < wanted) {
    t += dice.exponential(mean_gap * cluster);
    double at = t;
    do {
      out.push_back(at);
      at += grid ? (dice.chance(0.5) ? 300 : 900) + dice.exponential(10)
                 : 5 + dice.exponential(within);
    } while (dice.chance(1 - 1 / cluster));
    t = std::max(t, at);
  }
  out.resize(static_cast<std::size_t>(wanted));
  return out;
}

struct Dirt {
  double missing = 0, stray = 0, jitter = 0, repeats = 0;
  bool clock_step = false;
};

Dirt make_dirt(int grade, Dice& dice) {
  static constexpr double kMissing[] = {0, 0.10, 0.25, 0.40};
  static constexpr double kStray[] = {0, 0.05, 0.10, 0.20};
  static constexpr double kJitter[] = {0, 0.003, 0.01, 0.03};
  Dirt d;
  if (grade == 0) return d;
  // A log need not be bad in every way.
  const bool every_way = dice.chance(0.5);
  const auto part = [&] { return every_way ? grade : dice.below(grade + 1); };
  d.missing = kMissing[part()] * dice.uniform(0.5, 1);
  d.stray = kStray[part()] * dice.uniform(0.5, 1);
  d.jitter = kJitter[part()] * dice.uniform(0.3, 1);
  d.repeats = dice.chance(0.3) ? 0.08 : 0;
  d.clock_step = dice.chance(0.1 * grade);
  return d;
}

/// Every mechanism works on the same connection; the first to strike ends it.
std::vector<Loss> run(const std::vector<Mechanism>& mechanisms, const Person& person,
                      const Calendar& calendar, double start, double days, int wanted, Dice& dice,
                      std::vector<int>& struck) {
  std::vector<Loss> out;
  struck.assign(mechanisms.size(), 0);
  double t = calendar.awake_from(start);
  const double end = start + days * kDay;
  while (t < end && static_cast<int>(out.size()) < wanted) {
    double lost = 1e300;
    std::size_t first = 0;
    for (std::size_t i = 0; i < mechanisms.size(); ++i) {
      const double at = next_loss(mechanisms[i], person, calendar, t, dice);
      if (at < lost) {
        lost = at;
        first = i;
      }
    }
    const double sleep = calendar.asleep_from(t);
    if (lost >= sleep) {
      // The connection ends with the day, silently; a new one begins in the morning.
      t = calendar.awake_from(sleep + 1);
      if (t > 1e200) break;
      t += dice.uniform(5, 60);
      continue;
    }
    if (lost >= end) break;
    const double restored = lost + outage_length(person, dice);
    out.push_back({lost, restored});
    ++struck[first];
    t = calendar.awake_from(restored);
  }
  return out;
}

void soil(World& world, const Dirt& dirt, const Person& person, Dice& dice) {
  std::vector<Loss>& events = world.input.events;
  std::vector<Loss> kept;
  for (const Loss& event : events) {
    if (events.size() > 4 && dice.chance(dirt.missing)) continue;
    kept.push_back(event);
    if (dice.chance(person.no_restore)) kept.back().restored.reset();
    if (dice.chance(dirt.repeats)) kept.push_back(kept.back());
  }
  if (!kept.empty() && dirt.stray > 0) {
    const double from = kept.front().lost;
    const double to = kept.back().lost + 1;
    const auto strays =
        static_cast<int>(dirt.stray * static_cast<double>(kept.size()) + dice.uniform());
    for (int i = 0; i < strays; ++i) {
      const double t = dice.uniform(from, to);
      kept.push_back({t, t + outage_length(person, dice)});
    }
  }
  std::stable_sort(kept.begin(), kept.end(),
                   [](const Loss& a, const Loss& b) { return a.lost < b.lost; });
  if (dirt.clock_step && kept.size() > 6) {
    const double step = dice.chance(0.5) ? dice.uniform(-300, 300) : dice.uniform(-3600, 3600);
    const std::size_t at =
        1 + static_cast<std::size_t>(dice.below(static_cast<int>(kept.size()) - 2));
    for (std::size_t i = at; i < kept.size(); ++i) {
      kept[i].lost += step;
      if (kept[i].restored) *kept[i].restored += step;
    }
  }
  for (Loss& event : kept) {
    event.lost = std::floor(event.lost);
    if (event.restored) event.restored = std::max(event.lost, std::floor(*event.restored));
  }
  events = std::move(kept);
}

void add_peers(World& world, bool shared, Dice& dice) {
  const auto& events = world.input.events;
  if (events.empty()) return;
  const int peers = 2 + dice.below(25);
  const double from = events.front().lost - kHour;
  const double to = events.back().lost + kHour;
  const double hit = dice.uniform(0.4, 1);
  for (int p = 0; p < peers; ++p) {
    std::vector<double> losses;
    if (shared) {
      for (const Loss& event : events) {
        if (dice.chance(hit)) losses.push_back(std::floor(event.lost + dice.uniform(-15, 15)));
      }
    }
    const auto own = static_cast<int>(static_cast<double>(events.size()) * dice.uniform(0, 1.2));
    for (int i = 0; i < own; ++i) losses.push_back(std::floor(dice.uniform(from, to)));
    std::sort(losses.begin(), losses.end());
    world.input.peers.push_back(std::move(losses));
  }
}

}  // namespace

World make_world(Class truth, int size, int grade, Dice& dice) {
  World world;
  world.truth = truth;
  world.size = size;
  world.grade = grade;
  const Dirt dirt = make_dirt(grade, dice);
  for (int attempt = 0; attempt < 50; ++attempt) {
    world.input = {};
    world.intervals.clear();
    const Person person = make_person(dice);
    world.input.zone = person.zone_name;
    const double start = kMonday + dice.below(300) * kDay + dice.uniform(0, kDay);
    std::vector<Mechanism> mechanisms;
    const int wanted = static_cast<int>(size / (1 - dirt.missing) + 0.5);
    double days = 400;
    std::vector<double> times;
    switch (truth) {
      case Idle:
      case Age:
      case Clock:
      case Period:
        mechanisms.push_back(make_mechanism(truth, dice));
        break;
      case Mixed: {
        static constexpr std::array<std::pair<Class, Class>, 6> kPairs = {{{Idle, Clock},
                                                                           {Age, Clock},
                                                                           {Idle, Period},
                                                                           {Age, Period},
                                                                           {Clock, Period},
                                                                           {Idle, Age}}};
        const auto pair =
            kPairs[static_cast<std::size_t>(dice.below(static_cast<int>(kPairs.size())))];
        mechanisms = {make_mechanism(pair.first, dice), make_mechanism(pair.second, dice)};
        break;
      }
      case Random:
      case Outage:
        mechanisms.push_back(make_mechanism(Random, dice));
        break;
      case Modulated: {
        world.resume = dice.chance(0.45);
        days = world.resume ? wanted * 2.2 + 5 : std::max(2.0, wanted / dice.log_uniform(0.3, 8));
        break;
      }
      case Burst:
        times = burst_times(dice.log_uniform(1200, 2 * kDay), wanted, dice);
        break;
      default:
        break;
    }
    for (Mechanism& m : mechanisms) {
      m.jitter = std::max(m.jitter, dirt.jitter);
      world.intervals.push_back(m.interval);
    }
    if (truth == Random || truth == Outage) world.intervals.clear();
    Calendar calendar(person, start, std::min(days, 800.0), dice);
    if (!mechanisms.empty()) {
      std::vector<int> struck;
      world.input.events = run(mechanisms, person, calendar, start, days, wanted, dice, struck);
      // Of a mixture both have to have left something to see.
      const int least = *std::min_element(struck.begin(), struck.end());
      if (least < std::max(2, static_cast<int>(world.input.events.size()) / 5) &&
          mechanisms.size() > 1) {
        continue;
      }
    } else {
      if (truth == Modulated) {
        times = modulated_times(person, calendar, start, std::min(days, 800.0), wanted,
                                world.resume, dice);
      }
      std::sort(times.begin(), times.end());
      for (const double t : times)
        world.input.events.push_back({t, t + outage_length(person, dice)});
      for (std::size_t i = 0; i + 1 < world.input.events.size(); ++i) {
        Loss& event = world.input.events[i];
        event.restored =
            std::min(*event.restored, 0.5 * (event.lost + world.input.events[i + 1].lost));
      }
    }
    if (static_cast<int>(world.input.events.size()) < std::min(wanted, std::max(4, wanted * 3 / 4)))
      continue;
    soil(world, dirt, person, dice);
    if (world.input.events.size() < 4) continue;
    if (truth == Outage)
      add_peers(world, true, dice);
    else if (dice.chance(0.35))
      add_peers(world, false, dice);
    return world;
  }
  return world;
}

FleetWorld make_fleet(Class truth, Dice& dice) {
  FleetWorld fleet;
  fleet.truth = truth;
  const int clients = static_cast<int>(dice.log_uniform(50, 500));
  std::vector<Mechanism> mechanisms;
  if (truth == Mixed) {
    mechanisms = {make_mechanism(dice.chance(0.5) ? Idle : Age, dice), make_mechanism(Clock, dice)};
  } else if (truth == Idle || truth == Age || truth == Clock || truth == Period) {
    mechanisms = {make_mechanism(truth, dice)};
  } else {
    mechanisms = {make_mechanism(Random, dice)};
  }
  if (truth != Random && truth != Outage && truth != Modulated && truth != Burst) {
    for (const Mechanism& m : mechanisms) fleet.intervals.push_back(m.interval);
  }
  const int grade = dice.below(4);
  const Dirt dirt = make_dirt(grade, dice);
  const double start = kMonday + dice.below(300) * kDay;
  std::vector<double> outages;
  double t = start;
  for (int i = 0; i < 40; ++i) outages.push_back(t += dice.exponential(mechanisms[0].interval));
  const double hit = dice.uniform(0.3, 0.9);
  const Person model = make_person(dice);
  for (int c = 0; c < clients; ++c) {
    World world;
    Person person = make_person(dice);
    person.zone_name = model.zone_name;
    person.zone = model.zone;
    world.input.zone = person.zone_name;
    const int wanted = 2 + dice.below(5);
    const double begin = start + dice.uniform(0, kDay);
    const double days = 200;
    Calendar calendar(person, begin, days, dice);
    std::vector<Mechanism> own = mechanisms;
    for (Mechanism& m : own) {
      m.jitter = std::max(m.jitter, dirt.jitter);
      if (m.kind == Period) m.phase = kMonday + dice.uniform(0, m.interval);
    }
    if (truth == Modulated) {
      const bool resume = dice.chance(0.5);
      for (const double at : modulated_times(person, calendar, begin, 20, wanted, resume, dice)) {
        world.input.events.push_back({at, at + outage_length(person, dice)});
      }
    } else if (truth == Burst) {
      for (const double at : burst_times(mechanisms[0].interval, wanted, dice)) {
        world.input.events.push_back({at, at + 3});
      }
    } else if (truth == Outage) {
      for (const double at : outages) {
        if (static_cast<int>(world.input.events.size()) >= wanted) break;
        if (dice.chance(hit)) {
          const double lost = at + dice.uniform(-10, 10);
          world.input.events.push_back({lost, lost + outage_length(person, dice)});
        }
      }
    } else {
      if (truth == Mixed) own = {own[static_cast<std::size_t>(dice.below(2))]};
      std::vector<int> struck;
      world.input.events = run(own, person, calendar, begin, days, wanted, dice, struck);
    }
    Dirt lighter = dirt;
    lighter.clock_step = false;
    soil(world, lighter, person, dice);
    fleet.clients.push_back(std::move(world.input));
  }
  return fleet;
}

}  // namespace second_world
