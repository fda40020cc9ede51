#include "world.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>
#include <utility>

#include "simulate/prng.h"

namespace dropscope::third_world {
namespace {

using rhythm::Class;
using rhythm::Client;
using rhythm::Loss;
using rhythm_cases::Case;
using rhythm_cases::Fleet;
using rhythm_cases::Null;
using simulation::Random;
using simulation::Stream;

constexpr double kMinute = 60;
constexpr double kHour = 3'600;
constexpr double kDay = 86'400;

double normal(Random& random) {
  return std::sqrt(2 * random.exponential()) * std::sin(2 * std::numbers::pi * random.uniform());
}

double lognormal(Random& random, double median, double sigma) {
  return median * std::exp(sigma * normal(random));
}

double between(Random& random, double low, double high) {
  return std::exp(random.uniform(std::log(low), std::log(high)));
}

using Times = std::vector<double>;

/// Stretches in which somebody sits at the computer, ascending, in Unix seconds.
struct Sitting {
  double from, to;
};

struct Person {
  TimeZone zone;
  std::vector<Sitting> sittings;
  double use_median = 300;  ///< Seconds between uses while sitting.
  double use_sigma = 1;     ///< Of its logarithm.
  bool laptop = false;      ///< Asleep when nobody sits there at night.
  double down_median = 15;
  double down_sigma = 0.6;
  bool retries_on_quarters = false;
  double untold_restores = 0;

  [[nodiscard]] double local_midnight(double t) const {
    const double offset = zone.offset_seconds(instant_from_unix(static_cast<std::int64_t>(t)));
    return std::floor((t + offset) / kDay) * kDay - offset;
  }
  [[nodiscard]] const Sitting* next_sitting(double t) const {
    const auto at = std::lower_bound(sittings.begin(), sittings.end(), t,
                                     [](const Sitting& s, double time) { return s.to <= time; });
    return at == sittings.end() ? nullptr : &*at;
  }
  [[nodiscard]] bool sits(double t) const {
    const Sitting* next = next_sitting(t);
    return next != nullptr && next->from <= t;
  }
};

/// `zone`: of the office that the person works in; null: any.
Person make_person(Random& random, double start, double days, const TimeZone* zone = nullptr) {
  constexpr std::array kZones = {
      "Europe/Paris", "America/Denver",     "Asia/Singapore",  "Europe/Helsinki",
      "UTC",          "Australia/Adelaide", "America/Toronto", "Asia/Kathmandu"};
  Person p;
  p.zone = TimeZone::find(kZones[random.below(kZones.size())]).value_or(TimeZone());
  if (zone != nullptr) p.zone = *zone;
  p.use_median = between(random, 60, 1'800);
  p.use_sigma = random.uniform(0.6, 1.6);
  p.laptop = random.chance(0.4);
  p.down_median = between(random, 3, 200);
  p.down_sigma = random.uniform(0.05, 1.2);
  p.retries_on_quarters = random.chance(0.12);
  p.untold_restores = random.chance(0.7) ? 0 : random.chance(0.3) ? 1 : random.uniform(0, 0.4);
  const double arrives = random.uniform(6, 10) * kHour;
  const double stays = random.uniform(6, 11) * kHour;
  const double spread = between(random, 3, 50) * kMinute;
  const bool weekends = random.chance(0.2);
  const double bout = between(random, 20, 180) * kMinute;
  for (double day = p.local_midnight(start); day < start + days * kDay;
       day = p.local_midnight(day + 1.5 * kDay)) {
    const auto number = static_cast<long>(std::floor((day + kDay / 2) / kDay));
    if (!weekends && (number + 3) % 7 >= 5) continue;  // 1970-01-01 was a Thursday.
    if (random.chance(0.04)) continue;
    double t = day + arrives + spread * normal(random);
    const double leaves = t + stays + 1.5 * spread * normal(random);
    while (t < leaves) {
      const double until = std::min(leaves, t + lognormal(random, bout, 0.6));
      if (p.sittings.empty() || t > p.sittings.back().to) p.sittings.push_back({t, until});
      t = until + lognormal(random, random.chance(0.2) ? 45 * kMinute : 12 * kMinute, 0.5);
    }
  }
  return p;
}

/// Seconds until the next use of the connection after `t`.
double next_use(Random& random, const Person& p, double t) {
  const double gap = lognormal(random, p.use_median, p.use_sigma);
  if (p.sits(t + gap)) return gap;
  const Sitting* next = p.next_sitting(t + gap);
  return next == nullptr ? 1e9 : next->from - t + random.uniform(0, 120);
}

struct Dirt {
  double missing = 0, stray = 0, jitter = 0;
  int shape = 0;  ///< Of the jitter: normal, even, two-sided exponential.
};

double jitter(Random& random, const Dirt& dirt, double length) {
  double z = 0;
  if (dirt.shape == 0) z = std::clamp(normal(random), -3.0, 3.0);
  if (dirt.shape == 1) z = random.uniform(-1.7, 1.7);
  if (dirt.shape == 2) z = (random.chance(0.5) ? 0.7 : -0.7) * std::min(4.0, random.exponential());
  return dirt.jitter * length * z;
}

Dirt make_dirt(Random& random, unsigned grade) {
  constexpr std::array kMissing = {0.0, 0.12, 0.25, 0.40};
  constexpr std::array kStray = {0.0, 0.04, 0.10, 0.20};
  constexpr std::array kJitter = {0.0003, 0.004, 0.012, 0.03};
  // Half of the logs are bad in one way and better in another.
  const bool uneven = random.chance(0.5);
  const auto level = [&] { return uneven ? random.below(grade + 1) : grade; };
  Dirt out;
  out.missing = kMissing.at(level()) * random.uniform(0.6, 1);
  out.stray = kStray.at(level()) * random.uniform(0.6, 1);
  out.jitter = kJitter.at(level()) * random.uniform(0.4, 1);
  out.shape = static_cast<int>(random.below(3));
  return out;
}

double device_timer(Random& random) {
  constexpr std::array kDevices = {60.0,    100.0,   230.0,   240.0,   300.0,   350.0,
                                   600.0,   720.0,   900.0,   1'080.0, 1'200.0, 1'800.0,
                                   3'600.0, 3'605.0, 4'500.0, 7'200.0, 7'440.0, 9'000.0,
                                   14'400., 28'800., 36'000., 43'200., 86'400.};
  const double kind = random.uniform();
  if (kind < 0.45) return kDevices[random.below(kDevices.size())];
  if (kind < 0.65) return std::round(between(random, 2, 600)) * kMinute;
  return std::round(between(random, 90, 50'000));
}

/// The connection's life, told by what ends it. `end` gives the end of a life that began at t.
Times lives(Random& random, const Person& p, double start, std::size_t count,
            const std::function<double(double)>& end, std::vector<double>& downs) {
  Times out;
  double t = start;
  for (std::size_t k = 0; out.size() < count && k < 30 * count + 200; ++k) {
    double lost = end(t);
    if (p.laptop) {
      const Sitting* now = p.next_sitting(t);
      if (now == nullptr) break;
      if (t < now->from) t = now->from + random.uniform(3, 60);
      // A pause of an hour and a half sends it to sleep, and the connection with it.
      lost = end(t);
      const Sitting* later = p.next_sitting(lost);
      if (later == nullptr) break;
      if (later->from > lost + 1.5 * kHour) {
        t = later->from + random.uniform(3, 60);
        continue;
      }
    }
    double down = std::clamp(lognormal(random, p.down_median, p.down_sigma), 1.0, 20'000.0);
    if (p.retries_on_quarters) down = std::ceil((lost + down) / 900) * 900 - lost;
    out.push_back(lost);
    downs.push_back(down);
    t = lost + down;
  }
  return out;
}

std::function<double(double)> idle_end(Random& random, const Person& p, double length,
                                       const Dirt& dirt, double noticed) {
  return [&random, &p, length, &dirt, noticed](double t) {
    double last = t;
    for (int i = 0; i < 2'000; ++i) {
      const double gap = next_use(random, p, last);
      if (gap > length) break;
      last += gap;
    }
    return last + length + std::abs(jitter(random, dirt, length)) + noticed * random.uniform();
  };
}

Times periodic(Random& random, double start, std::size_t count, double length, const Dirt& dirt) {
  Times out;
  const double phase = random.uniform(0, length);
  for (std::size_t k = 0; k < count; ++k) {
    out.push_back(start + phase + static_cast<double>(k) * length + jitter(random, dirt, length));
  }
  return out;
}

/// At times of the wall clock: every `cycle` seconds from `first` after midnight on.
Times scheduled(Random& random, const Person& p, double start, std::size_t count, double cycle,
                double first, double spread) {
  Times out;
  const double epoch = p.local_midnight(start);
  const double base = std::floor(epoch / kDay + 0.5) * kDay;  // Of the wall clock.
  for (std::size_t k = 0; out.size() < count; ++k) {
    const double wall = base + first + static_cast<double>(k) * cycle;
    double t = wall - p.zone.offset_seconds(instant_from_unix(static_cast<std::int64_t>(wall)));
    t = wall - p.zone.offset_seconds(instant_from_unix(static_cast<std::int64_t>(t)));
    if (t >= start) out.push_back(t + spread * std::abs(normal(random)));
  }
  return out;
}

Times memoryless(Random& random, double start, std::size_t count, double mean) {
  Times out;
  const double drift = random.chance(0.3) ? random.uniform(-0.5, 0.5) : 0;
  const bool spaced = random.chance(0.25);
  double t = start;
  for (std::size_t k = 0; k < count; ++k) {
    const double level = 1 + drift * (2 * static_cast<double>(k) / static_cast<double>(count) - 1);
    t += mean * level *
         (spaced ? (random.exponential() + random.exponential()) / 2 : random.exponential());
    out.push_back(t);
  }
  return out;
}

/// Losses that make more losses: each has on average `children` within minutes.
Times self_exciting(Random& random, double start, std::size_t count) {
  Times out;
  const double mean = between(random, 3 * kHour, 4 * kDay);
  const double children = random.uniform(0.65, 0.93);
  const double within = between(random, 20, 900);
  double t = start;
  while (out.size() < count) {
    t += mean * random.exponential();
    Times queue = {t};
    while (!queue.empty() && out.size() < count) {
      const double parent = queue.back();
      queue.pop_back();
      out.push_back(parent);
      const double aim = children;
      for (double p = random.exponential(); p < aim; p += random.exponential()) {
        queue.push_back(parent + within * random.exponential());
      }
    }
    for (const double one : out) t = std::max(t, one);
  }
  return out;
}

/// Follows people: as they sit there, as they come, or as they come back from lunch.
Times people_losses(Random& random, const Person& p, std::size_t count, Null null) {
  Times out;
  const double rate = between(random, 0.5, 12) / kDay * 3;
  const double spread = between(random, 30, 1'500);
  const double share = random.uniform(0.5, 1);
  double last_end = 0;
  for (const Sitting& s : p.sittings) {
    const bool morning = s.from - last_end > 6 * kHour;
    const bool lunch = !morning && s.from - last_end > 35 * kMinute;
    last_end = s.to;
    if (null == Null::WorkingHours) {
      for (double t = s.from + random.exponential() / rate; t < s.to;
           t += random.exponential() / rate) {
        out.push_back(t);
      }
    } else if (((null == Null::Resume && morning) || (null == Null::Lunch && lunch)) &&
               random.chance(share)) {
      out.push_back(s.from + spread * random.exponential());
    } else if (random.chance(0.05)) {
      out.push_back(random.uniform(s.from, s.to));
    }
    if (out.size() >= count) break;
  }
  return out;
}

/// Strays among the times, losses that fell out, and what the log makes of the rest.
void record(Random& random, const Person& p, const Dirt& dirt, Times times, Times downs,
            Client& client) {
  if (times.empty()) return;
  while (downs.size() < times.size()) {
    double down = std::clamp(lognormal(random, p.down_median, p.down_sigma), 1.0, 20'000.0);
    if (p.retries_on_quarters) {
      const double lost = times[downs.size()];
      down = std::ceil((lost + down) / 900) * 900 - lost;
    }
    downs.push_back(down);
  }
  const auto strays =
      static_cast<std::size_t>(dirt.stray * static_cast<double>(times.size()) + random.uniform());
  const auto ends = std::minmax_element(times.begin(), times.end());
  const double from = *ends.first;
  const double to = *ends.second;
  std::vector<Loss> losses;
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (times.size() > 4 && random.chance(dirt.missing)) continue;
    losses.push_back({times[i], times[i] + downs[i], !random.chance(p.untold_restores)});
  }
  for (std::size_t i = 0; i < strays; ++i) {
    const double t = random.uniform(from, to);
    losses.push_back({t, t + lognormal(random, p.down_median, p.down_sigma), true});
  }
  std::sort(losses.begin(), losses.end(),
            [](const Loss& a, const Loss& b) { return a.lost < b.lost; });
  const bool stepped = dirt.stray > 0 && losses.size() > 8 && random.chance(0.1);
  const std::size_t step_at = stepped ? 2 + random.below(losses.size() - 4) : losses.size();
  const double step =
      random.chance(0.5) ? random.uniform(-120, 120) : random.uniform(-3'600, 3'600);
  const bool doubles = dirt.stray > 0 && random.chance(0.25);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    Loss loss = losses[i];
    if (i + 1 < losses.size() && loss.restored > losses[i + 1].lost) {
      loss.restored = (loss.lost + losses[i + 1].lost) / 2;
    }
    const double by = i >= step_at ? step : 0;
    loss.lost = std::floor(loss.lost + by);
    loss.restored = std::max(loss.lost, std::floor(loss.restored + by));
    client.losses.push_back(loss);
    if (doubles && random.chance(0.06)) {
      loss.lost += static_cast<double>(random.below(2));
      client.losses.push_back(loss);
    }
  }
}

void add_peers(Random& random, Client& client, const Times& shared) {
  if (client.losses.empty()) return;
  double from = client.losses.front().lost;
  double to = from + 1;
  for (const Loss& loss : client.losses) {
    from = std::min(from, loss.lost);
    to = std::max(to, loss.lost);
  }
  const std::size_t count = 3 + random.below(28);
  const double reach = random.uniform(0.35, 0.95);
  for (std::size_t i = 0; i < count; ++i) {
    Times peer;
    const double mean = (to - from) / random.uniform(1, 40);
    for (double t = from + mean * random.exponential(); t < to; t += mean * random.exponential()) {
      peer.push_back(std::floor(t));
    }
    for (const double t : shared) {
      if (random.chance(reach)) peer.push_back(std::floor(t + 8 * normal(random)));
    }
    std::sort(peer.begin(), peer.end());
    client.peers.push_back(std::move(peer));
  }
}

double schedule(Random& random) {
  constexpr std::array kCycles = {900.0,   1'800.0, 3'600.0, 3'600.0, 7'200.0, 14'400.,
                                  21'600., 43'200., kDay,    kDay,    kDay,    7 * kDay};
  return kCycles[random.below(kCycles.size())];
}

double schedule_phase(Random& random, double cycle) {
  const double grid = random.chance(0.8) ? 300 : 60;
  return std::floor(random.uniform(0, cycle) / grid) * grid;
}

}  // namespace

Case make_case(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, Stream::RhythmCase, index, 3);
  Case out;
  out.truth = static_cast<Class>(index % 9);
  out.grade = static_cast<unsigned>(index / 9 % rhythm_cases::kGrades);
  const double size = random.chance(0.45) ? random.uniform(4, 12.99) : between(random, 10, 500);
  out.events = static_cast<std::size_t>(size);
  const Dirt dirt = make_dirt(random, out.grade);
  const auto count = static_cast<std::size_t>(std::ceil(size / (1 - dirt.missing)));
  const double start = 1.65e9 + random.uniform(0, 1e8);
  const bool daily = out.truth == Class::Modulated;
  Person p = make_person(random, start, daily ? 900 : 260);
  out.client.zone = p.zone;
  const double noticed = between(random, 0.5, 30);
  Times times;
  Times downs;
  Times shared;
  switch (out.truth) {
    case Class::Idle: {
      const double length = std::min(device_timer(random), 14'400.0);
      p.use_median = length * between(random, 0.25, 3);
      times = lives(random, p, start, count,
                    idle_end(random, p, length, dirt, std::min(noticed, 0.01 * length)), downs);
      out.intervals = {length};
      break;
    }
    case Class::Age: {
      const double length = device_timer(random);
      times = lives(
          random, p, start, count,
          [&](double t) {
            return t + length + jitter(random, dirt, length) +
                   std::min(noticed, 0.01 * length) * random.uniform();
          },
          downs);
      out.intervals = {length};
      if (size < 8) out.also = {Class::Period};
      break;
    }
    case Class::Clock: {
      const double cycle = schedule(random);
      times = scheduled(random, p, start, count, cycle, schedule_phase(random, cycle),
                        std::min(noticed, 0.005 * cycle));
      out.intervals = {cycle};
      out.also = {Class::Period};
      break;
    }
    case Class::Period: {
      const double length =
          random.chance(0.4) ? device_timer(random) : std::round(between(random, 300, 150'000));
      times = periodic(random, start, count, length, dirt);
      out.intervals = {length};
      if (size < 8) out.also = {Class::Age};
      break;
    }
    case Class::Outage:
    case Class::Random:
      times = memoryless(random, start, count, between(random, 0.3 * kHour, 3 * kDay));
      if (out.truth == Class::Random) out.null = Null::Plain;
      if (out.truth == Class::Outage) shared = times;
      break;
    case Class::Modulated: {
      const double kind = random.uniform();
      out.null = kind < 0.5 ? Null::Resume : kind < 0.65 ? Null::Lunch : Null::WorkingHours;
      times = people_losses(random, p, count, out.null);
      out.also = {Class::Random};
      break;
    }
    case Class::Burst:
      out.null = Null::Clusters;
      times = self_exciting(random, start, count);
      break;
    case Class::Mixed: {
      const double first = std::min(device_timer(random), 20'000.0);
      const double second = first * between(random, 1.3, 8);
      const double kind = random.uniform();
      if (kind < 0.35) {
        // Two devices, and each connection goes through one of them.
        const double share = random.uniform(0.35, 0.65);
        times = lives(
            random, p, start, count,
            [&](double t) {
              const double length = random.chance(share) ? first : second;
              return t + length + jitter(random, dirt, length);
            },
            downs);
        out.intervals = {first, second};
      } else if (kind < 0.7) {
        const double cycle = schedule(random);
        const double phase = schedule_phase(random, cycle);
        times = lives(
            random, p, start, (count + 1) / 2,
            [&](double t) { return t + first + jitter(random, dirt, first); }, downs);
        const Times clock = scheduled(random, p, start, (count + 1) / 2, cycle, phase,
                                      std::min(noticed, 0.005 * cycle));
        times.insert(times.end(), clock.begin(), clock.end());
        out.intervals = {first, cycle};
      } else {
        // An idle timer, and an age that ends what is used all the time.
        p.use_median = first * between(random, 0.3, 1);
        const auto idle = idle_end(random, p, first, dirt, std::min(noticed, 0.01 * first));
        times = lives(
            random, p, start, count,
            [&](double t) { return std::min(idle(t), t + second + jitter(random, dirt, second)); },
            downs);
        out.intervals = {first, second};
      }
      out.also = {Class::Idle, Class::Age, Class::Clock, Class::Period};
      break;
    }
  }
  record(random, p, dirt, std::move(times), std::move(downs), out.client);
  if (out.truth == Class::Outage || random.chance(0.4)) add_peers(random, out.client, shared);
  return out;
}

Fleet make_fleet(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, Stream::RhythmCase, index, 4);
  constexpr std::array kTruths = {Class::Idle,      Class::Age,    Class::Clock,
                                  Class::Period,    Class::Outage, Class::Random,
                                  Class::Modulated, Class::Burst,  Class::Mixed};
  Fleet fleet;
  fleet.truth = kTruths[index % kTruths.size()];
  const std::size_t size = 50 + random.below(451);
  const Dirt dirt = make_dirt(random, static_cast<unsigned>(random.below(rhythm_cases::kGrades)));
  const double start = 1.65e9 + random.uniform(0, 1e8);
  double length = device_timer(random);
  if (fleet.truth == Class::Idle) length = std::min(length, 14'400.0);
  if (fleet.truth == Class::Clock) length = std::min(kDay, schedule(random));
  const double second = length * between(random, 1.3, 8);
  const double phase = schedule_phase(random, length);
  const double noticed = between(random, 0.5, 20);
  const double mean = between(random, kHour, 2 * kDay);
  if (rhythm::is_regular(fleet.truth)) fleet.intervals = {length};
  if (fleet.truth == Class::Mixed) fleet.intervals.push_back(second);
  Times outages = memoryless(random, start, 8, between(random, 6 * kHour, 3 * kDay));
  const double busy = between(random, 0.3, 2.5);
  const Person model = make_person(random, start, 40);
  const double share = random.uniform(0.35, 0.65);
  for (std::size_t i = 0; i < size; ++i) {
    const double begin = start + random.uniform(0, 2 * kDay);
    Person p = make_person(random, begin, 40, &model.zone);
    p.untold_restores = model.untold_restores;
    const std::size_t count = 2 + random.below(5);
    Times times;
    Times downs;
    const auto age = [&](double one) {
      return lives(
          random, p, begin, count, [&](double t) { return t + one + jitter(random, dirt, one); },
          downs);
    };
    switch (fleet.truth) {
      case Class::Idle:
        p.use_median = length * busy;
        times = lives(random, p, begin, count,
                      idle_end(random, p, length, dirt, std::min(noticed, 0.01 * length)), downs);
        break;
      case Class::Age:
        times = age(length);
        break;
      case Class::Clock:
        times =
            scheduled(random, p, begin, count, length, phase, std::min(noticed, 0.005 * length));
        break;
      case Class::Period:
        times = periodic(random, begin, count, length, dirt);
        break;
      case Class::Outage:
        for (const double outage : outages) {
          if (random.chance(0.6)) times.push_back(outage + 10 * random.uniform());
        }
        break;
      case Class::Burst:
        times = self_exciting(random, begin, count);
        break;
      case Class::Modulated:
        times =
            people_losses(random, p, count, random.chance(0.5) ? Null::Resume : Null::WorkingHours);
        break;
      case Class::Mixed:
        times = age(random.chance(share) ? length : second);
        break;
      case Class::Random:
        times = memoryless(random, begin, count, mean);
        break;
    }
    Client client;
    client.zone = p.zone;
    record(random, p, dirt, std::move(times), std::move(downs), client);
    fleet.clients.push_back(std::move(client));
  }
  return fleet;
}

}  // namespace dropscope::third_world
