#pragma once

// The options that say which events are wanted, the same for every command that has them. Like
// Event Viewer's filter: conditions of one kind are alternatives, those of different kinds must all
// hold.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/cli/command_tree.h"
#include "apps/cli/event_row.h"
#include "base/result.h"
#include "base/timezone.h"
#include "evidence/catalogue/catalogue.h"
#include "formats/evtx/filter.h"

namespace dropscope::cli {

/// As typed.
struct FilterArguments {
  std::vector<std::string> providers, ids, levels, computers, channels, texts;
  std::string from, to;
  std::string records;
  bool skip_checksums = false;

  /// Whether any event may be left out.
  [[nodiscard]] bool narrows() const {
    return !(providers.empty() && ids.empty() && levels.empty() && computers.empty() &&
             channels.empty() && texts.empty() && from.empty() && to.empty() && records.empty());
  }
};

void add_filter_options(CommandTree& tree, CLI::App& command, FilterArguments& arguments);
void add_skip_checksums_option(CommandTree& tree, CLI::App& command, FilterArguments& arguments);

/// Errors: Invalid for an end before its beginning. Times are in `zone`.
[[nodiscard]] Result<evtx::Filter> make_filter(const FilterArguments& arguments,
                                               const TimeZone& zone);

/// Narrows to what a profile names. What its rules ask of the data is left to profile_holds().
void add_profile(evtx::Filter& filter, const Profile& profile);
[[nodiscard]] bool profile_holds(const Profile& profile, const EventRow& row);

/// "error", "2" …; nothing if it is no level. Information stands for 0 and 4, as in Event Viewer.
[[nodiscard]] std::optional<std::vector<std::uint64_t>> levels_from_text(std::string_view text);

/// "2024-05-13", "2024-05-13 08:00[:02]" in `zone`, or ISO 8601 with its own zone. `end`: the first
/// instant after what the text names, so that --to 2024-05-13 includes that day.
[[nodiscard]] std::optional<Instant> time_from_text(std::string_view text, const TimeZone& zone,
                                                    bool end);

/// Nothing for a text that time_from_text() reads, else the message to the user.
[[nodiscard]] std::string check_time(const std::string& typed);

/// "100-200", "100-" or "100"; nothing for anything else.
struct RecordRange {
  std::uint64_t first = 0;
  std::uint64_t last = ~std::uint64_t{0};
};
[[nodiscard]] std::optional<RecordRange> records_from_text(std::string_view text);

}  // namespace dropscope::cli
