#pragma once

// One event as an export tells it, before anybody asks what it means.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace dropscope::event_export {

/// One item of an event's data; the name may be empty.
struct Item {
  std::string name;
  std::string text;
  bool operator==(const Item&) const = default;
};

struct Record {
  Instant time{};
  std::uint64_t record_id = 0;  ///< 0 when not told.
  std::uint64_t place = 0;      ///< Offset in the source; of a table's row its line.
  std::uint16_t event_id = 0;
  int level = -1;  ///< 0–5 as Windows numbers it; -1 when not told or told in words.
  std::string provider;
  std::string channel;
  std::string computer;  ///< The one that wrote the event, never a collector.
  std::string user;      ///< SID or name.
  std::string message;   ///< Rendered, in the language of whoever rendered it.
  std::vector<Item> items;
};

/// What could not be read.
struct Trouble {
  std::uint64_t offset = 0;
  std::uint64_t line = 0;
  std::uint64_t lost_events = 0;  ///< Events known to be lost here.
  std::string what;               ///< What was expected and what was found.
};

}  // namespace dropscope::event_export
