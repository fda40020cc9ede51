#include "apps/cli/json_members.h"

#include <algorithm>

namespace dropscope::cli {
namespace {

/// Just behind the string that begins at `at`.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] == '\\') ++at;
  }
  return std::min(at + 1, json.size());
}

/// The comma or brace behind the value that begins at `at`.
std::size_t end_of_value(std::string_view json, std::size_t at) {
  int depth = 0;
  while (at < json.size()) {
    const char c = json[at];
    if (c == '"') {
      at = end_of_string(json, at);
      continue;
    }
    if (depth == 0 && (c == ',' || c == '}')) return at;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
    ++at;
  }
  return at;
}

}  // namespace

const std::vector<std::string>& json_event_members() {
  static const std::vector<std::string> kNames = {
      "file",         "offset",          "record_id",
      "time",         "level",           "provider",
      "event_id",     "qualifiers",      "version",
      "task",         "opcode",          "process_id",
      "thread_id",    "keywords",        "channel",
      "computer",     "user_sid",        "provider_guid",
      "event_source", "activity_id",     "related_activity_id",
      "data",         "data_incomplete", "doubtful",
      "recovered"};
  return kNames;
}

void append_members(std::string& out, std::string_view line,
                    const std::vector<std::string>& names) {
  out += '{';
  bool first = true;
  // Behind the brace that opens the object, and behind each comma, stands a name.
  for (std::size_t at = 1; at < line.size() && line[at] == '"';) {
    const std::size_t name_end = end_of_string(line, at);
    const std::size_t end = end_of_value(line, std::min(name_end + 1, line.size()));
    const std::string_view name = line.substr(at + 1, name_end - at - 2);
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      if (!first) out += ',';
      first = false;
      out += line.substr(at, end - at);
    }
    at = end + 1;
  }
  out += "}\n";
}

}  // namespace dropscope::cli
