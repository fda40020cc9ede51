#pragma once

// An answer of HTTP that is kept open while the server sends something now and then, as MAPI/HTTP
// does: what the probe asks its peer for, and what the peer sends.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace dropscope::probe {

/// A request for an answer with a piece each `every_s` seconds. `host` as of http_host().
[[nodiscard]] std::string long_poll_request(const std::string& host, double every_s);

/// Between two pieces; a peer of the network may ask for anything.
inline constexpr std::chrono::milliseconds kShortestPoll{20};
inline constexpr std::chrono::milliseconds kLongestPoll = std::chrono::hours{48};

enum class PollState : char {
  Not,      ///< It is no such request.
  Reading,  ///< It may become one.
  Asked,    ///< It is one, and whole.
};
/// What the first bytes of a connection are.
[[nodiscard]] PollState poll_state(std::string_view bytes);
/// How often the request asks for a piece; nothing unless it is a number within the bounds.
[[nodiscard]] std::optional<std::chrono::milliseconds> poll_every(std::string_view request);

/// What the peer answers: the head once, then the pieces. The first one comes at once; by its text
/// the peer is known from a web server that answers anything.
inline constexpr std::string_view kPieceText = "dropscope\n";
[[nodiscard]] std::string_view long_poll_head();
[[nodiscard]] std::string_view long_poll_piece();
/// To a request that asks for no possible length.
[[nodiscard]] std::string_view long_poll_refusal();

}  // namespace dropscope::probe
