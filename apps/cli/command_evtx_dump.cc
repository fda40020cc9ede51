// `evtx dump`: all events of a log as text.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/event_filter.h"
#include "apps/cli/event_row.h"
#include "apps/cli/json_members.h"
#include "apps/cli/log_input.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/text.h"
#include "formats/evtx/parallel.h"
#include "formats/evtx/renderer.h"

namespace dropscope::cli {
namespace {

/// Text for an XML comment, in which "--" may not occur.
std::string comment_text(std::string text) {
  for (std::size_t at = text.find("--"); at != std::string::npos; at = text.find("--", at)) {
    text[at + 1] = '~';
  }
  return text;
}

/// What is to be written of which records.
struct DumpPlan {
  evtx::Filter filter;
  TimeZone zone;
  std::vector<CsvColumn> columns;    ///< CSV.
  std::vector<std::string> members;  ///< JSON lines; empty: all.
};

/// Errors: Invalid for fields that the format does not have, and for what make_filter() refuses.
Result<DumpPlan> make_plan(const EvtxDumpArguments& arguments) {
  DumpPlan plan;
  plan.zone = TimeZone::find(arguments.zone.empty() ? "UTC" : arguments.zone).value_or(TimeZone());
  auto filter = make_filter(arguments.filter, plan.zone);
  if (!filter) return fail(std::move(filter.error()));
  plan.filter = std::move(*filter);
  plan.columns = all_csv_columns();
  if (arguments.fields.empty()) return plan;
  if (arguments.format == "xml") {
    return fail(ErrorCode::Invalid,
                "--fields chooses members of JSON lines or columns of CSV; XML is always whole");
  }
  std::vector<std::string> known = json_event_members();
  if (arguments.format == "csv") {
    known.clear();
    for (const CsvColumn column : all_csv_columns()) known.emplace_back(csv_column_name(column));
    plan.columns.clear();
  }
  for (const std::string& field : arguments.fields) {
    const auto at = std::find(known.begin(), known.end(), field);
    if (at == known.end()) {
      return fail(ErrorCode::Invalid,
                  fmt::format("--fields: {} has no \"{}\"; there are: {}{}",
                              arguments.format == "csv" ? "CSV" : "JSON", field,
                              fmt::join(known, ", "), did_you_mean(field, known)));
    }
    if (arguments.format == "csv") {
      plan.columns.push_back(all_csv_columns()[static_cast<std::size_t>(at - known.begin())]);
    } else {
      plan.members.push_back(field);
    }
  }
  return plan;
}

/// What one thread writes records with.
class RecordText {
 public:
  RecordText(const EvtxDumpArguments& arguments, const DumpPlan& plan, std::string log_name,
             std::string members, std::atomic<std::uint64_t>& incomplete)
      : plan_(plan),
        log_name_(std::move(log_name)),
        members_(std::move(members)),
        incomplete_(incomplete),
        xml_(arguments.format == "xml"),
        csv_(arguments.format == "csv"),
        renderer_(xml_ ? evtx::TextFormat::Xml : evtx::TextFormat::JsonLines) {}

  void append(const evtx::LogRecord& record, const evtx::LogReader& reader, TextBuffer& text) {
    if (!record.event) {
      unreadable(record, reader, text);
    } else if (!event(record, text)) {
      ++incomplete_;
    }
  }

 private:
  /// False if a part of the event could not be read.
  bool event(const evtx::LogRecord& record, TextBuffer& text) {
    if (csv_) {
      read_head(row_, record);
      read_body(row_, record);
      append_csv_row(line_, plan_.columns, row_, log_name_, plan_.zone);
      take_line(text);
      return row_.data_whole;
    }
    if (plan_.members.empty()) return renderer_.append(text, record, members_);
    json_.clear();
    const bool whole = renderer_.append(json_, record, members_);
    append_members(line_, json_.view(), plan_.members);
    take_line(text);
    return whole;
  }

  void unreadable(const evtx::LogRecord& record, const evtx::LogReader& reader, TextBuffer& text) {
    if (csv_) return;  // A table has no place for it; it is told on standard error.
    const auto& damages = reader.damage();
    const std::string problem = damages.empty() || reader.summary().damages > damages.size()
                                    ? std::string("the event could not be read")
                                    : damages.back().what;
    if (xml_) {
      line_ = fmt::format("<!-- record {} at offset {:#x}: {} -->\n", record.id, record.offset,
                          comment_text(problem));
    } else {
      append_unreadable_json_line(line_, record, members_, problem);
    }
    take_line(text);
  }

  void take_line(TextBuffer& text) {
    text.append(line_);
    line_.clear();
  }

  const DumpPlan& plan_;
  std::string log_name_;
  std::string members_;
  std::atomic<std::uint64_t>& incomplete_;
  bool xml_;
  bool csv_;
  evtx::Renderer renderer_;
  TextBuffer json_;
  std::string line_;
  EventRow row_;
};

/// Writes the records of one or more logs.
class Dump {
 public:
  Dump(const EvtxDumpArguments& arguments, const DumpPlan& plan, Output& out)
      : arguments_(arguments),
        plan_(plan),
        out_(out),
        progress_(arguments.quiet || (out.is_standard() && is_terminal(StandardStream::Out))) {
    if (arguments.format == "xml") {
      out_.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Events>\n");
    }
    if (arguments.format == "csv") {
      std::string line;
      append_csv_header(line, plan_.columns, plan_.zone);
      out_.write(line);
    }
  }

  /// True if the log was read whole.
  bool log(const LogInput& log, bool& stop) {
    const evtx::ParallelOptions options{
        .read = {.recovered = arguments_.recovered,
                 .verify_crc = !arguments_.filter.skip_checksums,
                 .filter = arguments_.filter.narrows() ? &plan_.filter : nullptr},
        .threads = arguments_.threads};
    // Where one command writes several logs, each line names its own.
    const bool named = log.name != arguments_.file && log.map == nullptr;
    const std::string members = named ? json_member("file", log.name) : std::string();
    std::atomic<std::uint64_t> incomplete = 0;
    const auto make_writer = [&]() -> evtx::RecordWriter {
      return
          [text = std::make_shared<RecordText>(arguments_, plan_, log.name, members, incomplete)](
              const evtx::LogRecord& record, const evtx::LogReader& reader, TextBuffer& out) {
            text->append(record, reader, out);
          };
    };
    std::uint64_t released = 0;
    const auto take = [&](std::string_view text, std::uint64_t position) {
      out_.write(text);
      progress_.progress(position, log.bytes.size(), log.name);
      if (position - released >= kReleaseBytes) {
        log.release_pages();
        released = position;
      }
      return out_.ok();
    };
    const auto reader = evtx::read_parallel(log.bytes, options, make_writer, take);
    if (!reader) {
      say_error(log.name + ": " + reader.error().message);
      return false;
    }
    stop = !out_.ok();
    progress_.finish();
    return tell(log.name, *reader, incomplete);
  }

  void finish() {
    if (arguments_.format == "xml") out_.write("</Events>\n");
  }

 private:
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
  const DumpPlan& plan_;
  Output& out_;
  ProgressLine progress_;
};

ExitCode run_dump(const EvtxDumpArguments& arguments) {
  const auto plan = make_plan(arguments);
  if (!plan) return report_failure(plan.error());
  auto out = Output::open(arguments.output);
  if (!out) return report_failure(out.error());
  Dump dump(arguments, *plan, *out);
  const ExitCode code = for_each_log(
      arguments.file, [&](const LogInput& log, bool& stop) { return dump.log(log, stop); });
  // No file is left behind by a run that read nothing.
  if (code == ExitCode::NothingUsable) return code;
  dump.finish();
  if (const auto closed = out->close(); !closed) return report_failure(closed.error());
  return code;
}

}  // namespace

void add_evtx_dump(CommandTree& tree, CLI::App& evtx_group, EvtxDumpArguments& dump) {
  CommandSpec dump_spec;
  dump_spec.name = "dump";
  dump_spec.summary = "write the events of a log as XML, JSON lines or CSV";
  dump_spec.details = {
      "XML has the values that Windows itself writes: one document with an Event element for every "
      "record. JSON lines are one object for each event, CSV one row; docs/cli.md has their "
      "fields.",
      "Conditions of one kind are alternatives, those of different kinds must all hold. In names, "
      "* "
      "stands for any characters.",
      "Damaged places are told on standard error with their offset; the other events are written "
      "all the same."};
  dump_spec.examples = {
      {"evtx dump Application.evtx > application.xml", "A log as one XML document."},
      {"evtx dump --format jsonl --output app.jsonl Application.evtx",
       "For other programs: one JSON object a line."},
      {"evtx dump --id 26 --format csv --fields time,text App.evtx",
       "Two columns of a few events."},
      {"evtx dump --recovered damaged.evtx", "Also records found behind a damaged place."}};
  dump_spec.run = [&dump](const Invocation&) { return run_dump(dump); };
  CLI::App& dump_command = tree.add_command(evtx_group, std::move(dump_spec));
  OptionSpec file;
  file.names = "FILE";
  file.value = "FILE";
  file.text = "The event log (.evtx), an archive or folder with logs, or - for standard input.";
  file.kind = ValueKind::File;
  file.required = true;
  tree.add_option(dump_command, std::move(file), &dump.file);
  add_format_option(tree, dump_command, {"xml", "jsonl", "csv"}, dump.format);
  OptionSpec fields;
  fields.names = "--fields";
  fields.value = "LIST";
  fields.text = "Only these members of JSON lines, or these columns of CSV in this order.";
  fields.list = true;
  tree.add_option(dump_command, std::move(fields), &dump.fields);
  add_filter_options(tree, dump_command, dump.filter);
  add_skip_checksums_option(tree, dump_command, dump.filter);
  add_zone_option(tree, dump_command, dump.zone,
                  "Time zone of the times in CSV, and of --from and --to: an IANA name, a Windows "
                  "name or an offset such as +02:00 (default: UTC).");
  OptionSpec recovered;
  recovered.names = "--recovered";
  recovered.text =
      "Also give whole records that are found behind a damaged place. They can be old copies of "
      "records that are given anyway.";
  recovered.kind = ValueKind::Flag;
  tree.add_option(dump_command, std::move(recovered), &dump.recovered);
  add_threads_option(tree, dump_command, dump.threads);
  add_output_option(tree, dump_command, dump.output);
  add_quiet_option(tree, dump_command, dump.quiet);
}

}  // namespace dropscope::cli
