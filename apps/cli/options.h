#pragma once

// Options that several commands have, so that they read and behave alike everywhere.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "apps/cli/command_tree.h"
#include "base/result.h"
#include "evidence/catalogue/catalogue.h"
#include "evidence/intake/intake.h"
#include "present/present.h"

namespace dropscope::cli {

struct ClientArguments;  // commands.h

/// FILE...: logs, folders, archives, standard input, as for_each_log() takes them.
void add_logs_option(CommandTree& tree, CLI::App& command, std::vector<std::string>& files);
void add_output_option(CommandTree& tree, CLI::App& command, std::string& target);
void add_quiet_option(CommandTree& tree, CLI::App& command, bool& quiet);
void add_zone_option(CommandTree& tree, CLI::App& command, std::string& zone,
                     const std::string& text, const std::string& name = "--tz");
void add_terminal_options(CommandTree& tree, CLI::App& command, std::string& colour,
                          unsigned& width, bool& ascii);
/// What those say, for a text that goes to standard output or (`standard` false) to a file.
[[nodiscard]] TerminalStyle terminal_style(const std::string& colour, unsigned width, bool ascii,
                                           bool standard);
/// "xml, jsonl or csv (default: xml)."; the first of the formats is the default.
void add_format_option(CommandTree& tree, CLI::App& command, std::vector<std::string> formats,
                       std::string& format);
/// What evidence leaves open: --log-tz and --date-order.
void add_reading_options(CommandTree& tree, CLI::App& command, std::string& log_zone,
                         std::string& date_order);
/// The two as the intake takes them.
void set_reading(IntakeOptions& intake, const std::string& log_zone, const std::string& date_order);
void add_profile_option(CommandTree& tree, CLI::App& command, std::string& profile);
/// What no log tells about the clients: --protocol and --mode, and --profile.
void add_client_options(CommandTree& tree, CLI::App& command, ClientArguments& client);
/// The facts as the intake takes them.
void set_client(IntakeOptions& intake, const ClientArguments& client);
void add_threads_option(CommandTree& tree, CLI::App& command, unsigned& threads);
void add_data_option(CommandTree& tree, CLI::App& command, std::string& folder);

/// A check for whole numbers in [low, high].
[[nodiscard]] std::function<std::string(const std::string&)> number_between(std::int64_t low,
                                                                            std::int64_t high);

/// The built-in data, with the user's folder on top unless the name is empty.
[[nodiscard]] Result<Catalogue> load_catalogue(const std::string& folder);

/// The profile of that name; Invalid with the names that exist otherwise.
[[nodiscard]] Result<const Profile*> find_profile(const Catalogue& catalogue,
                                                  const std::string& name);

/// The same for a name that may be empty, as --profile has it by default.
[[nodiscard]] Result<void> check_profile(const Catalogue& catalogue, const std::string& name);

/// --language of HTML reports.
void add_language_option(CommandTree& tree, CLI::App& command, std::string& language);
/// The wording of that language; null for English. Invalid with the languages there are otherwise.
[[nodiscard]] Result<const Phrasebook*> find_phrasebook(const Catalogue& catalogue,
                                                        const std::string& language);

/// The command as it was typed, as far as spaces allow; for results that say how they were made.
[[nodiscard]] std::string command_line(const std::vector<std::string>& arguments);

/// Reports the error on stderr and says how the program ends because of it.
ExitCode report_failure(const Error& error);

}  // namespace dropscope::cli
