#include "apps/cli/log_input.h"

#include <fmt/format.h>

#include "apps/cli/console.h"
#include "base/files.h"
#include "base/mapped_file.h"
#include "base/spool_file.h"
#include "base/text.h"
#include "evidence/intake/inputs.h"

namespace dropscope::cli {
namespace {

/// What came of one FILE.
struct Tally {
  std::uint64_t logs = 0;
  std::uint64_t problems = 0;
  std::uint64_t others = 0;  ///< Members of an archive that are no logs.
  bool stop = false;
};

void tell(Tally& tally, const std::string& name, const std::string& problem) {
  say_error(name + ": " + problem);
  ++tally.problems;
}

/// Why content is no log, in the words that the other commands use.
std::string why_not(const Content& content, ContentKind kind) {
  const bool unknown = kind == ContentKind::Unknown || kind == ContentKind::Inventory;
  return describe_problem(unknown ? ContentKind::NotAnEventLog : kind, content.bytes);
}

void open_content(const Content& content,
                  const std::function<bool(const LogInput& log, bool& stop)>& use, Tally& tally) {
  if (tally.stop) return;
  if (!content.opened) {
    tell(tally, content.name, content.problem);
    return;
  }
  const ContentKind kind = detect_content(content.bytes, content.name);
  if (kind == ContentKind::Evtx) {
    ++tally.logs;
    if (!content.problem.empty()) tell(tally, content.name, content.problem);
    if (!use(LogInput{content.name, content.bytes, content.map}, tally.stop)) ++tally.problems;
  }
  const auto fault = content.map != nullptr ? content.map->fault() : std::nullopt;
  if (fault) {
    tell(tally, content.name, fault->message);
  } else if (kind == ContentKind::Evtx) {
    return;
  } else if (content.named_by_user ||
             (kind != ContentKind::Unknown && kind != ContentKind::Inventory)) {
    tell(tally, content.name, why_not(content, kind));
  } else {
    ++tally.others;
  }
}

std::string no_log_among(std::uint64_t others) {
  if (others == 0) return "no event log found";
  return fmt::format("no event log found among {} of other kinds", count_of(others, "file"));
}

}  // namespace

std::string damage_line(const evtx::LogDamage& damage) {
  std::string line = fmt::format("offset {:#x}", damage.offset);
  if (damage.record_id != 0) line += fmt::format(", record {}", damage.record_id);
  line += ": " + damage.what;
  if (damage.lost_bytes != 0) {
    line += fmt::format(" ({} lost)", count_of(damage.lost_bytes, "byte"));
  }
  return line;
}
void LogInput::release_pages() const {
  if (map != nullptr) map->release_pages();
}

ExitCode for_each_log(const std::string& file,
                      const std::function<bool(const LogInput& log, bool& stop)>& use) {
  return for_each_log(std::vector{file}, use);
}

ExitCode for_each_log(const std::vector<std::string>& files,
                      const std::function<bool(const LogInput& log, bool& stop)>& use) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& file : files) paths.push_back(path_from_utf8(file));
  const InputList inputs = collect_inputs(paths);
  Tally all;
  for (const Source& source : inputs.unreadable) tell(all, source.path, source.problem);
  for (const InputFile& input : inputs.files) {
    Tally tally;
    for_each_content(input, [&](const Content& content) { open_content(content, use, tally); });
    all.logs += tally.logs;
    all.problems += tally.problems;
    all.others += tally.others;
    if (tally.logs == 0 && tally.problems == 0 && input.named_by_user) {
      tell(all, input.name, no_log_among(tally.others));
    }
    all.stop = tally.stop;
    if (all.stop) break;
  }
  if (all.logs == 0 && all.problems == 0) {
    tell(all, files.size() == 1 ? files.front() : "the files and folders given",
         no_log_among(all.others));
  }
  if (all.logs == 0) return ExitCode::NothingUsable;
  return all.problems > 0 ? ExitCode::Incomplete : ExitCode::Ok;
}

}  // namespace dropscope::cli
