// `evtx info`: what is in a log, without any judgement.

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/evtx_info.h"
#include "apps/cli/log_input.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "present/json/json_stream.h"
#include "present/version.h"

namespace dropscope::cli {
namespace {

LogInfo survey_log(const LogInput& log, evtx::LogReader& reader, ProgressLine& progress) {
  evtx::LogSurvey survey;
  std::uint64_t released = 0;
  evtx::LogRecord record;
  while (reader.next(record)) {
    survey.add(record);
    progress.progress(reader.position(), log.bytes.size(), log.name);
    if (reader.position() - released >= kReleaseBytes) {
      log.release_pages();
      released = reader.position();
    }
  }
  progress.finish();
  return {log.name,         log.bytes.size(), reader.header(),
          reader.summary(), reader.damage(),  survey.finish()};
}

ExitCode run_info(const EvtxInfoArguments& arguments) {
  auto out = Output::open(arguments.output);
  if (!out) return report_failure(out.error());
  const bool json = arguments.format == "json";
  const TimeZone zone =
      TimeZone::find(arguments.zone.empty() ? "UTC" : arguments.zone).value_or(TimeZone());
  JsonStream document;
  if (json) {
    document.begin_object().member("schema", "dropscope.evtx-info/1");
    document.member("tool", {{"name", "dropscope"}, {"version", version()}});
    document.key("logs").begin_array();
  }
  ProgressLine progress(arguments.quiet);
  std::size_t read = 0;
  const ExitCode code = for_each_log(arguments.files, [&](const LogInput& log, bool& stop) {
    auto reader = evtx::LogReader::open(log.bytes);
    if (!reader) {
      say_error(log.name + ": " + reader.error().message);
      return false;
    }
    const LogInfo info = survey_log(log, *reader, progress);
    if (json) {
      append_info_json(document, info);
    } else {
      if (read > 0) out->write("\n");
      out->write(info_text(info, zone, arguments.all));
    }
    ++read;
    stop = !out->ok();
    return info.summary.damages == 0;
  });
  if (code == ExitCode::NothingUsable && !json) return code;
  if (json) out->write(document.end_array().end_object().take());
  if (const auto closed = out->close(); !closed) return report_failure(closed.error());
  return code;
}

}  // namespace

void add_evtx_info(CommandTree& tree, CLI::App& evtx_group, EvtxInfoArguments& arguments) {
  CommandSpec spec;
  spec.name = "info";
  spec.summary = "show what logs hold: events, time span, gaps, damage";
  spec.details = {
      "Reads each log to its end and shows its header, which events of which providers it holds "
      "how "
      "often, from when to when, steps of the clock, whether it was cleared, missing record ids "
      "and "
      "damaged places.",
      "The exit status is 1 when a log is damaged. evtx verify looks more closely."};
  spec.examples = {{"evtx info Application.evtx", "One log."},
                   {"evtx info --all --tz Europe/Berlin *.evtx",
                    "All logs of this folder, all rows, local time."},
                   {"evtx info --format json logs.zip", "For other programs."}};
  spec.run = [&arguments](const Invocation&) { return run_info(arguments); };
  CLI::App& command = tree.add_command(evtx_group, std::move(spec));
  add_logs_option(tree, command, arguments.files);
  add_format_option(tree, command, {"text", "json"}, arguments.format);
  OptionSpec all;
  all.names = "--all";
  all.text = "All rows of the tables in the text form, not the first 20.";
  all.kind = ValueKind::Flag;
  tree.add_option(command, std::move(all), &arguments.all);
  add_zone_option(tree, command, arguments.zone,
                  "Time zone of the times in the text form: an IANA name, a Windows name or an "
                  "offset (default: UTC).");
  add_output_option(tree, command, arguments.output);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
