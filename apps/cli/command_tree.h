#pragma once

// The commands and options, declared once.
//
// Parsing is CLI11's. Help, the manual page and the completion scripts are all made from one walk
// over its tree (describe()), so an option cannot be in one of them and missing in another. CLI11
// knows an option's names and text, but not what its values are good for; that is kept beside it.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "apps/cli/exit_code.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace dropscope::cli {

class CommandTree;

/// What a command is run with.
struct Invocation {
  const CommandTree& tree;
  const std::vector<std::string>& arguments;  ///< As typed.
};

struct Example {
  std::string command;  ///< After "dropscope ".
  std::string what;     ///< What it does, one sentence.
};

struct CommandSpec {
  std::string name;
  std::string summary;               ///< One line, no full stop.
  std::vector<std::string> details;  ///< Paragraphs.
  std::vector<Example> examples;
  std::function<ExitCode(const Invocation&)> run;  ///< None for a group of commands.
};

/// What kind of value an option takes; shells complete by it.
enum class ValueKind : std::uint8_t { Flag, Text, Choice, File, Folder, Path, Zone };

struct OptionSpec {
  std::string names;  ///< "-q,--quiet"; a positional has a bare name.
  std::string value;  ///< "FILE"; empty for a flag.
  std::string text;   ///< Sentences, with the default at their end.
  ValueKind kind = ValueKind::Text;
  std::vector<std::string> choices;  ///< Choice: the values.
  bool list = false;                 ///< Also several values, separated by commas.
  bool required = false;
  /// Judges one value: empty when it is fine, else what is wrong with it.
  std::function<std::string(const std::string&)> check;
};

/// Where the values go; the owner outlives the tree.
using OptionTarget =
    std::variant<bool*, std::string*, std::vector<std::string>*, unsigned*, std::uint64_t*>;

/// An option as the writers of help, manual and completion see it.
struct OptionPage {
  std::vector<std::string> flags;  ///< "-q", "--quiet"; empty for a positional.
  std::string value;
  std::string text;
  ValueKind kind = ValueKind::Flag;
  std::vector<std::string> choices;
  bool list = false;
  bool repeatable = false;
  bool required = false;
};

struct CommandPage {
  std::string name;  ///< "dump"
  std::string path;  ///< "dropscope evtx dump"
  std::string summary;
  std::vector<std::string> details;
  std::vector<OptionPage> positionals;
  std::vector<OptionPage> options;
  std::vector<Example> examples;
  std::vector<CommandPage> commands;
};

/// What a command line asks for.
struct RunCommand {
  std::function<ExitCode(const Invocation&)> run;
};
struct ShowHelp {
  CommandPage page;
  bool asked_for = true;  ///< False: no command was given.
};
struct ShowVersion {};
struct UsageError {
  std::string message;
  std::string path;  ///< Of the command whose help tells more.
};
using Parsed = std::variant<RunCommand, ShowHelp, ShowVersion, UsageError>;

class CommandTree {
 public:
  explicit CommandTree(CommandSpec root);
  ~CommandTree();
  CommandTree(const CommandTree&) = delete;
  CommandTree& operator=(const CommandTree&) = delete;

  [[nodiscard]] CLI::App& root() { return *root_; }
  CLI::App& add_command(CLI::App& parent, CommandSpec spec);
  void add_option(CLI::App& command, OptionSpec spec, OptionTarget target);

  [[nodiscard]] Parsed parse(const std::vector<std::string>& arguments);

  /// The whole tree.
  [[nodiscard]] CommandPage describe() const;

 private:
  struct OptionNotes {
    ValueKind kind = ValueKind::Flag;
    std::vector<std::string> choices;
    bool list = false;
  };
  [[nodiscard]] CommandPage describe(const CLI::App& command, const std::string& parent) const;
  [[nodiscard]] const CLI::App& selected() const;
  [[nodiscard]] UsageError unexpected(const std::vector<std::string>& left_over) const;

  std::unique_ptr<CLI::App> root_;
  std::map<const CLI::App*, CommandSpec> commands_;
  std::map<const CLI::Option*, OptionNotes> options_;
};

/// The page of a command by its words ("evtx", "dump"); nothing if there is none.
[[nodiscard]] const CommandPage* find_page(const CommandPage& root,
                                           const std::vector<std::string>& words);

/// "; did you mean "x"?" with the known word nearest to a mistyped one, or nothing.
[[nodiscard]] std::string did_you_mean(const std::string& typed,
                                       const std::vector<std::string>& known);

}  // namespace dropscope::cli
