#pragma once

// Evidence beside event logs: the log of a load balancer and the settings of a computer.

#include <string>
#include <vector>

#include "base/time.h"
#include "simulate/client.h"
#include "simulate/scenario.h"
#include "simulate/world.h"

namespace dropscope::simulation {

struct BalancerLine {
  Instant at{};  ///< When the session ended.
  std::string text;
};

/// What HAProxy logs of the client's connections that were lost (option tcplog, HAProxy manual
/// section 8.2.2), with times in UTC. In time order.
[[nodiscard]] std::vector<BalancerLine> balancer_lines(const Scenario& scenario,
                                                       const Client& client,
                                                       const ClientHistory& history);

/// An export of the registry: the computer's name and its TCP keep-alive.
[[nodiscard]] std::string settings_file(const Client& client);

}  // namespace dropscope::simulation
