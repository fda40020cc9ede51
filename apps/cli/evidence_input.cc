#include "apps/cli/evidence_input.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <set>

#include "apps/cli/console.h"
#include "base/files.h"
#include "base/text.h"
#include "evidence/intake/source_reader.h"

namespace dropscope::cli {
namespace {

/// More than this many unreadable inputs are counted instead of listed; the reports list all.
constexpr std::size_t kListed = 50;

std::string tell_source(const Source& source) {
  std::string text = source.path + ": ";
  if (!source.problem.empty()) return text + source.problem;
  text += count_of(source.damage_count, "damaged place");
  if (source.records_damaged > 0) {
    text += ", " + count_of(source.records_damaged, "record") + " lost";
  }
  if (!source.damage.empty()) {
    text += fmt::format("; first at offset {:#x}: {}", source.damage.front().offset,
                        source.damage.front().what);
  }
  return text;
}

/// Sources, of whatever kind, that gave events of computers.
std::size_t logs_read(const Evidence& evidence) {
  std::set<std::uint32_t> logs;
  for (const Coverage& coverage : evidence.coverage) logs.insert(coverage.source);
  for (std::uint32_t i = 0; i < evidence.sources.size(); ++i) {
    // A log without a single event is a log.
    const Source& source = evidence.sources[i];
    if (holds_events(source.kind) && source.state != SourceState::Unreadable) logs.insert(i);
  }
  return logs.size();
}

}  // namespace

CorrectedEvidence read_corrected(const std::vector<std::string>& paths, const Catalogue& catalogue,
                                 const IntakeOptions& intake, bool quiet) {
  std::vector<std::filesystem::path> files;
  for (const std::string& path : paths) files.push_back(path_from_utf8(path));
  CorrectedEvidence out;
  ProgressLine progress(quiet);
  out.evidence = read_evidence(files, catalogue, intake, &progress);
  progress.finish();
  out.clocks = compare_clocks(out.evidence);
  correct_clocks(out.evidence, out.clocks);
  return out;
}

ExitCode tell_unreadable(const Evidence& evidence, const std::vector<std::string>& paths,
                         Listed listed) {
  const std::size_t lines = listed == Listed::OnTheScreen ? 0 : kListed;
  std::size_t incomplete = 0;
  std::size_t others = 0;
  for (const Source& source : evidence.sources) {
    if (source.state != SourceState::Unreadable) ++others;
    if (source.state != SourceState::Unreadable && source.state != SourceState::Damaged) continue;
    if (++incomplete <= lines) say_error(tell_source(source));
  }
  if (listed == Listed::Not && incomplete > lines) {
    say_error(fmt::format("{} more inputs could not be read whole; the reports list them all",
                          incomplete - lines));
  }
  const std::size_t read = logs_read(evidence);
  if (read > 0) return incomplete > 0 ? ExitCode::Incomplete : ExitCode::Ok;
  const std::string found =
      others > 0 ? count_of(others, "file") + " of other kinds only" : "no file at all";
  if (incomplete == 0) {
    say_error(
        fmt::format("no event log in {}: found {}. Copy "
                    "C:\\Windows\\System32\\winevt\\Logs\\Application.evtx from the computer, "
                    "or export it there with: wevtutil epl Application Application.evtx",
                    fmt::join(paths, ", "), found));
  } else {
    say_error("nothing usable: none of the inputs is an event log that can be read");
  }
  return ExitCode::NothingUsable;
}

}  // namespace dropscope::cli
