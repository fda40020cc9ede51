#pragma once

// The peer for a probe of the path between two own hosts: it sends back what it gets, or answers
// with a long poll (long_poll.h), and never ends a connection by itself, so that whatever ends one
// is on the path.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "base/ip_address.h"
#include "base/result.h"

namespace dropscope::probe {

/// A probe has at most 67 connections at a time; those that a path forgot in silence stay open at
/// this end, so there is room for the last rounds of several.
inline constexpr std::size_t kMostEchoConnections = 512;

/// Looked at often while the server runs.
struct EchoWatch {
  std::function<bool()> stop;  ///< True when the user wants no more.
  /// Called once, with the address and the port that is listened on.
  std::function<void(const IpEndpoint& at)> listening;
};

struct EchoCounts {
  std::uint64_t accepted = 0;
  std::uint64_t polls = 0;    ///< Answers that were kept open.
  std::uint64_t bytes = 0;    ///< Sent.
  std::uint64_t evicted = 0;  ///< Closed to make room: the one that had been idle longest.
  std::uint64_t choked = 0;   ///< Closed because they do not read what is sent back.
};

/// Echoes on `at` until it is stopped; port 0 takes a free one. With `most` connections open, a new
/// one takes the place of the one that has been idle longest. Io when it cannot listen there.
[[nodiscard]] Result<EchoCounts> serve_echo(const IpEndpoint& at, const EchoWatch& watch,
                                            std::size_t most = kMostEchoConnections);

}  // namespace dropscope::probe
