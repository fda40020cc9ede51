// `escalate`: a package for the vendor or the network team, and the look at one that was received.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "base/files.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "base/utf16.h"
#include "present/package/package.h"
#include "present/package/verify.h"

namespace dropscope::cli {
namespace {

namespace fs = std::filesystem;

/// Lines on stderr at most; the manifest lists all.
constexpr std::size_t kListed = 20;

std::string key_path(const EscalateArguments& arguments) {
  return arguments.key.empty() ? arguments.output + ".key.json" : arguments.key;
}

/// The key of an earlier package, if the file is there.
Result<std::optional<redact::Key>> earlier_key(const std::string& path) {
  std::error_code ignored;
  if (!fs::exists(path_from_utf8(path), ignored)) return std::optional<redact::Key>();
  auto text = read_file(path_from_utf8(path));
  if (!text) return fail(text.error());
  auto key = redact::read_key(*text);
  if (!key) return fail(ErrorCode::Invalid, key.error().message, path);
  return std::optional<redact::Key>(std::move(*key));
}

/// How the package was asked for: who judges it again needs the facts that no item holds.
std::string command_line(const EscalateArguments& arguments) {
  std::string line = "dropscope escalate";
  if (arguments.redact) line += " --redact";
  const ClientArguments& client = arguments.client;
  if (!client.protocol.empty()) line += " --protocol " + client.protocol;
  if (!client.mode.empty()) line += " --mode " + client.mode;
  if (client.profile != ClientArguments().profile) line += " --profile " + client.profile;
  return line;
}

Result<package::PackageOptions> options_of(const EscalateArguments& arguments) {
  package::PackageOptions options;
  options.intake.threads = arguments.threads;
  set_reading(options.intake, arguments.log_zone, arguments.date_order);
  set_client(options.intake, arguments.client);
  options.diagnose.profile = arguments.client.profile;
  if (!arguments.zone.empty()) options.diagnose.zone = TimeZone::find(arguments.zone);
  options.command_line = command_line(arguments);
  options.redact = arguments.redact;
  options.pictures_confirmed = arguments.pictures;
  for (const std::string& word : arguments.keep) options.keep.insert(fold_case(word));
  if (arguments.redact) {
    auto key = earlier_key(key_path(arguments));
    if (!key) return fail(key.error());
    options.key = std::move(*key);
  }
  return options;
}

/// Said before the archive is written: it is not.
ExitCode tell_leaks(const package::Package& made) {
  say_error("names are left in the package, so it was not written");
  for (const redact::Leak& leak : made.leaks) {
    say_line(fmt::format("  \"{}\" in {} (as {}, at {})", printable(leak.original),
                         printable(leak.member), leak.form, leak.offset));
  }
  say_line(
      "If such a word is no name here, keep it with --keep WORD. Else leave out the file it is in "
      "and report this as a mistake of dropscope.");
  return ExitCode::Incomplete;
}

void tell_package(const EscalateArguments& arguments, const package::Package& made) {
  say_line(fmt::format("Package: {} ({}, manifest SHA-256 {})", arguments.output,
                       count_of(made.manifest.items.size(), "item"), made.manifest_sha256));
  say_line(fmt::format("Says: {}", made.headline));
  if (made.key) {
    say_line(
        fmt::format("Key: {}; keep it, and never send it with the package", key_path(arguments)));
  }
  if (!made.ordinary.empty()) {
    std::string words;
    for (const std::string& word : made.ordinary) words += (words.empty() ? "" : ", ") + word;
    say_line(fmt::format(
        "Left where they stand alone, as they are ordinary words or were named with --keep: {}",
        words));
  }
  std::vector<std::string> lines;
  for (const package::LeftOut& each : made.manifest.left_out) {
    lines.push_back(fmt::format("Left out: {}: {}", each.path, each.reason));
  }
  for (const std::string& each : made.manifest.asked_for) lines.push_back("Missing: " + each);
  for (std::size_t i = 0; i < std::min(lines.size(), kListed); ++i) say_line(lines[i]);
  if (lines.size() > kListed) {
    say_line(
        fmt::format("{} more: manifest.json in the package lists all", lines.size() - kListed));
  }
}

ExitCode make(const EscalateArguments& arguments) {
  const auto catalogue = load_catalogue(arguments.data);
  if (!catalogue) return report_failure(catalogue.error());
  if (const auto fine = check_profile(*catalogue, arguments.client.profile); !fine) {
    return report_failure(fine.error());
  }
  auto options = options_of(arguments);
  if (!options) return report_failure(options.error());
  std::vector<fs::path> paths;
  for (const std::string& path : arguments.paths) paths.push_back(path_from_utf8(path));
  std::error_code ignored;
  for (const fs::path& path : paths) {
    if (fs::is_regular_file(path, ignored) &&
        fs::equivalent(path, path_from_utf8(arguments.output), ignored)) {
      return report_failure({ErrorCode::Invalid,
                             "the package would replace an input; choose another name with --out",
                             arguments.output});
    }
  }
  const auto made = package::make_package(paths, *catalogue, std::move(*options));
  if (!made) {
    say_error(made.error());
    return made.error().code == ErrorCode::NotFound ? ExitCode::NothingUsable
                                                    : ExitCode::Incomplete;
  }
  if (!made->leaks.empty()) {
    // An older package of that name would be taken for this one.
    fs::remove(path_from_utf8(arguments.output), ignored);
    return tell_leaks(*made);
  }
  if (made->key) {
    if (const auto written = write_output(key_path(arguments), redact::write_key(*made->key));
        !written) {
      return report_failure(written.error());
    }
  }
  if (const auto written = write_output(arguments.output, made->zip); !written) {
    return report_failure(written.error());
  }
  for (const std::string& problem : made->unread) say_error(problem);
  if (!arguments.quiet) tell_package(arguments, *made);
  return made->unread.empty() ? ExitCode::Ok : ExitCode::Incomplete;
}

ExitCode look(const EscalateArguments& arguments) {
  ExitCode code = ExitCode::Ok;
  for (const std::string& path : arguments.paths) {
    const auto file = MappedFile::open(path_from_utf8(path));
    if (!file) return report_failure(file.error());
    const auto found = package::verify(file->bytes());
    if (!found) {
      say_error(fmt::format("{}: {}", path, found.error().message));
      return ExitCode::NothingUsable;
    }
    for (const std::string& problem : found->problems) {
      say_error(fmt::format("{}: {}", path, problem));
    }
    if (!found->sound()) code = ExitCode::Incomplete;
    const std::string text = fmt::format(
        "{}: {}\n  {} by dropscope {}{}\n  manifest SHA-256 {}\n", printable(path),
        found->sound() ? "sound: every item is as its sender made it"
                       : "not sound: " + count_of(found->problems.size(), "problem"),
        count_of(found->manifest.items.size(), "item"), printable(found->manifest.version),
        found->manifest.redacted ? ", redacted" : "", found->manifest_sha256);
    if (const auto written = write_output({}, text); !written) {
      return report_failure(written.error());
    }
  }
  return code;
}

ExitCode run_escalate(const EscalateArguments& arguments) {
  if (arguments.verify) return look(arguments);
  if (arguments.output.empty() || arguments.output == "-") {
    return report_failure(
        {ErrorCode::Invalid, "expected a file for the package: --out case.zip", ""});
  }
  return make(arguments);
}

}  // namespace

void add_escalate(CommandTree& tree, EscalateArguments& arguments) {
  CommandSpec spec;
  spec.name = "escalate";
  spec.summary = "pack what a vendor or a network team asks for";
  spec.details = {
      "Writes one archive: the evidence with its event logs cut to what matters, the same records "
      "as XML, the report, the result, tables, a cover page, and a manifest with the SHA-256 of "
      "every item. What is missing is asked for. The same evidence gives the same bytes.",
      "With --redact, names of users and computers, domains and addresses are replaced in every "
      "item, also inside of event logs; the same name is the same token, and subnets keep their "
      "structure. The key stays beside the package, in FILE.key.json; given again, it gives the "
      "same tokens. Before it is written, the package is searched for every original, and not "
      "written if one is left (exit status 1).",
      "With --verify, PATH is a package that was received: every item is compared with the "
      "manifest (exit status 1 if one differs, 3 if it is no package)."};
  spec.examples = {{"escalate logs/ --out case.zip", "Everything, for a vendor who may see names."},
                   {"escalate logs/ --out case.zip --redact", "With names and addresses replaced."},
                   {"escalate logs/ --out week2.zip --redact --key case.zip.key.json",
                    "Next week's evidence with the same tokens."},
                   {"escalate logs/ --out case.zip --protocol mapi-http --mode cached",
                    "With facts that no log holds; the report says that they were given."},
                   {"escalate --verify case.zip", "Is it what its sender made?"},
                   {"diagnose case.zip", "Judge the evidence of a package."}};
  spec.run = [&arguments](const Invocation&) { return run_escalate(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));

  OptionSpec paths;
  paths.names = "PATH";
  paths.value = "PATH";
  paths.text = "Evidence, as diagnose takes it; with --verify, packages.";
  paths.kind = ValueKind::Path;
  paths.required = true;
  tree.add_option(command, std::move(paths), &arguments.paths);
  OptionSpec out;
  out.names = "-o,--out";
  out.value = "FILE";
  out.text = "Write the package to FILE.";
  out.kind = ValueKind::File;
  tree.add_option(command, std::move(out), &arguments.output);
  OptionSpec redact;
  redact.names = "--redact";
  redact.text = "Replace names and addresses.";
  redact.kind = ValueKind::Flag;
  tree.add_option(command, std::move(redact), &arguments.redact);
  OptionSpec key;
  key.names = "--key";
  key.value = "FILE";
  key.text =
      "Key of the redaction: taken from FILE if it is there, and written to it (default: the "
      "package's name with .key.json).";
  key.kind = ValueKind::File;
  tree.add_option(command, std::move(key), &arguments.key);
  OptionSpec keep;
  keep.names = "--keep";
  keep.value = "LIST";
  keep.text = "Words that are no names here and stay where they stand alone, separated by commas.";
  keep.list = true;
  tree.add_option(command, std::move(keep), &arguments.keep);
  OptionSpec pictures;
  pictures.names = "--with-pictures";
  pictures.text =
      "Take pictures into a redacted package as they are: you have looked at them and covered "
      "what nobody may see.";
  pictures.kind = ValueKind::Flag;
  tree.add_option(command, std::move(pictures), &arguments.pictures);
  OptionSpec verify;
  verify.names = "--verify";
  verify.text = "Check packages instead of making one.";
  verify.kind = ValueKind::Flag;
  tree.add_option(command, std::move(verify), &arguments.verify);
  add_zone_option(tree, command, arguments.zone,
                  "Time zone of the report (default: that of the computer if its logs tell, else "
                  "UTC).");
  add_client_options(tree, command, arguments.client);
  add_reading_options(tree, command, arguments.log_zone, arguments.date_order);
  add_data_option(tree, command, arguments.data);
  add_threads_option(tree, command, arguments.threads);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
