#include <algorithm>
#include <cmath>
#include <map>

#include "bench/scope_cases.h"

namespace dropscope::scope_cases {
namespace {

/// xorshift64* (Vigna 2014), and distributions of its own, so that no library's are tested on.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ull + 0x1234567ull) {
    for (int i = 0; i < 8; ++i) next();
  }
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }
  double range(double low, double high) { return low + (high - low) * unit(); }
  double log_range(double low, double high) {
    return std::exp(range(std::log(low), std::log(high)));
  }
  bool one_in(double n) { return unit() * n < 1; }
  std::size_t pick(std::size_t n) {
    return std::min(n - 1, static_cast<std::size_t>(unit() * static_cast<double>(n)));
  }
  double exponential() { return -std::log1p(-unit()); }
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += unit();
    return sum;
  }
  /// Counts of arrivals in unit time, so any mean that is not huge.
  double arrivals(double mean) {
    double count = 0;
    for (double at = exponential(); at < mean; at += exponential()) count += 1;
    return count;
  }
  /// An index with a probability that falls as 1 / (i + 1).
  std::size_t harmonic(std::size_t n) {
    const double at = std::pow(static_cast<double>(n) + 1, unit());
    return std::min(n - 1, static_cast<std::size_t>(at) - 1);
  }

 private:
  std::uint64_t next() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return state_ * 0x2545f4914f6cdd1dull;
  }
  std::uint64_t state_;
};

struct Column {
  std::string name;
  std::vector<std::string> values;  // Of each client; empty: missing.
};

class World {
 public:
  explicit World(std::uint64_t seed) : chance_(seed) {}

  Fleet make() {
    clients_ = static_cast<std::size_t>(chance_.log_range(10, 30'000));
    place_people();
    equip();
    work();
    const double kind = chance_.unit();
    if (kind < 0.3) {
      fleet_.stratum = "none";
    } else if (kind < 0.45) {
      fleet_.kind = ScopeKind::Global;
      fleet_.stratum = "global";
    } else {
      break_things();
    }
    count();
    return std::move(fleet_);
  }

 private:
  std::vector<std::string>& column(const std::string& name) {
    columns_.push_back({name, std::vector<std::string>(clients_)});
    return columns_.back().values;
  }

  /// Regions, offices and subnets by repeated splitting: a head office and many small ones.
  void place_people() {
    const std::size_t regions = 1 + chance_.pick(6);
    const std::size_t offices = 1 + chance_.pick(std::max<std::size_t>(2, clients_ / 25));
    std::vector<std::size_t> region_of;
    for (std::size_t i = 0; i < offices; ++i) region_of.push_back(chance_.harmonic(regions));
    std::vector<std::size_t> office(clients_);
    for (std::size_t& one : office) one = chance_.harmonic(offices);
    columns_.reserve(20);
    auto& names = column("office");
    auto& regions_column = column("region");
    auto& subnets = column("subnet");
    auto& access = column("access");
    auto& users = column("user");
    auto& computers = column("computer");
    std::vector<std::size_t> lines(offices);
    for (std::size_t& one : lines) one = 1 + chance_.pick(5);
    const bool many_computers = chance_.one_in(4);
    std::size_t user = 0;
    for (std::size_t i = 0; i < clients_; ++i) {
      names[i] = "site-" + std::to_string(office[i]);
      regions_column[i] = "region-" + std::to_string(region_of[office[i]]);
      const bool away = chance_.one_in(6);
      access[i] = away ? "vpn" : chance_.one_in(2) ? "wifi" : "lan";
      // Whoever is away has no subnet of the office.
      if (!away) {
        subnets[i] = "net-" + std::to_string(office[i]) + "-" +
                     std::to_string(chance_.pick(lines[office[i]]));
      }
      if (i == 0 || !many_computers || !chance_.one_in(5)) ++user;
      users[i] = "person-" + std::to_string(user);
      computers[i] = "machine-" + std::to_string(i);
    }
    office_ = std::move(office);
  }

  void equip() {
    const std::size_t pools = 1 + chance_.pick(3);
    const std::size_t servers = 1 + chance_.pick(5);
    auto& pool = column("pool");
    auto& server = column("server");
    const bool by_place = chance_.one_in(3);
    for (std::size_t i = 0; i < clients_; ++i) {
      const std::size_t p = by_place ? office_[i] % pools : chance_.pick(pools);
      pool[i] = "dag-" + std::to_string(p);
      server[i] = pool[i] + "-mbx" + std::to_string(chance_.pick(servers));
    }
    if (chance_.one_in(1.5)) {
      auto& version = column("version");
      // An update goes out office by office, so versions follow places.
      const std::size_t versions = 2 + chance_.pick(5);
      for (std::size_t i = 0; i < clients_; ++i) {
        const std::size_t own =
            chance_.one_in(3) ? chance_.harmonic(versions) : (office_[i] / 2) % versions;
        if (!chance_.one_in(25)) version[i] = "16." + std::to_string(own);
      }
    }
    if (chance_.one_in(2)) fill("model", 3 + chance_.pick(20));
    if (chance_.one_in(2)) fill("lb", 2);
    if (chance_.one_in(3)) fill("mode", 2);
    if (chance_.one_in(3)) fill("cost_center", 5 + chance_.pick(40));
    if (chance_.one_in(4)) {
      auto& driver = column("driver");
      for (std::size_t i = 0; i < clients_; ++i) {
        if (columns_[3].values[i] == "wifi") driver[i] = "d" + std::to_string(chance_.pick(4));
      }
    }
  }

  void fill(const std::string& name, std::size_t values) {
    auto& of = column(name);
    for (std::string& one : of) one = name + "-" + std::to_string(chance_.harmonic(values));
  }

  /// Days of eight hours, part-time, a few that run day and night.
  void work() {
    const double days = 1 + std::floor(chance_.range(0, 15));
    for (std::size_t i = 0; i < clients_; ++i) {
      const double daily = chance_.one_in(12) ? 24 : std::max(1.0, 8 + 2 * chance_.normal());
      fleet_.table.exposure_h.push_back(daily *
                                        std::max(1.0, days - static_cast<double>(chance_.pick(4))));
    }
    double hours = 0;
    for (const double h : fleet_.table.exposure_h) hours += h;
    base_ = std::min(0.04, chance_.log_range(15, 500) / hours);
    rate_.assign(clients_, base_);
    if (chance_.one_in(3)) {
      // People differ: a lognormal spread.
      const double spread = chance_.range(0.2, 0.8);
      for (double& one : rate_) one *= std::exp(spread * chance_.normal() - spread * spread / 2);
    }
    if (chance_.one_in(3)) {
      // Offices differ by up to a tenth either way, and nothing is wrong with them.
      for (std::size_t i = 0; i < clients_; ++i) {
        rate_[i] *= 0.9 + 0.2 * static_cast<double>(office_[i] * 37 % 101) / 100;
      }
    }
    if (chance_.one_in(4)) {
      for (std::size_t k = 0; k <= clients_ / 400; ++k) {
        rate_[chance_.pick(clients_)] *= chance_.range(2, 4.5);
      }
    }
    burst_ = chance_.one_in(5) ? chance_.range(1.2, 2.5) : 1;
    if (chance_.one_in(2)) {
      const double before = hours * chance_.range(0.5, 6);
      fleet_.options.history = ScopeHistory{chance_.arrivals(base_ * before), before};
    }
  }

  [[nodiscard]] Rows having(const std::map<std::size_t, std::string>& what) const {
    Rows rows;
    for (std::uint32_t i = 0; i < clients_; ++i) {
      if (std::all_of(what.begin(), what.end(), [&](const auto& part) {
            return columns_[part.first].values[i] == part.second;
          })) {
        rows.push_back(i);
      }
    }
    return rows;
  }

  void break_things() {
    const double dice = chance_.unit();
    const std::size_t wanted = dice < 0.6 ? 1 : dice < 0.85 ? 2 : 3;
    const std::size_t level = chance_.pick(3);
    constexpr double kLow[] = {20, 8, 4};
    constexpr double kHigh[] = {60, 20, 8};
    // Columns that are levels of one hierarchy are not combined.
    const auto family = [&](std::size_t c) {
      const std::string& name = columns_[c].name;
      if (name == "office" || name == "region" || name == "subnet") return 1;
      if (name == "pool" || name == "server") return 2;
      return name == "user" || name == "computer" ? 3 : 0;
    };
    for (int attempt = 0; attempt < 60 && fleet_.causes.size() < wanted; ++attempt) {
      std::map<std::size_t, std::string> what;
      std::map<int, int> families;
      const std::size_t victim = chance_.pick(clients_);
      const std::size_t order = chance_.one_in(3) ? 2 + chance_.pick(2) : 1;
      for (std::size_t k = 0; k < order; ++k) {
        const std::size_t c = chance_.pick(columns_.size());
        if (columns_[c].values[victim].empty() || what.count(c) != 0) continue;
        what[c] = columns_[c].values[victim];
        families[family(c)] += 1;
      }
      if (what.size() != order || families[1] > 1 || families[2] > 1 ||
          (families[3] > 0 && order > 1)) {
        continue;
      }
      Rows rows = having(what);
      const double factor = chance_.range(kLow[level], kHigh[level]);
      double mean = 0;
      for (const std::uint32_t i : rows) mean += base_ * factor * fleet_.table.exposure_h[i];
      // Less than six losses are no matter for statistics, and more than 40 % are everybody.
      if (mean < 6 || rows.size() * 10 > clients_ * 4 || fleet_.causes.count(rows) != 0) continue;
      for (const std::uint32_t i : rows) rate_[i] *= factor;
      fleet_.causes.insert(std::move(rows));
    }
    fleet_.kind = fleet_.causes.empty() ? ScopeKind::None : ScopeKind::Localised;
    constexpr const char* kNames[] = {"easy", "medium", "hard"};
    fleet_.stratum = fleet_.causes.empty() ? "none" : kNames[level];
  }

  void count() {
    double factor = 1;
    if (fleet_.kind == ScopeKind::Global) {
      factor = chance_.range(3, 9);
      if (!fleet_.options.history) {
        double hours = 0;
        for (const double h : fleet_.table.exposure_h) hours += h;
        fleet_.options.history = ScopeHistory{chance_.arrivals(base_ * 2 * hours), 2 * hours};
      }
    }
    for (std::size_t i = 0; i < clients_; ++i) {
      const double mean = factor * rate_[i] * fleet_.table.exposure_h[i] / burst_;
      double events = 0;
      for (double left = chance_.arrivals(mean); left > 0; left -= 1) {
        events += 1;
        while (burst_ > 1 && chance_.unit() > 1 / burst_) events += 1;
      }
      fleet_.table.events.push_back(events);
    }
    for (const Column& from : columns_) {
      ScopeAttribute& to = fleet_.table.attributes.emplace_back();
      to.name = from.name;
      for (const std::string& value : from.values) to.add(value);
    }
  }

  Chance chance_;
  Fleet fleet_;
  std::size_t clients_ = 0;
  std::vector<Column> columns_;
  std::vector<std::size_t> office_;
  std::vector<double> rate_;
  double base_ = 0;
  double burst_ = 1;
};

}  // namespace

Fleet second_world(std::uint64_t seed) {
  return World(seed).make();
}

}  // namespace dropscope::scope_cases
