#pragma once

// Choosing members of a JSON object that the renderer wrote.

#include <string>
#include <string_view>
#include <vector>

namespace dropscope::cli {

/// The names of an event's members, as docs/cli.md lists them.
[[nodiscard]] const std::vector<std::string>& json_event_members();

/// Appends the object in `line`, a line feed behind it or not, with only the members of these
/// names, and a line feed. The order is that of the object.
void append_members(std::string& out, std::string_view line, const std::vector<std::string>& names);

}  // namespace dropscope::cli
