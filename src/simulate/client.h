#pragma once

// A computer of the fleet: who it is, and which causes concern it.

#include <string>
#include <vector>

#include "base/time.h"
#include "base/timezone.h"
#include "simulate/scenario.h"

namespace dropscope::simulation {

struct Client {
  unsigned index = 0;
  std::string name, user, address, office, segment, kind, os, version, mode, protocol, server,
      adapter, vpn, proxy;
  double keep_alive_s = 0;  ///< TCP keep-alive of the computer; 0 = none.
  std::string computer;     ///< Name with the domain, as event logs have it.
  TimeZone zone;
  std::vector<bool> concerned;  ///< Per cause of the scenario.
};

/// Depends on the scenario, its seed and the index alone.
[[nodiscard]] Client make_client(const Scenario& scenario, unsigned index);

/// The header line of clients.csv, and a client's line; both end in "\n".
[[nodiscard]] std::string inventory_header();
[[nodiscard]] std::string inventory_line(const Client& client);

}  // namespace dropscope::simulation
