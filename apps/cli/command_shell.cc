// `completion` and `man`: what the program tells shells and the manual about itself.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/cli/commands.h"
#include "apps/cli/completion.h"
#include "apps/cli/console.h"
#include "apps/cli/man_page.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"

namespace dropscope::cli {
namespace {

ExitCode finish(const std::string& target, const std::string& text) {
  const auto written = write_output(target, text);
  return written ? ExitCode::Ok : report_failure(written.error());
}

ExitCode run_completion(const CompletionArguments& arguments, const Invocation& invocation) {
  const CommandPage root = invocation.tree.describe();
  if (arguments.shell == "bash") return finish(arguments.output, render_bash_completion(root));
  if (arguments.shell == "zsh") return finish(arguments.output, render_zsh_completion(root));
  return finish(arguments.output, render_fish_completion(root));
}

ExitCode run_man(const ManArguments& arguments, const Invocation& invocation) {
  const CommandPage root = invocation.tree.describe();
  const CommandPage* page = find_page(root, arguments.command);
  if (page == nullptr) {
    std::vector<std::string> names;
    for (const CommandPage& command : root.commands) names.push_back(command.name);
    say_error(fmt::format("there is no command \"{}\"{}", fmt::join(arguments.command, " "),
                          did_you_mean(arguments.command.front(), names)));
    return ExitCode::Usage;
  }
  return finish(arguments.output, render_man_page(*page));
}

}  // namespace

void add_completion(CommandTree& tree, CompletionArguments& arguments) {
  CommandSpec spec;
  spec.name = "completion";
  spec.summary = "write a completion script for a shell";
  spec.details = {"The script completes commands, options, their values, time zones and files."};
  spec.examples = {{"completion bash > dropscope.bash",
                    "bash; the place is ~/.local/share/bash-completion/completions/dropscope."},
                   {"completion zsh > ~/.zfunc/_dropscope", "zsh, with ~/.zfunc in fpath."},
                   {"completion fish > ~/.config/fish/completions/dropscope.fish", "fish."}};
  spec.run = [&arguments](const Invocation& invocation) {
    return run_completion(arguments, invocation);
  };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));
  OptionSpec shell;
  shell.names = "SHELL";
  shell.value = "SHELL";
  shell.text = "bash, zsh or fish.";
  shell.kind = ValueKind::Choice;
  shell.choices = {"bash", "zsh", "fish"};
  shell.required = true;
  tree.add_option(command, std::move(shell), &arguments.shell);
  add_output_option(tree, command, arguments.output);
}

void add_man(CommandTree& tree, ManArguments& arguments) {
  CommandSpec spec;
  spec.name = "man";
  spec.summary = "write the manual page of the program or of one command";
  spec.details = {"The page is in the format of man; without COMMAND it covers all commands."};
  spec.examples = {{"man | man -l -", "Read the manual where it is not installed."},
                   {"man evtx dump --output dropscope-evtx-dump.1", "The page of one command."}};
  spec.run = [&arguments](const Invocation& invocation) { return run_man(arguments, invocation); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));
  OptionSpec words;
  words.names = "COMMAND";
  words.value = "COMMAND";
  words.text = "The command, such as diagnose or evtx dump.";
  tree.add_option(command, std::move(words), &arguments.command);
  add_output_option(tree, command, arguments.output);
}

}  // namespace dropscope::cli
