// Completion for three shells from one description of the commands.
//
// Each script first finds which command the words so far have chosen, then offers that command's
// options, or the values of the option before the cursor: the choices of an enumeration, time
// zones, folders or files. The list of zones is written into the script, so that completing never
// starts the program.

#include "apps/cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "base/timezone.h"

namespace dropscope::cli {
namespace {

/// The first sentence, which is enough beside a name.
std::string brief(const std::string& text) {
  for (std::size_t at = text.find_first_of(".;:"); at != std::string::npos;
       at = text.find_first_of(".;:", at + 1)) {
    if (at + 1 == text.size() || text[at + 1] == ' ') return text.substr(0, at);
  }
  return text;
}

/// In single quotes for a POSIX shell or zsh.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// In single quotes for fish, where the backslash escapes inside of them.
std::string quoted_fish(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

/// Every command with its parents before it.
void flatten(const CommandPage& page, std::vector<const CommandPage*>& out) {
  out.push_back(&page);
  for (const CommandPage& child : page.commands) flatten(child, out);
}

std::vector<const CommandPage*> all_pages(const CommandPage& root) {
  std::vector<const CommandPage*> pages;
  flatten(root, pages);
  return pages;
}

std::string zones() {
  return fmt::format("{}", fmt::join(time_zone_names(), " "));
}

std::string words_of(const CommandPage& page) {
  std::vector<std::string> words;
  for (const CommandPage& child : page.commands) words.push_back(child.name);
  for (const OptionPage& option : page.options) {
    words.insert(words.end(), option.flags.begin(), option.flags.end());
  }
  return fmt::format("{}", fmt::join(words, " "));
}

/// The bash commands that complete one value.
std::string bash_value(const OptionPage& option) {
  switch (option.kind) {
    case ValueKind::Choice:
      return fmt::format("_dropscope_{} \"$cur\" {}", option.list ? "list" : "words",
                         quoted(fmt::format("{}", fmt::join(option.choices, " "))));
    case ValueKind::Zone:
      return "_dropscope_words \"$cur\" \"$_dropscope_zones\"";
    case ValueKind::Folder:
      return "compopt -o dirnames +o default +o bashdefault 2>/dev/null";
    case ValueKind::File:
    case ValueKind::Path:
      return ":";  // An empty answer makes bash offer files.
    case ValueKind::Flag:
    case ValueKind::Text:
      break;
  }
  return "compopt +o default +o bashdefault 2>/dev/null";
}

std::string zsh_function(const CommandPage& page) {
  std::string name = "_" + page.path;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

std::string zsh_action(const OptionPage& option) {
  switch (option.kind) {
    case ValueKind::Choice:
      return (option.list ? "_sequence compadd - " : "(") +
             fmt::format("{}", fmt::join(option.choices, " ")) + (option.list ? "" : ")");
    case ValueKind::Zone:
      return "_dropscope_zones";
    case ValueKind::Folder:
      return "_files -/";
    case ValueKind::File:
    case ValueKind::Path:
      return "_files";
    case ValueKind::Flag:
    case ValueKind::Text:
      break;
  }
  return " ";
}

/// One line of _arguments.
std::string zsh_option(const OptionPage& option) {
  std::string text;
  for (const char c : brief(option.text)) {
    if (c == '[' || c == ']' || c == '\\') text += '\\';
    text += c;
  }
  std::string tail = "[" + text + "]";
  if (option.kind != ValueKind::Flag) tail += ":" + option.value + ":" + zsh_action(option);
  std::vector<std::string> flags;
  for (const std::string& flag : option.flags) {
    const bool is_long = flag.starts_with("--");
    flags.push_back(option.kind == ValueKind::Flag ? flag : flag + (is_long ? "=" : "+"));
  }
  const std::string star = option.repeatable ? "*" : "";
  if (flags.size() == 1) return quoted(star + flags[0] + tail);
  // A second spelling is not offered once the first is there, unless the option may come again.
  const std::string before =
      option.repeatable ? "*" : fmt::format("({})", fmt::join(option.flags, " "));
  return fmt::format("{}{{{}}}{}", quoted(before), fmt::join(flags, ","), quoted(tail));
}

std::string fish_value(const OptionPage& option) {
  switch (option.kind) {
    case ValueKind::Choice:
      return option.list
                 ? fmt::format(" -x -a '(__fish_append , {})'", fmt::join(option.choices, " "))
                 : fmt::format(" -x -a {}",
                               quoted_fish(fmt::format("{}", fmt::join(option.choices, " "))));
    case ValueKind::Zone:
      return " -x -a '(__dropscope_zones)'";
    case ValueKind::Folder:
      return " -x -a '(__fish_complete_directories)'";
    case ValueKind::File:
    case ValueKind::Path:
      return " -r -F";
    case ValueKind::Text:
      return " -x";
    case ValueKind::Flag:
      break;
  }
  return "";
}

}  // namespace

std::string render_bash_completion(const CommandPage& root) {
  std::string out =
      "# bash completion for dropscope, made by: dropscope completion bash\n\n"
      "_dropscope_words() {\n"
      "  COMPREPLY=($(compgen -W \"$2\" -- \"$1\"))\n"
      "}\n\n"
      "# Values separated by commas: what stands before the last comma is kept.\n"
      "_dropscope_list() {\n"
      "  local before=\n"
      "  [[ $1 == *,* ]] && before=${1%,*},\n"
      "  COMPREPLY=($(compgen -P \"$before\" -W \"$2\" -- \"${1##*,}\"))\n"
      "}\n\n";
  out += fmt::format("_dropscope_zones={}\n\n", quoted(zones()));
  out +=
      "_dropscope() {\n"
      "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
      "  # bash splits --option=value at the sign.\n"
      "  if [[ $cur == = ]]; then\n"
      "    cur=\n"
      "  elif [[ $prev == = ]]; then\n"
      "    prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
      "  fi\n"
      "  local path=dropscope i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$path ${COMP_WORDS[i]}\" in\n";
  std::vector<std::string> paths;
  for (const CommandPage* page : all_pages(root)) {
    if (page != &root) paths.push_back(quoted(page->path));
  }
  out += fmt::format("      {})\n", fmt::join(paths, " | "));
  out +=
      "        path=\"$path ${COMP_WORDS[i]}\" ;;\n"
      "    esac\n"
      "  done\n"
      "  COMPREPLY=()\n"
      "  case \"$path $prev\" in\n";
  for (const CommandPage* page : all_pages(root)) {
    for (const OptionPage& option : page->options) {
      if (option.kind == ValueKind::Flag) continue;
      std::vector<std::string> patterns;
      for (const std::string& flag : option.flags) {
        patterns.push_back(quoted(page->path + " " + flag));
      }
      out += fmt::format("    {})\n      {}\n      return ;;\n", fmt::join(patterns, " | "),
                         bash_value(option));
    }
  }
  out +=
      "  esac\n"
      "  case $path in\n";
  for (const CommandPage* page : all_pages(root)) {
    out += fmt::format("    {})\n", quoted(page->path));
    const std::string words = fmt::format("_dropscope_words \"$cur\" {}", quoted(words_of(*page)));
    if (page->positionals.empty()) {
      out += fmt::format("      {} ;;\n", words);
      continue;
    }
    const OptionPage& positional = page->positionals.front();
    out += fmt::format(
        "      if [[ $cur == -* ]]; then\n        {}\n      else\n        {}\n      fi ;;\n", words,
        bash_value(positional));
  }
  out +=
      "  esac\n"
      "}\n\n"
      "complete -o bashdefault -o default -F _dropscope dropscope\n";
  return out;
}

std::string render_zsh_completion(const CommandPage& root) {
  std::string out =
      "#compdef dropscope\n"
      "# zsh completion for dropscope, made by: dropscope completion zsh\n\n";
  out += fmt::format("_dropscope_zones() {{\n  compadd -- {}\n}}\n", zones());
  for (const CommandPage* page : all_pages(root)) {
    std::vector<std::string> lines;
    for (const OptionPage& option : page->options) lines.push_back(zsh_option(option));
    out += fmt::format("\n{}() {{\n", zsh_function(*page));
    if (page->commands.empty()) {
      for (const OptionPage& one : page->positionals) {
        lines.push_back(quoted(
            fmt::format("{}:{}:{}", one.repeatable ? "*" : "1", one.value, zsh_action(one))));
      }
      out += fmt::format("  _arguments -s -S \\\n    {}\n}}\n", fmt::join(lines, " \\\n    "));
      continue;
    }
    lines.push_back(quoted("1:command:->command"));
    lines.push_back(quoted("*::argument:->argument"));
    out += fmt::format(
        "  local curcontext=$curcontext state state_descr line\n"
        "  typeset -A opt_args\n"
        "  _arguments -C -S \\\n    {}\n"
        "  case $state in\n"
        "    command)\n"
        "      local -a commands=(\n",
        fmt::join(lines, " \\\n    "));
    for (const CommandPage& child : page->commands) {
      out += fmt::format("        {}\n", quoted(child.name + ":" + child.summary));
    }
    out +=
        "      )\n"
        "      _describe command commands ;;\n"
        "    argument)\n"
        "      case $line[1] in\n";
    for (const CommandPage& child : page->commands) {
      out += fmt::format("        {}) {} ;;\n", child.name, zsh_function(child));
    }
    out +=
        "      esac ;;\n"
        "  esac\n"
        "}\n";
  }
  out +=
      "\n"
      "# Works from a folder of $fpath and when it is sourced.\n"
      "if [[ $funcstack[1] == _dropscope ]]; then\n"
      "  _dropscope \"$@\"\n"
      "else\n"
      "  compdef _dropscope dropscope\n"
      "fi\n";
  return out;
}

std::string render_fish_completion(const CommandPage& root) {
  std::string out =
      "# fish completion for dropscope, made by: dropscope completion fish\n\n"
      "# Whether the words before the cursor have chosen this command.\n"
      "function __dropscope_at\n"
      "    set -l path dropscope\n"
      "    for word in (commandline -opc)[2..]\n"
      "        switch \"$path $word\"\n";
  std::vector<std::string> paths;
  for (const CommandPage* page : all_pages(root)) {
    if (page != &root) paths.push_back(quoted_fish(page->path));
  }
  out += fmt::format("            case {}\n", fmt::join(paths, " "));
  out +=
      "                set path \"$path $word\"\n"
      "        end\n"
      "    end\n"
      "    test \"$path\" = \"$argv\"\n"
      "end\n\n";
  out += fmt::format("function __dropscope_zones\n    printf '%s\\n' {}\nend\n\n", zones());
  out += "complete -c dropscope -f\n";
  for (const CommandPage* page : all_pages(root)) {
    const std::string at = quoted_fish("__dropscope_at " + page->path);
    out += '\n';
    for (const CommandPage& child : page->commands) {
      out += fmt::format("complete -c dropscope -n {} -a {} -d {}\n", at, child.name,
                         quoted_fish(child.summary));
    }
    for (const OptionPage& one : page->positionals) {
      if (one.kind == ValueKind::Choice) {
        out += fmt::format("complete -c dropscope -n {} -a {}\n", at,
                           quoted_fish(fmt::format("{}", fmt::join(one.choices, " "))));
      } else if (one.kind != ValueKind::Text) {
        out += fmt::format("complete -c dropscope -n {} -F\n", at);
      }
    }
    for (const OptionPage& option : page->options) {
      out += fmt::format("complete -c dropscope -n {}", at);
      for (const std::string& flag : option.flags) {
        out += flag.starts_with("--") ? " -l " + flag.substr(2) : " -s " + flag.substr(1);
      }
      out += fmt::format("{} -d {}\n", fish_value(option), quoted_fish(brief(option.text)));
    }
  }
  return out;
}

}  // namespace dropscope::cli
