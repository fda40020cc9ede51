// `verify`: did a change help? The same evidence as `diagnose`, and the time of the change.

#include <fmt/format.h>

#include <optional>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/event_filter.h"
#include "apps/cli/evidence_input.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/text.h"
#include "evidence/intake/intake.h"
#include "present/change.h"
#include "verdict/change_report.h"

namespace dropscope::cli {
namespace {

std::string check_where(const std::string& typed) {
  const std::size_t sign = typed.find('=');
  if (sign != std::string::npos && !trim(typed.substr(0, sign)).empty() &&
      !trim(typed.substr(sign + 1)).empty()) {
    return {};
  }
  return fmt::format("\"{}\" is no condition; expected attribute=value, such as office=Berlin",
                     typed);
}

std::vector<WherePart> parts_of(const std::vector<std::string>& where) {
  std::vector<WherePart> parts;
  for (const std::string& typed : where) {
    const std::size_t sign = typed.find('=');
    const std::string_view text = typed;
    parts.push_back(
        {std::string(trim(text.substr(0, sign))), std::string(trim(text.substr(sign + 1)))});
  }
  return parts;
}

ExitCode run_verify(const VerifyArguments& arguments) {
  const auto catalogue = load_catalogue(arguments.data);
  if (!catalogue) return report_failure(catalogue.error());
  if (const auto fine = check_profile(*catalogue, arguments.profile); !fine) {
    return report_failure(fine.error());
  }
  IntakeOptions intake;
  intake.threads = arguments.threads;
  set_reading(intake, arguments.log_zone, arguments.date_order);
  const auto [evidence, clocks] =
      read_corrected(arguments.paths, *catalogue, intake, arguments.quiet);

  DiagnoseOptions options;
  options.profile = arguments.profile;
  options.clocks = clocks;
  if (!arguments.zone.empty()) options.zone = TimeZone::find(arguments.zone);
  const auto diagnosis = diagnose(evidence, *catalogue, options);
  if (!diagnosis) return report_failure(diagnosis.error());
  std::optional<Instant> when;
  if (!arguments.change.empty()) when = time_from_text(arguments.change, diagnosis->zone, false);
  const auto report = report_change(evidence, *diagnosis, parts_of(arguments.where), when);
  if (!report) return report_failure(report.error());

  const ExitCode code = tell_unreadable(evidence, arguments.paths, Listed::Not);
  const std::string text =
      arguments.format == "json" ? render_change_json(*report) : render_change_text(*report);
  if (const auto written = write_output(arguments.output, text); !written) {
    return report_failure(written.error());
  }
  return code;
}

}  // namespace

void add_verify(CommandTree& tree, VerifyArguments& arguments) {
  CommandSpec spec;
  spec.name = "verify";
  spec.summary = "tell whether a change helped, and since when the losses are as they are";
  spec.details = {
      "Reads the same evidence as diagnose and compares the losses before and after the time of a "
      "change, at the same hours of the day and the week, or, where a timer is behind them, for "
      "connections of the same age. Tells the probability that it helped, how much, and where that "
      "is open yet, for how long to go on watching.",
      "Without --change it tells when the rate of losses changed by itself."};
  spec.examples = {
      {"verify fleet/ --change \"2025-09-15 12:00\" --tz Europe/Berlin", "Did it help?"},
      {"verify fleet/ --change 2025-09-15T10:00:00Z --where office=Berlin",
       "A change in one office; the others are the comparison."},
      {"verify fleet/", "Since when is it so?"}};
  spec.run = [&arguments](const Invocation&) { return run_verify(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));

  OptionSpec paths;
  paths.names = "PATH";
  paths.value = "PATH";
  paths.text = "Event logs, folders or archives.";
  paths.kind = ValueKind::Path;
  paths.required = true;
  tree.add_option(command, std::move(paths), &arguments.paths);
  OptionSpec change;
  change.names = "--change";
  change.value = "TIME";
  change.text =
      "When the change was made, in the zone that the answer names unless it ends in Z or an "
      "offset.";
  change.check = check_time;
  tree.add_option(command, std::move(change), &arguments.change);
  OptionSpec where;
  where.names = "--where";
  where.value = "ATTRIBUTE=VALUE";
  where.text =
      "Only these computers got the change, such as office=Berlin, server=EX01, user=anna or "
      "computer=PC01; the others are compared with. May be repeated; all have to hold.";
  where.check = check_where;
  tree.add_option(command, std::move(where), &arguments.where);
  add_format_option(tree, command, {"text", "json"}, arguments.format);
  add_output_option(tree, command, arguments.output);
  add_zone_option(tree, command, arguments.zone,
                  "Time zone of --change and of the answer (default: that of the computers if "
                  "their logs tell, else UTC).");
  add_profile_option(tree, command, arguments.profile);
  add_reading_options(tree, command, arguments.log_zone, arguments.date_order);
  add_data_option(tree, command, arguments.data);
  add_threads_option(tree, command, arguments.threads);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
