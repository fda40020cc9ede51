#pragma once

// One line of `conntrack -E` or `conntrack -L`: an entry in the Linux kernel's table of
// connections. FORMAT.md has the shapes.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace dropscope::conntrack {

enum class Kind : std::uint8_t {
  List,  ///< No event: a line of a list.
  New,
  Update,
  Destroy,
};

/// One direction; views as written.
struct Tuple {
  std::string_view source;
  std::string_view target;
  std::string_view source_port;
  std::string_view target_port;
  std::uint64_t bytes = 0;  ///< 0 also when not counted.
};

/// Views point into the line.
struct Entry {
  std::optional<Instant> stamp;
  Kind kind = Kind::List;
  std::string_view protocol;  ///< "tcp"
  std::optional<std::int64_t> left_seconds;
  std::string_view state;  ///< "ESTABLISHED"; empty when not told.
  Tuple original;
  Tuple reply;
  bool unreplied = false;
  bool assured = false;
  bool by_program = false;
  std::string_view id;
  std::optional<std::int64_t> lived_seconds;
};

/// The end of the line counts: a syslog header has to be taken off before. Nothing for a line that
/// is none of these, or has not both directions.
[[nodiscard]] std::optional<Entry> parse(std::string_view line);

}  // namespace dropscope::conntrack
