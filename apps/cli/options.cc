#include "apps/cli/options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "base/files.h"
#include "base/text.h"
#include "base/timezone.h"

namespace dropscope::cli {
namespace {

std::string check_zone(const std::string& typed) {
  if (TimeZone::find(typed)) return {};
  std::string message = fmt::format("there is no time zone \"{}\"", typed);
  const auto similar = similar_zone_names(typed, 3);
  for (std::size_t i = 0; i < similar.size(); ++i) {
    message += i == 0 ? "; did you mean " : " or ";
    message += fmt::format("\"{}\"", similar[i]);
  }
  if (!similar.empty()) return message + "?";
  return message + "; give an IANA name (Europe/Berlin), a Windows name or an offset (+02:00)";
}

std::string check_protocol(const std::string& typed) {
  if (protocol_from_text(typed) != Protocol::Unknown) return {};
  return fmt::format(
      "\"{}\" is no protocol; expected rpc-tcp, rpc-http or mapi-http, as Outlook's Connection "
      "Status window shows it in the column Protocol{}",
      typed, did_you_mean(typed, {"rpc-tcp", "rpc-http", "mapi-http"}));
}

}  // namespace

std::function<std::string(const std::string&)> number_between(std::int64_t low, std::int64_t high) {
  return [low, high](const std::string& typed) {
    const auto number = parse_int(typed);
    if (number && *number >= low && *number <= high) return std::string();
    return fmt::format("expected a whole number from {} to {}, found \"{}\"", low, high, typed);
  };
}

void add_logs_option(CommandTree& tree, CLI::App& command, std::vector<std::string>& files) {
  OptionSpec spec;
  spec.names = "FILE";
  spec.value = "FILE";
  spec.text = "Event logs (.evtx), archives or folders with logs, or - for standard input.";
  spec.kind = ValueKind::File;
  spec.required = true;
  tree.add_option(command, std::move(spec), &files);
}

void add_output_option(CommandTree& tree, CLI::App& command, std::string& target) {
  OptionSpec spec;
  spec.names = "-o,--output";
  spec.value = "FILE";
  spec.text = "Write the result to FILE instead of standard output (\"-\").";
  spec.kind = ValueKind::File;
  tree.add_option(command, std::move(spec), &target);
}

void add_quiet_option(CommandTree& tree, CLI::App& command, bool& quiet) {
  OptionSpec spec;
  spec.names = "-q,--quiet";
  spec.text = "No progress and no notes on standard error; errors are still told.";
  spec.kind = ValueKind::Flag;
  tree.add_option(command, std::move(spec), &quiet);
}

void add_zone_option(CommandTree& tree, CLI::App& command, std::string& zone,
                     const std::string& text, const std::string& name) {
  OptionSpec spec;
  spec.names = name;
  spec.value = "ZONE";
  spec.text = text;
  spec.kind = ValueKind::Zone;
  spec.check = check_zone;
  tree.add_option(command, std::move(spec), &zone);
}

void add_terminal_options(CommandTree& tree, CLI::App& command, std::string& colour,
                          unsigned& width, bool& ascii) {
  OptionSpec spec;
  spec.names = "--color";
  spec.value = "WHEN";
  spec.text =
      "Colour: auto (on a terminal, unless NO_COLOR is set), always or never (default: auto).";
  spec.kind = ValueKind::Choice;
  spec.choices = {"auto", "always", "never"};
  tree.add_option(command, std::move(spec), &colour);

  OptionSpec columns;
  columns.names = "--width";
  columns.value = "N";
  columns.text =
      "Columns to write for, at least 40 (default: those of the terminal, else COLUMNS).";
  columns.check = number_between(40, 1000);
  tree.add_option(command, std::move(columns), &width);

  OptionSpec plain;
  plain.names = "--ascii";
  plain.text = "Only ASCII characters, for terminals that show no others.";
  plain.kind = ValueKind::Flag;
  tree.add_option(command, std::move(plain), &ascii);
}

TerminalStyle terminal_style(const std::string& colour, unsigned width, bool ascii, bool standard) {
  TerminalStyle style;
  style.colour = colour == "always" || (standard && use_colour(colour, StandardStream::Out));
  if (width != 0) {
    style.width = static_cast<int>(width);
  } else if (standard) {
    style.width = known_columns(0, StandardStream::Out).value_or(style.width);
  }
  style.unicode =
      !ascii && !(standard && is_terminal(StandardStream::Out) && !terminal_has_unicode());
  return style;
}

void add_format_option(CommandTree& tree, CLI::App& command, std::vector<std::string> formats,
                       std::string& format) {
  OptionSpec spec;
  spec.names = "--format";
  spec.value = "FORMAT";
  const auto others = std::vector(formats.begin(), formats.end() - 1);
  spec.text = fmt::format("{} or {} (default: {}).", fmt::join(others, ", "), formats.back(),
                          formats.front());
  spec.kind = ValueKind::Choice;
  spec.choices = std::move(formats);
  tree.add_option(command, std::move(spec), &format);
}

void add_reading_options(CommandTree& tree, CLI::App& command, std::string& log_zone,
                         std::string& date_order) {
  add_zone_option(tree, command, log_zone,
                  "Time zone of logs that name none, such as those of load balancers (default: the "
                  "one in which they agree with the computers' losses, else UTC).",
                  "--log-tz");
  OptionSpec order;
  order.names = "--date-order";
  order.value = "ORDER";
  order.text = "How to read dates such as 03/04/2026: day, month or year first.";
  order.kind = ValueKind::Choice;
  order.choices = {"day", "month", "year"};
  tree.add_option(command, std::move(order), &date_order);
}

void set_reading(IntakeOptions& intake, const std::string& log_zone,
                 const std::string& date_order) {
  if (!log_zone.empty()) intake.local_zone = TimeZone::find(log_zone);
  if (date_order == "day") intake.date_order = DateOrder::DayFirst;
  if (date_order == "month") intake.date_order = DateOrder::MonthFirst;
  if (date_order == "year") intake.date_order = DateOrder::YearFirst;
}

void add_profile_option(CommandTree& tree, CLI::App& command, std::string& profile) {
  OptionSpec spec;
  spec.names = "--profile";
  spec.value = "NAME";
  spec.text =
      "Application whose connection is judged (default: the one whose events are found, outlook "
      "before others).";
  tree.add_option(command, std::move(spec), &profile);
}

void add_client_options(CommandTree& tree, CLI::App& command, ClientArguments& client) {
  OptionSpec protocol;
  protocol.names = "--protocol";
  protocol.value = "NAME";
  protocol.text =
      "How Outlook talks to its server, for all computers: rpc-tcp, rpc-http or mapi-http "
      "(default: unknown, or what clients.csv says).";
  protocol.kind = ValueKind::Choice;
  protocol.choices = {"rpc-tcp", "rpc-http", "mapi-http"};
  protocol.check = check_protocol;
  tree.add_option(command, std::move(protocol), &client.protocol);
  OptionSpec mode;
  mode.names = "--mode";
  mode.value = "MODE";
  mode.text = "Outlook's mode, for all computers: cached or online.";
  mode.kind = ValueKind::Choice;
  mode.choices = {"cached", "online"};
  tree.add_option(command, std::move(mode), &client.mode);
  add_profile_option(tree, command, client.profile);
}

void set_client(IntakeOptions& intake, const ClientArguments& client) {
  if (!client.protocol.empty()) {
    intake.attributes["protocol"] = to_string(protocol_from_text(client.protocol));
  }
  if (!client.mode.empty()) intake.attributes["mode"] = client.mode;
}

void add_threads_option(CommandTree& tree, CLI::App& command, unsigned& threads) {
  OptionSpec spec;
  spec.names = "--threads";
  spec.value = "N";
  spec.text = "Threads to work with; the result does not depend on it (default: one per core).";
  spec.check = number_between(1, 1024);
  tree.add_option(command, std::move(spec), &threads);
}

void add_data_option(CommandTree& tree, CLI::App& command, std::string& folder) {
  OptionSpec spec;
  spec.names = "--data";
  spec.value = "DIR";
  spec.text =
      "Folder with data files (profiles, texts, timers) that add to the built-in ones or replace "
      "those of the same name.";
  spec.kind = ValueKind::Folder;
  tree.add_option(command, std::move(spec), &folder);
}

Result<Catalogue> load_catalogue(const std::string& folder) {
  if (folder.empty()) return Catalogue::load();
  auto catalogue = Catalogue::load(path_from_utf8(folder));
  // The folder is part of the command line, so whatever is wrong with it is a mistake of use.
  if (!catalogue) {
    Error error = catalogue.error();
    error.code = ErrorCode::Invalid;
    return fail(std::move(error));
  }
  return catalogue;
}

Result<void> check_profile(const Catalogue& catalogue, const std::string& name) {
  if (name.empty()) return {};
  const auto found = find_profile(catalogue, name);
  if (!found) return fail(found.error());
  return {};
}

Result<const Profile*> find_profile(const Catalogue& catalogue, const std::string& name) {
  std::vector<std::string> names;
  for (const Profile& profile : catalogue.profiles) {
    if (profile.id == name) return &profile;
    names.push_back(profile.id);
  }
  return fail(ErrorCode::Invalid, fmt::format("there is no profile \"{}\"; there are: {}{}", name,
                                              fmt::join(names, ", "), did_you_mean(name, names)));
}

void add_language_option(CommandTree& tree, CLI::App& command, std::string& language) {
  OptionSpec spec;
  spec.names = "--language";
  spec.value = "LANG";
  spec.text = "Language of the HTML report: en or de, or one of the data folder (default: en).";
  tree.add_option(command, std::move(spec), &language);
}

Result<const Phrasebook*> find_phrasebook(const Catalogue& catalogue, const std::string& language) {
  if (language == "en") return nullptr;
  if (const Phrasebook* book = phrasebook_of(catalogue, language)) return book;
  std::vector<std::string> names = {"en"};
  for (const Phrasebook& book : catalogue.phrasebooks) names.push_back(book.language);
  return fail(ErrorCode::Invalid,
              fmt::format("reports are not worded in \"{}\"; there are: {}{}", language,
                          fmt::join(names, ", "), did_you_mean(language, names)),
              "--language");
}

ExitCode report_failure(const Error& error) {
  say_error(error);
  return error.code == ErrorCode::Invalid ? ExitCode::Usage : ExitCode::Incomplete;
}

std::string command_line(const std::vector<std::string>& arguments) {
  std::string line = "dropscope";
  for (const std::string& argument : arguments) {
    const bool plain = !argument.empty() && argument.find_first_of(" \t\"'") == std::string::npos;
    line += plain ? " " + argument : " \"" + argument + "\"";
  }
  return line;
}

}  // namespace dropscope::cli
