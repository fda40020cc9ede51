// `evtx verify`: whether logs are sound, and if not, what is wrong where.

#include <fmt/format.h>

#include <algorithm>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/log_input.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/text.h"
#include "formats/evtx/log_verify.h"
#include "present/json/json_stream.h"
#include "present/version.h"

namespace dropscope::cli {
namespace {

using evtx::Finding;
using evtx::FindingKind;
using evtx::VerifyResult;

/// Findings that are shown without --all.
constexpr std::size_t kRows = 50;

std::string finding_line(const Finding& finding) {
  return damage_line({finding.offset, finding.record_id, printable(finding.what),
                      finding.lost_bytes, finding.lost_records});
}

/// One sentence for each thing that can be done.
std::vector<std::string> advice(const VerifyResult& result) {
  std::vector<std::string> out;
  const auto any = [&](std::initializer_list<FindingKind> kinds) {
    return std::any_of(kinds.begin(), kinds.end(),
                       [&](FindingKind kind) { return result.count(kind) > 0; });
  };
  if (result.records_recoverable > 0) {
    out.push_back(fmt::format("evtx dump --recovered also gives {} behind a damaged place",
                              count_of(result.records_recoverable, "whole record")));
  }
  if (any({FindingKind::ChunkMagic, FindingKind::UnusedChunk, FindingKind::ChainBroken})) {
    out.emplace_back("evtx recover looks for records in what has lost its header or its order");
  }
  if (any({FindingKind::FileCut, FindingKind::NotClosed})) {
    out.emplace_back(
        "if the computer still has the log, copy it again: wevtutil epl LOG FILE exports one that "
        "is in use");
  }
  if (result.records_doubtful > 0) {
    out.push_back(fmt::format("evtx dump gives all {}; {} of them under a doubt that it names",
                              count_of(result.records, "record"), result.records_doubtful));
  } else if (any({FindingKind::FileHeaderCrc, FindingKind::FileHeaderFields,
                  FindingKind::ChunkHeaderFields, FindingKind::NameTable,
                  FindingKind::TemplateTable})) {
    out.emplace_back("evtx dump does not need these fields; other programs may refuse the log");
  }
  return out;
}

class VerifyText {
 public:
  explicit VerifyText(bool all) : all_(all) {}

  std::string write(const LogInput& log, const VerifyResult& result) {
    const std::string records = count_of(result.records, "record");
    if (result.sound()) {
      fmt::format_to(to_, "{}: sound, {} in {}\n", printable(log.name), records,
                     count_of(result.chunks, "chunk"));
      findings(result, true);
      return std::move(out_);
    }
    fmt::format_to(to_, "{}: damaged\n", printable(log.name));
    line("chunks",
         fmt::format("{} in use, {} of them damaged; {} unused, {} without a header", result.chunks,
                     result.chunks_damaged, result.chunks_unused, result.chunks_bad));
    line("records",
         fmt::format("{}, {} of them doubtful, {} unreadable, {} readable in part", result.records,
                     result.records_doubtful, result.records_unreadable, result.records_in_part));
    if (result.records_recoverable > 0) {
      line("recoverable", count_of(result.records_recoverable, "whole record") +
                              " behind damage, which can be among the lost");
    }
    line("lost", fmt::format("{}; {} that chunk headers count", count_of(result.lost_bytes, "byte"),
                             count_of(result.lost_records, "record")));
    line("damage", count_of(result.damages(), "place"));
    findings(result, false);
    findings(result, true);
    const auto todo = advice(result);
    if (!todo.empty()) line("what to do", "");
    for (const std::string& sentence : todo) row(sentence);
    return std::move(out_);
  }

 private:
  void line(std::string_view label, const std::string& value) {
    fmt::format_to(to_, "  {:<{}}{}\n", label, value.empty() ? 0 : 16, value);
  }
  void row(const std::string& text) { fmt::format_to(to_, "    {}\n", text); }

  void findings(const VerifyResult& result, bool notes) {
    std::uint64_t total = 0;
    for (std::size_t i = 0; i < evtx::kFindingKinds; ++i) {
      if (is_note(static_cast<FindingKind>(i)) == notes) total += result.counts[i];
    }
    std::uint64_t shown = 0;
    std::uint64_t kept = 0;
    for (const Finding& finding : result.findings.kept) {
      if (is_note(finding.kind) != notes) continue;
      ++kept;
      if (!all_ && shown == kRows) continue;
      if (notes) {
        line("note", finding_line(finding));
      } else {
        row(finding_line(finding));
      }
      ++shown;
    }
    if (shown < kept) {
      row(fmt::format("and {} more (--all)", total - shown));
    } else if (kept < total) {
      row(fmt::format("and {} more, which are counted and not listed", total - kept));
    }
  }

  bool all_;
  std::string out_;
  std::back_insert_iterator<std::string> to_{out_};
};

void append_json(JsonStream& out, const LogInput& log, const VerifyResult& result) {
  out.begin_object();
  out.member("file", log.name);
  out.member("bytes", log.bytes.size());
  out.member("sound", result.sound());
  out.member("chunks", {{"in_use", result.chunks},
                        {"damaged", result.chunks_damaged},
                        {"unused", result.chunks_unused},
                        {"without_header", result.chunks_bad}});
  out.member("records", {{"count", result.records},
                         {"doubtful", result.records_doubtful},
                         {"unreadable", result.records_unreadable},
                         {"in_part", result.records_in_part},
                         {"recoverable", result.records_recoverable}});
  out.member("lost", {{"bytes", result.lost_bytes}, {"records", result.lost_records}});
  Json counts = Json::object();
  for (std::size_t i = 0; i < evtx::kFindingKinds; ++i) {
    if (result.counts[i] == 0) continue;
    counts[std::string(name_of(static_cast<FindingKind>(i)))] = result.counts[i];
  }
  out.member("counts", counts);
  out.member("damages", result.damages());
  out.member("findings_total", result.findings.total);
  out.key("findings").begin_array();
  for (const Finding& finding : result.findings.kept) {
    Json leaf = {{"kind", name_of(finding.kind)},
                 {"note", is_note(finding.kind)},
                 {"offset", finding.offset},
                 {"what", finding.what}};
    if (finding.record_id != 0) leaf["record_id"] = finding.record_id;
    if (finding.lost_bytes != 0) leaf["lost_bytes"] = finding.lost_bytes;
    if (finding.lost_records != 0) leaf["lost_records"] = finding.lost_records;
    out.value(leaf);
  }
  out.end_array();
  Json todo = Json::array();
  if (!result.sound()) {
    for (const std::string& sentence : advice(result)) todo.push_back(sentence);
  }
  out.member("advice", todo);
  out.end_object();
}

void verify_log(const LogInput& log, evtx::LogVerifier& verifier, ProgressLine& progress) {
  std::uint64_t released = 0;
  while (verifier.next_chunk()) {
    progress.progress(verifier.position(), log.bytes.size(), log.name);
    if (verifier.position() - released >= kReleaseBytes) {
      log.release_pages();
      released = verifier.position();
    }
  }
  progress.finish();
}

ExitCode run_verify(const EvtxVerifyArguments& arguments) {
  auto out = Output::open(arguments.output);
  if (!out) return report_failure(out.error());
  const bool json = arguments.format == "json";
  JsonStream document;
  if (json) {
    document.begin_object().member("schema", "dropscope.evtx-verify/1");
    document.member("tool", {{"name", "dropscope"}, {"version", version()}});
    document.key("logs").begin_array();
  }
  ProgressLine progress(arguments.quiet);
  const ExitCode code = for_each_log(arguments.files, [&](const LogInput& log, bool& stop) {
    auto verifier = evtx::LogVerifier::open(log.bytes);
    if (!verifier) {
      say_error(log.name + ": " + verifier.error().message);
      return false;
    }
    verify_log(log, *verifier, progress);
    const VerifyResult& result = verifier->result();
    if (json) {
      append_json(document, log, result);
    } else {
      out->write(VerifyText(arguments.all).write(log, result));
    }
    stop = !out->ok();
    return result.sound();
  });
  if (code == ExitCode::NothingUsable && !json) return code;
  if (json) out->write(document.end_array().end_object().take());
  if (const auto closed = out->close(); !closed) return report_failure(closed.error());
  return code;
}

}  // namespace

void add_evtx_verify(CommandTree& tree, CLI::App& evtx_group, EvtxVerifyArguments& arguments) {
  CommandSpec spec;
  spec.name = "verify";
  spec.summary = "check whether logs are sound, and account for damage";
  spec.details = {
      "Checks all that can be checked: checksums, magics, counts, sizes and ids of records, the "
      "tables of names and templates, chunks that look unused, and every event to its end. Says "
      "for "
      "each damaged place where it is and what was expected, what is lost or doubtful, and what "
      "can "
      "be done.",
      "The exit status is 0 when all logs are sound, 1 when one is damaged or could not be read, 3 "
      "when there was no log. That a log was not closed is a note and no damage."};
  spec.examples = {{"evtx verify Security.evtx", "One log."},
                   {"evtx verify --quiet logs/ > account.txt", "All logs of a folder."},
                   {"evtx verify --format json logs.zip", "For other programs."}};
  spec.run = [&arguments](const Invocation&) { return run_verify(arguments); };
  CLI::App& command = tree.add_command(evtx_group, std::move(spec));
  add_logs_option(tree, command, arguments.files);
  add_format_option(tree, command, {"text", "json"}, arguments.format);
  OptionSpec all;
  all.names = "--all";
  all.text = "All findings in the text form, not the first 50.";
  all.kind = ValueKind::Flag;
  tree.add_option(command, std::move(all), &arguments.all);
  add_output_option(tree, command, arguments.output);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
