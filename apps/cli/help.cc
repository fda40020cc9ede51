#include "apps/cli/help.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "present/text/layout.h"

namespace dropscope::cli {
namespace {

/// The narrowest terminal that people still use; help is not adapted to wider ones, because long
/// lines are no easier to read.
constexpr std::size_t kColumns = 80;
/// Where texts begin beside the names of options and commands.
constexpr std::size_t kTextColumn = 24;

void add_paragraph(std::string& out, const std::string& text, std::size_t indent) {
  for (const std::string& line : wrap(text, kColumns - indent)) {
    fmt::format_to(std::back_inserter(out), "{:{}}{}\n", "", indent, line);
  }
}

/// A name with its text beside it; below it where the name is too long.
void add_entry(std::string& out, const std::string& name, const std::string& text) {
  const auto lines = wrap(text, kColumns - kTextColumn);
  std::size_t next = 0;
  if (name.size() + 4 <= kTextColumn) {
    fmt::format_to(std::back_inserter(out), "  {:{}}{}\n", name, kTextColumn - 2, lines[0]);
    next = 1;
  } else {
    fmt::format_to(std::back_inserter(out), "  {}\n", name);
  }
  for (; next < lines.size(); ++next) {
    fmt::format_to(std::back_inserter(out), "{:{}}{}\n", "", kTextColumn, lines[next]);
  }
}

}  // namespace

std::vector<ExitStatus> exit_statuses_of(const CommandPage& page) {
  std::vector<ExitStatus> statuses = {
      {0, "The whole input was read."},
      {1, "Something could not be read or written; it is listed on standard error."},
      {2, "The command line, a data file or a scenario is wrong."},
      {3, "Nothing usable: none of the inputs could be read."},
      {4, "Internal error: a mistake in dropscope."},
  };
  const auto has_fail_on = [](const CommandPage& one) {
    return std::any_of(one.options.begin(), one.options.end(), [](const OptionPage& option) {
      return !option.flags.empty() && option.flags.back() == "--fail-on";
    });
  };
  if (has_fail_on(page) || std::any_of(page.commands.begin(), page.commands.end(), has_fail_on)) {
    statuses.push_back({10, "Only with --fail-on: the diagnosis has one of the named outcomes."});
  }
  return statuses;
}

std::string option_title(const OptionPage& option) {
  if (option.flags.empty()) return option.value + (option.repeatable ? "..." : "");
  std::string title = fmt::format("{}", fmt::join(option.flags, ", "));
  if (!option.value.empty()) title += " " + option.value;
  return title;
}

std::string usage_line(const CommandPage& page) {
  std::string line = page.path;
  if (!page.commands.empty()) line += " COMMAND";
  line += " [OPTIONS]";
  for (const OptionPage& one : page.positionals) {
    line += one.required ? " " + option_title(one) : " [" + option_title(one) + "]";
  }
  return line;
}

std::string render_help(const CommandPage& page) {
  std::string out;
  add_paragraph(out, fmt::format("{} - {}", page.path, page.summary), 0);
  fmt::format_to(std::back_inserter(out), "\nUsage: {}\n", usage_line(page));
  for (const std::string& paragraph : page.details) {
    out += '\n';
    add_paragraph(out, paragraph, 0);
  }
  if (!page.commands.empty()) {
    out += "\nCommands:\n";
    for (const CommandPage& command : page.commands) add_entry(out, command.name, command.summary);
  }
  if (!page.positionals.empty()) {
    out += "\nArguments:\n";
    for (const OptionPage& one : page.positionals) add_entry(out, option_title(one), one.text);
  }
  out += "\nOptions:\n";
  for (const OptionPage& one : page.options) add_entry(out, option_title(one), one.text);
  if (!page.examples.empty()) {
    out += "\nExamples:\n";
    for (const Example& example : page.examples) {
      add_paragraph(out, example.what, 2);
      fmt::format_to(std::back_inserter(out), "    dropscope {}\n", example.command);
    }
  }
  if (page.commands.empty()) {
    out += "\nExit status:\n";
    for (const ExitStatus& status : exit_statuses_of(page)) {
      add_entry(out, fmt::format("{}", status.code), status.meaning);
    }
  } else {
    out += fmt::format("\nRun \"{} COMMAND --help\" for the options of a command.\n", page.path);
  }
  return out;
}

}  // namespace dropscope::cli
