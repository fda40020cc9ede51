#include "analysis/rhythm/fleet_clients.h"

#include <cmath>

namespace dropscope::rhythm::fleets {

std::vector<Client> of_lives(worlds::Random& random, int clients, int losses,
                             const std::function<double(double)>& next) {
  std::vector<Client> fleet;
  for (int i = 0; i < clients; ++i) {
    Client client;
    const double usual_down = random.uniform(5, 60);
    double t = kStart + std::floor(random.uniform(0, 200'000));
    for (int k = 0; k < losses; ++k) {
      const double lost = std::floor(next(t));
      const double restored = lost + std::floor(usual_down * random.uniform(0.5, 2));
      client.losses.push_back({lost, restored, true});
      t = restored;
    }
    fleet.push_back(std::move(client));
  }
  return fleet;
}

std::vector<Client> of_periods(worlds::Random& random, int clients, int losses, double length,
                               double jitter) {
  std::vector<Client> fleet;
  for (int i = 0; i < clients; ++i) {
    Client client;
    const double phase = random.uniform(0, length);
    for (int k = 0; k < losses; ++k) {
      const double lost = std::floor(kStart + phase + k * length + random.normal(0, jitter));
      client.losses.push_back({lost, lost + std::floor(random.uniform(5, 60)), true});
    }
    fleet.push_back(std::move(client));
  }
  return fleet;
}

std::vector<Client> of_instants(worlds::Random& random, int clients,
                                const std::vector<double>& instants) {
  std::vector<Client> fleet;
  for (int i = 0; i < clients; ++i) {
    Client client;
    for (const double instant : instants) {
      if (random.uniform() < 0.3) continue;
      const double lost = std::floor(instant + random.uniform(0, 10));
      client.losses.push_back({lost, lost + 20, true});
    }
    fleet.push_back(std::move(client));
  }
  return fleet;
}

}  // namespace dropscope::rhythm::fleets
