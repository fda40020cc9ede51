// `simulate`: makes an evidence folder from a scenario.

#include <fmt/format.h>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/files.h"
#include "base/text.h"
#include "simulate/simulate.h"

namespace dropscope::cli {
namespace {

ExitCode run_simulate(const SimulateArguments& arguments) {
  SimulateOptions options;
  options.scenario = path_from_utf8(arguments.scenario);
  options.output = path_from_utf8(arguments.output);
  options.overwrite = arguments.overwrite;
  options.seed = arguments.seed;
  options.computers = arguments.computers;
  options.threads = arguments.threads;
  ProgressLine progress(arguments.quiet);
  const auto made = simulate(options, &progress);
  progress.finish();
  if (!made) return report_failure(made.error());
  if (arguments.quiet) return ExitCode::Ok;
  const auto written = write_output(
      {}, fmt::format("{}: {}, {}, {}, {}\n", arguments.output,
                      count_of(made->computers, "computer"), count_of(made->files, "file"),
                      count_of(made->bytes, "byte"), count_of(made->losses, "loss", "losses")));
  return written ? ExitCode::Ok : report_failure(written.error());
}

}  // namespace

void add_simulate(CommandTree& tree, SimulateArguments& arguments) {
  CommandSpec spec;
  spec.name = "simulate";
  spec.summary = "make event logs with a known cause from a scenario";
  spec.details = {
      "Writes DIR/evidence/COMPUTER/Application.evtx and System.evtx as the computers of the "
      "scenario would have them, and DIR/truth.json with what really happened. The same scenario "
      "and seed give the same bytes everywhere."};
  spec.examples = {
      {"simulate idle-60min.toml --output case1", "One case, as the scenario describes it."},
      {"simulate office.toml -o fleet --computers 500 --seed 7", "The same world, larger."}};
  spec.run = [&arguments](const Invocation&) { return run_simulate(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));

  OptionSpec scenario;
  scenario.names = "SCENARIO";
  scenario.value = "SCENARIO";
  scenario.text = "Scenario file (TOML, docs/simulate.md).";
  scenario.kind = ValueKind::File;
  scenario.required = true;
  tree.add_option(command, std::move(scenario), &arguments.scenario);
  OptionSpec output;
  output.names = "-o,--output";
  output.value = "DIR";
  output.text = "Folder to write to. It is made if it does not exist and must be empty otherwise.";
  output.kind = ValueKind::Folder;
  output.required = true;
  tree.add_option(command, std::move(output), &arguments.output);
  OptionSpec seed;
  seed.names = "--seed";
  seed.value = "N";
  seed.text = "Seed of the random numbers (default: the scenario's).";
  seed.check = number_between(1, 9'007'199'254'740'991);  // What JSON's readers keep exactly.
  tree.add_option(command, std::move(seed), &arguments.seed);
  OptionSpec computers;
  computers.names = "--computers";
  computers.value = "N";
  computers.text = "Number of computers (default: the scenario's).";
  computers.check = number_between(1, 1'000'000);
  tree.add_option(command, std::move(computers), &arguments.computers);
  OptionSpec overwrite;
  overwrite.names = "--overwrite";
  overwrite.text = "Replace what an earlier run wrote to the folder.";
  overwrite.kind = ValueKind::Flag;
  tree.add_option(command, std::move(overwrite), &arguments.overwrite);
  add_threads_option(tree, command, arguments.threads);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
