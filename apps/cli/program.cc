#include "apps/cli/program.h"

#include <fmt/format.h>

#include <exception>
#include <new>
#include <type_traits>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/help.h"
#include "apps/cli/output.h"
#include "apps/cli/terminal.h"
#include "base/timezone.h"
#include "present/version.h"

namespace dropscope::cli {
namespace {

/// All commands with the places for their options.
struct Program {
  Program();

  DiagnoseArguments diagnose;
  VerifyArguments verify;
  EscalateArguments escalate;
  DiffArguments diff;
  EventsArguments events;
  InventoryArguments inventory;
  ScopeArguments scope;
  LocaliseArguments localise;
  CausesArguments causes;
  RhythmArguments rhythm;
  ProbeArguments probe;
  WatchArguments watch;
  EvtxDumpArguments evtx_dump;
  EvtxInfoArguments evtx_info;
  EvtxVerifyArguments evtx_verify;
  EvtxRecoverArguments evtx_recover;
  EvtxFollowArguments evtx_follow;
  SimulateArguments simulate;
  InitArguments init;
  CompletionArguments completion;
  ManArguments man;
  CommandTree tree;
};

CommandSpec root_spec() {
  CommandSpec spec;
  spec.name = "dropscope";
  spec.summary = "find out why a client keeps losing its server";
  spec.details = {
      "Reads Windows event logs and tells what closed the connection of Microsoft Outlook to "
      "Microsoft Exchange: how often, at what interval, which timer is behind it, and what to do "
      "next. Nothing leaves the computer, and no Windows is needed to read the logs."};
  spec.examples = {{"diagnose Application.evtx --report report.html",
                    "The answer on the terminal, and a report to pass on."}};
  return spec;
}

Program::Program() : tree(root_spec()) {
  add_diagnose(tree, diagnose);
  add_verify(tree, verify);
  add_escalate(tree, escalate);
  add_diff(tree, diff);
  add_events(tree, events);
  add_inventory(tree, inventory);
  add_scope(tree, scope);
  add_localise(tree, localise);
  add_causes(tree, causes);
  add_rhythm(tree, rhythm);
  add_probe(tree, probe);
  add_watch(tree, watch);
  CLI::App& evtx = add_evtx(tree);
  add_evtx_dump(tree, evtx, evtx_dump);
  add_evtx_info(tree, evtx, evtx_info);
  add_evtx_verify(tree, evtx, evtx_verify);
  add_evtx_recover(tree, evtx, evtx_recover);
  add_evtx_follow(tree, evtx, evtx_follow);
  add_simulate(tree, simulate);
  add_init(tree, init);
  add_completion(tree, completion);
  add_man(tree, man);
}

ExitCode print(std::string_view text) {
  const auto written = write_output({}, text);
  if (written) return ExitCode::Ok;
  say_error(written.error());
  return ExitCode::Incomplete;
}

ExitCode run(const std::vector<std::string>& arguments) {
  Program program;
  const Parsed parsed = program.tree.parse(arguments);
  return std::visit(
      [&](const auto& wish) {
        using Wish = std::decay_t<decltype(wish)>;
        if constexpr (std::is_same_v<Wish, RunCommand>) {
          return wish.run(Invocation{program.tree, arguments});
        } else if constexpr (std::is_same_v<Wish, ShowVersion>) {
          return print(
              fmt::format("dropscope {}\ntime zone rules {}\n", version(), time_zone_version()));
        } else if constexpr (std::is_same_v<Wish, ShowHelp>) {
          const std::string text = render_help(wish.page);
          if (wish.asked_for) return print(text);
          [[maybe_unused]] const auto ignored = write_standard(StandardStream::Err, text);
          return ExitCode::Usage;
        } else {
          say_error(wish.message);
          say_line(fmt::format("Run \"{} --help\" for the options and examples.", wish.path));
          return ExitCode::Usage;
        }
      },
      parsed);
}

}  // namespace

int run_program(const std::vector<std::string>& arguments) {
  // Libraries throw on what only a mistake of ours or an exhausted machine can cause; everything
  // that input can cause has come back as a Result long before.
  try {
    set_up_terminal();
    return static_cast<int>(run(arguments));
  } catch (const std::bad_alloc&) {
    say_error("out of memory; try with fewer inputs at a time, or fewer --threads");
  } catch (const std::exception& error) {
    say_error(
        fmt::format("internal error: {}. This is a mistake in dropscope {}: please report it "
                    "with the command line and, if you may share it, the input",
                    error.what(), version()));
  }
  return static_cast<int>(ExitCode::Internal);
}

}  // namespace dropscope::cli
