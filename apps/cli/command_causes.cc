// `causes`: the catalogue of what may end connections.

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "present/causes.h"

namespace dropscope::cli {
namespace {

ExitCode run_causes(const CausesArguments& arguments) {
  const auto catalogue = load_catalogue(arguments.data);
  if (!catalogue) return report_failure(catalogue.error());
  const bool standard = arguments.output.empty() || arguments.output == "-";
  const std::string text =
      arguments.format == "json"
          ? render_causes_json(*catalogue)
          : render_causes_terminal(*catalogue, terminal_style(arguments.colour, arguments.width,
                                                              arguments.ascii, standard));
  if (const auto written = write_output(arguments.output, text); !written) {
    return report_failure(written.error());
  }
  return ExitCode::Ok;
}

}  // namespace

void add_causes(CommandTree& tree, CausesArguments& arguments) {
  CommandSpec spec;
  spec.name = "causes";
  spec.summary = "list what may end connections, and what each predicts";
  spec.details = {
      "Lists the causes that diagnose chooses from: what speaks against each, how to confirm it, "
      "who owns it, how to change it in which product, and how to see that the change helped.",
      "The JSON form holds also what each cause predicts for every kind of evidence. A folder "
      "given "
      "with --data adds causes."};
  spec.examples = {{"causes", "All causes for people."},
                   {"causes --format json", "For other programs, with all predictions."}};
  spec.run = [&arguments](const Invocation&) { return run_causes(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));
  add_format_option(tree, command, {"terminal", "json"}, arguments.format);
  add_output_option(tree, command, arguments.output);
  add_data_option(tree, command, arguments.data);
  add_terminal_options(tree, command, arguments.colour, arguments.width, arguments.ascii);
}

}  // namespace dropscope::cli
