#pragma once

// Outlook's own word for its connection, Namespace.ExchangeConnectionMode, saved once or polled.

#include <cstdint>
#include <string_view>

#include "evidence/intake/raw.h"
#include "evidence/intake/source_reader.h"

namespace dropscope {

struct ConnectionMode {
  std::int64_t value = 0;
  std::string_view name;   ///< "olCachedConnectedFull"
  std::string_view words;  ///< "cached, connected"
  bool connected = false;
  std::string_view mode;  ///< "cached", "online" or empty.
};

/// Nothing for a number that is no mode.
[[nodiscard]] const ConnectionMode* connection_mode(std::int64_t value);

[[nodiscard]] bool is_connection_mode(const Head& head);
[[nodiscard]] SourceIntake read_connection_mode(const Content& content, const ReadContext& context);

}  // namespace dropscope
