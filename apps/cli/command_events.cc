// `events`: what Event Viewer's filter would show, from any number of logs.
//
// Events are written while they are read, in the order of the logs, so that memory does not grow
// with the input. Sorting all events of all logs by time would need all of them at once; one log is
// in order already, and `sort` exists for the rest.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/event_filter.h"
#include "apps/cli/event_row.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/files.h"
#include "base/text.h"
#include "base/utf16.h"
#include "evidence/intake/inputs.h"
#include "formats/evtx/reader.h"
#include "formats/evtx/renderer.h"
#include "present/text/layout.h"

namespace dropscope::cli {
namespace {

/// Columns of the table. Provider and computer names of real logs rarely need more.
constexpr std::size_t kTimeColumns = 19;
constexpr std::size_t kLevelColumns = 11;
constexpr std::size_t kProviderColumns = 18;
constexpr std::size_t kIdColumns = 6;
constexpr std::size_t kComputerColumns = 20;
constexpr std::size_t kTextMinimum = 16;

/// The terminal hears of progress each time so much has been read.
constexpr std::uint64_t kPauseBytes = 1u << 20;

/// What is shown.
struct Selection {
  evtx::Filter filter;
  const Profile* profile = nullptr;  ///< Only what its rules name; null = every event.
  bool verify_crc = true;
};

/// Writes rows in the format that was asked for.
class RowWriter {
 public:
  RowWriter(Output& out, const EventsArguments& arguments, TimeZone zone)
      : out_(out), zone_(std::move(zone)), format_(arguments.format) {
    const bool to_terminal = out.is_standard() && is_terminal(StandardStream::Out);
    ascii_ = arguments.ascii || (to_terminal && !terminal_has_unicode());
    colour_ = arguments.colour == "always" ||
              (out.is_standard() && use_colour(arguments.colour, StandardStream::Out));
    // Nothing is cut off in a file: it may be searched.
    if (arguments.width != 0) {
      columns_ = arguments.width;
    } else if (out.is_standard()) {
      const auto known = known_columns(0, StandardStream::Out);
      if (known) columns_ = static_cast<std::size_t>(*known);
    }
  }

  void header() {
    if (format_ == "csv") {
      append_csv_header(line_, all_csv_columns(), zone_);
    } else if (format_ == "table") {
      table_line("Level", fmt::format("Time ({})", zone_.name()), "Provider", "Id", "Computer",
                 "Text", "\x1b[1m");
    }
    write();
  }

  void row(const EventRow& row, const evtx::LogRecord& record, const std::string& file) {
    if (format_ == "csv") {
      append_csv_row(line_, all_csv_columns(), row, file, zone_);
    } else if (format_ == "jsonl") {
      json_.clear();
      (void)renderer_.append(json_, record, json_member("file", file));
      line_ = json_.view();
    } else {
      const char* colour = row.level == 1 || row.level == 2 ? "\x1b[31m"
                           : row.level == 3                 ? "\x1b[33m"
                                                            : "";
      table_line(level_name(row.level), zone_.format(row.time), row.provider,
                 fmt::format("{}", row.event_id), row.computer, evtx::data_text(row.data), colour);
    }
    write();
  }

 private:
  std::string cell(std::string_view text, std::size_t columns) const {
    std::string shown = printable(text);
    if (ascii_) shown = to_ascii(shown);
    if (columns_ != 0) shown = shorten(shown, columns, ascii_ ? "..." : "…");
    return pad_right(shown, columns);
  }

  void table_line(std::string_view level, std::string_view time, std::string_view provider,
                  std::string_view id, std::string_view computer, std::string_view text,
                  const char* colour) {
    std::string line = cell(time, std::max(kTimeColumns, time.size()));
    line += ' ' + cell(level, kLevelColumns) + ' ' + cell(provider, kProviderColumns) + ' ' +
            pad_left(id, kIdColumns) + ' ' + cell(computer, kComputerColumns) + ' ';
    const std::size_t used = display_width(line);
    std::string last = printable(text);
    if (ascii_) last = to_ascii(last);
    if (columns_ != 0) {
      const std::size_t left = columns_ > used ? columns_ - used : 0;
      // On a narrow terminal the text goes below: it is what the event says.
      if (left < kTextMinimum) {
        line = shorten(trim(line), columns_, ascii_ ? "..." : "…") + "\n    ";
        last = shorten(last, columns_ > 4 ? columns_ - 4 : 1, ascii_ ? "..." : "…");
      } else {
        last = shorten(last, left, ascii_ ? "..." : "…");
      }
    }
    line += last;
    const bool coloured = colour_ && *colour != '\0';
    if (coloured) line_ += colour;
    line_ += trim(line);
    if (coloured) line_ += "\x1b[0m";
    line_ += '\n';
  }

  void write() {
    out_.write(line_);
    line_.clear();
  }

  Output& out_;
  TimeZone zone_;
  std::string format_;
  std::string line_;
  evtx::Renderer renderer_{evtx::TextFormat::JsonLines};
  TextBuffer json_;
  std::size_t columns_ = 0;  // 0 = unbounded.
  bool ascii_ = false;
  bool colour_ = false;
};

/// What came of the whole run.
struct Tally {
  std::uint64_t logs = 0;
  std::uint64_t records = 0;
  std::uint64_t shown = 0;
  std::uint64_t problems = 0;
  std::uint64_t ignored = 0;
};

class EventLister {
 public:
  EventLister(const Selection& selection, Output& out, RowWriter& writer, ProgressLine& progress)
      : selection_(selection), out_(out), writer_(writer), progress_(progress) {}

  void problem(const std::string& name, const std::string& text) {
    progress_.finish();
    say_error(name + ": " + text);
    ++tally_.problems;
  }

  /// To be called before the content of each file.
  void begin_file(const InputFile& file, std::uint64_t done, std::uint64_t total) {
    file_bytes_ = file.bytes;
    done_ = done;
    total_ = total;
    progress_.progress(done, total, file.name);
  }

  void content(const Content& content) {
    if (!out_.ok()) return;
    if (!content.opened) {
      problem(content.name, content.problem);
      return;
    }
    const ContentKind kind = detect_content(content.bytes, content.name);
    if (kind != ContentKind::Evtx && content.map != nullptr && content.map->fault()) {
      problem(content.name, content.map->fault()->message);
      return;
    }
    if (kind != ContentKind::Evtx) {
      // Other files that lie in a folder are no mistake of anybody, nor is a table of computers.
      if (kind == ContentKind::Inventory ||
          (kind == ContentKind::Unknown && !content.named_by_user)) {
        ++tally_.ignored;
      } else {
        problem(content.name, describe_problem(kind, content.bytes));
      }
      return;
    }
    if (!content.problem.empty()) problem(content.name, content.problem);
    log(content);
  }

  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  void log(const Content& content) {
    auto reader = evtx::LogReader::open(
        content.bytes, {.verify_crc = selection_.verify_crc, .filter = &selection_.filter});
    if (!reader) {
      problem(content.name, reader.error().message);
      return;
    }
    ++tally_.logs;
    evtx::LogRecord record;
    // How far a member of an archive reaches into the archive is not known.
    const bool measured = content.bytes.size() == file_bytes_;
    std::uint64_t position = 0;
    while (out_.ok() && position < content.bytes.size()) {
      if (!reader->next_before(position + kPauseBytes, record)) {
        position = reader->position();
        if (measured) progress_.progress(done_ + position, total_, content.name);
        continue;
      }
      if (!record.event) continue;
      read_head(row_, record);
      read_body(row_, record);
      if (selection_.profile != nullptr && !profile_holds(*selection_.profile, row_)) continue;
      writer_.row(row_, record, content.name);
      ++tally_.shown;
    }
    tally_.records += reader->summary().records;
    if (reader->summary().damages > 0) {
      const auto& first = reader->damage().front();
      problem(content.name,
              fmt::format("{}, first at offset {:#x}: {}; \"dropscope evtx info\" lists them",
                          count_of(reader->summary().damages, "damaged place"), first.offset,
                          first.what));
    }
    if (const auto fault = content.map != nullptr ? content.map->fault() : std::nullopt) {
      problem(content.name, fault->message);
    }
  }

  const Selection& selection_;
  Output& out_;
  RowWriter& writer_;
  ProgressLine& progress_;
  EventRow row_;
  Tally tally_;
  std::uint64_t file_bytes_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

ExitCode finish(const EventsArguments& arguments, const Selection& selection, const Tally& tally) {
  if (tally.logs == 0) {
    if (tally.problems == 0) {
      say_error(fmt::format(
          "no event log found{}; expected .evtx files, for example "
          "C:\\Windows\\System32\\winevt\\Logs\\Application.evtx",
          tally.ignored > 0 ? " among " + count_of(tally.ignored, "file") + " of other kinds"
                            : ""));
    }
    return ExitCode::NothingUsable;
  }
  if (!arguments.quiet) {
    std::string text = fmt::format("{} of {} in {}", count_of(tally.shown, "event"),
                                   count_of(tally.records, "record"), count_of(tally.logs, "log"));
    if (tally.shown == 0 && selection.profile != nullptr) {
      text += fmt::format("; only events of {} are looked for, --all shows every event",
                          selection.profile->title);
    } else if (tally.shown == 0 && !arguments.all) {
      text += "; check the spelling of the conditions, names may hold * for any characters";
    }
    say_line(text);
  }
  return tally.problems > 0 ? ExitCode::Incomplete : ExitCode::Ok;
}

ExitCode run_events(const EventsArguments& arguments) {
  const auto catalogue = load_catalogue(arguments.data);
  if (!catalogue) return report_failure(catalogue.error());
  const auto profile = find_profile(*catalogue, arguments.profile);
  if (!profile) return report_failure(profile.error());
  const TimeZone zone =
      TimeZone::find(arguments.zone.empty() ? "UTC" : arguments.zone).value_or(TimeZone());
  auto filter = make_filter(arguments.filter, zone);
  if (!filter) return report_failure(filter.error());
  Selection selection{std::move(*filter), nullptr, !arguments.filter.skip_checksums};
  if (!arguments.all && arguments.filter.providers.empty() && arguments.filter.ids.empty()) {
    selection.profile = *profile;
    add_profile(selection.filter, **profile);
  }
  auto out = Output::open(arguments.output);
  if (!out) return report_failure(out.error());

  ProgressLine progress(arguments.quiet ||
                        (out->is_standard() && is_terminal(StandardStream::Out)));
  RowWriter writer(*out, arguments, zone);
  EventLister lister(selection, *out, writer, progress);
  std::vector<std::filesystem::path> paths;
  for (const std::string& path : arguments.paths) paths.push_back(path_from_utf8(path));
  const InputList inputs = collect_inputs(paths);
  for (const Source& source : inputs.unreadable) lister.problem(source.path, source.problem);
  writer.header();
  std::uint64_t done = 0;
  for (const InputFile& file : inputs.files) {
    lister.begin_file(file, done, inputs.bytes);
    for_each_content(file, [&](const Content& content) { lister.content(content); });
    done += file.bytes;
  }
  progress.finish();
  if (lister.tally().logs > 0) {
    if (const auto closed = out->close(); !closed) return report_failure(closed.error());
  }
  return finish(arguments, selection, lister.tally());
}

}  // namespace

void add_events(CommandTree& tree, EventsArguments& arguments) {
  CommandSpec spec;
  spec.name = "events";
  spec.summary = "list events as Event Viewer's filter would";
  spec.details = {
      "Shows the events of Outlook (those that its profile names) in event logs, folders and "
      "archives, in the order of the logs. --provider or --id choose others, --all takes every "
      "event. Conditions of one kind are alternatives, those of different kinds must all hold. In "
      "names, * stands for any characters.",
      "CSV follows RFC 4180; the fields of JSON lines are described in docs/cli.md, their times "
      "are always UTC."};
  spec.examples = {
      {"events Application.evtx", "Outlook's own events of one computer."},
      {"events logs/ --provider \"Outlook*\" --id 26 --from 2024-05-13",
       "From a day on, in a folder of logs."},
      {"events System.evtx --all --level critical,error --tz Europe/Berlin",
       "Everything that went wrong, in local time."},
      {"events fleet.zip --text exchange --format csv -o events.csv", "For a spreadsheet."}};
  spec.run = [&arguments](const Invocation&) { return run_events(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));

  OptionSpec paths;
  paths.names = "PATH";
  paths.value = "PATH";
  paths.text = "Event logs, folders or archives.";
  paths.kind = ValueKind::Path;
  paths.required = true;
  tree.add_option(command, std::move(paths), &arguments.paths);

  add_filter_options(tree, command, arguments.filter);
  add_skip_checksums_option(tree, command, arguments.filter);
  OptionSpec all;
  all.names = "--all";
  all.text = "Every event, not only those of the profile.";
  all.kind = ValueKind::Flag;
  tree.add_option(command, std::move(all), &arguments.all);
  OptionSpec profile;
  profile.names = "--profile";
  profile.value = "NAME";
  profile.text = "Application whose events are shown (default: outlook).";
  tree.add_option(command, std::move(profile), &arguments.profile);
  add_data_option(tree, command, arguments.data);
  add_format_option(tree, command, {"table", "csv", "jsonl"}, arguments.format);
  add_output_option(tree, command, arguments.output);
  add_zone_option(tree, command, arguments.zone,
                  "Time zone of the times in table and CSV, and of --from and --to: an IANA name, "
                  "a Windows name or an offset such as +02:00 (default: UTC).");
  add_terminal_options(tree, command, arguments.colour, arguments.width, arguments.ascii);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
