#include "apps/cli/scope_input.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/cli/console.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/files.h"
#include "base/text.h"
#include "formats/archive/archive.h"

namespace dropscope::cli {
namespace {

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace

Result<std::string> read_packed(const std::string& path) {
  auto content = read_file(path_from_utf8(path));
  if (!content || !archive::is_archive(bytes_of(*content))) return content;
  std::vector<archive::Member> members;
  archive::Limits limits;
  // A table and no more; whoever packs a folder has to say which file is meant.
  limits.members = 2;
  const auto read = archive::for_each_member(
      bytes_of(*content), limits,
      [&](archive::Member&& member) { members.push_back(std::move(member)); });
  if (!read) return fail(read.error());
  if (members.size() != 1) {
    return fail(ErrorCode::Invalid,
                "the archive holds several files; unpack it and name the table that is meant",
                path);
  }
  if (!members.front().problem.empty()) {
    return fail(ErrorCode::Corrupt, members.front().problem, path);
  }
  return std::move(members.front().content);
}

Result<std::optional<ScopeHistory>> read_history(const std::string& path) {
  const auto text = read_file(path_from_utf8(path));
  if (!text) return fail(text.error());
  const auto meta = nlohmann::json::parse(*text, nullptr, false);
  if (!meta.is_object()) {
    return fail(ErrorCode::Invalid,
                "a JSON object was expected, such as {\"history_events\": 40, "
                "\"history_hours\": 100000}",
                path);
  }
  const auto events = meta.find("history_events");
  const auto hours = meta.find("history_hours");
  const auto absent = [&](const auto& at) { return at == meta.end() || at->is_null(); };
  if (absent(events) || absent(hours)) return std::optional<ScopeHistory>();
  if (!events->is_number() || !hours->is_number() || !(events->get<double>() >= 0) ||
      !(hours->get<double>() >= 0)) {
    return fail(ErrorCode::Invalid,
                "history_events and history_hours have to be numbers that are not negative", path);
  }
  if (hours->get<double>() == 0) return std::optional<ScopeHistory>();
  return std::optional<ScopeHistory>({events->get<double>(), hours->get<double>()});
}

Result<ScopeHierarchy> parse_hierarchy(const std::string& text) {
  ScopeHierarchy levels;
  for (const std::string_view level : split(text, '>')) levels.emplace_back(trim(level));
  for (const std::string& level : levels) {
    if (level.empty() || levels.size() < 2) {
      return fail(ErrorCode::Invalid,
                  fmt::format("\"{}\" is no hierarchy; write the columns from the widest to the "
                              "narrowest, such as region>office>subnet",
                              printable(text)),
                  "--hierarchy");
    }
  }
  return levels;
}

Result<std::vector<std::string>> read_list(const std::string& path) {
  const auto text = read_file(path_from_utf8(path));
  if (!text) return fail(text.error());
  std::vector<std::string> paths;
  for (const std::string_view line : split(*text, '\n')) {
    if (const std::string_view one = trim(line); !one.empty()) paths.emplace_back(one);
  }
  return paths;
}

std::string case_name(const std::string& path) {
  std::string name = path_to_utf8(path_from_utf8(path).filename());
  for (const std::string_view ending : {".gz", ".csv"}) {
    if (ends_with_nocase_ascii(name, ending)) name.resize(name.size() - ending.size());
  }
  return name;
}

ExitCode run_batch(const std::string& list, const std::string& target,
                   const std::function<Result<std::string>(const std::string& path)>& solve) {
  const auto paths = read_list(list);
  if (!paths) return report_failure(paths.error());
  auto output = Output::open(target);
  if (!output) return report_failure(output.error());
  std::size_t solved = 0;
  for (const std::string& path : *paths) {
    const auto line = solve(path);
    if (line) {
      output->write(*line);
      ++solved;
    } else {
      say_error(line.error());
    }
  }
  if (const auto closed = output->close(); !closed) return report_failure(closed.error());
  if (solved == paths->size()) return ExitCode::Ok;
  return solved > 0 ? ExitCode::Incomplete : ExitCode::NothingUsable;
}

}  // namespace dropscope::cli
