// `inventory`: what evidence there is, and what is missing.

#include <optional>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/evidence_input.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "evidence/intake/intake.h"
#include "present/stock.h"
#include "verdict/stock.h"

namespace dropscope::cli {
namespace {

ExitCode run_inventory(const InventoryArguments& arguments) {
  const auto catalogue = load_catalogue(arguments.data);
  if (!catalogue) return report_failure(catalogue.error());
  IntakeOptions intake;
  intake.threads = arguments.threads;
  set_reading(intake, arguments.log_zone, arguments.date_order);
  const auto [evidence, clocks] =
      read_corrected(arguments.paths, *catalogue, intake, arguments.quiet);
  const Stock stock = take_stock(evidence, *catalogue, clocks);

  StockInput input{evidence, *catalogue, stock, TimeZone(), arguments.all, arguments.files};
  if (!arguments.zone.empty()) input.zone = TimeZone::find(arguments.zone).value_or(TimeZone());
  std::string text;
  if (arguments.format == "json") {
    text = render_stock_json(input);
  } else {
    const bool standard = arguments.output.empty() || arguments.output == "-";
    text = render_stock_terminal(
        input, terminal_style(arguments.colour, arguments.width, arguments.ascii, standard));
  }
  if (const auto written = write_output(arguments.output, text); !written) {
    return report_failure(written.error());
  }
  bool any_read = false;
  bool incomplete = false;
  for (const Source& source : evidence.sources) {
    any_read |= source.state == SourceState::Read || source.state == SourceState::Damaged;
    incomplete |= source.state == SourceState::Unreadable || source.state == SourceState::Damaged;
  }
  if (!any_read) return ExitCode::NothingUsable;
  return incomplete ? ExitCode::Incomplete : ExitCode::Ok;
}

}  // namespace

void add_inventory(CommandTree& tree, InventoryArguments& arguments) {
  CommandSpec spec;
  spec.name = "inventory";
  spec.summary = "tell what evidence there is, and what is missing";
  spec.details = {
      "Reads everything that diagnose would read and lists for each computer which kinds of "
      "evidence there are, from when to when, what is doubtful about them, and what is missing, "
      "with the commands that collect it.",
      "Files of no known kind are listed too."};
  spec.examples = {{"inventory case/", "What is in a folder, and what to ask for."},
                   {"inventory case/ --files", "What was understood of each file."},
                   {"inventory case.zip --format json", "For other programs."}};
  spec.run = [&arguments](const Invocation&) { return run_inventory(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));

  OptionSpec paths;
  paths.names = "PATH";
  paths.value = "PATH";
  paths.text = "Files, folders or archives.";
  paths.kind = ValueKind::Path;
  paths.required = true;
  tree.add_option(command, std::move(paths), &arguments.paths);
  add_format_option(tree, command, {"terminal", "json"}, arguments.format);
  add_output_option(tree, command, arguments.output);
  add_zone_option(tree, command, arguments.zone,
                  "Time zone to show: an IANA name, a Windows name or an offset such as +02:00 "
                  "(default: UTC). JSON is always UTC.");
  OptionSpec files;
  files.names = "--files";
  files.text = "Show what was understood of each file instead.";
  files.kind = ValueKind::Flag;
  tree.add_option(command, std::move(files), &arguments.files);
  OptionSpec all;
  all.names = "--all";
  all.text = "Show every computer of a large fleet.";
  all.kind = ValueKind::Flag;
  tree.add_option(command, std::move(all), &arguments.all);
  add_reading_options(tree, command, arguments.log_zone, arguments.date_order);
  add_data_option(tree, command, arguments.data);
  add_threads_option(tree, command, arguments.threads);
  add_terminal_options(tree, command, arguments.colour, arguments.width, arguments.ascii);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
