// `probe`: measures after how long, and how, a path of the network ends connections that idle. It
// connects to nothing but the one address of the host that the user named.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "apps/cli/commands.h"
#include "apps/cli/console.h"
#include "apps/cli/host_port.h"
#include "apps/cli/interrupt.h"
#include "apps/cli/options.h"
#include "apps/cli/output.h"
#include "apps/cli/this_computer.h"
#include "base/files.h"
#include "base/text.h"
#include "base/time.h"
#include "present/version.h"
#include "probe/echo_server.h"
#include "probe/finding.h"
#include "probe/http_reader.h"
#include "probe/plan.h"
#include "probe/record.h"
#include "probe/search.h"
#include "probe/socket_wire.h"
#include "probe/tls.h"

namespace dropscope::cli {
namespace {

/// A little above the longest time-out that is common, an hour, so that it shows.
constexpr double kDefaultMax = 3'700;
/// Confirm: up to this share of the suspected time-out.
constexpr double kConfirmShare = 1.5;
constexpr double kShortestConfirm = 1;
constexpr double kLongest = 86'400;

struct ModeChoice {
  probe::Mode mode = probe::Mode::Quick;
  double confirm_s = 0;
};

std::optional<ModeChoice> mode_from_text(const std::string& text) {
  constexpr std::string_view kConfirm = "confirm=";
  if (text == "quick") return ModeChoice{};
  if (text == "full") return ModeChoice{probe::Mode::Full, 0};
  if (!text.starts_with(kConfirm)) return std::nullopt;
  ModeChoice out{probe::Mode::Confirm, 0};
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data() + kConfirm.size(), end, out.confirm_s);
  const bool right = error == std::errc() && last == end && out.confirm_s >= kShortestConfirm &&
                     out.confirm_s <= kLongest / kConfirmShare;
  return right ? std::optional(out) : std::nullopt;
}

probe::Options options_of(const ProbeArguments& arguments) {
  probe::Options out;
  const ModeChoice choice = mode_from_text(arguments.mode).value_or(ModeChoice{});
  out.mode = choice.mode;
  out.confirm_s = choice.confirm_s;
  const bool confirm = choice.mode == probe::Mode::Confirm;
  out.max_s = arguments.max != 0 ? arguments.max
              : confirm          ? choice.confirm_s * kConfirmShare
                                 : kDefaultMax;
  out.connections = static_cast<int>(arguments.connections);
  out.payload = arguments.payload == "echo"        ? probe::Payload::Echo
                : arguments.payload == "http"      ? probe::Payload::Http
                : arguments.payload == "long-poll" ? probe::Payload::LongPoll
                                                   : probe::Payload::None;
  out.keep_alive = arguments.keep_alive;
  out.tls = arguments.tls;
  if (out.payload == probe::Payload::Http) out.path = arguments.path.empty() ? "/" : arguments.path;
  return out;
}

/// `fresh` with what the state file holds, if there is one; Invalid when it is that of another
/// probe.
Result<probe::Record> earlier(const std::string& state, const probe::Record& fresh) {
  if (state.empty()) return fresh;
  const auto text = read_file(path_from_utf8(state));
  if (!text) {
    if (text.error().code == ErrorCode::NotFound) return fresh;
    return fail(text.error());
  }
  const auto before = probe::read_record(*text);
  if (!before) return fail(before.error().code, before.error().message, state);
  const bool same = before->host == fresh.host && before->port == fresh.port &&
                    before->address == fresh.address && before->options == fresh.options;
  if (!same) {
    return fail(ErrorCode::Invalid,
                fmt::format("it is the state of another probe, of {} at {} port {} with other "
                            "options or another address; give those options, or another file",
                            before->host, before->address, before->port),
                state);
  }
  probe::Record out = fresh;
  out.seen = before->seen;
  // What was seen before is part of the result: it began then.
  out.began = before->began;
  return out;
}

/// " over TLS", or nothing.
std::string_view over(const probe::Options& options) {
  return options.tls ? " over TLS" : "";
}

std::string text_of(const probe::Record& record, const probe::Finding& finding) {
  std::string out = fmt::format("{} ({} port {}){}\n", record.address, record.host, record.port,
                                over(record.options));
  out += finding.sentence + "\n";
  out += fmt::format("mechanism: {}\n", to_string(finding.mechanism));
  for (const std::string& note : finding.notes) out += "note: " + note + "\n";
  if (!finding.complete) out += "note: Not finished; going on would tell more.\n";
  return out;
}

void announce(const probe::Record& record, const std::vector<double>& known) {
  const probe::Forecast said = probe::forecast(record.options, known, record.seen);
  const auto times = probe::next_times(record.options, known, record.seen);
  if (times.empty()) return;
  say_line(fmt::format(
      "Opens {} connections{} to {} and to nothing else, at most {:.0f} a second, which idle for "
      "{} "
      "to {}; up to {} more for comparison.",
      times.size(), over(record.options), record.address, 1 / probe::kOpenEvery,
      probe::seconds_text(times.front()), probe::seconds_text(times.back()), probe::kMostControls));
  if (record.options.tls) say_line("The certificate of the server is not verified.");
  say_line(
      fmt::format("Takes {} if there is no time-out, and at most {} if there is one. Ctrl-C stops "
                  "it and writes what is known by then.",
                  format_duration(said.none), format_duration(said.longest)));
}

ExitCode exit_code_of(const probe::Finding& finding) {
  if (finding.mechanism == probe::Mechanism::Unreachable) return ExitCode::NothingUsable;
  return finding.complete ? ExitCode::Ok : ExitCode::Incomplete;
}

ExitCode run_probe(const ProbeArguments& arguments) {
  const auto catalogue = load_catalogue(arguments.data);
  if (!catalogue) return report_failure(catalogue.error());
  const auto target = target_from_text(arguments.target);
  if (!target) return ExitCode::Usage;  // Its check has refused it already.
  probe::Record record{target->host, target->port, {}, options_of(arguments), {}};
  if (!arguments.path.empty() && record.options.payload != probe::Payload::Http) {
    return report_failure({ErrorCode::Invalid,
                           "only requests of HTTP have a path; add --payload http, or leave it out",
                           "--path"});
  }
  if (record.options.mode == probe::Mode::Confirm &&
      record.options.max_s < record.options.confirm_s * kConfirmShare) {
    return report_failure(
        {ErrorCode::Invalid,
         fmt::format("to confirm {}, idle times up to {} are needed; leave it out "
                     "or raise it",
                     probe::seconds_text(record.options.confirm_s),
                     probe::seconds_text(record.options.confirm_s * kConfirmShare)),
         "--max"});
  }
  if (record.options.tls) {
    // What is not there is told before anything else.
    if (const auto session = probe::make_tls_session(target->host); !session) {
      say_error(session.error());
      return ExitCode::NothingUsable;
    }
  }
  auto sockets = probe::make_socket_wire(target->host, target->port);
  if (!sockets) {
    say_error(sockets.error());
    return ExitCode::NothingUsable;
  }
  record.address = sockets->address;
  record.computer = computer_name();
  record.began = now();
  auto before = earlier(arguments.state, record);
  if (!before) return report_failure(before.error());
  record = std::move(*before);

  const std::vector<double> known =
      probe::known_times(*catalogue, record.options.max_s, record.options.connections - 1);
  watch_for_interrupt();
  if (!arguments.quiet) announce(record, known);
  ProgressLine line(arguments.quiet);
  probe::Watch watch;
  watch.stop = is_interrupted;
  watch.progress = [&](int open, double passed, double total) {
    // The line counts in whole units; milliseconds are fine enough.
    line.progress(static_cast<std::uint64_t>(passed * 1000),
                  static_cast<std::uint64_t>(std::max(passed, total) * 1000),
                  fmt::format("round {}, {} connections idle", record.seen.rounds, open));
  };
  const auto complete = probe::search(
      *sockets->wire, record.options,
      probe::http_host(record.host, record.port, record.options.tls), known, watch, record.seen);
  line.finish();
  if (!complete) return report_failure(complete.error());

  record.ended = now();
  const probe::Finding finding = probe::judge(record.options, record.seen, *complete);
  const std::string json = probe::to_json(record, finding, version());
  if (!arguments.state.empty()) {
    const auto kept = write_file(path_from_utf8(arguments.state), std::string_view(json));
    if (!kept) return report_failure(kept.error());
    if (!finding.complete && !arguments.quiet) {
      say_line("The same command goes on from here.");
    }
  }
  const auto written =
      write_output(arguments.output, arguments.format == "json" ? json : text_of(record, finding));
  if (!written) return report_failure(written.error());
  return exit_code_of(finding);
}

/// The peer for probes of others.
ExitCode run_server(const ProbeArguments& arguments) {
  const auto at = listener_from_text(arguments.server);
  if (!at) return ExitCode::Usage;  // Its check has refused it already.
  watch_for_interrupt();
  probe::EchoWatch watch;
  watch.stop = is_interrupted;
  watch.listening = [&](const IpEndpoint& bound) {
    say_line(fmt::format(
        "Listens on {} and sends back what it gets, or answers long polls, to at most {} "
        "connections; ends none by itself. Ctrl-C ends it.",
        bound.to_string(), probe::kMostEchoConnections));
    if (!bound.address.is_loopback()) {
      say_line("Whoever reaches that address can connect; end it when the probe is done.");
    }
  };
  const auto counts = probe::serve_echo(*at, watch);
  if (!counts) {
    say_error(counts.error());
    return ExitCode::NothingUsable;
  }
  say_line(fmt::format("{} connection(s) accepted, {} of them long polls, {} byte(s) sent.",
                       counts->accepted, counts->polls, counts->bytes));
  if (counts->evicted > 0) {
    say_line(fmt::format("{} closed to make room, each the one that had been idle longest.",
                         counts->evicted));
  }
  if (counts->choked > 0) {
    say_line(
        fmt::format("{} closed because they did not read what was sent back.", counts->choked));
  }
  return ExitCode::Ok;
}

ExitCode run_either(const ProbeArguments& arguments) {
  if (arguments.target.empty() == arguments.server.empty()) {
    return report_failure(
        {ErrorCode::Invalid,
         arguments.target.empty()
             ? "expected HOST:PORT to probe, or --server PORT to be the peer of a probe"
             : "a probe has a host, its peer has none; give HOST:PORT or --server, not both",
         "probe"});
  }
  return arguments.server.empty() ? run_probe(arguments) : run_server(arguments);
}

void add_measure_options(CommandTree& tree, CLI::App& command, ProbeArguments& arguments) {
  OptionSpec mode;
  mode.names = "--mode";
  mode.value = "MODE";
  mode.text =
      "quick: idle times just above those that products are known to have; full: any, in equal "
      "ratios from 1 s; confirm=SECONDS: around a suspected one (default: quick).";
  mode.check = [](const std::string& typed) {
    return mode_from_text(typed)
               ? std::string()
               : fmt::format(
                     "\"{}\" is no mode; expected quick, full, or confirm=SECONDS with at "
                     "least {} s, such as confirm=300",
                     typed, kShortestConfirm);
  };
  tree.add_option(command, std::move(mode), &arguments.mode);

  OptionSpec max;
  max.names = "--max";
  max.value = "SECONDS";
  max.text = fmt::format(
      "The longest idle time that is tried (default: {:.0f}; with confirm, one and a half times "
      "the suspected one).",
      kDefaultMax);
  max.check = number_between(2, static_cast<std::int64_t>(kLongest));
  tree.add_option(command, std::move(max), &arguments.max);

  OptionSpec connections;
  connections.names = "--connections";
  connections.value = "N";
  connections.text = fmt::format(
      "How many connections idle at a time; up to 4 more serve for comparison. More are quicker "
      "where a time-out is silent (default: {}).",
      arguments.connections);
  connections.check = number_between(2, 64);
  tree.add_option(command, std::move(connections), &arguments.connections);

  OptionSpec payload;
  payload.names = "--payload";
  payload.value = "KIND";
  payload.text =
      "What goes over a connection: none (nothing, and a line feed after its idle time), echo (a "
      "line that the server answers), http (HEAD requests of HTTP/1.1), long-poll (an answer that "
      "is kept open; to probe --server, also "
      "behind a proxy) (default: none).";
  payload.kind = ValueKind::Choice;
  payload.choices = {"none", "echo", "http", "long-poll"};
  tree.add_option(command, std::move(payload), &arguments.payload);

  OptionSpec path;
  path.names = "--path";
  path.value = "PATH";
  path.text = "What --payload http asks for (default: /).";
  path.check = [](const std::string& typed) {
    const bool right =
        typed.starts_with('/') &&
        std::all_of(typed.begin(), typed.end(), [](char c) { return c > ' ' && c < 0x7f; });
    return right ? std::string()
                 : fmt::format(
                       "\"{}\" is no path of HTTP; expected one such as /owa/, with other "
                       "characters than letters, digits and marks as %XX",
                       printable(typed));
  };
  tree.add_option(command, std::move(path), &arguments.path);

  OptionSpec tls;
  tls.names = "--tls";
  tls.text =
      "Agree on TLS first; the idle time begins behind that. The certificate is not verified.";
  tls.kind = ValueKind::Flag;
  tree.add_option(command, std::move(tls), &arguments.tls);

  OptionSpec keep_alive;
  keep_alive.names = "--keep-alive";
  keep_alive.text =
      "Switch on TCP keep-alive, after 1 s and each second, on all connections: shows whether it "
      "would help.";
  keep_alive.kind = ValueKind::Flag;
  tree.add_option(command, std::move(keep_alive), &arguments.keep_alive);
}

}  // namespace

void add_probe(CommandTree& tree, ProbeArguments& arguments) {
  CommandSpec spec;
  spec.name = "probe";
  spec.summary = "measure the idle time-out on the path to a host";
  spec.details = {
      "Opens connections to HOST:PORT, lets each idle for another time, and looks when and how "
      "they "
      "end: by a FIN or RST that comes by itself, or in silence, which is found by sending "
      "something. A silent time-out is narrowed down in further rounds, to 2 % or 50 ms. A "
      "connection in use tells an idle time-out from a limit on age, connections with TCP "
      "keep-alive tell a packet filter from a proxy.",
      "On a port of TLS use --tls: without it, the limit on the time up to the handshake can be "
      "what is found. With --payload http, a connection without a request tells the keep-alive "
      "time-out of HTTP from an idle timer of the path. Probe hosts that you may probe. Says "
      "before "
      "it starts how long it takes."};
  spec.examples = {
      {"probe mail.example.com:25", "Timers that products are known to have, up to an hour."},
      {"probe 192.0.2.10:7 --payload echo --mode full --max 120",
       "Anything up to two minutes, to an echo server behind the path."},
      {"probe mail.example.com:443 --tls --payload http --path /owa/",
       "How long the web server keeps connections between requests."},
      {"probe mail.example.com:443 --tls --mode confirm=300 --state probe.json",
       "Is it 300 s? Stopped with Ctrl-C, the same command goes on."},
      {"probe --server 192.0.2.10:7007",
       "On the other host: the peer for probe 192.0.2.10:7007 --payload echo."}};
  spec.run = [&arguments](const Invocation&) { return run_either(arguments); };
  CLI::App& command = tree.add_command(tree.root(), std::move(spec));

  OptionSpec target;
  target.names = "TARGET";
  target.value = "HOST:PORT";
  target.text = "The host by name or address, and the TCP port; [ADDRESS]:PORT for IPv6.";
  target.check = check_target;
  tree.add_option(command, std::move(target), &arguments.target);
  OptionSpec server;
  server.names = "--server";
  server.value = "[ADDRESS:]PORT";
  server.text =
      "Be the peer instead: listen there (on loopback without an address; port 0: any that is "
      "free, and say which) and send back what comes, or answer long polls, until Ctrl-C.";
  server.check = check_listener;
  tree.add_option(command, std::move(server), &arguments.server);
  add_measure_options(tree, command, arguments);

  OptionSpec state;
  state.names = "--state";
  state.value = "FILE";
  state.text =
      "Keep everything that was seen in FILE. If it exists, go on from there: the same host and "
      "options are needed.";
  state.kind = ValueKind::Path;
  tree.add_option(command, std::move(state), &arguments.state);
  add_format_option(tree, command, {"text", "json"}, arguments.format);
  add_output_option(tree, command, arguments.output);
  add_data_option(tree, command, arguments.data);
  add_quiet_option(tree, command, arguments.quiet);
}

}  // namespace dropscope::cli
