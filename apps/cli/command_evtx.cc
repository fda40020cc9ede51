// `evtx dump` and `evtx info`: a log as it is, without any judgement.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/event_row.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/files.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "evidence/intake/inputs.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/xml.h"

namespace dropscope::cli {
namespace {

/// Pages of the log are given back each time so much has been read, which bounds the memory that a
/// log of any size takes.
constexpr std::uint64_t kReleaseBytes = 64u << 20;

/// Why a file is no event log, in the words that the other commands use.
std::string why_not(Bytes bytes, const std::string& name) {
  const ContentKind kind = detect_content(bytes, name);
  if (kind == ContentKind::Archive) {
    return "an archive; unpack it first, or use \"dropscope events\", which looks inside";
  }
  const bool text = kind == ContentKind::Unknown || kind == ContentKind::Inventory;
  return describe_problem(text ? ContentKind::NotAnEventLog : kind, bytes);
}

Result<MappedFile> open_log(const std::string& name) {
  auto file = MappedFile::open(path_from_utf8(name));
  if (!file) return file;
  const Bytes bytes = file->bytes();
  if (detect_content(bytes, name) != ContentKind::Evtx) {
    return fail(ErrorCode::Corrupt, why_not(bytes, name), name);
  }
  return file;
}

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

ExitCode run_dump(const EvtxDumpArguments& arguments) {
  const auto file = open_log(arguments.file);
  if (!file) {
    say_error(file.error());
    return ExitCode::NothingUsable;
  }
  auto reader = evtx::LogReader::open(file->bytes(), arguments.recovered);
  if (!reader) {
    say_error(arguments.file + ": " + reader.error().message);
    return ExitCode::NothingUsable;
  }
  auto out = Output::open(arguments.output);
  if (!out) return report_failure(out.error());

  const bool xml = arguments.format == "xml";
  ProgressLine progress(arguments.quiet ||
                        (out->is_standard() && is_terminal(StandardStream::Out)));
  if (xml) out->write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Events>\n");
  evtx::LogRecord record;
  EventRow row;
  std::string text;
  std::uint64_t released = 0;
  std::uint64_t incomplete = 0;
  while (out->ok() && reader->next(record)) {
    text.clear();
    if (!record.event) {
      const auto& damages = reader->damage();
      const std::string problem = damages.empty() || reader->summary().damages > damages.size()
                                      ? std::string("the event could not be read")
                                      : damages.back().what;
      if (xml) {
        text = fmt::format("<!-- record {} at offset {:#x}: {} -->\n", record.id, record.offset,
                           comment_text(problem));
      } else {
        append_unreadable_json_line(text, record, {}, problem);
      }
    } else if (xml) {
      if (!evtx::append_xml(text, record.event->reader(), record.event->fragment())) ++incomplete;
      text += '\n';
    } else {
      read_head(row, record);
      read_body(row, record);
      if (!row.data_whole) ++incomplete;
      append_json_line(text, row, {});
    }
    out->write(text);
    progress.progress(reader->position(), file->bytes().size(), arguments.file);
    if (reader->position() - released >= kReleaseBytes) {
      file->release_pages();
      released = reader->position();
    }
  }
  if (xml) out->write("</Events>\n");
  progress.finish();
  if (const auto closed = out->close(); !closed) return report_failure(closed.error());

  const evtx::LogSummary& summary = reader->summary();
  for (const auto& damage : reader->damage()) {
    say_error(arguments.file + ": " + damage_line(damage));
  }
  if (summary.damages > reader->damage().size()) {
    say_error(fmt::format("{}: {} more damaged places are not listed", arguments.file,
                          summary.damages - reader->damage().size()));
  }
  if (incomplete > 0) {
    say_error(fmt::format("{}: {} with a part that could not be read", arguments.file,
                          count_of(incomplete, "record")));
  }
  return summary.damages > 0 || incomplete > 0 ? ExitCode::Incomplete : ExitCode::Ok;
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
bool append_info(std::string& out, const MappedFile& file, evtx::LogReader& reader,
                 const std::string& name) {
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
      file.release_pages();
      released = reader.position();
    }
  }
  const evtx::FileHeader& header = reader.header();
  const evtx::LogSummary& summary = reader.summary();
  const auto line = [&](std::string_view label, const std::string& value) {
    fmt::format_to(std::back_inserter(out), "  {:<16}{}\n", label, value);
  };
  fmt::format_to(std::back_inserter(out), "{}\n", printable(name));
  line("size", count_of(file.bytes().size(), "byte"));
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
    const auto file = open_log(name);
    auto reader = file ? evtx::LogReader::open(file->bytes()) : fail(file.error());
    if (!reader) {
      Error error = reader.error();
      if (error.where.empty()) error.where = name;
      say_error(error);
      whole = false;
      continue;
    }
    std::string text = read > 0 ? "\n" : "";
    if (!append_info(text, *file, *reader, name)) whole = false;
    ++read;
    out->write(text);
  }
  if (const auto closed = out->close(); !closed) return report_failure(closed.error());
  if (read == 0) return ExitCode::NothingUsable;
  return whole ? ExitCode::Ok : ExitCode::Incomplete;
}

}  // namespace

void add_evtx(CommandTree& tree, EvtxDumpArguments& dump, EvtxInfoArguments& info) {
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
  file.text = "The event log (.evtx).";
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
  files.text = "Event logs (.evtx).";
  files.kind = ValueKind::File;
  files.required = true;
  tree.add_option(info_command, std::move(files), &info.files);
}

}  // namespace dropscope::cli
