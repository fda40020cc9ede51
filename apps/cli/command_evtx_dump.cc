// `evtx dump`: all events of a log as text.

#include <fmt/format.h>

#include <string>

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
    auto reader = evtx::LogReader::open(log.bytes, {.recovered = arguments_.recovered});
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

}  // namespace

void add_evtx_dump(CommandTree& tree, CLI::App& evtx_group, EvtxDumpArguments& dump) {
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
  CLI::App& dump_command = tree.add_command(evtx_group, std::move(dump_spec));
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
}

}  // namespace dropscope::cli
