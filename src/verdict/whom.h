#pragma once

// Whom losses hit: a place, a server, a version, one computer, everyone, or nobody in particular.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analysis/scope/scope.h"
#include "verdict/clients.h"

namespace dropscope {

struct AspectFinding;

/// The clients that some losses hit, described. Terms are of `Clients::table.attributes`.
struct Whom {
  ScopeResult scope;
  std::uint64_t clients = 0;   ///< Clients that were watched.
  std::uint64_t affected = 0;  ///< … of which these losses hit so many.
  double everyone = 0;         ///< Probability that all are hit alike,
  double anyone = 0;           ///< … that those are hit whom it happens to; the rest are places.
  std::vector<std::string> explanations;  ///< Sentences.

  /// With one client there is nobody to compare with, so nothing is known.
  [[nodiscard]] bool known() const { return clients > 1 && affected > 0; }
};

/// `computers` has one entry a loss. Without a history nobody can tell a fleet that is hit as a
/// whole from one that always was so; here that everybody is hit alike, and not a few by chance,
/// makes it "global".
///
/// `exposure` has one entry a row of `clients`: at how many occasions each could have been hit;
/// empty = what counts are the hours that were watched. `states` has one entry for each state of
/// Aspect::Whom: how much likelier than usual it is by what else is known; empty = not at all. It
/// counts with up to kFewClients clients.
[[nodiscard]] Whom find_whom(const Clients& clients, std::span<const std::uint32_t> computers,
                             std::span<const double> exposure = {},
                             std::span<const double> states = {});

/// The first sentence, without its full stop. `whom` is known.
[[nodiscard]] std::string words_of(const Whom& whom);

/// The same as a finding of Aspect::Whom.
[[nodiscard]] AspectFinding whom_finding(const Clients& clients, const Whom& whom);

}  // namespace dropscope
