#pragma once

// What a connection carries, as far as the first bytes of one side show it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/guid.h"

namespace dropscope::capture {

enum class Application : std::uint8_t {
  Unknown,
  Tls,
  Http,
  DceRpc,  ///< Connection-oriented DCE/RPC, as MAPI speaks it over TCP.
  Ssh,
};

struct Opening {
  Application application = Application::Unknown;
  /// Whether the side that sent the bytes is the client, where they tell.
  std::optional<bool> sent_by_client;
  std::string server_name;  ///< From TLS server name indication or HTTP Host; printable ASCII.
  std::string method;       ///< HTTP: "GET", "RPC_IN_DATA".
  std::string path;         ///< HTTP: without the query, at most kMaxPath bytes.
  std::optional<Guid> interface;  ///< DCE/RPC: what a bind asks for first.
};

inline constexpr std::size_t kMaxPath = 256;
/// As much of a side's first bytes is looked at: a ClientHello with post-quantum keys has 1.8 kB.
inline constexpr std::size_t kOpeningBytes = 2048;

/// Nothing when more bytes could tell more (never for kOpeningBytes or more). `whole` is false when
/// the bytes are not the first of their side: then names are not looked for.
[[nodiscard]] std::optional<Opening> recognise_opening(Bytes bytes, bool whole);

/// Whether the bytes are what a side says as it closes: a TLS alert, or an HTTP answer that reports
/// a time-out (408, 504).
[[nodiscard]] bool is_farewell(Bytes payload);

}  // namespace dropscope::capture
