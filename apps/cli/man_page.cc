#include "apps/cli/man_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "apps/cli/help.h"
#include "base/text.h"
#include "present/version.h"

namespace dropscope::cli {
namespace {

/// Text that roff shows as it is: backslashes and hyphens escaped, no line taken for a request.
std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

/// "dropscope-evtx-dump", the customary name of a command's own page.
std::string page_name(const CommandPage& page) {
  std::string name = page.path;
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

void add_options(std::string& out, const CommandPage& page) {
  const auto add = [&](const OptionPage& option) {
    std::vector<std::string> flags;
    for (const std::string& flag : option.flags) flags.push_back("\\fB" + roff(flag) + "\\fR");
    std::string title = fmt::format("{}", fmt::join(flags, ", "));
    if (!option.value.empty()) {
      if (!title.empty()) title += ' ';
      title += "\\fI" + roff(option.value) + "\\fR";
      if (option.flags.empty() && option.repeatable) title += "...";
    }
    out += fmt::format(".TP\n{}\n{}\n", title, roff(option.text));
  };
  for (const OptionPage& one : page.positionals) add(one);
  for (const OptionPage& one : page.options) add(one);
}

void add_examples(std::string& out, const CommandPage& page) {
  for (const Example& example : page.examples) {
    out += fmt::format(".PP\n{}\n.PP\n.RS 4\n.nf\ndropscope {}\n.fi\n.RE\n", roff(example.what),
                       roff(example.command));
  }
  for (const CommandPage& child : page.commands) add_examples(out, child);
}

/// Description and options of the commands below, each in a subsection.
void add_commands(std::string& out, const CommandPage& page) {
  for (const CommandPage& child : page.commands) {
    if (child.commands.empty()) {
      out += fmt::format(".SS {}\n", roff(usage_line(child)));
      for (const std::string& paragraph : child.details) {
        out += fmt::format(".PP\n{}\n", roff(paragraph));
      }
      add_options(out, child);
    }
    add_commands(out, child);
  }
}

}  // namespace

std::string render_man_page(const CommandPage& page) {
  std::string out = fmt::format(".TH \"{}\" 1 \"\" \"dropscope {}\" \"User Commands\"\n",
                                roff(upper(page_name(page))), version());
  out += ".nh\n.ad l\n";
  out += fmt::format(".SH NAME\n{} \\- {}\n", roff(page_name(page)), roff(page.summary));
  out += fmt::format(".SH SYNOPSIS\n.B {}\n", roff(usage_line(page)));
  out += ".SH DESCRIPTION\n";
  for (std::size_t i = 0; i < page.details.size(); ++i) {
    if (i > 0) out += ".PP\n";
    out += roff(page.details[i]) + "\n";
  }
  if (!page.commands.empty()) {
    out += ".SH COMMANDS\n";
    add_commands(out, page);
  }
  out += ".SH OPTIONS\n";
  add_options(out, page);
  out += ".SH EXIT STATUS\n";
  for (const ExitStatus& status : exit_statuses_of(page)) {
    out += fmt::format(".TP\n.B {}\n{}\n", status.code, roff(status.meaning));
  }
  out += ".SH ENVIRONMENT\n";
  out +=
      ".TP\n.B NO_COLOR\nAny value but an empty one: no colour, unless \\fB\\-\\-color always\\fR "
      "is given.\n"
      ".TP\n.B COLUMNS\nWidth to write for where standard output is no terminal.\n"
      ".TP\n.B LC_ALL, LC_CTYPE, LANG\nWhether the terminal shows more than ASCII. Nothing else "
      "depends on the language.\n";
  out += ".SH EXAMPLES\n";
  add_examples(out, page);
  out += ".SH SEE ALSO\n";
  out += page.path == page.name ? ".BR evtxexport (1)\n" : fmt::format(".BR dropscope (1)\n");
  return out;
}

}  // namespace dropscope::cli
