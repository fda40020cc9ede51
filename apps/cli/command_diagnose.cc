// `diagnose`: evidence in, a verdict out. Everything that is said comes from the library; this file
// chooses the writers, and tells on stderr what could not be read.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/evidence_input.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "apps/cli/result_input.h"
#include "apps/cli/terminal.h"
#include "base/files.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/intake/intake.h"
#include "present/diff/diff.h"
#include "present/present.h"
#include "verdict/verdict.h"

namespace dropscope::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAnyDisconnect = "any-disconnect";

const std::vector<Outcome>& all_outcomes() {
  static const std::vector<Outcome> outcomes = {
      Outcome::NothingUsable, Outcome::NoApplication,     Outcome::NoDisconnect,
      Outcome::NotEnough,     Outcome::NoRegularInterval, Outcome::IdleTimer,
      Outcome::FixedAge,      Outcome::ClockSchedule,     Outcome::RegularUnexplained};
  return outcomes;
}

std::vector<std::string> fail_on_choices() {
  std::vector<std::string> choices{std::string(kAnyDisconnect)};
  for (const Outcome outcome : all_outcomes()) choices.emplace_back(to_string(outcome));
  return choices;
}

/// Whether the outcome means that the connection was lost at least once.
bool is_disconnect(Outcome outcome) {
  return outcome != Outcome::NothingUsable && outcome != Outcome::NoApplication &&
         outcome != Outcome::NoDisconnect;
}

bool fails_on(const std::vector<std::string>& wanted, Outcome outcome) {
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& id) {
    return id == kAnyDisconnect ? is_disconnect(outcome) : id == to_string(outcome);
  });
}

/// One document to be written.
struct Planned {
  std::string format;
  std::string target;  ///< "" = standard output.
  CsvTable table = CsvTable::Losses;
};

CsvTable table_of(const std::string& name) {
  for (const CsvTable table : all_csv_tables()) {
    if (name == to_string(table)) return table;
  }
  return CsvTable::Losses;
}

std::vector<std::string> table_choices() {
  std::vector<std::string> names;
  for (const CsvTable table : all_csv_tables()) names.emplace_back(to_string(table));
  return names;
}

/// The folder for --csv, made if it is not there.
Result<void> make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(path_from_utf8(folder), error);
  if (!error && fs::is_directory(path_from_utf8(folder), error)) return {};
  return fail(ErrorCode::Io,
              fmt::format("the folder for the tables could not be made ({}); choose another place",
                          error ? error.message() : "a file has that name"),
              folder);
}

std::vector<Planned> plan_outputs(const DiagnoseArguments& arguments) {
  std::vector<Planned> outputs;
  const auto add = [&](std::string format, const std::string& target) {
    outputs.push_back({std::move(format), target == "-" ? std::string() : target});
  };
  if (!arguments.json.empty()) add("json", arguments.json);
  if (!arguments.report.empty()) add("html", arguments.report);
  if (!arguments.csv_folder.empty()) {
    for (const CsvTable table : all_csv_tables()) {
      const fs::path file = path_from_utf8(fmt::format("{}.csv", to_string(table)));
      add("csv", path_to_utf8(path_from_utf8(arguments.csv_folder) / file));
      outputs.back().table = table;
    }
  }
  add(arguments.format, arguments.output);
  outputs.back().table = table_of(arguments.table);
  return outputs;
}

/// Two outputs in one place, or an output over an input, would lose something.
Result<void> check_outputs(const std::vector<Planned>& outputs,
                           const std::vector<std::string>& inputs) {
  std::error_code ignored;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const fs::path target = path_from_utf8(outputs[i].target);
    for (std::size_t k = 0; k < i; ++k) {
      if (outputs[i].target != outputs[k].target) continue;
      return fail(ErrorCode::Invalid,
                  outputs[i].target.empty()
                      ? "two results would go to standard output; name a file for one of them"
                      : fmt::format("two results would go to \"{}\"; give each its own name",
                                    outputs[i].target));
    }
    if (outputs[i].target.empty()) continue;
    if (fs::is_directory(target, ignored)) {
      return fail(ErrorCode::Invalid, "the output is a folder; add a file name", outputs[i].target);
    }
    for (const std::string& input : inputs) {
      const fs::path source = path_from_utf8(input);
      if (fs::is_regular_file(source, ignored) && fs::equivalent(source, target, ignored)) {
        return fail(ErrorCode::Invalid, "the output would replace an input; choose another name",
                    outputs[i].target);
      }
    }
  }
  return {};
}

std::string render(const Planned& output, const ReportInput& input,
                   const DiagnoseArguments& arguments) {
  if (output.format == "json") return render_json(input);
  if (output.format == "html") return render_html(input);
  if (output.format == "markdown") return render_markdown(input);
  if (output.format == "csv") return render_csv(input, output.table);
  return render_terminal(input, terminal_style(arguments.colour, arguments.width, arguments.ascii,
                                               output.target.empty()));
}

/// A result of an earlier run among the inputs is told, alone: it holds no records to judge again.
std::optional<ExitCode> tell_result(const DiagnoseArguments& arguments) {
  for (const std::string& path : arguments.paths) {
    const auto document = read_result(path);
    if (!document) return report_failure(document.error());
    if (!*document) continue;
    if (arguments.paths.size() > 1) {
      return report_failure({ErrorCode::Invalid,
                             "is a result, not evidence: give it alone to see what it says, or "
                             "compare it with: dropscope diff OLD NEW",
                             path});
    }
    if (arguments.format != "terminal") {
      return report_failure(
          {ErrorCode::Invalid,
           fmt::format("is a result without its evidence, which cannot be written as {}; give the "
                       "evidence, or a package of dropscope escalate",
                       arguments.format),
           path});
    }
    const TerminalStyle style = terminal_style(arguments.colour, arguments.width, arguments.ascii,
                                               arguments.output.empty());
    if (const auto written =
            write_output(arguments.output, render_document_terminal(**document, style));
        !written) {
      return report_failure(written.error());
    }
    if (!arguments.quiet) {
      say_line(
          fmt::format("{} is the result of an earlier run and holds no records: this is what "
                      "it says. To judge again, give the evidence or a package.",
                      path));
    }
    return ExitCode::Ok;
  }
  return std::nullopt;
}

ExitCode run_diagnose(const DiagnoseArguments& arguments, const Invocation& invocation) {
  if (const auto told = tell_result(arguments)) return *told;
  const std::vector<Planned> outputs = plan_outputs(arguments);
  if (const auto fine = check_outputs(outputs, arguments.paths); !fine) {
    return report_failure(fine.error());
  }
  const auto catalogue = load_catalogue(arguments.data);
  if (!catalogue) return report_failure(catalogue.error());
  if (const auto fine = check_profile(*catalogue, arguments.client.profile); !fine) {
    return report_failure(fine.error());
  }

  const auto phrasebook = find_phrasebook(*catalogue, arguments.language);
  if (!phrasebook) return report_failure(phrasebook.error());

  IntakeOptions intake;
  intake.threads = arguments.threads;
  set_reading(intake, arguments.log_zone, arguments.date_order);
  set_client(intake, arguments.client);
  const auto [evidence, clocks] =
      read_corrected(arguments.paths, *catalogue, intake, arguments.quiet);

  DiagnoseOptions options;
  options.profile = arguments.client.profile;
  options.clocks = clocks;
  if (!arguments.zone.empty()) options.zone = TimeZone::find(arguments.zone);
  const auto diagnosis = diagnose(evidence, *catalogue, options);
  if (!diagnosis) return report_failure(diagnosis.error());

  const ReportInput input{evidence,
                          *catalogue,
                          *diagnosis,
                          command_line(invocation.arguments),
                          arguments.all_episodes,
                          *phrasebook};
  // All are made before the first is written: a failure leaves the old files as they were.
  std::vector<std::string> rendered;
  for (const Planned& output : outputs) rendered.push_back(render(output, input, arguments));

  if (!arguments.csv_folder.empty()) {
    if (const auto made = make_folder(arguments.csv_folder); !made) {
      return report_failure(made.error());
    }
  }
  // Before the report: the verdict is what stays on the screen.
  const bool one_screen = arguments.format == "terminal" && arguments.output.empty() &&
                          is_terminal(StandardStream::Out) && is_terminal(StandardStream::Err);
  ExitCode code =
      tell_unreadable(evidence, arguments.paths, one_screen ? Listed::OnTheScreen : Listed::Not);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (const auto written = write_output(outputs[i].target, rendered[i]); !written) {
      return report_failure(written.error());
    }
  }
  if (!arguments.quiet) {
    for (const Planned& output : outputs) {
      if (output.target.empty()) continue;
      say_line(
          fmt::format("{}: {}", output.format == "html" ? "Report" : "Written", output.target));
    }
  }
  if (fails_on(arguments.fail_on, diagnosis->verdict.outcome)) code = ExitCode::Found;
  return code;
}

}  // namespace

void add_diagnose(CommandTree& tree, DiagnoseArguments& arguments) {
  CommandSpec spec;
  spec.name = "diagnose";
  spec.summary = "find out why the connection is lost";
  spec.details = {
      "Reads the Application logs of one or many computers and tells whether Outlook lost its "
      "connection, how often and for how long, whether there is a regular interval, which timer "
      "may be behind it, and what to do next.",
      "PATH is a file, a folder that is searched, or a .zip, .tar or .tar.gz of either. Event logs "
      "(.evtx, .evt or an export) hold the losses; a System log beside the Application log tells "
      "sleep and shutdown apart from them. What else is there is told by its content and used: "
      "logs "
      "of load balancers, firewalls and servers, packet captures, settings, the Connection Status "
      "window as text or picture, tables of computers, results of a probe."};
  spec.examples = {
      {"diagnose Application.evtx", "One computer, the answer on the terminal."},
      {"diagnose logs.zip --report report.html --tz Europe/Berlin",
       "A collection, with a report for others, in local time."},
      {"diagnose logs.zip --report bericht.html --language de", "The report in German."},
      {"diagnose fleet/ --format json --output fleet.json --quiet", "For other programs."},
      {"diagnose fleet/ --format markdown --output ticket.md", "For a ticket."},
      {"diagnose fleet/ --format csv --table clients --output clients.csv",
       "One row a computer, for a spreadsheet."},
      {"diagnose Application.evtx --protocol mapi-http --mode cached",
       "With facts that no log holds: they decide which timers can apply."},
      {"diagnose Application.evtx --quiet --fail-on any-disconnect",
       "In a script: exit status 10 if the connection was lost at all."}};
  spec.run = [&arguments](const Invocation& invocation) {
    return run_diagnose(arguments, invocation);
  };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));

  OptionSpec paths;
  paths.names = "PATH";
  paths.value = "PATH";
  paths.text = "Files, folders or archives.";
  paths.kind = ValueKind::Path;
  paths.required = true;
  tree.add_option(command, std::move(paths), &arguments.paths);

  add_format_option(tree, command, {"terminal", "json", "html", "markdown", "csv"},
                    arguments.format);
  OptionSpec table;
  table.names = "--table";
  table.value = "NAME";
  table.text =
      "CSV: which table is written: losses (one row a loss), clients (one row a computer) or "
      "causes "
      "(one row a cause) (default: losses).";
  table.kind = ValueKind::Choice;
  table.choices = table_choices();
  tree.add_option(command, std::move(table), &arguments.table);
  add_output_option(tree, command, arguments.output);
  OptionSpec report;
  report.names = "--report";
  report.value = "FILE";
  report.text = "Also write the HTML report to FILE.";
  report.kind = ValueKind::File;
  tree.add_option(command, std::move(report), &arguments.report);
  add_language_option(tree, command, arguments.language);
  OptionSpec json;
  json.names = "--json";
  json.value = "FILE";
  json.text = "Also write the JSON result to FILE.";
  json.kind = ValueKind::File;
  tree.add_option(command, std::move(json), &arguments.json);
  OptionSpec tables;
  tables.names = "--csv";
  tables.value = "FOLDER";
  tables.text = "Also write all tables as CSV into FOLDER: losses.csv, clients.csv, causes.csv.";
  tables.kind = ValueKind::Folder;
  tree.add_option(command, std::move(tables), &arguments.csv_folder);
  add_zone_option(tree, command, arguments.zone,
                  "Time zone of the report: an IANA name, a Windows name or an offset such as "
                  "+02:00 (default: that of the computer if its logs tell, else UTC).");
  add_client_options(tree, command, arguments.client);
  add_reading_options(tree, command, arguments.log_zone, arguments.date_order);
  add_data_option(tree, command, arguments.data);
  OptionSpec episodes;
  episodes.names = "--all-episodes";
  episodes.text = "JSON: list every outage of every computer, also for a large fleet.";
  episodes.kind = ValueKind::Flag;
  tree.add_option(command, std::move(episodes), &arguments.all_episodes);
  OptionSpec fail_on;
  fail_on.names = "--fail-on";
  fail_on.value = "LIST";
  fail_on.text =
      fmt::format("Exit with status 10 if the outcome is one of these, separated by commas: {}.",
                  fmt::join(fail_on_choices(), ", "));
  fail_on.kind = ValueKind::Choice;
  fail_on.choices = fail_on_choices();
  fail_on.list = true;
  tree.add_option(command, std::move(fail_on), &arguments.fail_on);
  add_threads_option(tree, command, arguments.threads);
  add_terminal_options(tree, command, arguments.colour, arguments.width, arguments.ascii);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
