#pragma once

// Which events `dropscope events` shows. Like Event Viewer's filter: conditions of one kind are
// alternatives, those of different kinds must all hold.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/event_row.h"
#include "base/result.h"
#include "base/timezone.h"
#include "evidence/catalogue/catalogue.h"

namespace dropscope::cli {

struct EventFilter {
  std::vector<std::string> providers;  ///< Patterns with '*'; ASCII case does not matter.
  std::vector<std::uint16_t> ids;
  std::vector<std::uint64_t> levels;
  std::optional<Instant> from;         ///< Inclusive.
  std::optional<Instant> until;        ///< Exclusive.
  std::vector<std::string> computers;  ///< Patterns; a name without a dot matches the first label.
  std::vector<std::string> channels;   ///< Patterns.
  std::vector<std::string> texts;      ///< Parts of the data, folded; any of them.
  const Profile* profile = nullptr;    ///< Only what its rules name; nothing = every event.
};

/// Decides by what read_head() fills.
[[nodiscard]] bool matches_head(const EventFilter& filter, const EventRow& row);
/// Decides by the data.
[[nodiscard]] bool matches_body(const EventFilter& filter, const EventRow& row);

/// Whether `text` fits a pattern in which '*' stands for any characters; ASCII case does not
/// matter.
[[nodiscard]] bool matches_pattern(std::string_view pattern, std::string_view text);

/// "error", "2" …; nothing if it is no level. Information stands for 0 and 4, as in Event Viewer.
[[nodiscard]] std::optional<std::vector<std::uint64_t>> levels_from_text(std::string_view text);

/// "2024-05-13", "2024-05-13 08:00[:02]" in `zone`, or ISO 8601 with its own zone. `end`: the first
/// instant after what the text names, so that --to 2024-05-13 includes that day.
[[nodiscard]] std::optional<Instant> time_from_text(std::string_view text, const TimeZone& zone,
                                                    bool end);

}  // namespace dropscope::cli
