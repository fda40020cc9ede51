#pragma once

// One TCP connection of a capture in the words of evidence: who closed it, why, over which
// protocol.

#include <chrono>
#include <string_view>

#include "base/time.h"
#include "evidence/intake/raw.h"
#include "formats/capture/flow.h"

namespace dropscope {

/// A pause of a program's own work is mostly shorter; idle timers are counted in seconds
/// (data/timers).
inline constexpr Ticks kIdlePause = std::chrono::seconds{1};

/// RawClose::protocol of MAPI over DCE/RPC, and of DCE/RPC whose interface was not captured.
inline constexpr std::string_view kMapiOverTcp = "RPC/TCP";
inline constexpr std::string_view kUnknownRpc = "DCE/RPC";

/// Whether the side that ended it had tried several times without any answer.
[[nodiscard]] bool gave_up(const capture::Flow& flow);

[[nodiscard]] RawClose close_of(const capture::Flow& flow);

}  // namespace dropscope
