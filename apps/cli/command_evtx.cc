// `evtx` and `evtx info`: a log as it is, without any judgement.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/log_input.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/text.h"
#include "formats/evtx/reader.h"

namespace dropscope::cli {
namespace {

/// Names with their number of records, the most frequent first; at most three are told.
std::string most_frequent(const std::map<std::string, std::uint64_t>& counts) {
  std::vector<std::pair<std::string, std::uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (std::size_t i = 0; i < sorted.size() && i < 3; ++i) {
    if (i > 0) text += ", ";
    text += sorted[i].first.empty() ? "(no name)" : printable(sorted[i].first);
    if (sorted.size() > 1) text += fmt::format(" ({})", sorted[i].second);
  }
  if (sorted.size() > 3) text += fmt::format(" and {} more", sorted.size() - 3);
  return text;
}

std::string describe_flags(const evtx::FileHeader& header) {
  std::string text = fmt::format("{:#x}", header.flags);
  text += header.dirty() ? " (dirty: not closed by its writer)" : " (clean)";
  if (header.full()) text += " (full)";
  if ((header.flags & evtx::kFlagNoCrc) != 0) text += " (no checksums)";
  return text;
}

/// Reads the whole log, then appends what is to be said of it. False if something is damaged.
bool append_info(std::string& out, const LogInput& log, evtx::LogReader& reader) {
  std::map<std::string, std::uint64_t> computers;
  std::map<std::string, std::uint64_t> channels;
  std::optional<Instant> first;
  std::optional<Instant> last;
  std::uint64_t lowest_id = 0;
  std::uint64_t highest_id = 0;
  std::uint64_t released = 0;
  evtx::LogRecord record;
  while (reader.next(record)) {
    if (record.id != 0) {
      lowest_id = lowest_id == 0 ? record.id : std::min(lowest_id, record.id);
      highest_id = std::max(highest_id, record.id);
    }
    Instant time = record.written;
    if (record.event) {
      time = record.event->time_created().value_or(time);
      ++computers[record.event->field(evtx::Field::Computer).to_text()];
      ++channels[record.event->field(evtx::Field::Channel).to_text()];
    }
    first = std::min(first.value_or(time), time);
    last = std::max(last.value_or(time), time);
    if (reader.position() - released >= kReleaseBytes) {
      log.release_pages();
      released = reader.position();
    }
  }
  const evtx::FileHeader& header = reader.header();
  const evtx::LogSummary& summary = reader.summary();
  const auto line = [&](std::string_view label, const std::string& value) {
    fmt::format_to(std::back_inserter(out), "  {:<16}{}\n", label, value);
  };
  fmt::format_to(std::back_inserter(out), "{}\n", printable(log.name));
  line("size", count_of(log.bytes.size(), "byte"));
  line("format", fmt::format("{}.{}, first chunk at offset {:#x}", header.major_version,
                             header.minor_version, header.block_bytes));
  line("header", fmt::format("chunks {} to {} of {}, next record {}", header.first_chunk,
                             header.last_chunk, header.chunk_count, header.next_record_id));
  line("flags", describe_flags(header));
  const bool no_crc = (header.flags & evtx::kFlagNoCrc) != 0;
  line("header CRC", header.crc_ok ? "right" : no_crc || header.crc == 0 ? "not stored" : "wrong");
  line("chunks", fmt::format("{} in use, {} unused, {} unreadable", summary.chunks,
                             summary.chunks_unused, summary.chunks_bad));
  line("chunk CRCs", no_crc ? "not stored" : fmt::format("{} wrong", summary.chunks_crc_bad));
  std::string records = fmt::format("{}", summary.records);
  if (summary.records_unreadable > 0) {
    records += fmt::format(", {} of them unreadable", summary.records_unreadable);
  }
  if (summary.records_recoverable > 0) {
    records +=
        fmt::format("; {} more behind damage (evtx dump --recovered)", summary.records_recoverable);
  }
  line("records", records);
  if (highest_id != 0) line("record ids", fmt::format("{} to {}", lowest_id, highest_id));
  if (first) {
    line("time", fmt::format("{} to {}", format_utc(*first), format_utc(*last)));
  }
  if (!computers.empty()) line("computers", most_frequent(computers));
  if (!channels.empty()) line("channels", most_frequent(channels));
  line("damage", summary.damages == 0 ? "none" : count_of(summary.damages, "place"));
  for (const auto& damage : reader.damage()) {
    fmt::format_to(std::back_inserter(out), "    {}\n", damage_line(damage));
  }
  if (summary.damages > reader.damage().size()) {
    fmt::format_to(std::back_inserter(out), "    … and {} more\n",
                   summary.damages - reader.damage().size());
  }
  return summary.damages == 0;
}

ExitCode run_info(const EvtxInfoArguments& arguments) {
  auto out = Output::open({});
  if (!out) return report_failure(out.error());
  std::size_t read = 0;
  bool whole = true;
  for (const std::string& name : arguments.files) {
    const ExitCode code = for_each_log(name, [&](const LogInput& log, bool& stop) {
      auto reader = evtx::LogReader::open(log.bytes);
      if (!reader) {
        say_error(log.name + ": " + reader.error().message);
        return false;
      }
      std::string text = read > 0 ? "\n" : "";
      const bool undamaged = append_info(text, log, *reader);
      ++read;
      out->write(text);
      stop = !out->ok();
      return undamaged;
    });
    if (code != ExitCode::Ok) whole = false;
  }
  if (const auto closed = out->close(); !closed) return report_failure(closed.error());
  if (read == 0) return ExitCode::NothingUsable;
  return whole ? ExitCode::Ok : ExitCode::Incomplete;
}

}  // namespace

CLI::App& add_evtx(CommandTree& tree, EvtxDumpArguments& dump, EvtxInfoArguments& info) {
  CommandSpec group;
  group.name = "evtx";
  group.summary = "look into single event logs";
  group.details = {
      "Shows what a log holds, as it is. Nothing is judged, and no Windows is needed."};
  CLI::App& evtx = tree.add_command(tree.root(), std::move(group));

  add_evtx_dump(tree, evtx, dump);

  CommandSpec info_spec;
  info_spec.name = "info";
  info_spec.summary = "show headers, record counts, time span and damage of logs";
  info_spec.details = {
      "Reads each log to its end. Times are in UTC. The exit status is 1 when a log is damaged."};
  info_spec.examples = {{"evtx info Application.evtx", "One log."},
                        {"evtx info *.evtx", "All logs of this folder."}};
  info_spec.run = [&info](const Invocation&) { return run_info(info); };
  CLI::App& info_command = tree.add_command(evtx, std::move(info_spec));
  OptionSpec files;
  files.names = "FILE";
  files.value = "FILE";
  files.text = "Event logs (.evtx), archives or folders with logs, or - for standard input.";
  files.kind = ValueKind::File;
  files.required = true;
  tree.add_option(info_command, std::move(files), &info.files);
  return evtx;
}

}  // namespace dropscope::cli
