// `evtx follow`: what a log gets while it is being written, line by line.
//
// Lines are written as soon as a look is over, so that whoever reads the pipe does not wait for a
// full buffer. There is no --output: a file that is never whole would never appear under its name.

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <system_error>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/event_filter.h"
#include "apps/cli/event_row.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/options.h"
#include "apps/cli/terminal.h"
#include "base/files.h"
#include "base/text_buffer.h"
#include "formats/evtx/follow.h"
#include "formats/evtx/renderer.h"

namespace dropscope::cli {
namespace {

/// More than this is written at once while a long log is caught up with.
constexpr std::size_t kWriteBytes = 64u << 10;

/// Seconds between two looks. Below the shortest a look could take longer than the wait; above the
/// longest a log of a busy server would have gone around.
constexpr double kShortest = 0.01;
constexpr double kLongest = 86400;

/// Decimal digits with a point, whatever the language of the machine.
std::optional<std::chrono::milliseconds> interval_from_text(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(seconds >= kShortest && seconds <= kLongest)) return std::nullopt;
  return std::chrono::milliseconds(std::llround(seconds * 1000));
}

class Following {
 public:
  Following(const EvtxFollowArguments& arguments, const evtx::Filter& filter)
      : arguments_(arguments),
        xml_(arguments.format == "xml"),
        renderer_(xml_ ? evtx::TextFormat::Xml : evtx::TextFormat::JsonLines) {
    if (arguments.filter.narrows()) filter_.emplace(filter);
  }

  ExitCode run(evtx::LogFollower& follower, std::chrono::milliseconds interval) {
    watch_for_interrupt();
    for (;;) {
      const bool going =
          follower.poll([&](const evtx::LogRecord& found,
                            std::string_view problem) { return record(found, problem); },
                        [&](const evtx::Change& change) { tell(change); });
      flush();
      if (!going || error_ || !wait_unless_interrupted(interval)) break;
    }
    if (error_ && error_ != std::errc::broken_pipe) {
      say_error("standard output: writing failed: " + error_.message());
      return ExitCode::Incomplete;
    }
    // Who stops it by hand has seen on the terminal what was lost; a script reads the exit code.
    const bool finished = arguments_.count != 0 && given_ == arguments_.count;
    return finished && lost_ ? ExitCode::Incomplete : ExitCode::Ok;
  }

 private:
  bool record(const evtx::LogRecord& found, std::string_view problem) {
    const bool wanted =
        !filter_ || (found.event && filter_->matches(*found.event, found.id, found.written));
    if (!found.event) unreadable(found, std::string(problem), wanted);
    if (!wanted) return !error_ && !is_interrupted();
    if (found.event && !renderer_.append(text_, found)) {
      lost_ = true;
      say_error(fmt::format("{}: record {} has a part that could not be read", arguments_.file,
                            found.id));
    }
    if (text_.size() >= kWriteBytes) flush();
    ++given_;
    const bool enough = arguments_.count != 0 && given_ == arguments_.count;
    return !enough && !error_ && !is_interrupted();
  }

  void unreadable(const evtx::LogRecord& found, const std::string& problem, bool wanted) {
    lost_ = true;
    say_error(fmt::format("{}: offset {:#x}, record {}: {}", arguments_.file, found.offset,
                          found.id, problem));
    if (xml_ || !wanted) return;
    std::string line;
    append_unreadable_json_line(line, found, {}, problem);
    text_.append(line);
  }

  void tell(const evtx::Change& change) {
    using Kind = evtx::ChangeKind;
    const bool note = change.kind == Kind::Archived || change.kind == Kind::Cleared ||
                      change.kind == Kind::Returned;
    if (note && arguments_.quiet) return;
    flush();  // In the order in which it happened, where both go to one terminal.
    lost_ = lost_ || !note;
    const std::string place =
        change.kind == Kind::Damaged ? fmt::format("offset {:#x}: ", change.offset) : "";
    say_error(arguments_.file + ": " + place + change.what);
  }

  void flush() {
    if (!error_ && !text_.empty()) error_ = write_standard(StandardStream::Out, text_.view());
    text_.clear();
  }

  const EvtxFollowArguments& arguments_;
  bool xml_;
  evtx::Renderer renderer_;
  std::optional<evtx::FilterProgram> filter_;
  TextBuffer text_;
  std::error_code error_;
  std::uint64_t given_ = 0;
  bool lost_ = false;
};

ExitCode run_follow(const EvtxFollowArguments& arguments) {
  const auto filter = make_filter(arguments.filter, TimeZone());
  if (!filter) return report_failure(filter.error());
  evtx::FollowOptions options;
  options.from_start = arguments.from_start;
  auto follower = evtx::LogFollower::open(path_from_utf8(arguments.file), options);
  if (!follower) {
    Error error = follower.error();
    if (error.where.empty()) error.where = arguments.file;
    say_error(error);
    return ExitCode::NothingUsable;
  }
  const auto interval = interval_from_text(arguments.interval);
  return Following(arguments, *filter).run(*follower, interval.value_or(std::chrono::seconds(1)));
}

std::string check_interval(const std::string& typed) {
  if (interval_from_text(typed)) return {};
  return fmt::format("\"{}\" is no interval; expected seconds between {} and {}, such as 0.5",
                     typed, kShortest, kLongest);
}

}  // namespace

void add_evtx_follow(CommandTree& tree, CLI::App& evtx_group, EvtxFollowArguments& arguments) {
  CommandSpec spec;
  spec.name = "follow";
  spec.summary = "write the events of a log as they come";
  spec.details = {
      "Looks at the log again and again and writes each new record once, as one JSON object or one "
      "XML element a line. Goes on when the log runs full and overwrites its oldest records, is "
      "cleared, archived under another name, or away for a while; this, and which record ids were "
      "missed, is told on standard error.",
      "With conditions, only events that match are written, and --count counts these; times "
      "without "
      "a zone are UTC. What cannot be read is told on standard error all the same.",
      "Ends with Ctrl-C, with --count, or when nobody reads its output any more. Windows lets "
      "administrators read its own logs in C:\\Windows\\System32\\winevt\\Logs while they are "
      "written."};
  spec.examples = {
      {"evtx follow Application.evtx", "New events, as they come."},
      {"evtx follow --from-start --format xml --count 100 Application.evtx",
       "Also those that are there; ends after 100."},
      {"evtx follow --provider Outlook --id 26 Application.evtx", "Outlook's alerts only."},
      {"evtx follow --interval 0.2 System.evtx | jq .event_id", "Five looks a second."}};
  spec.run = [&arguments](const Invocation&) { return run_follow(arguments); };
  CLI::App& command = tree.add_command(evtx_group, std::move(spec));

  OptionSpec file;
  file.names = "FILE";
  file.value = "FILE";
  file.text = "The event log (.evtx). Standard input and archives do not grow; use evtx dump.";
  file.kind = ValueKind::File;
  file.required = true;
  tree.add_option(command, std::move(file), &arguments.file);
  add_format_option(tree, command, {"jsonl", "xml"}, arguments.format);
  OptionSpec from_start;
  from_start.names = "--from-start";
  from_start.text = "Begin with the records that are in the log already.";
  from_start.kind = ValueKind::Flag;
  tree.add_option(command, std::move(from_start), &arguments.from_start);
  OptionSpec interval;
  interval.names = "--interval";
  interval.value = "SECONDS";
  interval.text = "Time between two looks (default: 1).";
  interval.check = check_interval;
  tree.add_option(command, std::move(interval), &arguments.interval);
  OptionSpec count;
  count.names = "--count";
  count.value = "N";
  count.text = "End after N records (default: never).";
  count.check = number_between(1, std::numeric_limits<std::int64_t>::max());
  tree.add_option(command, std::move(count), &arguments.count);
  add_filter_options(tree, command, arguments.filter);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
