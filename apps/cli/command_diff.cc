// `diff`: what changed since the last time.

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "apps/cli/result_input.h"
#include "present/diff/diff.h"

namespace dropscope::cli {
namespace {

ExitCode run_diff(const DiffArguments& arguments) {
  const auto catalogue = load_catalogue(arguments.data);
  if (!catalogue) return report_failure(catalogue.error());
  const auto read = [&](const std::string& path) {
    return result_of(path, *catalogue, arguments.threads, arguments.quiet);
  };
  const auto before = read(arguments.before);
  const auto after = before ? read(arguments.after) : before;
  if (!after) {
    say_error(after.error());
    return ExitCode::NothingUsable;
  }
  const Comparison comparison = compare(*before, *after);
  const DiffInput input{*before, *after, comparison};
  const bool standard = arguments.output.empty() || arguments.output == "-";
  const std::string text =
      arguments.format == "json"
          ? render_diff_json(input)
          : render_diff_terminal(input, terminal_style(arguments.colour, arguments.width,
                                                       arguments.ascii, standard));
  if (const auto written = write_output(arguments.output, text); !written) {
    return report_failure(written.error());
  }
  return ExitCode::Ok;
}

}  // namespace

void add_diff(CommandTree& tree, DiffArguments& arguments) {
  CommandSpec spec;
  spec.name = "diff";
  spec.summary = "tell what changed between two results";
  spec.details = {
      "OLD and NEW are each a result (diagnose --format json), a package of escalate, or evidence, "
      "which is judged first. Told are the cause, how sure it is, how often and at what interval, "
      "who is affected, and what to do next.",
      "A rate counts as another when the 95 % intervals do not overlap. Results of packages that "
      "were redacted with one key can be compared by name; with two keys every name differs."};
  spec.examples = {{"diff last-week.json this-week.json", "Did the change of Monday help?"},
                   {"diff case.zip logs/", "A package against new evidence."},
                   {"diff last-week.json this-week.json --format json", "For other programs."}};
  spec.run = [&arguments](const Invocation&) { return run_diff(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));
  OptionSpec before;
  before.names = "OLD";
  before.value = "OLD";
  before.text = "The earlier result, package or evidence.";
  before.kind = ValueKind::Path;
  before.required = true;
  tree.add_option(command, std::move(before), &arguments.before);
  OptionSpec after;
  after.names = "NEW";
  after.value = "NEW";
  after.text = "The later one.";
  after.kind = ValueKind::Path;
  after.required = true;
  tree.add_option(command, std::move(after), &arguments.after);
  add_format_option(tree, command, {"terminal", "json"}, arguments.format);
  add_output_option(tree, command, arguments.output);
  add_data_option(tree, command, arguments.data);
  add_threads_option(tree, command, arguments.threads);
  add_terminal_options(tree, command, arguments.colour, arguments.width, arguments.ascii);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
