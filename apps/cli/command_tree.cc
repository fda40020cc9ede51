#include "apps/cli/command_tree.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <type_traits>
#include <utility>

#include "base/text.h"

namespace dropscope::cli {
namespace {

/// Quotes words for a message.
std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string check_choice(const std::vector<std::string>& choices, const std::string& typed) {
  if (std::find(choices.begin(), choices.end(), typed) != choices.end()) return {};
  return fmt::format("\"{}\" is not one of {}{}", typed, joined(choices),
                     did_you_mean(typed, choices));
}

/// CLI11 names an option by its longest name.
std::vector<std::string> flags_of(const CLI::Option& option) {
  std::vector<std::string> flags;
  for (const std::string& name : option.get_snames()) flags.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) flags.push_back("--" + name);
  return flags;
}

}  // namespace

std::string did_you_mean(const std::string& typed, const std::vector<std::string>& known) {
  // One slip for three letters: "diagnos" and "diganose" are caught, "xyz" does not become "all".
  const std::size_t limit = std::max<std::size_t>(1, typed.size() / 3);
  const std::string* best = nullptr;
  std::size_t best_distance = limit + 1;
  for (const std::string& word : known) {
    // The beginning of a longer word is no slip, however much is missing: "--out" is "--output".
    const bool begins = typed.size() >= 3 && word.starts_with(typed);
    const std::size_t distance =
        begins ? 1 : edit_distance(to_lower_ascii(typed), to_lower_ascii(word));
    if (distance < best_distance) {
      best = &word;
      best_distance = distance;
    }
  }
  return best != nullptr ? fmt::format("; did you mean \"{}\"?", *best) : std::string();
}

CommandTree::CommandTree(CommandSpec root)
    : root_(std::make_unique<CLI::App>(root.summary, root.name)) {
  root_->set_help_flag("-h,--help", "Show this help and exit.");
  // Inherited by every command. On Windows CLI11 would take "/path" for an option.
  root_->allow_windows_style_options(false);
  root_->set_version_flag("-V,--version", "", "Show the version and exit.");
  commands_[root_.get()] = std::move(root);
}

CommandTree::~CommandTree() = default;

CLI::App& CommandTree::add_command(CLI::App& parent, CommandSpec spec) {
  // At most one command: otherwise a folder called "events" could not be an argument of another.
  parent.require_subcommand(0, 1);
  CLI::App& command = *parent.add_subcommand(spec.name, spec.summary);
  commands_[&command] = std::move(spec);
  return command;
}

void CommandTree::add_option(CLI::App& command, OptionSpec spec, OptionTarget target) {
  CLI::Option* option = std::visit(
      [&](auto* place) -> CLI::Option* {
        if constexpr (std::is_same_v<decltype(place), bool*>) {
          return command.add_flag(spec.names, *place, spec.text);
        } else {
          return command.add_option(spec.names, *place, spec.text);
        }
      },
      target);
  if (!std::holds_alternative<bool*>(target)) {
    option->type_name(spec.value);
    // `--id 26 FILE` takes one value and leaves FILE to be read.
    if (!option->get_positional()) option->allow_extra_args(false);
    if (spec.list) option->delimiter(',');
    if (spec.kind == ValueKind::Choice && !spec.check) {
      spec.check = [choices = spec.choices](const std::string& typed) {
        return check_choice(choices, typed);
      };
    }
    if (spec.check) {
      option->check(CLI::Validator(
          [check = spec.check](std::string& typed) { return check(typed); }, std::string()));
    }
  }
  option->required(spec.required);
  options_[option] = {spec.kind, std::move(spec.choices), spec.list};
}

const CLI::App& CommandTree::selected() const {
  const CLI::App* at = root_.get();
  for (;;) {
    const auto chosen = at->get_subcommands();
    if (chosen.empty()) return *at;
    at = chosen.front();
  }
}

UsageError CommandTree::unexpected(const std::vector<std::string>& left_over) const {
  const CommandPage whole = describe();
  const CLI::App* at = &selected();
  std::vector<std::string> words;
  for (; at->get_parent() != nullptr; at = at->get_parent()) words.push_back(at->get_name());
  std::reverse(words.begin(), words.end());
  const CommandPage& page = *find_page(whole, words);

  // An option that nobody knows takes no value, so a word behind it is left over as well; the
  // option is what is to be told.
  const auto option = std::find_if(left_over.begin(), left_over.end(), [](const std::string& word) {
    return word.size() > 1 && word.front() == '-';
  });
  const bool wants_command = !page.commands.empty();
  if (option != left_over.end() && !(wants_command && left_over.front().front() != '-')) {
    const std::string name = option->substr(0, option->find('='));
    std::vector<std::string> known;
    for (const OptionPage& one : page.options) {
      known.insert(known.end(), one.flags.begin(), one.flags.end());
    }
    return {fmt::format("unknown option \"{}\"{}", name, did_you_mean(name, known)), page.path};
  }
  if (wants_command) {
    std::vector<std::string> known;
    for (const CommandPage& one : page.commands) known.push_back(one.name);
    const std::string hint = did_you_mean(left_over.front(), known);
    return {fmt::format("unknown command \"{}\"{}", left_over.front(),
                        hint.empty() ? "; there are " + joined(known) : hint),
            page.path};
  }
  return {fmt::format("\"{}\" was not expected here", left_over.front()), page.path};
}

Parsed CommandTree::parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // As CLI11 wants them.
  const auto path_of = [&](const CLI::App* app) {
    std::string path = app->get_name();
    while ((app = app->get_parent()) != nullptr) path.insert(0, app->get_name() + " ");
    return path;
  };
  try {
    root_->parse(reversed);
  } catch (const CLI::CallForHelp&) {
    const CLI::App& app = selected();
    const std::string path = path_of(&app);
    const auto space = path.rfind(' ');
    return ShowHelp{describe(app, space == std::string::npos ? "" : path.substr(0, space))};
  } catch (const CLI::CallForVersion&) {
    return ShowVersion{};
  } catch (const CLI::ArgumentMismatch& error) {
    // "--tz: 1 required ZONE missing"
    const std::string what = error.what();
    return UsageError{what.substr(0, what.find(':')) + ": a value is missing",
                      path_of(&selected())};
  } catch (const CLI::ParseError& error) {
    // A mistyped option is the cause of what else is missing, so it is told first.
    if (const auto left_over = root_->remaining(true); !left_over.empty()) {
      return unexpected(left_over);
    }
    return UsageError{error.what(), path_of(&selected())};
  }
  const CLI::App& app = selected();
  const CommandSpec& spec = commands_.at(&app);
  if (spec.run) return RunCommand{spec.run};
  if (&app == root_.get()) return ShowHelp{describe(), false};
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return UsageError{fmt::format("\"{}\" needs a command: {}", path_of(&app), joined(names)),
                    path_of(&app)};
}

CommandPage CommandTree::describe() const {
  return describe(*root_, {});
}

CommandPage CommandTree::describe(const CLI::App& command, const std::string& parent) const {
  const CommandSpec& spec = commands_.at(&command);
  CommandPage page;
  page.name = command.get_name();
  page.path = parent.empty() ? page.name : parent + " " + page.name;
  page.summary = command.get_description();
  page.details = spec.details;
  page.examples = spec.examples;
  for (const CLI::Option* option : command.get_options({})) {
    OptionPage one;
    one.text = option->get_description();
    one.required = option->get_required();
    one.repeatable = option->get_expected_max() > 1;
    if (const auto notes = options_.find(option); notes != options_.end()) {
      one.kind = notes->second.kind;
      one.choices = notes->second.choices;
      one.list = notes->second.list;
    }
    if (one.kind != ValueKind::Flag) one.value = option->get_type_name();
    if (option->get_positional()) {
      page.positionals.push_back(std::move(one));
    } else {
      one.flags = flags_of(*option);
      page.options.push_back(std::move(one));
    }
  }
  // CLI11's own flags are declared first; people look for them last.
  std::stable_partition(page.options.begin(), page.options.end(), [](const OptionPage& one) {
    return one.flags.back() != "--help" && one.flags.back() != "--version";
  });
  for (const CLI::App* child : command.get_subcommands({})) {
    page.commands.push_back(describe(*child, page.path));
  }
  return page;
}

const CommandPage* find_page(const CommandPage& root, const std::vector<std::string>& words) {
  const CommandPage* at = &root;
  for (const std::string& word : words) {
    const auto next = std::find_if(at->commands.begin(), at->commands.end(),
                                   [&](const CommandPage& page) { return page.name == word; });
    if (next == at->commands.end()) return nullptr;
    at = &*next;
  }
  return at;
}

}  // namespace dropscope::cli
