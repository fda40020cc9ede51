#include "analysis/worlds.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/time.h"

namespace dropscope::worlds {

double Random::uniform() {
  return static_cast<double>(engine_() >> 11) / static_cast<double>(std::uint64_t{1} << 53);
}
double Random::uniform(double low, double high) {
  return low + (high - low) * uniform();
}
double Random::exponential(double mean) {
  return -mean * std::log1p(-uniform());
}
double Random::normal(double mean, double sd) {
  const double radius = std::sqrt(-2.0 * std::log1p(-uniform()));
  return mean + sd * radius * std::cos(2.0 * std::numbers::pi * uniform());
}

namespace {

/// A reconnect takes seconds; when it fails, Outlook's retry makes it 5 min and then 15 min more.
double outage(Random& random) {
  const double draw = random.uniform();
  if (draw < 0.75) return random.uniform(2, 30);
  if (draw < 0.93) return 300 + random.uniform(0, 5);
  return 1200 + random.uniform(0, 5);
}

Instant at(double unix_seconds) {
  return instant_from_unix(0) + ticks_from_seconds(unix_seconds);
}

}  // namespace

ComputerEpisodes chain(const std::vector<Life>& lives, std::int64_t start_unix,
                       std::uint32_t computer) {
  ComputerEpisodes episodes;
  episodes.computer = computer;
  episodes.power_known = true;
  double t = static_cast<double>(start_unix);
  std::uint32_t event = 0;
  for (const Life& life : lives) {
    const Instant begin = at(t);
    const Instant lost = at(t + life.uptime);
    const Instant end = at(t + life.uptime + life.outage);
    episodes.uptimes.push_back({begin, lost, Edge::Restored, Edge::Lost, event, event + 1});
    episodes.outages.push_back({lost, end, Edge::Restored, event + 1, event + 2});
    event += 2;
    t += life.uptime + life.outage;
  }
  episodes.watches.push_back({at(static_cast<double>(start_unix)), at(t)});
  return episodes;
}

ComputerEpisodes at_times(const std::vector<double>& losses, double outage_seconds,
                          std::uint32_t computer) {
  ComputerEpisodes episodes;
  episodes.computer = computer;
  episodes.power_known = true;
  std::uint32_t event = 0;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const Instant lost = at(losses[i]);
    const Instant end = at(losses[i] + outage_seconds);
    if (i > 0) {
      episodes.uptimes.push_back(
          {at(losses[i - 1] + outage_seconds), lost, Edge::Restored, Edge::Lost, event - 1, event});
    }
    episodes.outages.push_back({lost, end, Edge::Restored, event, event + 1});
    event += 2;
  }
  if (!losses.empty()) {
    episodes.watches.push_back({at(losses.front() - 3600), at(losses.back() + 3600)});
  }
  return episodes;
}

std::vector<Life> random_lives(Random& random, std::size_t n, double mean) {
  std::vector<Life> lives;
  for (std::size_t i = 0; i < n; ++i) lives.push_back({random.exponential(mean), outage(random)});
  return lives;
}

std::vector<Life> working_day_lives(Random& random, std::size_t n) {
  std::vector<Life> lives;
  double hour = 8.5;
  for (std::size_t i = 0; i < n; ++i) {
    double uptime = random.exponential(2.5 * 3600);
    if (hour + uptime / 3600 > 17.5) uptime += (24 - 9) * 3600.0 + random.normal(0, 1500);
    hour = std::fmod(hour + uptime / 3600, 24.0);
    lives.push_back({std::max(5.0, uptime), outage(random)});
  }
  return lives;
}

std::vector<Life> morning_lives(Random& random, std::size_t n) {
  std::vector<Life> lives;
  double offset = random.normal(0, 2700);  // Of this morning, from eight o'clock.
  for (std::size_t i = 0; i < n; ++i) {
    const double next = random.normal(0, 2700);
    const double out = outage(random);
    lives.push_back({86400 + next - offset - out, out});
    offset = next;
  }
  return lives;
}

std::vector<Life> overload_lives(Random& random, std::size_t n) {
  std::vector<Life> lives;
  for (std::size_t i = 0; i < n; ++i) {
    double uptime = 0;
    for (int k = 0; k < 4; ++k) uptime += random.exponential(900);
    lives.push_back({uptime, outage(random)});
  }
  return lives;
}

std::vector<Life> idle_lives(Random& random, std::size_t n, double timer, double active) {
  std::vector<Life> lives;
  for (std::size_t i = 0; i < n; ++i) {
    const double busy =
        random.uniform() < active ? random.exponential(0.8 * timer) : random.exponential(6.0);
    lives.push_back({timer + busy, outage(random)});
  }
  return lives;
}

std::vector<Life> age_lives(Random& random, std::size_t n, double age, double cut_short) {
  std::vector<Life> lives;
  for (std::size_t i = 0; i < n; ++i) {
    const double uptime =
        random.uniform() < cut_short ? random.uniform(60, age) : age + random.uniform(0, 2);
    lives.push_back({uptime, outage(random)});
  }
  return lives;
}

}  // namespace dropscope::worlds
