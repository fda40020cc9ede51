// `scope` and `localise`: who is affected, from a list of clients or a table of leaves.

#include <chrono>
#include <filesystem>

#include "analysis/scope/read_table.h"
#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "apps/cli/scope_input.h"
#include "base/files.h"
#include "present/scope.h"
#include "verdict/scope_text.h"

namespace dropscope::cli {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

Bytes bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

Result<ScopeTable> read_clients(const std::string& path) {
  const auto text = read_packed(path);
  if (!text) return fail(text.error());
  return read_scope_table(bytes_of(*text), path);
}

Result<LeafTable> read_leaves(const std::string& path) {
  const auto text = read_packed(path);
  if (!text) return fail(text.error());
  return read_leaf_table(bytes_of(*text), path);
}

/// A list and a single table exclude each other.
Result<void> need_one(const std::string& file, const std::string& batch) {
  if (file.empty() != batch.empty()) return {};
  return fail(ErrorCode::Invalid, file.empty() ? "name a CSV file, or a list of them with --batch"
                                               : "name either a CSV file or --batch, not both");
}

/// A mistake in the only table leaves nothing to work with; a wrong command line is something else.
ExitCode report_unusable(const Error& error) {
  say_error(error);
  return ExitCode::NothingUsable;
}

Result<void> set_history(const std::string& meta, ScopeOptions& options) {
  if (meta.empty()) return {};
  const auto history = read_history(meta);
  if (!history) return fail(history.error());
  options.history = *history;
  return {};
}

std::string render_scope(const ScopeTable& table, const ScopeResult& result,
                         const std::string& format) {
  if (format == "json") return render_scope_json(table, result);
  std::string text;
  for (const std::string& sentence : explain_scope(table, result)) text += sentence + "\n";
  return text;
}

/// NAME.meta.json beside NAME.csv, if it is there.
std::string meta_beside(const std::string& path) {
  const std::filesystem::path file = path_from_utf8(path);
  const std::filesystem::path meta =
      file.parent_path() / path_from_utf8(case_name(path) + ".meta.json");
  std::error_code error;
  return std::filesystem::exists(meta, error) ? path_to_utf8(meta) : std::string();
}

ExitCode run_scope(const ScopeArguments& arguments) {
  if (const auto one = need_one(arguments.file, arguments.batch); !one) {
    report_failure(one.error());
    return ExitCode::Usage;
  }
  ScopeOptions options;
  options.replicates = arguments.replicates;
  if (!arguments.hierarchies.empty()) options.hierarchies.clear();
  for (const std::string& text : arguments.hierarchies) {
    auto levels = parse_hierarchy(text);
    if (!levels) {
      report_failure(levels.error());
      return ExitCode::Usage;
    }
    options.hierarchies.push_back(std::move(*levels));
  }
  if (!arguments.batch.empty()) {
    return run_batch(
        arguments.batch, arguments.output, [&](const std::string& path) -> Result<std::string> {
          ScopeOptions own = options;
          if (const auto set = set_history(meta_beside(path), own); !set) return fail(set.error());
          const auto table = read_clients(path);
          if (!table) return fail(table.error());
          const auto start = Clock::now();
          const ScopeResult result = find_scope(*table, own);
          return render_scope_json(*table, result, case_name(path), seconds_since(start));
        });
  }
  if (const auto set = set_history(arguments.meta, options); !set) {
    return report_failure(set.error());
  }
  const auto table = read_clients(arguments.file);
  if (!table) return report_unusable(table.error());
  const std::string text = render_scope(*table, find_scope(*table, options), arguments.format);
  if (const auto written = write_output(arguments.output, text); !written) {
    return report_failure(written.error());
  }
  return ExitCode::Ok;
}

ExitCode run_localise(const LocaliseArguments& arguments) {
  if (const auto one = need_one(arguments.file, arguments.batch); !one) {
    report_failure(one.error());
    return ExitCode::Usage;
  }
  if (!arguments.batch.empty()) {
    return run_batch(
        arguments.batch, arguments.output, [](const std::string& path) -> Result<std::string> {
          const auto table = read_leaves(path);
          if (!table) return fail(table.error());
          const auto start = Clock::now();
          const auto causes = localise(*table);
          return render_causes_json(*table, causes, case_name(path), seconds_since(start));
        });
  }
  const auto table = read_leaves(arguments.file);
  if (!table) return report_unusable(table.error());
  const std::string text = render_causes_json(*table, localise(*table));
  if (const auto written = write_output(arguments.output, text); !written) {
    return report_failure(written.error());
  }
  return ExitCode::Ok;
}

void add_table_options(CommandTree& tree, CLI::App& command, std::string& file, std::string& batch,
                       const std::string& batch_text) {
  OptionSpec table;
  table.names = "FILE";
  table.value = "FILE";
  table.text = "The table as CSV; also packed as .gz.";
  table.kind = ValueKind::File;
  tree.add_option(command, std::move(table), &file);
  OptionSpec list;
  list.names = "--batch";
  list.value = "LIST";
  list.text = batch_text;
  list.kind = ValueKind::File;
  tree.add_option(command, std::move(list), &batch);
}

}  // namespace

void add_scope(CommandTree& tree, ScopeArguments& arguments) {
  CommandSpec spec;
  spec.name = "scope";
  spec.summary =
      "tell who is affected: a user, an office, a server, everybody or nobody in "
      "particular";
  spec.details = {
      "Reads a table with one row for each client, healthy ones too: exposure_h (hours in which "
      "it could have lost its server), disconnects, and any columns that describe it, such as "
      "user, office, subnet, version, server.",
      "Everybody can be told only against a history: a JSON file with history_events and "
      "history_hours of the same fleet."};
  spec.examples = {{"scope clients.csv", "Who is affected, in sentences."},
                   {"scope clients.csv --meta history.json --format json", "For other programs."},
                   {"scope clients.csv --hierarchy \"country>site>floor\"",
                    "Columns of which a place is named by one only."},
                   {"scope --batch list.txt", "Many tables, one JSON line for each."}};
  spec.run = [&arguments](const Invocation&) { return run_scope(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));
  add_table_options(tree, command, arguments.file, arguments.batch,
                    "A file with the path of a table on each line; NAME.meta.json beside "
                    "NAME.csv is its history. Writes JSON lines.");
  OptionSpec meta;
  meta.names = "--meta";
  meta.value = "FILE";
  meta.text = "The fleet's history, as JSON.";
  meta.kind = ValueKind::File;
  tree.add_option(command, std::move(meta), &arguments.meta);
  OptionSpec hierarchy;
  hierarchy.names = "--hierarchy";
  hierarchy.value = "A>B>C";
  hierarchy.text =
      "Columns from the widest to the narrowest, of which a place is named by one only; may be "
      "given several times (default: user>computer, region>office>subnet, pool>server).";
  tree.add_option(command, std::move(hierarchy), &arguments.hierarchies);
  OptionSpec bootstrap;
  bootstrap.names = "--bootstrap";
  bootstrap.value = "N";
  bootstrap.text =
      "Also make N fleets without a cause, 10 to 1000, and tell how rarely chance goes as far as "
      "here (19 are enough).";
  bootstrap.check = number_between(10, 1000);
  tree.add_option(command, std::move(bootstrap), &arguments.replicates);
  add_format_option(tree, command, {"text", "json"}, arguments.format);
  add_output_option(tree, command, arguments.output);
}

void add_localise(CommandTree& tree, LocaliseArguments& arguments) {
  CommandSpec spec;
  spec.name = "localise";
  spec.summary = "tell which combinations of attributes are off their forecast";
  spec.details = {
      "Reads a table with one row for each combination of attributes (a leaf), with the columns "
      "real and predict, and writes the causes as JSON: {\"causes\":[\"a=a1&b=b2\"]}."};
  spec.examples = {{"localise leaves.csv.gz", "One table."},
                   {"localise --batch list.txt", "Many tables, one JSON line for each."}};
  spec.run = [&arguments](const Invocation&) { return run_localise(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));
  add_table_options(tree, command, arguments.file, arguments.batch,
                    "A file with the path of a table on each line.");
  add_output_option(tree, command, arguments.output);
}

}  // namespace dropscope::cli
