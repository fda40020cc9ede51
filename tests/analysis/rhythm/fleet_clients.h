#pragma once

// Fleets for tests: clients with a few losses each, at phases of their own.

#include <functional>
#include <vector>

#include "analysis/rhythm/prepare.h"
#include "analysis/worlds.h"

namespace dropscope::rhythm::fleets {

inline constexpr double kStart = 1'700'000'000;

/// `clients` clients with `losses` losses each; `next` gives the end of a life from its beginning.
/// Downtimes differ from client to client and from loss to loss.
std::vector<Client> of_lives(worlds::Random& random, int clients, int losses,
                             const std::function<double(double)>& next);

/// Losses at start + phase + k * length + jitter, each client with its own phase.
std::vector<Client> of_periods(worlds::Random& random, int clients, int losses, double length,
                               double jitter);

/// Losses of all clients at these times, each missed by some.
std::vector<Client> of_instants(worlds::Random& random, int clients,
                                const std::vector<double>& instants);

}  // namespace dropscope::rhythm::fleets
