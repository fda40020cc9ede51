#pragma once

// What a probe measured of a path of the network (docs/probe.md).

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "formats/probe_result/document.h"

namespace dropscope {

struct PathProbe {
  std::string host;  ///< As the user named it.
  std::uint16_t port = 0;
  std::string address;   ///< "192.0.2.7:443", what the host was resolved to.
  std::string protocol;  ///< "HTTP", "HTTPS", "TLS", "HTTP long poll"; empty: none of them.
  probe_result::Mechanism mechanism = probe_result::Mechanism::Unfinished;
  /// Of a time-out: it lies between these, in seconds. Nothing when none was measured.
  std::optional<double> low_s, high_s;
  /// Connections survive without traffic at least so long, in seconds; 0 when that is not known.
  double survived_s = 0;
  /// The server did not answer, so the path behind a first device that acknowledges is not
  /// measured.
  bool near_only = false;
  /// When and from which computer, by its own word; older results do not tell.
  std::optional<Instant> began, ended;
  std::string computer;
  std::uint32_t source = 0;  ///< Index into Evidence::sources.
};

}  // namespace dropscope
