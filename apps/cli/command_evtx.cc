// `evtx dump` and `evtx info`: a log as it is, without any judgement.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/event_row.h"
#include "apps/cli/log_input.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/text.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/renderer.h"

namespace dropscope::cli {
namespace {

/// Pages of the log are given back each time so much has been read, which bounds the memory that a
/// log of any size takes.
constexpr std::uint64_t kReleaseBytes = 64u << 20;

std::string damage_line(const evtx::LogDamage& damage) {
  std::string line = fmt::format("offset {:#x}", damage.offset);
  if (damage.record_id != 0) line += fmt::format(", record {}", damage.record_id);
  line += ": " + damage.what;
  if (damage.lost_bytes != 0) {
    line += fmt::format(" ({} lost)", count_of(damage.lost_bytes, "byte"));
  }
  return line;
}

/// Text for an XML comment, in which "--" may not occur.
std::string comment_text(std::string text) {
  for (std::size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at)) {
    text[at + 1] = '~';
  }
  return text;
}

/// Writes the records of one or more logs.
class Dump {
 public:
  Dump(const EvtxDumpArguments& arguments, Output& out)
      : arguments_(arguments),
        out_(out),
        xml_(arguments.format == "xml"),
        progress_(arguments.quiet || (out.is_standard() && is_terminal(StandardStream::Out))),
        renderer_(xml_ ? evtx::TextFormat::Xml : evtx::TextFormat::JsonLines) {
    if (xml_) text_.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Events>\n");
  }

  /// True if the log was read whole.
  bool log(const LogInput& log, bool& stop) {
    auto reader = evtx::LogReader::open(log.bytes, arguments_.recovered);
    if (!reader) {
      say_error(log.name + ": " + reader.error().message);
      return false;
    }
    // Where one command writes several logs, each line names its own.
    members_.clear();
    if (log.name != arguments_.file && log.map == nullptr) members_ = json_member("file", log.name);
    evtx::LogRecord record;
    std::uint64_t released = 0;
    std::uint64_t incomplete = 0;
    while (out_.ok() && reader->next(record)) {
      if (!record.event) {
        unreadable(record, *reader);
      } else if (!renderer_.append(text_, record, members_)) {
        ++incomplete;
      }
      if (text_.size() >= kWriteBytes) flush();
      progress_.progress(reader->position(), log.bytes.size(), log.name);
      if (reader->position() - released >= kReleaseBytes) {
        log.release_pages();
        released = reader->position();
      }
    }
    stop = !out_.ok();
    progress_.finish();
    return tell(log.name, *reader, incomplete);
  }

  void finish() {
    if (xml_) text_.append("</Events>\n");
    flush();
  }

 private:
  /// Large enough that writing costs little, small enough to stay in the processor's cache.
  static constexpr std::size_t kWriteBytes = 256u << 10;

  void flush() {
    out_.write(text_.view());
    text_.clear();
  }

  void unreadable(const evtx::LogRecord& record, const evtx::LogReader& reader) {
    const auto& damages = reader.damage();
    const std::string problem = damages.empty() || reader.summary().damages > damages.size()
                                    ? std::string("the event could not be read")
                                    : damages.back().what;
    std::string line;
    if (xml_) {
      line = fmt::format("<!-- record {} at offset {:#x}: {} -->\n", record.id, record.offset,
                         comment_text(problem));
    } else {
      append_unreadable_json_line(line, record, members_, problem);
    }
    text_.append(line);
  }

  static bool tell(const std::string& name, const evtx::LogReader& reader,
                   std::uint64_t incomplete) {
    const evtx::LogSummary& summary = reader.summary();
    for (const auto& damage : reader.damage()) say_error(name + ": " + damage_line(damage));
    if (summary.damages > reader.damage().size()) {
      say_error(fmt::format("{}: {} more damaged places are not listed", name,
                            summary.damages - reader.damage().size()));
    }
    if (incomplete > 0) {
      say_error(fmt::format("{}: {} with a part that could not be read", name,
                            count_of(incomplete, "record")));
    }
    return summary.damages == 0 && incomplete == 0;
  }

  const EvtxDumpArguments& arguments_;
  Output& out_;
  bool xml_;
  ProgressLine progress_;
  evtx::Renderer renderer_;
  TextBuffer text_;
  std::string members_;
};

ExitCode run_dump(const EvtxDumpArguments& arguments) {
  auto out = Output::open(arguments.output);
  if (!out) return report_failure(out.error());
  Dump dump(arguments, *out);
  const ExitCode code = for_each_log(
      arguments.file, [&](const LogInput& log, bool& stop) { return dump.log(log, stop); });
  // No file is left behind by a run that read nothing.
  if (code == ExitCode::NothingUsable) return code;
  dump.finish();
  if (const auto closed = out->close(); !closed) return report_failure(closed.error());
  return code;
}

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

  CommandSpec dump_spec;
  dump_spec.name = "dump";
  dump_spec.summary = "write all events of a log as XML or JSON lines";
  dump_spec.details = {
      "XML has the values that Windows itself writes: one document with an Event element for every "
      "record. JSON lines are one object for each event, with the fields of docs/cli.md.",
      "Damaged places are told on standard error with their offset; the other events are written "
      "all the same."};
  dump_spec.examples = {
      {"evtx dump Application.evtx > application.xml", "A log as one XML document."},
      {"evtx dump --format jsonl --output app.jsonl Application.evtx",
       "For other programs: one JSON object a line."},
      {"evtx dump --recovered damaged.evtx", "Also records found behind a damaged place."}};
  dump_spec.run = [&dump](const Invocation&) { return run_dump(dump); };
  CLI::App& dump_command = tree.add_command(evtx, std::move(dump_spec));
  OptionSpec file;
  file.names = "FILE";
  file.value = "FILE";
  file.text = "The event log (.evtx), an archive or folder with logs, or - for standard input.";
  file.kind = ValueKind::File;
  file.required = true;
  tree.add_option(dump_command, std::move(file), &dump.file);
  OptionSpec format;
  format.names = "--format";
  format.value = "FORMAT";
  format.text = "xml or jsonl (default: xml).";
  format.kind = ValueKind::Choice;
  format.choices = {"xml", "jsonl"};
  tree.add_option(dump_command, std::move(format), &dump.format);
  OptionSpec recovered;
  recovered.names = "--recovered";
  recovered.text =
      "Also give whole records that are found behind a damaged place. They can be old copies of "
      "records that are given anyway.";
  recovered.kind = ValueKind::Flag;
  tree.add_option(dump_command, std::move(recovered), &dump.recovered);
  add_output_option(tree, dump_command, dump.output);
  add_quiet_option(tree, dump_command, dump.quiet);

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
