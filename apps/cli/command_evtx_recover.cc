// `evtx recover`: event records that no reader of a log shows, out of logs and out of any bytes.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/event_filter.h"
#include "apps/cli/log_input.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/escape.h"
#include "base/files.h"
#include "base/mapped_file.h"
#include "base/spool_file.h"
#include "base/text.h"
#include "formats/evtx/recover.h"
#include "formats/evtx/renderer.h"
#include "formats/evtx/xml.h"

namespace dropscope::cli {
namespace {

using evtx::RecoveredRecord;
using evtx::Rendered;

std::string escaped(std::string_view utf8, Markup markup) {
  std::string out(utf8.size() * kEscapedPerUnit + kEscapeSlack, '\0');
  out.resize(static_cast<std::size_t>(put_escaped(out.data(), utf8, markup) - out.data()));
  return out;
}

/// One form of the output.
class RecordWriter {
 public:
  RecordWriter(const std::string& file, bool xml)
      : xml_(xml),
        file_(escaped(file, xml ? Markup::XmlAttribute : Markup::Json)),
        renderer_(evtx::TextFormat::JsonLines) {}

  /// The record with its labels. What is valid only until the next one is used before.
  [[nodiscard]] std::string_view write(const RecoveredRecord& record) {
    // The values stand in for what the event does not show.
    values_.clear();
    if (record.rendered != Rendered::Whole) evtx::record_values(record.bytes, values_);
    text_.clear();
    if (xml_) {
      write_xml(record);
    } else {
      write_json(record);
    }
    return text_;
  }

 private:
  void write_xml(const RecoveredRecord& record) {
    auto to = std::back_inserter(text_);
    fmt::format_to(to,
                   "<Record file='{}' offset='{:#x}' foundIn='{}' id='{}' written='{}' event='{}'",
                   file_, record.offset, name_of(record.found_in), record.id,
                   format_utc(record.written, 7), name_of(record.rendered));
    if (record.also_live) text_ += " alsoLive='true'";
    if (record.live_unknown) text_ += " alsoLive='unknown'";
    if (record.sizes_differ) text_ += " sizesDiffer='true'";
    text_ += ">\n";
    if (record.event) {
      (void)evtx::append_xml(text_, record.event->reader(), record.event->fragment());
      text_ += '\n';
    }
    if (!values_.empty()) {
      text_ += "<Values>";
      for (const evtx::ValueView& value : values_) {
        fmt::format_to(to, "<Value>{}</Value>", escaped(value.to_text(), Markup::XmlText));
      }
      text_ += "</Values>\n";
    }
    text_ += "</Record>\n";
  }

  void write_json(const RecoveredRecord& record) {
    auto to = std::back_inserter(text_);
    fmt::format_to(to, "\"file\":\"{}\",\"found_in\":\"{}\",\"event\":\"{}\",\"written\":\"{}\"",
                   file_, name_of(record.found_in), name_of(record.rendered),
                   format_utc(record.written, 7));
    if (record.also_live) text_ += ",\"also_live\":true";
    if (record.live_unknown) text_ += ",\"also_live\":null";
    if (record.sizes_differ) text_ += ",\"sizes_differ\":true";
    if (!values_.empty()) {
      text_ += ",\"values\":[";
      for (std::size_t i = 0; i < values_.size(); ++i) {
        fmt::format_to(to, "{}\"{}\"", i > 0 ? "," : "",
                       escaped(values_[i].to_text(), Markup::Json));
      }
      text_ += ']';
    }
    if (!record.event) {
      text_ = fmt::format("{{{},\"offset\":{},\"record_id\":{},\"recovered\":true}}\n", text_,
                          record.offset, record.id);
      return;
    }
    evtx::LogRecord event;
    event.offset = record.offset;
    event.id = record.id;
    event.written = record.written;
    event.doubtful = record.sizes_differ;
    if (record.sizes_differ) event.doubts = evtx::bit_of(evtx::Doubt::SizesDiffer);
    event.recovered = true;
    event.event = record.event;
    json_.clear();
    (void)renderer_.append(json_, event, text_);
    text_ = json_.view();
  }

  bool xml_;
  std::string file_;
  evtx::Renderer renderer_;
  std::vector<evtx::ValueView> values_;
  std::string text_;
  TextBuffer json_;
};

/// What came of one input, for people.
std::string summary_text(const std::string& name, const evtx::RecoverScan& scan,
                         std::uint64_t size) {
  const evtx::RecoverSummary& sum = scan.summary();
  std::string text;
  const auto line = [&](std::string_view label, const std::string& value) {
    fmt::format_to(std::back_inserter(text), "  {:<16}{}\n", label, value);
  };
  fmt::format_to(std::back_inserter(text), "{}\n", printable(name));
  line("searched", fmt::format("{}, {}", count_of(size, "byte"),
                               scan.is_log() ? "an event log" : "not an event log"));
  if (scan.is_log()) {
    line("live", fmt::format("{} in {}, not given here", count_of(sum.live_records, "record"),
                             count_of(sum.live_chunks, "chunk")));
  }
  if (sum.chunks > 0) line("chunks", fmt::format("{} found", sum.chunks));
  line("recovered", count_of(sum.records, "record"));
  if (sum.records > 0) {
    const auto found = [&](evtx::FoundIn place) {
      return sum.found_in[static_cast<std::size_t>(place)];
    };
    using evtx::FoundIn;
    line("found in",
         fmt::format("slack {}, gaps {}, lost chunks {}, unallocated {}", found(FoundIn::Slack),
                     found(FoundIn::Gap), found(FoundIn::LostChunk), found(FoundIn::Unallocated)));
    line("events",
         fmt::format("whole {}, in part {}, values only {}", sum.whole, sum.part, sum.none));
  }
  if (sum.also_live > 0) line("also live", fmt::format("{} of them", sum.also_live));
  if (sum.live_unknown > 0) line("perhaps live", fmt::format("{} of them", sum.live_unknown));
  if (sum.sizes_differ > 0) line("sizes differ", fmt::format("in {} of them", sum.sizes_differ));
  if (sum.cut > 0) {
    line("cut", fmt::format("{} whose end is lost, not given", count_of(sum.cut, "record")));
  }
  return text;
}

/// False when the input could not be read whole, which is told.
bool recover_from(const std::string& name, const MappedFile& file, bool xml, bool quiet,
                  evtx::FilterProgram* filter, Output& out) {
  const std::string shown = name == "-" ? std::string(kStandardInputName) : name;
  const Bytes bytes = file.bytes();
  auto scan = evtx::RecoverScan::open(bytes);
  RecordWriter writer(shown, xml);
  ProgressLine progress(quiet || (out.is_standard() && is_terminal(StandardStream::Out)));
  RecoveredRecord record;
  std::uint64_t released = 0;
  std::uint64_t given = 0;
  // In portions, so that progress shows and pages are given back where nothing is found.
  for (bool more = true; more && out.ok();) {
    const std::uint64_t pause = std::min<std::uint64_t>(bytes.size(), released + kReleaseBytes);
    while (out.ok() && scan.next_before(pause, record)) {
      const bool wanted =
          filter == nullptr ||
          (record.event && filter->matches(*record.event, record.id, record.written));
      if (wanted) {
        out.write(writer.write(record));
        ++given;
      }
      progress.progress(scan.position(), bytes.size(), shown);
    }
    progress.progress(scan.position(), bytes.size(), shown);
    file.release_pages();
    released = scan.position();
    more = released < bytes.size();
  }
  progress.finish();
  const auto fault = file.fault();
  if (fault) say_error(*fault);
  if (!quiet) {
    std::string text = summary_text(shown, scan, bytes.size());
    if (filter != nullptr) {
      text += fmt::format("  {:<16}{}\n", "given", fmt::format("{} that match", given));
    }
    for (const std::string_view line : split(trim(text), '\n')) say_line(line);
  }
  return !fault;
}

ExitCode run_recover(const EvtxRecoverArguments& arguments) {
  const auto filter = make_filter(arguments.filter, TimeZone());
  if (!filter) return report_failure(filter.error());
  std::optional<evtx::FilterProgram> program;
  if (arguments.filter.narrows()) program.emplace(*filter);
  auto out = Output::open(arguments.output);
  if (!out) return report_failure(out.error());
  const bool xml = arguments.format == "xml";
  if (xml) out->write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Recovered>\n");
  std::size_t read = 0;
  bool whole = true;
  for (const std::string& name : arguments.files) {
    const auto file = name == "-" ? map_standard_input() : MappedFile::open(path_from_utf8(name));
    if (!file) {
      say_error(file.error());
      whole = false;
      continue;
    }
    ++read;
    if (!recover_from(name, *file, xml, arguments.quiet, program ? &*program : nullptr, *out))
      whole = false;
  }
  if (xml) out->write("</Recovered>\n");
  if (const auto closed = out->close(); !closed) return report_failure(closed.error());
  if (read == 0) return ExitCode::NothingUsable;
  return whole ? ExitCode::Ok : ExitCode::Incomplete;
}

}  // namespace

void add_evtx_recover(CommandTree& tree, CLI::App& evtx_group, EvtxRecoverArguments& arguments) {
  CommandSpec spec;
  spec.name = "recover";
  spec.summary = "find stale and lost event records in logs and in any bytes";
  spec.details = {
      "Takes event logs, disk images, memory dumps, page files: anything. Gives the records that "
      "no "
      "reader of a log shows: behind the free space of a chunk, behind a damaged place, in chunks "
      "that have lost their header, and outside of any log. Live records of a log are never among "
      "them.",
      "Every record says where it was found and how much of its event could be read. What has "
      "lost its template is given as values without names; nothing is guessed. The limits are in "
      "docs/guide-recover.md.",
      "With conditions, only records whose event can be read and matches are given; times without "
      "a "
      "zone are UTC.",
      "A summary for each file goes to standard error. The exit status is 0 when all was read, "
      "whether or not anything was found."};
  spec.examples = {
      {"evtx recover Security.evtx > stale.xml", "What a log still holds beside its events."},
      {"evtx recover --format jsonl --output found.jsonl disk.img memory.dmp",
       "From an image and a dump, one JSON object a line."},
      {"evtx recover --id 1102,104 disk.img", "Only what says that a log was cleared."}};
  spec.run = [&arguments](const Invocation&) { return run_recover(arguments); };
  CLI::App& command = tree.add_command(evtx_group, std::move(spec));
  OptionSpec files;
  files.names = "FILE";
  files.value = "FILE";
  files.text = "Files of any kind; - is standard input.";
  files.kind = ValueKind::File;
  files.required = true;
  tree.add_option(command, std::move(files), &arguments.files);
  add_format_option(tree, command, {"xml", "jsonl"}, arguments.format);
  add_filter_options(tree, command, arguments.filter);
  add_output_option(tree, command, arguments.output);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
