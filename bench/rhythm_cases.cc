#include "rhythm_cases.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "analysis/rhythm/usual.h"
#include "simulate/prng.h"

namespace dropscope::rhythm_cases {
namespace {

using rhythm::Class;
using rhythm::Loss;
using simulation::Random;
using simulation::Stream;

constexpr double kHour = 3'600;
constexpr double kDay = 86'400;

double normal(Random& random) {
  const double radius = std::sqrt(2 * random.exponential());
  return radius * std::cos(2 * std::numbers::pi * random.uniform());
}

double log_uniform(Random& random, double low, double high) {
  return low * std::exp(random.uniform() * std::log(high / low));
}

template <typename T, std::size_t N>
T pick(Random& random, const std::array<T, N>& from) {
  return from[random.below(N)];
}

constexpr std::array kZones = {"UTC",
                               "Europe/Berlin",
                               "Europe/London",
                               "America/New_York",
                               "America/Los_Angeles",
                               "America/Sao_Paulo",
                               "Asia/Kolkata",
                               "Asia/Tokyo",
                               "Australia/Sydney",
                               "Australia/Lord_Howe"};
constexpr std::array kRound = {60.0,    120.0,   180.0,   240.0,   300.0,   350.0,   360.0,
                               480.0,   600.0,   660.0,   900.0,   1'200.0, 1'500.0, 1'800.0,
                               2'400.0, 2'700.0, 3'600.0, 5'400.0, 7'200.0, 9'000.0, 10'800.,
                               14'400., 21'600., 28'800., 36'000., 43'200., 57'600., 86'400.};
constexpr std::array kSchedules = {900.0,    1'200.0,  1'800.0,  3'600.0,  7'200.0,  10'800.0,
                                   14'400.0, 21'600.0, 28'800.0, 43'200.0, 86'400.0, 604'800.0};

/// A working life: when the computer is awake and used.
struct Life {
  double from = 8 * kHour;
  double to = 17 * kHour;
  double lunch = 12 * kHour;
  bool sleeps = false;
  bool weekends = true;
  TimeZone zone;

  [[nodiscard]] double local(double t) const {
    return t + zone.offset_seconds(instant_from_unix(static_cast<std::int64_t>(std::floor(t))));
  }
  [[nodiscard]] bool awake(double t) const {
    if (!sleeps) return true;
    const double wall = local(t);
    const double second = wall - std::floor(wall / kDay) * kDay;
    if (!weekends && std::fmod(std::floor(wall / kDay) + 3, 7) >= 5) return false;
    return second >= from && second < to;
  }
  /// The next moment at which the computer is awake, to five minutes.
  [[nodiscard]] double next_awake(double t) const {
    for (int i = 0; i < 12 * 24 * 5 && !awake(t); ++i) t += 300;
    return t;
  }
};

struct Dirt {
  double missing = 0;
  double stray = 0;
  double jitter = 0;
  std::uint64_t shape = 0;  ///< Of the jitter.
};

Dirt dirt_of(Random& random, unsigned grade) {
  constexpr std::array<double, kGrades> kMissing = {0, 0.1, 0.25, 0.4};
  constexpr std::array<double, kGrades> kStray = {0, 0.05, 0.1, 0.2};
  constexpr std::array<double, kGrades> kJitter = {0.0005, 0.004, 0.012, 0.03};
  // Of half of the clients not everything is as bad at once: a sharp timer may have many strays.
  const bool apart = random.chance(0.5);
  const auto own = [&] { return apart ? random.below(grade + 1) : grade; };
  const double part = random.uniform(0.7, 1.0);
  Dirt out;
  out.missing = kMissing.at(own()) * part;
  out.stray = kStray.at(own()) * part;
  out.jitter = kJitter.at(own()) * random.uniform(0.2, 1.0);
  out.shape = random.below(3);
  return out;
}

double timer_length(Random& random) {
  const double kind = random.uniform();
  if (kind < 0.45) return pick(random, kRound);
  if (kind < 0.6) return std::round(log_uniform(random, 2, 720)) * 60;
  return std::round(log_uniform(random, 60, 2 * kDay));
}

/// The state of a client while its losses are made.
struct Maker {
  Random& random;
  Life life;
  Dirt dirt;
  double downtime = 20;
  double downtime_spread = 0.3;
  bool retry_grid = false;
  double start = 0;
  std::vector<Loss> losses;

  double down() { return std::max(1.0, downtime * std::exp(downtime_spread * normal(random))); }
  /// Normal, even or two-sided exponential; all with about the same spread.
  double jitter(double length) {
    double z = std::clamp(normal(random), -3.0, 3.0);
    if (dirt.shape == 1) z = random.uniform(-1.7, 1.7);
    if (dirt.shape == 2)
      z = (random.chance(0.5) ? 0.7 : -0.7) * std::min(5.0, random.exponential());
    return dirt.jitter * length * z;
  }
  void lose(double t, double down_seconds) {
    double back = t + down_seconds;
    if (retry_grid) back = std::ceil(back / 900) * 900;
    losses.push_back({t, back, true});
  }
};

/// A timer on the connection: `next` gives the length of a life. Strays end lives too.
template <typename NextLife>
void connection_lives(Maker& m, std::size_t count, double typical, NextLife next) {
  double t = m.life.next_awake(m.start);
  const double stray_rate = m.dirt.stray / typical;
  int idle_nights = 0;
  while (m.losses.size() < count && idle_nights < 4'000) {
    double end = t + std::max(2.0, next(t));
    bool stray = false;
    if (stray_rate > 0) {
      const double cut = t + m.random.exponential() / stray_rate;
      if (cut < end) {
        end = cut;
        stray = true;
      }
    }
    if (!stray && m.life.sleeps && !m.life.awake(end)) {
      // The night comes first: the connection ends unseen and a new one begins in the morning.
      t = m.life.next_awake(end) + m.random.uniform(5, 120);
      ++idle_nights;
      continue;
    }
    const double down = m.down();
    m.lose(end, down);
    t = m.retry_grid ? m.losses.back().restored : end + down;
  }
}

/// How somebody uses a connection: pauses of a mean, evenly or in fits, and less out of hours.
struct Use {
  double mean = 600;
  double spread = 0;  ///< Of the pauses' logarithm; 0: memoryless.
  double quiet = 1;   ///< Rate out of hours, relative.
  double late = 1.5;  ///< Seconds until the end is noticed, at most.
};

Use use_of(Random& random, double length, double rate) {
  Use use;
  use.mean = length / rate;
  use.spread = random.chance(0.5) ? 0 : random.uniform(0.5, 1.6);
  use.quiet = random.chance(0.5) ? 1 : random.uniform(0, 0.5);
  use.late = random.chance(0.6) ? 1.5 : std::min(0.012 * length, log_uniform(random, 1, 40));
  return use;
}

bool in_hours(const Life& life, double t) {
  const double wall = life.local(t);
  const double day = std::floor(wall / kDay);
  if (!life.weekends && std::fmod(day + 3, 7) >= 5) return false;
  return wall - day * kDay >= life.from && wall - day * kDay < life.to;
}

double pause_of(Maker& m, const Use& use, double t) {
  const double mean =
      use.quiet < 1 && !in_hours(m.life, t) ? use.mean / std::max(use.quiet, 1e-3) : use.mean;
  if (use.spread <= 0) return mean * m.random.exponential();
  return mean * std::exp(use.spread * normal(m.random) - use.spread * use.spread / 2);
}

/// Seconds of use until a pause longer than `length`; at most `longest`.
double used_for(Maker& m, const Use& use, double t, double length, double longest) {
  double used = 0;
  while (used < longest) {
    const double pause = pause_of(m, use, t + used);
    if (pause > length) break;
    used += std::max(0.2, pause);
  }
  return used;
}

void idle_lives(Maker& m, std::size_t count, double length, double rate) {
  const Use use = use_of(m.random, length, rate);
  connection_lives(m, count, length * (1 + rate), [&](double t) {
    return used_for(m, use, t, length, 200 * length) + length + std::abs(m.jitter(length)) * 0.7 +
           m.random.uniform(0, use.late);
  });
}

void age_lives(Maker& m, std::size_t count, double length) {
  connection_lives(m, count, length,
                   [&](double) { return length + m.jitter(length) + m.random.uniform(0, 1); });
}

void strays(Maker& m, double until) {
  const double hits = static_cast<double>(m.losses.size());
  const double rate = m.dirt.stray * hits / std::max(1.0, until - m.start);
  if (rate <= 0) return;
  for (double t = m.start + m.random.exponential() / rate; t < until;
       t += m.random.exponential() / rate) {
    if (m.life.awake(t)) m.lose(t, m.down());
  }
}

void period_losses(Maker& m, std::size_t count, double length) {
  const double phase = m.random.uniform() * length;
  double t = m.start;
  for (std::size_t k = 0; m.losses.size() < count && k < 40 * count; ++k) {
    t = m.start + phase + static_cast<double>(k) * length;
    const double at = t + m.jitter(length) + m.random.uniform(0, 1);
    if (m.life.awake(at)) m.lose(at, m.down());
  }
  strays(m, t);
}

void clock_losses(Maker& m, std::size_t count, double length) {
  const double grid = m.random.chance(0.7) ? 300 : 1;
  const double phase = std::floor(m.random.uniform() * length / grid) * grid;
  const double seconds = std::min(log_uniform(m.random, 0.5, 40), m.dirt.jitter * length + 0.5);
  const double first = std::ceil(m.life.local(m.start) / length) * length;
  double t = m.start;
  for (std::size_t k = 0; m.losses.size() < count && k < 40 * count; ++k) {
    const double wall = first + phase + static_cast<double>(k) * length;
    t = wall - (m.life.local(wall) - wall);
    t = wall - (m.life.local(t) - t);
    const double at = t + seconds * normal(m.random) + m.random.uniform(0, 1);
    if (m.life.awake(at)) m.lose(at, m.down());
  }
  strays(m, t);
}

/// Losses without memory, at a rate that `level` (0 to 1) lowers.
template <typename Level>
void poisson_losses(Maker& m, std::size_t count, double mean, Level level) {
  double t = m.start;
  const int shape = m.random.chance(0.2) ? 2 : 1;
  const double drift = m.random.chance(0.3) ? m.random.uniform(-0.6, 0.6) : 0;  // Slowly rarer.
  for (std::size_t tries = 0; m.losses.size() < count && tries < 400 * count; ++tries) {
    const double done = static_cast<double>(m.losses.size()) / static_cast<double>(count);
    t += mean * (1 + drift * (2 * done - 1)) * m.random.erlang(shape);
    if (!m.random.chance(level(t))) continue;
    const double down = m.down();
    m.lose(t, down);
    t = m.losses.back().restored;
  }
}

double day_level(const Life& life, double t, double night, double lunch_dip) {
  const double wall = life.local(t);
  const double day = std::floor(wall / kDay);
  const double second = wall - day * kDay;
  if (!life.weekends && std::fmod(day + 3, 7) >= 5) return night;
  if (second < life.from || second > life.to) return night;
  return std::abs(second - life.lunch) < 1'800 ? lunch_dip : 1;
}

/// When a computer wakes: each working morning, and for some after pauses too.
struct Waking {
  std::vector<double> times;      ///< Seconds of the day.
  double spread = 0;              ///< Seconds.
  bool never_early = false;       ///< Scatters to the later side alone.
  double extra = 0;               ///< Losses at any hour: the probability of one more.
  std::array<double, 7> shift{};  ///< By day of the week, for those who begin at different hours.
};

/// Each time that the computer resumes it finds its connection gone, and says so.
void daily_losses(Maker& m, std::size_t count, const Waking& waking) {
  std::vector<double> shares;
  for (std::size_t i = 0; i < waking.times.size(); ++i) {
    shares.push_back(i == 0 ? m.random.uniform(0.6, 1.0) : m.random.uniform(0.2, 1.0));
  }
  double day = std::floor(m.life.local(m.start) / kDay) * kDay;
  for (std::size_t k = 0; m.losses.size() < count && k < 20 * count; ++k, day += kDay) {
    const auto weekday = static_cast<std::size_t>(std::fmod(day / kDay + 3, 7));
    if (!m.life.weekends && weekday >= 5) continue;
    const double offset = m.life.local(day) - day;
    for (std::size_t i = 0; i < waking.times.size(); ++i) {
      if (!m.random.chance(shares[i])) continue;
      const double off = waking.spread * normal(m.random);
      m.lose(day + waking.times[i] + waking.shift.at(weekday) - offset +
                 (waking.never_early ? std::abs(off) : off),
             m.down());
    }
    while (m.random.chance(waking.extra)) {
      m.lose(day + m.random.uniform(m.life.from, m.life.to) - offset, m.down());
    }
  }
}

Waking morning(Random& random, const Life& life) {
  Waking out;
  out.times = {life.from};
  out.spread = log_uniform(random, 40, 2'400);
  out.never_early = random.chance(0.4);
  out.extra = random.chance(0.5) ? 0 : random.uniform(0.1, 0.6);
  if (random.chance(0.35)) out.times.push_back(life.lunch + random.uniform(0.3, 1) * kHour);
  if (random.chance(0.15)) out.times.push_back(random.uniform(life.lunch + kHour, life.to));
  if (random.chance(0.15)) {
    for (double& shift : out.shift) shift = random.uniform(-1, 1.5) * kHour;
  }
  return out;
}

void cluster_losses(Maker& m, std::size_t count) {
  const double mean = log_uniform(m.random, 2 * kHour, 3 * kDay);
  const double go_on = m.random.uniform(0.55, 0.92);
  const double pause = log_uniform(m.random, 5, 1'200);
  const double spread = m.random.chance(0.5) ? 0 : m.random.uniform(0.3, 1.2);
  // Outlook's own tries: after five minutes, then every fifteen.
  const bool tries_grid = m.random.chance(0.2);
  const bool by_day = m.random.chance(0.4);
  double t = m.start;
  for (std::size_t tries = 0; m.losses.size() < count && tries < 50 * count; ++tries) {
    t += mean * m.random.exponential();
    if (by_day && !m.random.chance(day_level(m.life, t, 0.05, 0.6))) continue;
    do {
      const double down = std::min(m.down(), pause);
      m.losses.push_back({t, t + down, true});
      double wait = pause * m.random.exponential();
      if (spread > 0) wait = pause * std::exp(spread * normal(m.random));
      if (tries_grid) wait = (m.random.chance(0.4) ? 300 : 900) + 8 * m.random.exponential();
      t += down + wait;
    } while (m.random.chance(go_on) && m.losses.size() < count);
  }
}

void random_peers(Maker& m, rhythm::Client& client, std::size_t count) {
  if (m.losses.empty()) return;
  const double end = m.losses.back().lost + 1;
  const double mean = std::max(60.0, (end - m.start) / m.random.uniform(2, 60));
  const double night = m.random.chance(0.5) ? 0.05 : 1;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<double> peer;
    for (double t = m.start + mean * m.random.exponential(); t < end && peer.size() < 500;
         t += mean * m.random.exponential()) {
      if (m.random.chance(day_level(m.life, t, night, 0.7))) peer.push_back(std::floor(t));
    }
    client.peers.push_back(std::move(peer));
  }
}

void shared_peers(Maker& m, rhythm::Client& client, const std::vector<double>& outages,
                  std::size_t count) {
  const double reach = m.random.uniform(0.35, 0.98);
  const double late = log_uniform(m.random, 0.5, 20);
  random_peers(m, client, count);
  for (std::vector<double>& peer : client.peers) {
    if (m.random.chance(0.5)) peer.resize(peer.size() / 3);
    for (const double outage : outages) {
      if (m.random.chance(reach))
        peer.push_back(std::floor(outage + late * m.random.exponential()));
    }
    std::sort(peer.begin(), peer.end());
  }
}

/// What the log makes of it: losses unrecorded, told twice, at wrong times, without restore.
void soil(Maker& m, rhythm::Client& client, bool thin) {
  std::sort(m.losses.begin(), m.losses.end(),
            [](const Loss& a, const Loss& b) { return a.lost < b.lost; });
  const bool whole_seconds = m.random.chance(0.6);
  const double doubled = m.dirt.stray > 0 ? 0.03 : 0;
  const double unknown = m.random.chance(0.15) ? 1.0 : m.random.chance(0.3) ? 0.1 : 0.0;
  const bool step = m.dirt.jitter > 0.003 && m.random.chance(0.12);
  const std::size_t step_at = m.losses.empty() ? 0 : m.random.below(m.losses.size());
  const double step_by = (m.random.chance(0.5) ? 1 : -1) * log_uniform(m.random, 2, 3'600);
  for (std::size_t i = 0; i < m.losses.size(); ++i) {
    Loss loss = m.losses[i];
    if (thin && m.random.chance(m.dirt.missing)) continue;
    if (step && i >= step_at) {
      loss.lost += step_by;
      loss.restored += step_by;
    }
    if (m.random.chance(unknown)) loss.has_restored = false;
    if (whole_seconds) {
      loss.lost = std::floor(loss.lost);
      loss.restored = std::floor(loss.restored);
    }
    client.losses.push_back(loss);
    if (m.random.chance(doubled)) client.losses.push_back(loss);
  }
}

}  // namespace

std::vector<double> usual() {
  const auto catalogue = Catalogue::load();
  return catalogue ? rhythm::usual_seconds(*catalogue) : std::vector<double>();
}

Case make_case(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, Stream::RhythmCase, index);
  Case out;
  out.truth = static_cast<Class>(index % 9);
  out.grade = static_cast<unsigned>(index / 9 % kGrades);
  const double size = random.chance(0.4) ? random.uniform(4, 13) : log_uniform(random, 8, 500.99);
  out.events = static_cast<std::size_t>(size);

  Life life;
  life.zone = TimeZone::find(pick(random, kZones)).value_or(TimeZone());
  life.from = random.uniform(6.5, 9.5) * kHour;
  life.to = life.from + random.uniform(7, 11) * kHour;
  life.lunch = random.uniform(11.5, 13) * kHour;
  life.weekends = random.chance(0.3);
  Maker m{random,
          life,
          dirt_of(random, out.grade),
          log_uniform(random, 2, 400),
          random.uniform(0.02, 1.2),
          random.chance(0.12),
          0,
          {}};
  m.start = 1.5e9 + std::floor(random.uniform() * 3e8) + random.uniform();
  // Thinning leaves as many as were asked for, or what is left of them.
  const double keep = random.chance(0.5) ? 1 - m.dirt.missing : 1;
  const auto count = static_cast<std::size_t>(std::ceil(size / keep));
  const bool may_sleep = random.chance(0.5);
  const auto sleep_if = [&](double longest) { m.life.sleeps = may_sleep && longest < 4 * kHour; };
  const auto peer_count = static_cast<std::size_t>(log_uniform(random, 3, 40));
  std::vector<double> outages;

  switch (out.truth) {
    case Class::Idle: {
      const double length = timer_length(random);
      const double rate = random.uniform(0.15, 2.6);
      sleep_if(length * (1 + rate));
      idle_lives(m, count, length, rate);
      out.intervals = {length};
      if (rate < 0.3) out.also = {Class::Age};
      break;
    }
    case Class::Age: {
      const double length = timer_length(random);
      sleep_if(length);
      age_lives(m, count, length);
      out.intervals = {length};
      if (m.downtime * m.downtime_spread < 0.01 * length && size < 8) out.also = {Class::Period};
      break;
    }
    case Class::Clock: {
      const double length = pick(random, kSchedules);
      sleep_if(length);
      clock_losses(m, count, length);
      out.intervals = {length};
      out.also = {Class::Period};
      break;
    }
    case Class::Period: {
      double length = timer_length(random);
      if (random.chance(0.8)) length = std::round(length * random.uniform(0.7, 1.4));
      sleep_if(length);
      period_losses(m, count, length);
      out.intervals = {length};
      if (size < 8) out.also = {Class::Age};
      break;
    }
    case Class::Outage: {
      const double mean = log_uniform(random, 2 * kHour, 4 * kDay);
      const double night = random.chance(0.5) ? 0.1 : 1;
      poisson_losses(m, count, mean, [&](double t) { return day_level(m.life, t, night, 1); });
      for (const Loss& loss : m.losses) outages.push_back(loss.lost);
      strays(m, m.losses.empty() ? m.start : m.losses.back().lost);
      break;
    }
    case Class::Modulated: {
      const double kind = random.uniform();
      if (kind < 0.5) {
        out.null = Null::Resume;
        daily_losses(m, count, morning(random, m.life));
      } else if (kind < 0.6) {
        out.null = Null::Lunch;
        Waking waking;
        waking.times = {m.life.lunch};
        waking.spread = log_uniform(random, 100, 2'400);
        waking.extra = random.uniform(0.2, 0.7);
        daily_losses(m, count, waking);
      } else {
        out.null = Null::WorkingHours;
        const double night = random.chance(0.5) ? 0 : random.uniform(0, 0.25);
        const double lunch = random.uniform(0, 1);
        poisson_losses(m, count, log_uniform(random, 600, kDay / 3),
                       [&](double t) { return day_level(m.life, t, night, lunch); });
      }
      out.also = {Class::Random};
      break;
    }
    case Class::Burst:
      out.null = Null::Clusters;
      cluster_losses(m, count);
      break;
    case Class::Mixed: {
      const double first = timer_length(random);
      const double second = first * random.uniform(1.15, 6) * (random.chance(0.5) ? 1 : 1.7);
      const double kind = random.uniform();
      if (kind < 0.4) {
        // Two timers on the same connections, each for some of them (two paths, two servers).
        const double share = random.uniform(0.3, 0.7);
        sleep_if(second);
        connection_lives(m, count, second, [&](double) {
          const double length = random.chance(share) ? first : second;
          return length + m.jitter(length) + random.uniform(0, 1);
        });
        out.intervals = {first, std::round(second)};
        out.intervals[1] = second;
      } else if (kind < 0.7) {
        const double cycle = pick(random, kSchedules);
        sleep_if(std::max(first, cycle));
        if (random.chance(0.5)) {
          idle_lives(m, (count + 1) / 2, first, random.uniform(0.3, 1.5));
        } else {
          age_lives(m, (count + 1) / 2, first);
        }
        std::vector<Loss> one;
        one.swap(m.losses);
        clock_losses(m, (count + 1) / 2, cycle);
        m.losses.insert(m.losses.end(), one.begin(), one.end());
        out.intervals = {first, cycle};
      } else {
        // An idle timer under a limit on age.
        const double rate = random.uniform(1.2, 2.6);
        sleep_if(second);
        const Use use = use_of(random, first, rate);
        connection_lives(m, count, second, [&](double t) {
          return std::min(used_for(m, use, t, first, second) + first, second) + m.jitter(first) +
                 random.uniform(0, 1);
        });
        out.intervals = {first, second};
      }
      out.also = {Class::Idle, Class::Age, Class::Clock, Class::Period};
      break;
    }
    case Class::Random:
      out.null = Null::Plain;
      poisson_losses(m, count, log_uniform(random, 300, 3 * kDay), [](double) { return 1.0; });
      break;
  }
  soil(m, out.client, true);
  out.client.zone = life.zone;
  if (out.truth == Class::Outage) {
    shared_peers(m, out.client, outages, peer_count);
  } else if (random.chance(0.5)) {
    random_peers(m, out.client, peer_count);
  }
  return out;
}

Fleet make_fleet(std::uint64_t seed, std::uint64_t index) {
  Random random(seed, Stream::RhythmCase, index, 1);
  constexpr std::array kTruths = {Class::Idle,   Class::Age,    Class::Clock,     Class::Period,
                                  Class::Outage, Class::Random, Class::Modulated, Class::Burst};
  Fleet fleet;
  fleet.truth = kTruths[index % kTruths.size()];
  const std::size_t size = 50 + random.below(451);
  double length = timer_length(random);
  if (fleet.truth == Class::Period) length = std::round(length * random.uniform(0.7, 1.4));
  if (fleet.truth == Class::Clock) length = pick(random, kSchedules);
  const double rate = random.uniform(0.2, 2.2);
  const double phase = std::floor(random.uniform() * length / 300) * 300;
  const auto grade = static_cast<unsigned>(random.below(kGrades));
  const Dirt dirt = dirt_of(random, grade);
  const double start = 1.5e9 + std::floor(random.uniform() * 3e8);
  const double mean = log_uniform(random, kHour, 2 * kDay);
  const double night = random.uniform(0, 0.1);
  Life life;
  life.zone = TimeZone::find(pick(random, kZones)).value_or(TimeZone());
  life.weekends = false;
  std::vector<double> outages;
  for (int i = 0; i < 6; ++i) outages.push_back(start + random.uniform(0, 10 * kDay));
  std::sort(outages.begin(), outages.end());
  if (rhythm::is_regular(fleet.truth)) fleet.intervals = {length};
  for (std::size_t i = 0; i < size; ++i) {
    Maker m{random, life, dirt, log_uniform(random, 3, 90), 0.3, false, 0, {}};
    m.start = start + random.uniform(0, std::max(length, 3 * kDay));
    const std::size_t count = 2 + random.below(5);
    switch (fleet.truth) {
      case Class::Idle:
        idle_lives(m, count, length, rate);
        break;
      case Class::Age:
        age_lives(m, count, length);
        break;
      case Class::Period:
        period_losses(m, count, length);
        break;
      case Class::Clock: {
        const double first = std::ceil(m.life.local(m.start) / length) * length + phase;
        for (std::size_t k = 0; k < count; ++k) {
          const double wall = first + static_cast<double>(k) * length;
          const double at = wall - (m.life.local(wall) - wall);
          m.lose(at + random.uniform(0, 20), m.down());
        }
        break;
      }
      case Class::Outage:
        for (const double outage : outages) {
          if (random.chance(0.7)) m.lose(outage + 5 * random.exponential(), m.down());
        }
        break;
      case Class::Burst:
        cluster_losses(m, count);
        break;
      case Class::Modulated:
        if (random.chance(0.5)) {
          daily_losses(m, count, {{life.from}, 900, false, 0.2, {}});
        } else {
          poisson_losses(m, count, mean / 3,
                         [&](double t) { return day_level(m.life, t, night, 0.5); });
        }
        break;
      default:
        poisson_losses(m, count, mean, [](double) { return 1.0; });
        break;
    }
    rhythm::Client client;
    client.zone = life.zone;
    soil(m, client, true);
    fleet.clients.push_back(std::move(client));
  }
  return fleet;
}

}  // namespace dropscope::rhythm_cases
